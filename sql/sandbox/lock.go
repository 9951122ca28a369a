package sandbox

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// lockKey names what a lock protects. The zero key is the server's write lock; application locks fill the fields.
type lockKey struct {
	Database  int
	Principal string
	Resource  string
}

// lockOwner is who holds a lock: a session, or its transaction.
type lockOwner struct {
	SPID        int
	Transaction bool
}

// lockResult is the outcome of asking for a lock.
type lockResult int

const (
	lockGranted lockResult = iota
	lockGrantedAfterWait
	lockTimedOut
	lockCancelled
	lockDeadlock
)

// lockRequest asks for a lock. Timeout is the longest wait; negative waits for ever. Priority is the session's
// DEADLOCK_PRIORITY.
type lockRequest struct {
	Key      lockKey
	Owner    lockOwner
	Mode     lockMode
	Timeout  time.Duration
	Priority int
}

// hold is one owner's share of a lock in one mode, taken Count times.
type hold struct {
	Owner lockOwner
	Mode  lockMode
	Count int
}

// waiter is a request that stands in the queue of a lock. done has room for one result.
type waiter struct {
	lockRequest
	done chan lockResult
}

// lock is one lock with those who hold it and those who wait, first come first.
type lock struct {
	holds []*hold
	queue []*waiter
}

// lockManager keeps all locks of a server. The zero value is ready.
type lockManager struct {
	mu    sync.Mutex
	locks map[lockKey]*lock
}

// Acquire takes the lock, waiting as the request allows. ctx ends the wait.
func (m *lockManager) Acquire(ctx context.Context, r lockRequest) lockResult {
	m.mu.Lock()
	l := m.lock(r.Key)
	if l.free(r, len(l.queue)) {
		l.grant(r)
		m.mu.Unlock()
		return lockGranted
	}
	if r.Timeout == 0 {
		m.mu.Unlock()
		return lockTimedOut
	}
	w := &waiter{lockRequest: r, done: make(chan lockResult, 1)}
	l.queue = append(l.queue, w)
	m.breakDeadlocks(w)
	m.mu.Unlock()
	return m.wait(ctx, w)
}

// wait blocks until w is answered, its time is up or ctx ends.
func (m *lockManager) wait(ctx context.Context, w *waiter) lockResult {
	var expired <-chan time.Time
	if w.Timeout > 0 {
		timer := time.NewTimer(w.Timeout)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case result := <-w.done:
		return result
	case <-expired:
		return m.leave(w, lockTimedOut)
	case <-ctx.Done():
		return m.leave(w, lockCancelled)
	}
}

// leave takes w out of its queue. When the lock was granted at the same moment the grant stands, but for a cancelled
// request, which gives it back.
func (m *lockManager) leave(w *waiter, why lockResult) lockResult {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case result := <-w.done:
		if result == lockGrantedAfterWait && why == lockCancelled {
			m.release(w.Key, w.Owner)
			return why
		}
		return result
	default:
	}
	m.drop(w)
	return why
}

// drop removes w from its queue and lets those behind it move up.
func (m *lockManager) drop(w *waiter) {
	l := m.lock(w.Key)
	l.queue = slices.DeleteFunc(l.queue, func(other *waiter) bool { return other == w })
	m.advance(w.Key, l)
}

// Release gives one acquisition back and reports whether owner held the lock.
func (m *lockManager) Release(key lockKey, owner lockOwner) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.release(key, owner)
}

func (m *lockManager) release(key lockKey, owner lockOwner) bool {
	l := m.locks[key]
	if l == nil {
		return false
	}
	for i, h := range l.holds {
		if h.Owner != owner {
			continue
		}
		if h.Count--; h.Count == 0 {
			l.holds = append(l.holds[:i:i], l.holds[i+1:]...)
		}
		m.advance(key, l)
		return true
	}
	return false
}

// ReleaseAll gives back everything that owner holds.
func (m *lockManager) ReleaseAll(owner lockOwner) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, l := range m.locks {
		before := len(l.holds)
		l.holds = slices.DeleteFunc(l.holds, func(h *hold) bool { return h.Owner == owner })
		if len(l.holds) < before {
			m.advance(key, l)
		}
	}
}

// Held returns the strongest mode in which owner holds the lock.
func (m *lockManager) Held(key lockKey, owner lockOwner) (lockMode, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mode, found := lockIntentShared, false
	if l := m.locks[key]; l != nil {
		for _, h := range l.holds {
			if h.Owner == owner {
				mode, found = max(mode, h.Mode), true
			}
		}
	}
	return mode, found
}

// Grantable reports whether the request would be granted at once.
func (m *lockManager) Grantable(r lockRequest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.locks[r.Key]
	return l == nil || l.free(r, len(l.queue))
}

// heldLock is a row of sys.dm_tran_locks.
type heldLock struct {
	lockRequest
	Waiting bool
}

// List returns all application locks, held ones first, in a stable order.
func (m *lockManager) List() []heldLock {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []heldLock
	for key, l := range m.locks {
		if key == (lockKey{}) {
			continue
		}
		for _, h := range l.holds {
			out = append(out, heldLock{lockRequest: lockRequest{Key: key, Owner: h.Owner, Mode: h.Mode}})
		}
		for _, w := range l.queue {
			out = append(out, heldLock{w.lockRequest, true})
		}
	}
	slices.SortStableFunc(out, func(a, b heldLock) int {
		return cmp.Or(cmp.Compare(a.Key.Resource, b.Key.Resource), cmp.Compare(bit(a.Waiting), bit(b.Waiting)), cmp.Compare(a.Owner.SPID, b.Owner.SPID))
	})
	return out
}
