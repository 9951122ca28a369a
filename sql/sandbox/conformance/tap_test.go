package conformance

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
)

// tap is a listener whose connections are read on their way to the client: every response by sqlClient. What it finds
// wrong belongs to the case that runs.
type tap struct {
	net.Listener
	mu       sync.Mutex
	failures []error
	read     int // responses
}

// Accept returns a connection that is read.
func (t *tap) Accept() (net.Conn, error) {
	conn, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tapped{Conn: conn, tap: t}, nil
}

// taken returns the failures since it was last asked.
func (t *tap) taken() error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	err := errors.Join(t.failures...)
	t.failures = nil
	return err
}

// saw counts a response and keeps what is wrong with it.
func (t *tap) saw(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read++
	if err != nil {
		t.failures = append(t.failures, err)
	}
}

// tapped is one connection. The first message that it writes answers PRELOGIN and has no tokens.
type tapped struct {
	net.Conn
	tap     *tap
	message []byte
	begun   bool
}

// Write looks at what is written: one packet a write, and messages that SqlClient can read.
func (c *tapped) Write(b []byte) (int, error) {
	if len(b) < 8 || int(binary.BigEndian.Uint16(b[2:])) != len(b) {
		c.tap.saw(fmt.Errorf("a write of %d bytes is not one packet", len(b)))
		return c.Conn.Write(b)
	}
	c.message = append(c.message, b[8:]...)
	if b[1]&1 != 0 {
		var err error
		if c.begun {
			err = new(sqlClient).read(c.message)
		}
		c.tap.saw(err)
		c.message, c.begun = nil, true
	}
	return c.Conn.Write(b)
}

// CloseWrite is the half-close of a refusal.
func (c *tapped) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }
