package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Event is what a line of a record is about.
type Event string

// A pack was made; what came back was applied; the review was signed off.
const (
	Made    Event = "made"
	Applied Event = "applied"
	Signed  Event = "signed"
)

// Entry is one line of a record: what was done, when, and by whose answer. Previous is
// the hash of the line before, so that a line that is changed, or taken out of the
// middle, is noticed.
type Entry struct {
	Event    Event     `json:"event"`
	Time     string    `json:"time"`
	By       string    `json:"by"`
	Pack     string    `json:"pack"` // the hash of the pack's file
	File     string    `json:"file,omitempty"`
	SHA256   string    `json:"sha256,omitempty"` // of File
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Previous string    `json:"previous"`
}

// Hash is what files and lines are known by.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Append adds lines to a record, each bound to the one before.
func Append(record []byte, lines ...Entry) ([]byte, error) {
	_, last, err := ReadRecord(record)
	if err != nil {
		return nil, err
	}
	out := bytes.Clone(record)
	for _, x := range lines {
		x.Previous = last
		line, err := json.Marshal(x)
		if err != nil {
			return nil, err
		}
		last = Hash(line)
		out = append(append(out, line...), '\n')
	}
	return out, nil
}

// ReadRecord reads a record, and returns the hash of its last line: that of what was
// decided so far, by which a review is signed off. A line that does not follow the one
// before it is an error.
func ReadRecord(data []byte) (lines []Entry, last string, err error) {
	if n := len(data); n > 0 && data[n-1] != '\n' {
		return nil, "", fmt.Errorf("the last line is cut")
	}
	for i, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		if len(line) == 0 && i == 0 {
			return nil, "", nil
		}
		var x Entry
		if err := json.Unmarshal(line, &x); err != nil {
			return nil, "", fmt.Errorf("line %d: %w", i+1, err)
		}
		if x.Previous != last {
			return nil, "", fmt.Errorf("line %d does not follow the one before it: a line was changed, or taken out", i+1)
		}
		lines, last = append(lines, x), Hash(line)
	}
	return lines, last, nil
}

// Behind says how many lines of a record stand behind the one that has this hash, which
// somebody was given and kept. ok is false where none has it: a line up to that one was
// changed, or lines were taken off the end, which the record alone does not show.
func Behind(lines []Entry, last, hash string) (n int, ok bool) {
	for i := len(lines); i > 0; i-- {
		if last == hash {
			return len(lines) - i, true
		}
		last = lines[i-1].Previous
	}
	return 0, false
}
