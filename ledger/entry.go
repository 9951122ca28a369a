package ledger

import (
	"encoding/hex"
	"fmt"
	"time"
)

// Entry is a row for a reader: what was done to a site, and what undoes it.
type Entry struct {
	Sequence   int64     `json:"sequence"`
	At         time.Time `json:"at"` // in UTC, by the server's clock
	Database   string    `json:"database"`
	Login      string    `json:"login"`
	Host       string    `json:"host"`
	Program    string    `json:"program"`
	Run        string    `json:"run"`
	Plan       string    `json:"plan"`       // the digest of the plan, in hexadecimal
	Statements []string  `json:"statements"` // in the order in which they were sent, those of a change together
	Reverse    []string  `json:"reverse"`    // in the order that undoes them
	Hash       string    `json:"hash"`
}

// Entry reads a row. Its error says which part of it cannot be read; a row that is
// not as it was written can be read all the same.
func (r Row) Entry() (Entry, error) {
	out := Entry{Sequence: r.Sequence, At: r.Time(), Database: r.Database, Login: r.Login, Host: r.Host, Program: r.Program, Run: r.Run,
		Plan: hex.EncodeToString(r.Plan), Hash: hex.EncodeToString(r.Hash)}
	var err error
	if out.At.IsZero() {
		return out, fmt.Errorf("row %d of the ledger: %q is no time", r.Sequence, r.At)
	}
	if out.Statements, err = Unpack(r.Statements); err != nil {
		return out, fmt.Errorf("row %d of the ledger: %w", r.Sequence, err)
	}
	if out.Reverse, err = Unpack(r.Reverse); err != nil {
		return out, fmt.Errorf("row %d of the ledger: reverse: %w", r.Sequence, err)
	}
	return out, nil
}

// Entries reads rows that hold as a chain, in the order of the table. The first that
// does not hold, or cannot be read, is the error: nothing is made of what follows it.
func Entries(rows []Row, known []Last) ([]Entry, error) {
	c := NewChecker(known)
	for _, r := range rows {
		c.Add(r)
	}
	if b := c.Done().Broken; b != nil {
		return nil, b
	}
	out := make([]Entry, 0, len(rows))
	for _, r := range rows {
		e, err := r.Entry()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
