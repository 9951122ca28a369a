package main

import (
	"fmt"
	"io"
	"os"
	"regexp"

	"golang.org/x/term"
)

// A name of a database, a role or a person may hold any character, and a
// terminal obeys some. What is shown on one is filtered: colours pass, other
// control characters are written out. Files and pipes get every byte.

// control matches a colour, which passes, or a control character.
var control = regexp.MustCompile("\x1b\\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f]|\u0080|[\u0081-\u009f]")

// terminalWriter writes to a terminal.
type terminalWriter struct{ io.Writer }

// filtered returns f, filtered where it is a terminal.
func filtered(f *os.File) io.Writer {
	if term.IsTerminal(int(f.Fd())) {
		return terminalWriter{f}
	}
	return f
}

// Write reports the length of p, whatever it became.
func (w terminalWriter) Write(p []byte) (int, error) {
	_, err := w.Writer.Write(control.ReplaceAllFunc(p, func(c []byte) []byte {
		if len(c) > 2 || len(c) == 2 && c[0] == 0x1b {
			return c
		}
		return fmt.Appendf(nil, "\\x%02x", []rune(string(c))[0])
	}))
	if err != nil {
		return 0, err
	}
	return len(p), nil
}
