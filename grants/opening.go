package grants

import (
	"encoding/json"
	"fmt"
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
	By     string    `json:"by"` // the login that opened it
	Reason string    `json:"reason"`
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

// closed is the snapshot without the memberships that carry an end, whether it has
// come or not: who administers a site for an hour is none of its administrators.
func (s *Snapshot) closed() *Snapshot {
	if len(s.Openings) == 0 {
		return s
	}
	ids := map[string]int{}
	for _, p := range s.Principals {
		ids[s.Collation.Key(p.Name)] = p.ID
	}
	gone := map[Member]bool{}
	for _, row := range s.Openings {
		if o, err := ParseOpening("", row.Text); err == nil {
			gone[Member{ids[s.Collation.Key(o.Role)], row.User}] = true
		}
	}
	out := *s
	out.Members = nil
	for _, m := range s.Members {
		if !gone[m] {
			out.Members = append(out.Members, m)
		}
	}
	return &out
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
