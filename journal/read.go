package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// Journal is a file that was read.
type Journal struct {
	Records []Record
	// Torn is that the last line has no end, or none was written: what a crash leaves.
	// It is not among the records, and what it would have spoken of was not done yet.
	Torn bool
}

// Seen is how far the file has come.
func (j Journal) Seen(run string) Seen {
	if len(j.Records) == 0 {
		return Seen{Run: run}
	}
	last := j.Records[len(j.Records)-1]
	return Seen{Run: run, Lines: last.Line, Hash: last.Hash}
}

// DamageError says which line of a file is not as a run wrote it, and why.
type DamageError struct {
	File string
	Line int
	Why  string // goes on after the line's name
}

func (e *DamageError) Error() string { return fmt.Sprintf("%s:%d: the line %s", e.File, e.Line, e.Why) }

// Decode reads a file: it takes what a Chain wrote, line by line and byte by byte, and
// a last line that is cut off. file is its name for the error, a *DamageError, with which
// the lines before the damaged one come back.
func Decode(file string, data []byte) (Journal, error) {
	var j Journal
	seq := newSequence()
	refuse := func(line int, format string, args ...any) (Journal, error) {
		return j, &DamageError{file, line, fmt.Sprintf(format, args...)}
	}
	if whole := bytes.TrimRight(data, "\x00"); len(whole) < len(data) { // a file system gave it room, and no more
		data, j.Torn = whole, true
		if n := len(data); n > 0 && data[n-1] != '\n' {
			data = data[:bytes.LastIndexByte(data, '\n')+1]
		}
	}
	prev := ""
	for n := 1; len(data) > 0; n++ {
		text, rest, ended := bytes.Cut(data, []byte("\n"))
		data = rest
		r, err := line(text)
		switch {
		case err != nil && !ended && begins(text, n, prev):
			if seq.ended {
				return refuse(n, "stands after the end of the run")
			}
			j.Torn = true
			return j, nil
		case err != nil:
			return refuse(n, "%v", err)
		case r.Line < n:
			return refuse(n, "is line %d of a journal: it stands here a second time, or lines were moved", r.Line)
		case r.Line > n:
			return refuse(n, "is line %d of a journal: %d before it are missing, or lines were moved", r.Line, r.Line-n)
		case r.Prev != prev:
			return refuse(n, "does not follow the line before: that one was changed with its hash, or this one is of another run")
		}
		if err := seq.next(r); err != nil {
			return refuse(n, "%v", err)
		}
		prev = r.Hash
		j.Records = append(j.Records, r)
	}
	if len(j.Records) == 0 {
		j.Torn = true
	}
	return j, nil
}

// line reads one line. The error goes on after "the line".
func line(text []byte) (Record, error) {
	var r Record
	i := bytes.LastIndex(text, []byte(tail))
	end := `"}`
	if i < 0 || len(text) != i+len(tail)+64+len(end) || !bytes.HasSuffix(text, []byte(end)) {
		return r, fmt.Errorf("is no record of a journal, or was cut")
	}
	body, hash := text[:i+len(tail)], string(text[i+len(tail):len(text)-len(end)])
	if sum(body) != hash {
		return r, fmt.Errorf("was edited: its hash is that of another text")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("is no record that this grantree knows: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return r, fmt.Errorf("goes on after its record")
	}
	if again, err := r.body(); err != nil || !bytes.Equal(again, body) {
		return r, fmt.Errorf("is not laid out as a run writes it: somebody has made it")
	}
	return r, r.check()
}

// begins reports whether a text may be how the line with a number begins: as much of it
// as there is.
func begins(text []byte, n int, prev string) bool {
	want := `{"n":` + strconv.Itoa(n) + `,`
	if prev != "" {
		want += `"prev":"` + prev + `",`
	}
	want += `"at":"`
	return bytes.HasPrefix([]byte(want), text) || bytes.HasPrefix(text, []byte(want))
}

// Last is the last whole record of a file by its last bytes, or false where they do not
// hold one. Whether the file is one that a run wrote it does not say.
func Last(data []byte) (Record, bool) {
	data = bytes.TrimSuffix(data, []byte("\n"))
	r, err := line(data[bytes.LastIndexByte(data, '\n')+1:])
	return r, err == nil
}
