package sandbox

import "slices"

// breakDeadlocks looks for circles of sessions that wait for one another through the new waiter and ends the wait of
// one session of each: that with the lowest DEADLOCK_PRIORITY, and among equals the one that closed the circle.
// m.mu is held.
func (m *lockManager) breakDeadlocks(from *waiter) {
	for {
		circle := m.circle(from)
		if circle == nil {
			return
		}
		victim := from
		for _, w := range circle {
			if w.Priority < victim.Priority {
				victim = w
			}
		}
		victim.done <- lockDeadlock
		m.drop(victim)
		if victim == from {
			return
		}
	}
}

// circle returns the waiters of a circle that begins and ends at from, or nil.
func (m *lockManager) circle(from *waiter) []*waiter {
	waiting := map[int]*waiter{}
	for _, l := range m.locks {
		for _, w := range l.queue {
			waiting[w.Owner.SPID] = w
		}
	}
	if waiting[from.Owner.SPID] != from {
		return nil // granted, or a victim, by now
	}
	seen := map[int]bool{}
	var walk func(w *waiter) []*waiter
	walk = func(w *waiter) []*waiter {
		for _, spid := range m.waitsFor(w) {
			if spid == from.Owner.SPID {
				return []*waiter{w}
			}
			next := waiting[spid]
			if next == nil || seen[spid] {
				continue
			}
			seen[spid] = true
			if path := walk(next); path != nil {
				return append(path, w)
			}
		}
		return nil
	}
	return walk(from)
}

// waitsFor returns the sessions in the way of w.
func (m *lockManager) waitsFor(w *waiter) []int {
	l := m.locks[w.Key]
	return l.blockers(w.lockRequest, slices.Index(l.queue, w))
}
