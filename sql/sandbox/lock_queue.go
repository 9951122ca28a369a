package sandbox

// lock returns the lock of key, made when it is new.
func (m *lockManager) lock(key lockKey) *lock {
	if m.locks == nil {
		m.locks = map[lockKey]*lock{}
	}
	l := m.locks[key]
	if l == nil {
		l = &lock{}
		m.locks[key] = l
	}
	return l
}

// advance grants what can be granted from the head of the queue, and forgets a lock that nobody wants.
func (m *lockManager) advance(key lockKey, l *lock) {
	for i := 0; i < len(l.queue); {
		w := l.queue[i]
		if !l.free(w.lockRequest, i) {
			i++
			continue
		}
		l.queue = append(l.queue[:i:i], l.queue[i+1:]...)
		l.grant(w.lockRequest)
		w.done <- lockGrantedAfterWait
	}
	if len(l.holds) == 0 && len(l.queue) == 0 {
		delete(m.locks, key)
	}
}

// free reports whether r can be granted when ahead requests stand before it. A session is never in its own way, and one
// that holds the lock already passes those who wait.
func (l *lock) free(r lockRequest, ahead int) bool {
	return len(l.blockers(r, ahead)) == 0
}

// blockers returns the sessions that r has to wait for.
func (l *lock) blockers(r lockRequest, ahead int) []int {
	var out []int
	mine := false
	for _, h := range l.holds {
		switch {
		case h.Owner.SPID == r.Owner.SPID:
			mine = true
		case !lockCompatible[h.Mode][r.Mode]:
			out = append(out, h.Owner.SPID)
		}
	}
	if mine {
		return out
	}
	for _, w := range l.queue[:ahead] {
		if w.Owner.SPID != r.Owner.SPID && !lockCompatible[w.Mode][r.Mode] {
			out = append(out, w.Owner.SPID)
		}
	}
	return out
}

// grant records that r is held.
func (l *lock) grant(r lockRequest) {
	for _, h := range l.holds {
		if h.Owner == r.Owner {
			h.Mode = max(h.Mode, r.Mode)
			h.Count++
			return
		}
	}
	l.holds = append(l.holds, &hold{Owner: r.Owner, Mode: r.Mode, Count: 1})
}
