package audit

import (
	"slices"
	"strings"
	"time"
)

// Kind is what happened.
type Kind string

// The kinds of events that are told apart.
const (
	LoggedIn        Kind = "logged in"
	Refused         Kind = "refused"
	LoginMade       Kind = "login made"
	LoginDropped    Kind = "login dropped"
	LoginChanged    Kind = "login changed"
	PasswordChanged Kind = "password changed"
	RoleJoined      Kind = "joined a role"
	RoleLeft        Kind = "left a role"
	UserMade        Kind = "user made"
	UserDropped     Kind = "user dropped"
	RightsChanged   Kind = "rights changed"
)

// Event is one thing that a server wrote down about a login.
type Event struct {
	At     time.Time // by the server's clock, or in UTC where the source has that
	Kind   Kind
	Login  string // whom it is about
	By     string // who did it, where that is another
	From   string // the client: an address or a host
	Detail string // the server's own words, or a role
	Source Source
}

// Source is where a server keeps what happened.
type Source string

// The sources.
const (
	ErrorLog     Source = "error log"
	DefaultTrace Source = "default trace"
	Audit        Source = "audit"
	Sessions     Source = "sessions"
)

// State is what a source can tell.
type State string

// The states of a source.
const (
	Read       State = "read"        // its rows are all that it has
	NotThere   State = "not there"   // the server keeps none
	NotAllowed State = "not allowed" // the login that asks may not read it
	Failed     State = "failed"      // it could not be read for another reason
)

// Reading is what came of asking one source.
type Reading struct {
	Source Source
	State  State
	Why    string    // of one that was not read, and of one that tells less than it might
	Since  time.Time // the oldest row, zero where there is none
	Events []Event
}

// Gather puts the events of several sources about one login into one list, the
// newest first. same compares names as the server does.
func Gather(readings []Reading, login string, same func(a, b string) bool) []Event {
	var out []Event
	for _, r := range readings {
		for _, e := range r.Events {
			if same(e.Login, login) || e.By != "" && same(e.By, login) {
				out = append(out, e)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(string(a.Source)+string(a.Kind), string(b.Source)+string(b.Kind))
	})
	return out
}

// LastSeen is when a login was last known to log in, and by which source. ok is
// false where no source that was read tells of log-ins: then nobody knows, and
// "never" would be a guess.
func LastSeen(readings []Reading, login string, same func(a, b string) bool) (at time.Time, by Source, ok bool) {
	for _, e := range Gather(readings, login, same) {
		if e.Kind == LoggedIn && same(e.Login, login) {
			return e.At, e.Source, true
		}
	}
	return time.Time{}, "", false
}
