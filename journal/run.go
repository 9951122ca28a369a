package journal

import (
	"cmp"
	"slices"
	"time"

	"grantree/grants"
)

// Run is what one file says of its run, and what later runs found out about it.
type Run struct {
	File  string
	Begun Begun
	At    time.Time // when it began
	Ended *Ended    // nil where it did not end, or still works
	End   time.Time // of the last record
	Torn  bool
	Sites []SiteRun
	// Logins are acts in their order, one for each that was asked, with its outcome where
	// there is one.
	Logins []LoginRun
	Audits []Audit
	// Settles is what this run found out about others.
	Settles []Settled
	// Closed is the run that has settled this one, which did not end, or "".
	Closed string
	seen   Seen
	hashes map[int]string // of lines, by number
}

// LoginRun is an act on a login of a server.
type LoginRun struct {
	Server string
	LoginAct
	After map[string]int // how many of each site's parts were committed when it was asked
}

// SiteRun is what a run did to one site, transaction after transaction.
type SiteRun struct {
	Site, Server, Database string
	Parts                  []Part
}

// Fate is what became of a transaction.
type Fate string

// The fates. A part whose statements were being sent when the run was cut off is not
// committed: nothing had asked for that.
const (
	FateCommitted  Fate = "committed"
	FateRolledBack Fate = "rolled back"
	FateCutOff     Fate = "cut off"   // before its commit was asked for: the site is as it was
	FateInDoubt    Fate = "in doubt"  // its commit was asked for, and the run was cut off
	FateUnknown    Fate = "unknown"   // the same, and the run could not see what came of it
	FateMoved      Fate = "looked at" // it was looked at later, and is neither before nor after
)

// Part is one transaction of a site.
type Part struct {
	Line          int // of its committing record, or of its first one
	At            time.Time
	Before, After string // fingerprints; After is "" where nothing was read back
	State, Ledger string
	site          *Site // its sending record
	Fate          Fate
	Why           string
	By            string // the run that found it out
}

// Doubtful reports whether nobody knows whether it was committed.
func (p Part) Doubtful() bool { return p.Fate == FateInDoubt || p.Fate == FateUnknown }

// Statements is how many statements it sent.
func (p Part) Statements() int {
	n := 0
	for _, c := range p.Grants() {
		n += c.Statements()
	}
	return n
}

// Statements is how many statements of a site were committed.
func (s SiteRun) Statements() int {
	n := 0
	for _, p := range s.Parts {
		if p.Fate == FateCommitted {
			n += p.Statements()
		}
	}
	return n
}

// Fate is what became of the site: of its last part, but for one that was committed
// before.
func (s SiteRun) Fate() Fate {
	out := s.Parts[len(s.Parts)-1].Fate
	if out == FateRolledBack || out == FateCutOff {
		for _, p := range s.Parts {
			if p.Fate == FateCommitted {
				return FateCommitted
			}
		}
	}
	return out
}

// Of is what a file says of its run. It has the zero Begun where not even the first line
// was written.
func Of(file string, j Journal) Run {
	r := Run{File: file, Torn: j.Torn, hashes: map[int]string{}}
	for _, x := range j.Records {
		r.End, r.hashes[x.Line] = x.At, x.Hash
		switch x.Kind {
		case KindBegun:
			r.Begun, r.At = *x.Begun, x.At
		case KindSettled:
			r.Settles = append(r.Settles, *x.Settled)
		case KindLogins:
			for _, a := range x.Logins.Acts {
				r.Logins = append(r.Logins, LoginRun{x.Logins.Server, a, r.committed()})
			}
		case KindLoginsDone:
			r.loginsDone(*x.Logins)
		case KindAudit:
			r.Audits = append(r.Audits, *x.Audit)
		case KindAuditDone:
			if i := len(r.Audits) - 1; i >= 0 {
				r.Audits[i].Outcome, r.Audits[i].Why = x.Audit.Outcome, x.Audit.Why
			}
		case KindEnded:
			r.Ended = x.Ended
		default:
			r.site(x)
		}
	}
	r.seen = j.Seen(r.Begun.Run)
	return r
}

// committed is how many parts of each site are.
func (r *Run) committed() map[string]int {
	out := map[string]int{}
	for _, s := range r.Sites {
		for _, p := range s.Parts {
			if p.Fate == FateCommitted {
				out[s.Site]++
			}
		}
	}
	return out
}

