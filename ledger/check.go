package ledger

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Kind is in what way a chain does not hold.
type Kind string

// The ways in which a chain does not hold.
const (
	Missing  Kind = "missing"  // rows are gone, from Break.Sequence on
	Repeated Kind = "repeated" // two rows have one place, or one stands before the first
	Edited   Kind = "edited"   // the row is not what its hash says
	Follows  Kind = "follows"  // the row says that another one comes before it than does
	Replaced Kind = "replaced" // the row is not the one that was remembered
	Cut      Kind = "cut"      // rows that were remembered are gone from the end
)

// Break is the first place at which a chain does not hold.
type Break struct {
	Kind     Kind
	Sequence int64 // of the row that is wrong, or the first that is missing
	// At, Login and Host are what that row says of itself; of rows that are missing
	// it is what the one after them says, which is all that there is.
	At          string
	Login, Host string
	before      int64 // the place of the row before
	to          int64 // of rows that are missing: the last
}

// Error says what is wrong in a sentence.
func (b *Break) Error() string {
	switch b.Kind {
	case Missing:
		if b.before == 0 {
			return fmt.Sprintf("%s missing: the first that is there is row %d", places(b.Sequence, b.to), b.to+1)
		}
		return fmt.Sprintf("%s missing: row %d follows row %d", places(b.Sequence, b.to), b.to+1, b.before)
	case Repeated:
		return fmt.Sprintf("row %d stands where row %d should: it was put in", b.Sequence, b.before+1)
	case Edited:
		return fmt.Sprintf("row %d was edited: it is not what its hash says", b.Sequence)
	case Follows:
		if b.before == 0 {
			return fmt.Sprintf("row %d says that a row comes before it, and it is the first", b.Sequence)
		}
		return fmt.Sprintf("row %d says that another row comes before it than row %d as it stands: one of the two was written again", b.Sequence, b.before)
	case Replaced:
		return fmt.Sprintf("row %d is not the one that is known from elsewhere: it was written again, or all from an earlier row on", b.Sequence)
	}
	return fmt.Sprintf("%s gone from the end: row %d is known from elsewhere", places(b.Sequence, b.to), b.to)
}

// places names a row or several, for a sentence.
func places(from, to int64) string {
	if from == to {
		return fmt.Sprintf("row %d is", from)
	}
	return fmt.Sprintf("rows %d to %d are", from, to)
}

// Verdict is what there is to say of a ledger.
type Verdict struct {
	Rows   int64  // that were looked at
	Last   Last   // the last of them
	Broken *Break // nil where the chain holds
	// Remembered is how many rows were remembered elsewhere, and Through the highest
	// of them: rows after it may have been cut off, or added, without a trace.
	Remembered int
	Through    int64
	// Back are the places of rows whose clock was behind the one of the row before.
	Back []int64
	// Databases are those that the rows name, in order: another name than the
	// site's says that it was renamed, or its ledger brought from elsewhere.
	Databases []string
}

// Whole reports whether the chain holds.
func (v Verdict) Whole() bool { return v.Broken == nil }

// Checker looks at the rows of a ledger one after another, in the order of their
// places, and holds them to one another and to what is remembered. It keeps no row.
type Checker struct {
	known   map[int64][]string
	verdict Verdict
	hash    []byte // of the row before
	at      time.Time
}

// NewChecker begins with what is remembered: rows that are known to have been
// committed.
func NewChecker(known []Last) *Checker {
	c := &Checker{known: map[int64][]string{}, hash: make([]byte, HashSize)}
	for _, l := range known {
		if l.Sequence < 1 {
			continue
		}
		c.known[l.Sequence] = append(c.known[l.Sequence], l.Hash)
		c.verdict.Through = max(c.verdict.Through, l.Sequence)
	}
	c.verdict.Remembered = len(c.known)
	return c
}

// Add looks at the next row.
func (c *Checker) Add(r Row) {
	v := &c.verdict
	if v.Broken == nil {
		v.Broken = c.wrong(r)
	}
	if at := r.Time(); at.Before(c.at) {
		v.Back = append(v.Back, r.Sequence)
	} else {
		c.at = at
	}
	if !slices.Contains(v.Databases, r.Database) && len(v.Databases) < 8 {
		v.Databases = append(v.Databases, r.Database)
	}
	v.Rows++
	v.Last, c.hash = r.Last(), r.Hash
}

// wrong says what is wrong with a row, or nothing.
func (c *Checker) wrong(r Row) *Break {
	before := c.verdict.Last.Sequence
	b := Break{Sequence: r.Sequence, At: r.At, Login: r.Login, Host: r.Host, before: before}
	another := func(hash string) bool { return hash != hex.EncodeToString(r.Hash) }
	switch {
	case r.Sequence <= before:
		b.Kind = Repeated
	case r.Sequence > before+1:
		b.Kind, b.Sequence, b.to = Missing, before+1, r.Sequence-1
	case !bytes.Equal(r.Digest(), r.Hash):
		b.Kind = Edited
	case slices.ContainsFunc(c.known[r.Sequence], another): // of two that are remembered one is gone
		b.Kind = Replaced
	case !bytes.Equal(r.Previous, c.hash):
		b.Kind = Follows
	default:
		return nil
	}
	return &b
}

// Done is the verdict, once the last row was looked at.
func (c *Checker) Done() Verdict {
	v := c.verdict
	if v.Broken == nil && v.Through > v.Last.Sequence {
		v.Broken = &Break{Kind: Cut, Sequence: v.Last.Sequence + 1, to: v.Through, before: v.Last.Sequence}
	}
	return v
}
