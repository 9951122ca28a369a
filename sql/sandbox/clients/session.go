package main

import (
	"os/exec"
	"time"
)

// Session is one connection of a client.
type Session interface {
	// Do runs a step, never one that opens or closes, and returns what the client understood. An error means that the
	// client itself failed: it ended or says what makes no sense.
	Do(Step) (Answer, error)
	Close() error
}

// Target is a server and how to log in.
type Target struct {
	Host, Port, User, Password, Database string
	// TLS asks for everything to be encrypted. Offered says that the server could; a client that does not ask for it
	// then encrypts the login alone.
	TLS, Offered bool
	// Certificate is the file of the server's certificate for a client that begins with TLS (TDS 8.0), else empty.
	Certificate string
	// Line, where there is one, is all that a driver is told instead: a connection string.
	Line string
}

// Client opens connections. A refused login comes back as the answer's errors, with no session.
type Client struct {
	Name         string // as a step's not line says it
	Variant      string // what is special about this run of it
	TLS, Offered bool   // as in Target
	Strict       bool   // it begins with TLS
	Reading      Reading
	Open         func(Target) (Session, Answer, error)
}

// title is the client in the report.
func (c Client) title() string {
	title := c.Name
	if c.Variant != "" {
		title += ", " + c.Variant
	}
	switch {
	case c.Strict:
		return title + ", TLS first"
	case c.TLS:
		return title + ", TLS"
	case c.Offered:
		return title + ", TLS for the login"
	}
	return title
}

// patience ends a program that does not answer; what it returns calls that off.
func patience(cmd *exec.Cmd) (done func()) {
	timer := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	return func() { timer.Stop() }
}
