package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Script is a list of steps in the order in which they run. The form, a line each; what follows four blanks continues
// the line before:
//
//	step NAME
//	open SESSION USER DATABASE      open a connection and go on with it
//	on SESSION                      go on with one that is open
//	close SESSION
//	sql TEXT                        a batch, with parameters if there are any
//	call PROCEDURE                  a procedure by its name
//	begin, commit, rollback         by the client's own means
//	cancel TEXT                     a batch that the client gives up after half a second
//	prepared                        have the client prepare the statement, where it can
//	param @NAME TYPE VALUE          NULL, or text in single quotes or without
//	not CLIENT REASON               this client skips the step
//
// and what has to come back, all of it and nothing else:
//
//	columns A | B                   a result set
//	row 1 | NULL                    a row of it, in order
//	count N                         rows affected
//	error N                         an error, in order
//	info N TEXT                     a message; 0 is PRINT
//	return N                        of a procedure
//	out @NAME VALUE                 an output parameter
type Script struct{ Steps []Step }

// Step is one thing that a client does, and what it has to see.
type Step struct {
	Name     string
	Line     int
	Verb     string   // open, on, close, sql, call, begin, commit, rollback or cancel
	Text     string   // the rest of the verb's line
	Prepared bool     // as a prepared statement
	Params   []Param  // for sql and call
	Not      []string // the clients that skip it
	Want     Answer
}

// Param is a parameter of a step. A name that the step wants as output is sent as one.
type Param struct{ Name, Type, Value string }

// Answer is what a server said, as a client understood it. A value is text in one form whatever the client: NULL; 1
// and 0 for bit; decimals and floats without zeros at the end; 0x and upper case digits for binary; 2024-02-29
// 12:34:56.5 for dates; upper case for uniqueidentifier.
type Answer struct {
	Sets   []Set
	Counts []int
	Errors []Notice
	Infos  []Notice
	Return string
	Outs   map[string]string
}

// Set is a result set.
type Set struct {
	Columns []string
	Rows    [][]string
}

// Notice is an error or a message.
type Notice struct {
	Number int
	Text   string
}

// verbs are what a step can do, and whether text must follow.
var verbs = map[string]bool{"open": true, "on": true, "close": true, "sql": true, "call": true, "cancel": true, "begin": false, "commit": false, "rollback": false}

// ParseScript reads a list of steps. An error names the line.
func ParseScript(r io.Reader) (*Script, error) {
	s := &Script{}
	lines := bufio.NewScanner(r)
	var pending string
	start, n := 0, 0
	flush := func() error {
		if pending == "" {
			return nil
		}
		text := pending
		pending = ""
		if err := s.line(text, start); err != nil {
			return fmt.Errorf("line %d: %w", start, err)
		}
		return nil
	}
	for lines.Scan() {
		n++
		text := lines.Text()
		if more, ok := strings.CutPrefix(text, "    "); ok && pending != "" {
			pending += "\n" + more
			continue
		}
		if err := flush(); err != nil {
			return nil, err
		}
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "#") {
			pending, start = text, n
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	return s, s.complete(lines.Err())
}

// complete says what is wrong with the list as a whole.
func (s *Script) complete(err error) error {
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, step := range s.Steps {
		switch {
		case step.Verb == "":
			return fmt.Errorf("line %d: step %q does nothing", step.Line, step.Name)
		case seen[step.Name]:
			return fmt.Errorf("line %d: second step %q", step.Line, step.Name)
		}
		seen[step.Name] = true
	}
	return nil
}

// line takes one line with what continues it.
func (s *Script) line(text string, n int) error {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if word == "step" {
		if rest == "" {
			return fmt.Errorf("a step without a name")
		}
		s.Steps = append(s.Steps, Step{Name: rest, Line: n})
		return nil
	}
	if len(s.Steps) == 0 {
		return fmt.Errorf("%q before the first step", word)
	}
	step := &s.Steps[len(s.Steps)-1]
	needsText, isVerb := verbs[word]
	switch {
	case !isVerb:
		return step.detail(word, rest)
	case step.Verb != "":
		return fmt.Errorf("step %q does two things: %s and %s", step.Name, step.Verb, word)
	case needsText != (rest != ""):
		return fmt.Errorf("%q with text %q", word, rest)
	case word == "open" && len(strings.Fields(rest)) != 3:
		return fmt.Errorf("open wants a session, a user and a database, got %q", rest)
	}
	step.Verb, step.Text = word, rest
	return nil
}

// detail takes a line that describes a step or what it has to see.
func (s *Step) detail(word, rest string) error {
	var err error
	w := &s.Want
	switch word {
	case "prepared":
		s.Prepared = true
	case "param":
		f := strings.SplitN(rest, " ", 3)
		if len(f) != 3 {
			return fmt.Errorf("param wants a name, a type and a value, got %q", rest)
		}
		s.Params = append(s.Params, Param{f[0], f[1], cell(f[2])})
	case "not":
		client, reason, _ := strings.Cut(rest, " ")
		if reason == "" {
			return fmt.Errorf("not %q without a reason", client)
		}
		s.Not = append(s.Not, client)
	case "columns":
		w.Sets = append(w.Sets, Set{Columns: cells(rest)})
	case "row":
		if len(w.Sets) == 0 || len(w.Sets[len(w.Sets)-1].Columns) != len(cells(rest)) {
			return fmt.Errorf("row %q does not fit its columns", rest)
		}
		set := &w.Sets[len(w.Sets)-1]
		set.Rows = append(set.Rows, cells(rest))
	case "count":
		var n int
		n, err = strconv.Atoi(rest)
		w.Counts = append(w.Counts, n)
	case "error", "info":
		number, text, _ := strings.Cut(rest, " ")
		var n int
		n, err = strconv.Atoi(number)
		if word == "error" {
			w.Errors = append(w.Errors, Notice{n, text})
		} else {
			w.Infos = append(w.Infos, Notice{n, text})
		}
	case "return":
		w.Return = rest
	case "out":
		name, value, _ := strings.Cut(rest, " ")
		if w.Outs == nil {
			w.Outs = map[string]string{}
		}
		w.Outs[name] = cell(value)
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return err
}

// skips reports whether a client leaves the step out.
func (s *Step) skips(client string) bool { return slices.Contains(s.Not, client) }

// cells are the values of a columns or row line.
func cells(text string) []string {
	parts := strings.Split(text, "|")
	for i, p := range parts {
		parts[i] = cell(strings.TrimSpace(p))
	}
	return parts
}

// cell is a value without the quotes that keep its blanks.
func cell(text string) string {
	if len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return text[1 : len(text)-1]
	}
	return text
}
