package audit

import "time"

// LastLogins is what one source tells of when each login last logged in.
type LastLogins struct {
	Source Source
	State  State
	Why    string               // of one that was not read, and of one that tells less than it might
	Since  time.Time            // every log-in from then on is among Last; zero where that is true of none
	Last   map[string]time.Time // by the login's name, as the source has it
	Here   []string             // who is connected now
}

// Note adds a log-in.
func (l *LastLogins) Note(login string, at time.Time) {
	if l.Last == nil {
		l.Last = map[string]time.Time{}
	}
	if at.After(l.Last[login]) {
		l.Last[login] = at
	}
}

// LogReading is a reading of a server's error logs, the newest first.
type LogReading struct {
	LastLogins
	broken bool // a log that has none: what is older is not known to be whole
}

// File takes the lines of the next older error log.
func (f *LogReading) File(lines func(take func(LogLine)) error) error {
	var oldest time.Time
	err := lines(func(l LogLine) {
		e, ok := logEvent(l)
		if !ok || e.Kind != LoggedIn || l.Process != "" && l.Process != "Logon" {
			return
		}
		f.Note(e.Login, e.At)
		if oldest.IsZero() || e.At.Before(oldest) {
			oldest = e.At
		}
	})
	switch {
	case err != nil:
	case oldest.IsZero(): // the server did not write them down then, or nobody came
		f.broken = true
	case !f.broken:
		f.Since = oldest
	}
	return err
}

// AuditFiles is what the files of one audit hold of log-ins.
type AuditFiles struct {
	Whole   bool      // the audit takes every log-in that succeeds, and leaves none out
	Oldest  time.Time // the first log-in in its files
	Changed time.Time // when it was last turned on or off, as its files tell: it may have been off before
}

// Covers is from when on an audit has every log-in, or zero.
func (a AuditFiles) Covers() time.Time {
	switch {
	case !a.Whole || a.Oldest.IsZero():
		return time.Time{}
	case a.Changed.After(a.Oldest):
		return a.Changed
	}
	return a.Oldest
}

// Covered takes what an audit covers: several cover as far back as the one that
// goes back farthest.
func (l *LastLogins) Covered(since time.Time) {
	if !since.IsZero() && (l.Since.IsZero() || since.Before(l.Since)) {
		l.Since = since
	}
}

// Sight is when a login was last seen. Nothing but Since says that it was not: At
// alone is the last log-in that was written down.
type Sight struct {
	At    time.Time // zero: none is known
	By    Source
	Here  bool      // they are connected now
	Since time.Time // every log-in from then on is known; zero where none is
}

// Sights is what the sources of one server say of all its logins.
type Sights struct {
	list []LastLogins
	key  func(string) string
	by   map[string]Sight
	all  time.Time
}

// Gathered puts the sources of one server together. Two names are one login where
// key says the same of both.
func Gathered(list []LastLogins, key func(string) string) *Sights {
	out := &Sights{list: list, key: key, by: map[string]Sight{}}
	for _, l := range list {
		if l.State != Read {
			continue
		}
		for name, at := range l.Last {
			if s := out.by[key(name)]; at.After(s.At) {
				s.At, s.By = at, l.Source
				out.by[key(name)] = s
			}
		}
		for _, name := range l.Here {
			s := out.by[key(name)]
			s.Here = true
			out.by[key(name)] = s
		}
		if !l.Since.IsZero() && (out.all.IsZero() || l.Since.Before(out.all)) {
			out.all = l.Since
		}
	}
	return out
}

// Of is when a login was last seen.
func (x *Sights) Of(login string) Sight {
	s := x.by[x.key(login)]
	s.Since = x.all
	return s
}

// Absent reports whether a login is known not to have been seen since a time; ok
// is false where nobody knows.
func (s Sight) Absent(since time.Time) (absent, ok bool) {
	switch {
	case s.Here, !s.At.IsZero() && !s.At.Before(since):
		return false, true
	case s.Since.IsZero() || s.Since.After(since):
		return false, false
	}
	return true, true
}

// Silent says why the sources do not tell who has not logged in since
// a time.
func (x *Sights) Silent(since time.Time) []string {
	var out []string
	for _, l := range x.list {
		switch {
		case l.Source == Sessions:
		case l.State != Read:
			out = append(out, string(l.Source)+" "+string(l.State))
		case l.Since.IsZero() && l.Why != "":
			out = append(out, string(l.Source)+": "+l.Why)
		case l.Since.IsZero():
			out = append(out, string(l.Source)+" has no log-in that succeeded")
		case l.Since.After(since):
			out = append(out, string(l.Source)+" reaches back to "+l.Since.Format("2006-01-02"))
		}
	}
	return out
}
