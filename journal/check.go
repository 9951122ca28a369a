package journal

import (
	"errors"
	"fmt"
	"time"
)

// check says what a record lacks, or has that its kind has not.
func (r Record) check() error {
	if r.At.IsZero() || r.At.Location() != time.UTC {
		return errors.New("does not say when it was, in UTC")
	}
	parts := map[bool]int{}
	for _, set := range []bool{r.Begun != nil, r.Settled != nil, r.Logins != nil, r.Audit != nil, r.Site != nil, r.Ended != nil} {
		parts[set]++
	}
	has := false
	switch r.Kind {
	case KindBegun:
		has = r.Begun != nil
	case KindSettled:
		has = r.Settled != nil && r.Settled.Run != ""
	case KindLogins, KindLoginsDone:
		has = r.Logins != nil && r.Logins.Server != ""
	case KindAudit, KindAuditDone:
		has = r.Audit != nil && r.Audit.Server != ""
	case KindSending, KindCommitting, KindCommitted, KindRolledBack, KindUnknown:
		has = r.Site != nil && r.Site.Site != ""
	case KindEnded:
		has = r.Ended != nil
	default:
		return fmt.Errorf("is of the kind %q, which this grantree does not know", r.Kind)
	}
	if !has || parts[true] != 1 {
		return fmt.Errorf("is of the kind %q, and does not hold what such a line holds", r.Kind)
	}
	return r.sound()
}

// sound checks what undo stands on.
func (r Record) sound() error {
	if r.Kind == KindBegun {
		switch b := r.Begun; {
		case b.Format != Format:
			return errors.New("is not the first of a grantree journal")
		case b.Version != Version:
			return fmt.Errorf("is of version %d of a journal, and this grantree reads version %d", b.Version, Version)
		case b.Run == "":
			return errors.New("names no run")
		}
	}
	if r.Kind == KindSending {
		if r.Site.Before == "" || len(r.Site.Changes) == 0 {
			return errors.New("does not say what is sent, or for which state")
		}
		for i, c := range r.Site.Changes {
			if _, err := c.Grants(); err != nil {
				return fmt.Errorf("has a change %d that is none: %v", i+1, err)
			}
		}
	}
	if r.Kind == KindCommitting && r.Site.After == "" {
		return errors.New("does not say what was read back")
	}
	if r.Logins != nil {
		for _, a := range r.Logins.Acts {
			if err := a.check(r.Kind == KindLoginsDone); err != nil {
				return err
			}
		}
	}
	return nil
}

// sequence is what records may follow: a file that is none of a run is found by it,
// whoever worked out its hashes.
type sequence struct {
	began, ended bool
	sites        map[string]Kind // the last record of each
	logins       map[string]bool // servers whose logins are about to be changed
}

func newSequence() *sequence {
	return &sequence{sites: map[string]Kind{}, logins: map[string]bool{}}
}

// after are the records of a site that may come next; "" is a site that has none.
var after = map[Kind][]Kind{
	"":             {KindSending},
	KindSending:    {KindCommitting, KindRolledBack},
	KindCommitting: {KindCommitted, KindRolledBack, KindUnknown},
	KindCommitted:  {KindSending},
	KindRolledBack: {KindSending},
	KindUnknown:    {},
}

// next takes the next record of a file; the error goes on after "the line".
func (s *sequence) next(r Record) error {
	switch {
	case s.ended:
		return errors.New("stands after the end of the run")
	case !s.began && r.Kind != KindBegun:
		return errors.New("is not how a journal begins")
	case s.began && r.Kind == KindBegun:
		return errors.New("begins another run")
	}
	switch r.Kind {
	case KindBegun:
		s.began = true
	case KindEnded:
		s.ended = true
	case KindLogins:
		s.logins[r.Logins.Server] = true
	case KindLoginsDone:
		if !s.logins[r.Logins.Server] {
			return fmt.Errorf("says what became of logins of server %q, of which nothing was asked", r.Logins.Server)
		}
		s.logins[r.Logins.Server] = false
	}
	if r.Site == nil {
		return nil
	}
	for _, k := range after[s.sites[r.Site.Site]] {
		if k == r.Kind {
			s.sites[r.Site.Site] = r.Kind
			return nil
		}
	}
	return fmt.Errorf("says %q of site %q, which cannot be after what the lines before say", r.Kind, r.Site.Site)
}
