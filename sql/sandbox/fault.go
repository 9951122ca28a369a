package sandbox

import (
	"strings"
	"sync"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind int

const (
	// FaultDie drops the connection without a word; what was open rolls back.
	FaultDie FaultKind = iota
	// FaultDeadlock makes the session a deadlock victim (1205).
	FaultDeadlock
	// FaultSlow lets the statement take Delay longer. A cancelled request does not wait it out.
	FaultSlow
	// FaultCommit lets the first commit from the statement on fail: the connection drops and nothing is committed.
	FaultCommit
	// FaultLockTimeout fails the statement with 1222.
	FaultLockTimeout
)

// Fault is something that goes wrong once, for tests. Login and App choose the sessions (by exact name, without regard
// to case; empty is any); Statement counts the statements of those sessions from 1, from the moment the fault was
// injected. Statements inside EXEC and procedures count, control flow does not.
type Fault struct {
	Login, App string
	Statement  int
	Kind       FaultKind
	Delay      time.Duration
}

// armedFault is a fault with what it has seen.
type armedFault struct {
	Fault
	seen  int
	armed bool // a FaultCommit whose statement has come
}

// faults are the faults of a server that have not happened yet.
type faults struct {
	mu   sync.Mutex
	list []*armedFault
}

// Inject arranges for a fault to happen once.
func (s *Server) Inject(f Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, &armedFault{Fault: f})
}

// statement counts a statement of a session and returns the fault that it meets, if any.
func (f *faults) statement(login, app string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range f.list {
		if !a.concerns(login, app) || a.armed {
			continue
		}
		if a.seen++; a.seen < a.Statement {
			continue
		}
		if a.Kind == FaultCommit {
			a.armed = true
			continue
		}
		f.list = append(f.list[:i:i], f.list[i+1:]...)
		return a.Fault, true
	}
	return Fault{}, false
}

// commit reports whether a commit of a session fails.
func (f *faults) commit(login, app string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range f.list {
		if a.armed && a.concerns(login, app) {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			return true
		}
	}
	return false
}

func (a *armedFault) concerns(login, app string) bool {
	return (a.Login == "" || strings.EqualFold(a.Login, login)) && (a.App == "" || strings.EqualFold(a.App, app))
}
