package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Chain makes the lines of one file. The zero Chain begins one.
type Chain struct {
	lines int
	last  string // the hash of the last line
}

// Line is the next line of the file, with its end; the record's Line, Prev and Hash are
// set by it. The error is that the record holds what a file cannot: a name that is no
// text, or a part that its kind does not have.
func (c *Chain) Line(r Record) ([]byte, error) {
	r.Line, r.Prev, r.Hash = c.lines+1, c.last, ""
	r.At = r.At.UTC().Truncate(time.Millisecond)
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("record %d, %s: %w", r.Line, r.Kind, err)
	}
	body, err := r.body()
	if err != nil {
		return nil, fmt.Errorf("record %d, %s: %w", r.Line, r.Kind, err)
	}
	hash := sum(body)
	c.lines, c.last = r.Line, hash
	return append(append(body, hash...), "\"}\n"...), nil
}

// Seen is how far the file has come.
func (c *Chain) Seen(run string) Seen { return Seen{Run: run, Lines: c.lines, Hash: c.last} }

// tail is how the body of every line ends.
const tail = `"hash":"`

// body is a record's line as far as its hash.
func (r Record) body() ([]byte, error) {
	var b bytes.Buffer
	r.Hash = ""
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, err
	}
	out := bytes.TrimSuffix(b.Bytes(), []byte("\"}\n"))
	if noText(out) {
		return nil, fmt.Errorf("a name in it is no text")
	}
	return out, nil
}

// noText reports whether a JSON text has the mark that stands for what is no UTF-8:
// a backslash of its own and "ufffd".
func noText(b []byte) bool {
	mark := []byte(`\ufffd`)
	for from := 0; ; {
		i := bytes.Index(b[from:], mark)
		if i < 0 {
			return false
		}
		at, n := from+i, 0
		for at-n-1 >= 0 && b[at-n-1] == '\\' {
			n++
		}
		if n%2 == 0 {
			return true
		}
		from = at + len(mark)
	}
}

// sum is the hash of a line's body, in hexadecimal.
func sum(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}
