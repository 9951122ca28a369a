package grants

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/finding"
)

// OpeningRow is grantree's property of a user that says until when they are in a role,
// as it stands in the site.
type OpeningRow struct {
	User int // principal id
	Text string
}

// Opening is a membership that carries its end: somebody is let into a prepared group
// for a while, with a reason. Times are UTC, by the server's clock.
type Opening struct {
	User   string    `json:"-"`
	Group  string    `json:"group"`
	Role   string    `json:"role"`
	Opened time.Time `json:"opened"`
	Until  time.Time `json:"until"`
	By     string    `json:"by"` // the login that opened it, by what the property says
	Reason string    `json:"reason"`

	Found bool `json:"-"` // a site has it: see Wanted.Excuse
}

// MaxOpeningReason is how many characters a reason may have, so that the property,
// which holds 7,500 bytes, has room for it and three names.
const MaxOpeningReason = 500

// MaxOpeningText is how many UTF-16 code units the property holds.
const MaxOpeningText = 3750

// Text is the opening as its property has it.
func (o Opening) Text() string {
	o.Opened, o.Until = o.Opened.UTC().Truncate(time.Second), o.Until.UTC().Truncate(time.Second)
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(o) // strings and times of four-digit years
	return strings.TrimSuffix(b.String(), "\n")
}

// ParseOpening reads the property of a user. One that is not written as Text writes it
// is an error: nothing follows from it.
func ParseOpening(user, text string) (Opening, error) {
	var o Opening
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return Opening{}, fmt.Errorf("it is not as grantree writes it")
	}
	o.User = user
	if o.Text() != text || o.Role == "" || o.Group == "" || o.Until.IsZero() || o.Opened.IsZero() {
		return Opening{}, fmt.Errorf("it is not as grantree writes it")
	}
	return o, nil
}

// Over reports whether its time is over. A server's clock that was not read tells
// nothing.
func (o Opening) Over(now time.Time) bool { return !now.IsZero() && !now.Before(o.Until) }

// Ends is when it ends, for a sentence: the time alone on the day of now.
func (o Opening) Ends(now time.Time) string {
	if now.UTC().Format(time.DateOnly) == o.Until.Format(time.DateOnly) {
		return o.Until.Format("15:04 UTC")
	}
	return o.Until.Format("2006-01-02 15:04 UTC")
}

// OpeningOf returns what the site has of a user's opening, or "".
func (s *Snapshot) OpeningOf(user string) string {
	for _, row := range s.Openings {
		if name := s.nameOf(row.User); name != "" && s.Collation.Equal(name, user) {
			return row.Text
		}
	}
	return ""
}

func (s *Snapshot) nameOf(id int) string {
	for _, p := range s.Principals {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// opening writes or takes away the property of a user (errors 15233 and 15217).
func (e *editor) opening(c Change) error {
	p, err := e.principal(c.Principals[0])
	if err != nil {
		return err
	}
	for i, row := range e.openings {
		if row.User != p.ID {
			continue
		}
		if c.Kind == BreakGlass {
			return fmt.Errorf("%q has such a property already", p.Name)
		}
		e.openings = append(e.openings[:i:i], e.openings[i+1:]...)
		return nil
	}
	if c.Kind == EndBreakGlass {
		return fmt.Errorf("%q has no such property", p.Name)
	}
	e.openings = append(e.openings, OpeningRow{p.ID, c.Text})
	return nil
}

// Holds reports whether the membership of an opening is there. A property by itself is
// none: whoever may ALTER a user can write it.
func (s *Snapshot) Holds(o Opening) bool {
	m, ok := s.memberOf(o)
	return ok && slices.Contains(s.Members, m)
}

// memberOf is the membership that an opening speaks of.
func (s *Snapshot) memberOf(o Opening) (m Member, ok bool) {
	for _, p := range s.Principals {
		switch {
		case p.Type == DatabaseRole && s.Collation.Equal(p.Name, o.Role):
			m.Role = p.ID
		case p.Type != DatabaseRole && s.Collation.Equal(p.Name, o.User):
			m.Member = p.ID
		}
	}
	return m, m.Role != 0 && m.Member != 0
}

// without is the snapshot less the memberships of openings.
func (s *Snapshot) without(list []Opening) *Snapshot {
	gone := map[Member]bool{}
	for _, o := range list {
		if m, ok := s.memberOf(o); ok {
			gone[m] = true
		}
	}
	if len(gone) == 0 {
		return s
	}
	out := *s
	out.Members = slices.DeleteFunc(slices.Clone(s.Members), func(m Member) bool { return gone[m] })
	return &out
}

// Agreed is how many of those who lose something by a plan lose what an opening gave
// them, and nothing else: that was agreed when they were let in. lose says who would
// lose something were the site without these memberships.
func (s *Snapshot) Agreed(w *Wanted, p People, lose func(*Snapshot) []string) int {
	ends := w.alone(slices.Concat(w.Over, w.Closing))
	if len(ends) == 0 || len(p.Lose) == 0 {
		return 0
	}
	rest, n := lose(s.without(ends)), 0
	for _, name := range p.Lose {
		let := slices.ContainsFunc(ends, func(o Opening) bool { return s.Collation.Equal(o.User, name) })
		if let && !slices.Contains(rest, name) {
			n++
		}
	}
	return n
}

// Add adds what is found of openings: what is over or not given is a mismatch.
func (j *Judgement) Add(found finding.List) {
	for _, f := range found {
		if f.Severity == finding.Note {
			j.Notes = append(j.Notes, f)
		} else {
			j.Mismatches = append(j.Mismatches, f)
		}
	}
	j.Mismatches, j.Notes = j.Mismatches.Sorted(), j.Notes.Sorted()
}
