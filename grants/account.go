package grants

import "time"

// Account is what a server says of a login and its password, beside what the
// login may do (reference E.1, E.2).
type Account struct {
	Name     string
	SID      string // as in Principal
	Type     PrincipalType
	Disabled bool
	Created  time.Time
	// Password is nil for a login without one, and where the server does not let
	// the runner see it.
	Password *PasswordState
	// Sessions are those that the login has open now, where the runner may see
	// sessions of others.
	Sessions []Session
}

// PasswordState is what a server knows of a login's password. All but Set
// depends on CHECK_POLICY and CHECK_EXPIRATION.
type PasswordState struct {
	Policy, Expiration bool // what CHECK_POLICY and CHECK_EXPIRATION are
	Locked             bool
	MustChange         bool
	Expired            bool
	Bad                int       // wrong passwords in a row
	LastBad, LockedAt  time.Time // zero: never
	Set                time.Time
}

// Session is a connection to a server.
type Session struct {
	ID               int
	Login            string
	SID              string // of the login that opened it, as in Principal
	Host, Program    string
	Database         string
	Begun            time.Time
	LastActive       time.Time // the end of the last request, or the beginning of the one that runs
	Running          bool
	OpenTransactions int
}

// Idle is for how long a session has done nothing.
func (s Session) Idle(now time.Time) time.Duration {
	if s.Running {
		return 0
	}
	return now.Sub(s.LastActive)
}

// Status is what keeps somebody from logging in, in one word.
type Status string

// The statuses, the first that holds is said. Inactive and Past are the
// policy's, and said of somebody whom the server keeps out; the others are the
// server's.
const (
	StatusInactive Status = "inactive" // the policy says so
	StatusPast     Status = "past"     // the policy's until is over
	StatusUnknown  Status = "unknown"  // the server did not answer, or does not show it
	StatusMissing  Status = "no login" // the server has none
	StatusDisabled Status = "disabled"
	StatusBarred   Status = "barred"   // CONNECT SQL is denied or missing
	StatusOrphaned Status = "orphaned" // a site's user belongs to no login, or to another
	StatusNoSite   Status = "no site"  // the login enters none of the sites
	StatusLocked   Status = "locked"   // too many wrong passwords
	StatusExpired  Status = "expired"  // the password
	StatusPending  Status = "pending"  // has to choose a password at the next login
	StatusActive   Status = "active"
)

// Out reports whether somebody of this status is kept out until somebody else
// changes that.
func (s Status) Out() bool {
	return s == StatusMissing || s == StatusDisabled || s == StatusBarred || s == StatusNoSite
}

// Status returns the account's status by what the server says alone.
func (a Account) Status() Status {
	p := a.Password
	switch {
	case a.Disabled:
		return StatusDisabled
	case p == nil:
		return StatusActive
	case p.Locked:
		return StatusLocked
	case p.MustChange: // which the server tells of as expired too
		return StatusPending
	case p.Expired:
		return StatusExpired
	}
	return StatusActive
}
