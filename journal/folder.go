package journal

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Together puts the runs of a folder together, the oldest first: what later ones have
// found out about others is written into those. An error, a *DamageError each, says of
// which run the end was cut off: another one had seen more of it.
func Together(runs []Run) ([]Run, []error) {
	out := slices.Clone(runs)
	slices.SortFunc(out, func(a, b Run) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.File, b.File))
	})
	at := map[string]int{}
	var bad []error
	for i, r := range out {
		name := r.name()
		if at[name] = i; r.Begun.Run != "" && r.Begun.Run != name {
			bad = append(bad, &DamageError{r.File, 1, fmt.Sprintf("is of run %s, which is not what the file is called", r.Begun.Run)})
		}
	}
	for _, r := range out {
		for _, s := range r.Settles {
			if i, ok := at[s.Run]; ok {
				out[i].Settle(s, r.Begun.Run)
			}
		}
		if s := r.Begun.After; s != nil && s.Lines > 0 {
			i, ok := at[s.Run]
			switch {
			case ok && out[i].hashes[s.Lines] != s.Hash:
				bad = append(bad, out[i].cut(*s, r.Begun.Run))
			case !ok && s.Run > out[0].name(): // who throws old journals away begins with the oldest
				bad = append(bad, &DamageError{r.File, 1, fmt.Sprintf("speaks of run %s before it, whose journal is gone, though older ones are there", s.Run)})
			}
		}
	}
	return out, bad
}

// name is the run that the file is called after: its id and an ending.
func (r Run) name() string {
	name := path.Base(filepath.ToSlash(r.File))
	return strings.TrimSuffix(name, path.Ext(name))
}

// cut says what is wrong with a run of which another had seen something else.
func (r Run) cut(s Seen, by string) error {
	if _, there := r.hashes[s.Lines]; there {
		return &DamageError{r.File, s.Lines, fmt.Sprintf("is another one than run %s saw when it began: the journal was written anew", by)}
	}
	return &DamageError{r.File, r.seen.Lines, fmt.Sprintf("is the last one, and run %s saw %d of them when it began: the end was cut off", by, s.Lines)}
}

// Settle notes what another run found out.
func (r *Run) Settle(s Settled, by string) {
	for _, t := range s.Sites {
		for i := range r.Sites {
			if r.Sites[i].Site != t.Site {
				continue
			}
			for n := range r.Sites[i].Parts {
				if p := &r.Sites[i].Parts[n]; p.Line == t.Line && p.Doubtful() {
					p.settled(t, by)
				}
			}
		}
	}
	for _, t := range s.Logins {
		for i := range r.Logins {
			l := &r.Logins[i]
			if l.Server != t.Server || l.Login != t.Login || l.Kind != t.Kind || l.Outcome != "" && l.Outcome != Unclear {
				continue
			}
			switch t.As {
			case After:
				l.Outcome = Done
			case Before:
				l.Outcome = NotDone
			}
		}
	}
	if len(r.Doubts()) == 0 {
		r.Closed = by
	}
}

func (p *Part) settled(t SiteTruth, by string) {
	switch t.As {
	case After:
		p.Fate = FateCommitted
	case Before:
		p.Fate = FateRolledBack
	case Neither:
		p.Fate = FateMoved
	default:
		return
	}
	p.Why, p.By = t.Why, by
}

// Find is the run of a name: its id, or what begins or ends it and no other.
func Find(runs []Run, name string) (Run, error) {
	var found []Run
	for _, r := range runs {
		if r.Begun.Run == name {
			return r, nil
		}
		if strings.HasPrefix(r.Begun.Run, name) || strings.HasSuffix(r.Begun.Run, name) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return Run{}, fmt.Errorf("there is no run %q; \"grantree log\" lists them", name)
	case 1:
		return found[0], nil
	}
	return Run{}, fmt.Errorf("%q is the beginning or end of %d runs; \"grantree log\" lists them", name, len(found))
}
