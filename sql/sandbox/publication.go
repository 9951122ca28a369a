package sandbox

import (
	"sync"

	"grantree/sql/sandbox/internal/security"
)

// publication is the version of the server's state that is committed. A version never changes once it is here.
//
// The rows of user tables have versions of their own, SQLite's. Both become visible together: a commit holds the lock
// while it commits to SQLite and stores the pointer, and a reader that needs both holds it while it starts its SQLite
// read transaction and takes the pointer.
type publication struct {
	mu      sync.RWMutex
	current *security.Server
	// aside are the changes published past a transaction that is being written; see Aside.
	writing bool
	aside   []func(*security.Server)
}

// Current returns the committed version.
func (p *publication) Current() *security.Server {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.current
}

// Pin calls start with the committed version while nothing can be published.
func (p *publication) Pin(start func(*security.Server) error) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return start(p.current)
}

// Begin returns a version to write on. The caller holds the server's write lock until it calls Publish or Abandon.
func (p *publication) Begin() *security.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing, p.aside = true, nil
	return p.current.Begin()
}

// Publish makes next the committed version, if commit, which commits the rows, succeeds.
func (p *publication) Publish(next *security.Server, commit func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := commit(); err != nil {
		return err
	}
	for _, change := range p.aside {
		change(next)
	}
	p.writing, p.aside = false, nil
	p.current = next
	return nil
}

// Abandon ends writing without a new version.
func (p *publication) Abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing, p.aside = false, nil
}

// Aside changes the committed state outside of any transaction, whether or not one is being written: a failed login is
// counted even though an administrator has a transaction open, and stays counted whatever becomes of that.
func (p *publication) Aside(change func(*security.Server)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.current.Begin()
	change(next)
	p.current = next
	if p.writing {
		p.aside = append(p.aside, change)
	}
}