func (r *Run) loginsDone(l Logins) {
	for _, a := range l.Acts {
		for i := len(r.Logins) - 1; i >= 0; i-- {
			if x := &r.Logins[i]; x.Server == l.Server && x.Same(a) {
				x.Outcome, x.Why, x.SID = a.Outcome, a.Why, cmp.Or(a.SID, x.SID)
				break
			}
		}
	}
}

func (r *Run) site(x Record) {
	i := slices.IndexFunc(r.Sites, func(s SiteRun) bool { return s.Site == x.Site.Site })
	if i < 0 {
		i = len(r.Sites)
		r.Sites = append(r.Sites, SiteRun{Site: x.Site.Site, Server: x.Site.Server, Database: x.Site.Database})
	}
	s := &r.Sites[i]
	if x.Kind == KindSending {
		s.Parts = append(s.Parts, Part{Line: x.Line, At: x.At, Before: x.Site.Before, State: x.Site.State, site: x.Site, Fate: FateCutOff})
		return
	}
	p := &s.Parts[len(s.Parts)-1]
	p.At = x.At
	switch x.Kind {
	case KindCommitting:
		p.Fate, p.After, p.Ledger, p.Line = FateInDoubt, x.Site.After, x.Site.Ledger, x.Line
	case KindCommitted:
		p.Fate, p.Ledger = FateCommitted, cmp.Or(x.Site.Ledger, p.Ledger)
	case KindRolledBack:
		p.Fate, p.Why = FateRolledBack, x.Site.Why
	case KindUnknown:
		p.Fate, p.Why = FateUnknown, x.Site.Why
	}
}

// Doubt is a commit that was asked for, and nobody has written what came of it.
type Doubt struct {
	Run, Site, Before, After string
	Line                     int
	Ledger                   string // the row that stands for it in the site's ledger, or ""
}

// Doubts are those of a run that nobody has settled.
func (r Run) Doubts() []Doubt {
	var out []Doubt
	for _, s := range r.Sites {
		for _, p := range s.Parts {
			if p.Doubtful() {
				out = append(out, Doubt{r.Begun.Run, s.Site, p.Before, p.After, p.Line, p.Ledger})
			}
		}
	}
	return out
}

// Open reports whether the run did not end, or ended without knowing what became of a
// commit or of a login, and nobody has settled all of it.
func (r Run) Open() bool {
	return (r.Ended == nil || len(r.Doubts())+len(r.Undecided()) > 0) && r.Closed == "" && r.Begun.Run != ""
}

// Changed reports whether the run changed something, or may have.
func (r Run) Changed() bool {
	for _, l := range r.Logins {
		if l.Outcome == Done {
			return true
		}
	}
	for _, s := range r.Sites {
		if f := s.Fate(); f == FateCommitted || f == FateMoved || s.Parts[len(s.Parts)-1].Doubtful() {
			return true
		}
	}
	return false
}

// OnlyLends reports whether all that the run changed is that people were let into groups
// for a while, or that this ended.
func (r Run) OnlyLends() bool {
	for _, l := range r.Logins {
		if l.Outcome == Done {
			return false
		}
	}
	lends := false
	for _, s := range r.Sites {
		var changes []grants.Change
		for _, p := range s.Parts {
			if p.Fate != FateRolledBack && p.Fate != FateCutOff {
				changes = append(changes, p.Grants()...)
			}
		}
		if lends = lends || len(changes) > 0; len(changes) > 0 && !grants.OnlyLends(changes) {
			return false
		}
	}
	return lends
}

// Undecided are logins whose making or changing was asked for, and nobody has written what
// came of it.
func (r Run) Undecided() []LoginRun {
	var out []LoginRun
	for _, l := range r.Logins {
		if l.Outcome == "" || l.Outcome == Unclear {
			out = append(out, l)
		}
	}
	return out
}

// Grants are the changes of a part, as they can be carried out. A file that was read has
// none that cannot.
func (p Part) Grants() []grants.Change {
	changes, _ := p.site.All()
	out := make([]grants.Change, len(changes))
	for i, c := range changes {
		out[i], _ = c.Grants()
	}
	return out
}
