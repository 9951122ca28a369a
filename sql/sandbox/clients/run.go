package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// noSession is what is wrong with a step after one that lost the session.
const noSession = "no session is open"

// score counts steps.
type score struct{ passed, failed, skipped int }

// runner follows a script with one client on one server.
type runner struct {
	client   Client
	target   Target
	out      io.Writer
	sessions map[string]Session
	current  string
	score    score
}

// follow runs every step and says which failed, and why.
func follow(script *Script, c Client, t Target, out io.Writer) score {
	r := &runner{client: c, target: t, out: out, sessions: map[string]Session{}}
	for _, step := range script.Steps {
		if step.skips(c.Name) {
			r.score.skipped++
			continue
		}
		wrong := r.step(step.with("{password}", t.Password))
		if len(wrong) == 0 {
			r.score.passed++
			continue
		}
		r.score.failed++
		if step.Verb != "open" && r.sessions[r.current] == nil && strings.Contains(wrong[0], noSession) {
			continue // what failed before has been said
		}
		fmt.Fprintf(out, "  line %d, %s:\n    %s\n", step.Line, step.Name, strings.Join(wrong, "\n    "))
	}
	for _, s := range r.sessions {
		s.Close()
	}
	return r.score
}

// step runs one step and says what is wrong with it.
func (r *runner) step(s Step) []string {
	switch s.Verb {
	case "open":
		return r.open(s)
	case "on":
		r.current = s.Text
		return nil
	}
	session := r.sessions[r.current]
	if s.Verb == "close" {
		session, r.current = r.sessions[s.Text], ""
		delete(r.sessions, s.Text)
	}
	if session == nil {
		return []string{noSession}
	}
	if s.Verb == "close" {
		session.Close()
		return nil
	}
	answer, err := session.Do(s)
	if err != nil {
		delete(r.sessions, r.current)
		return append(check(s.Want, answer, r.client.Reading), err.Error())
	}
	return check(s.Want, answer, r.client.Reading)
}

// open logs in, or sees the login refused as the step wants it. The greeting is not looked at.
func (r *runner) open(s Step) []string {
	f := strings.Fields(s.Text)
	t := r.target
	t.User, t.Database = f[1], f[2]
	session, answer, err := r.client.Open(t)
	if err != nil {
		return []string{err.Error()}
	}
	r.current = f[0]
	if session != nil {
		r.sessions[f[0]] = session
	}
	reading := r.client.Reading
	reading.AllErrors = reading.AllErrors && !reading.OneAtLogin
	return check(Answer{Errors: s.Want.Errors}, Answer{Errors: answer.Errors}, reading)
}

// with returns the step with a placeholder filled in.
func (s Step) with(placeholder, text string) Step {
	s.Text = strings.ReplaceAll(s.Text, placeholder, text)
	s.Params = slices.Clone(s.Params)
	for i := range s.Params {
		s.Params[i].Value = strings.ReplaceAll(s.Params[i].Value, placeholder, text)
	}
	return s
}
