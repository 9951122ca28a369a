package sandbox

import (
	"context"
	"testing"
	"time"
)

// waitFor lets a goroutine get as far as the condition.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 5000 {
		if done() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("still waiting for %s", what)
}

func (m *lockManager) waiting(key lockKey) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.locks[key]; l != nil {
		return len(l.queue)
	}
	return 0
}

func request(spid int, key lockKey, mode lockMode) lockRequest {
	return lockRequest{Key: key, Owner: lockOwner{SPID: spid}, Mode: mode, Timeout: -1}
}

func TestLockModes(t *testing.T) {
	for held, row := range lockCompatible {
		for wanted, free := range row {
			var m lockManager
			key := lockKey{Resource: "r"}
			m.Acquire(context.Background(), request(1, key, lockMode(held)))
			r := request(2, key, lockMode(wanted))
			r.Timeout = 0
			want := lockTimedOut
			if free {
				want = lockGranted
			}
			if got := m.Acquire(context.Background(), r); got != want {
				t.Errorf("%v held, %v wanted: %v, want %v", lockMode(held), lockMode(wanted), got, want)
			}
		}
	}
}

func TestLockIsCountedAndReentrant(t *testing.T) {
	var m lockManager
	key, ctx := lockKey{Resource: "r"}, context.Background()
	for range 2 {
		if got := m.Acquire(ctx, request(1, key, lockExclusive)); got != lockGranted {
			t.Fatalf("own lock again: %v", got)
		}
	}
	other := request(2, key, lockShared)
	other.Timeout = 0
	m.Release(key, lockOwner{SPID: 1})
	if got := m.Acquire(ctx, other); got != lockTimedOut {
		t.Errorf("after one release of two: %v", got)
	}
	m.Release(key, lockOwner{SPID: 1})
	if got := m.Acquire(ctx, other); got != lockGranted {
		t.Errorf("after both releases: %v", got)
	}
	if m.Release(key, lockOwner{SPID: 1}) {
		t.Error("a lock that is not held was released")
	}
}

func TestLockWaits(t *testing.T) {
	cases := []struct {
		name string
		end  func(m *lockManager, cancel func())
		want lockResult
		free bool
	}{
		{"until it is released", func(m *lockManager, _ func()) { m.ReleaseAll(lockOwner{SPID: 1}) }, lockGrantedAfterWait, false},
		{"until it is cancelled", func(_ *lockManager, cancel func()) { cancel() }, lockCancelled, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var m lockManager
			key := lockKey{Resource: "r"}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			m.Acquire(ctx, request(1, key, lockExclusive))
			got := make(chan lockResult)
			go func() { got <- m.Acquire(ctx, request(2, key, lockExclusive)) }()
			waitFor(t, "the waiter", func() bool { return m.waiting(key) == 1 })
			c.end(&m, cancel)
			if r := <-got; r != c.want {
				t.Errorf("got %v, want %v", r, c.want)
			}
			m.ReleaseAll(lockOwner{SPID: 1})
			last := request(3, key, lockExclusive)
			last.Timeout = 0
			if r := m.Acquire(context.Background(), last); (r == lockGranted) != c.free {
				t.Errorf("a third session: %v", r)
			}
		})
	}
}

func TestLockQueueIsFair(t *testing.T) {
	var m lockManager
	key, ctx := lockKey{Resource: "r"}, context.Background()
	m.Acquire(ctx, request(1, key, lockShared))
	got := make(chan lockResult)
	go func() { got <- m.Acquire(ctx, request(2, key, lockExclusive)) }()
	waitFor(t, "the writer", func() bool { return m.waiting(key) == 1 })
	late := request(3, key, lockShared)
	late.Timeout = 0
	if r := m.Acquire(ctx, late); r != lockTimedOut {
		t.Errorf("a reader passed the writer that waits: %v", r)
	}
	m.ReleaseAll(lockOwner{SPID: 1})
	if r := <-got; r != lockGrantedAfterWait {
		t.Errorf("the writer: %v", r)
	}
}

func TestDeadlockVictim(t *testing.T) {
	cases := []struct {
		name          string
		first, second int // priorities
		victim        int
	}{
		{"equals: the one that closes the circle", 0, 0, 2},
		{"the lower priority, though it came first", -5, 0, 1},
		{"the lower priority, which came last", 5, 0, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var m lockManager
			a, b, ctx := lockKey{Resource: "a"}, lockKey{}, context.Background()
			m.Acquire(ctx, request(1, a, lockExclusive))
			m.Acquire(ctx, request(2, b, lockExclusive))
			results := [3]chan lockResult{1: make(chan lockResult, 1), 2: make(chan lockResult, 1)}
			ask := func(spid, priority int, key lockKey) {
				r := request(spid, key, lockExclusive)
				r.Priority = priority
				result := m.Acquire(ctx, r)
				if result == lockDeadlock {
					m.ReleaseAll(lockOwner{SPID: spid}) // the victim rolls back
				}
				results[spid] <- result
			}
			go ask(1, c.first, b)
			waitFor(t, "the first", func() bool { return m.waiting(b) == 1 })
			go ask(2, c.second, a)
			for spid := 1; spid <= 2; spid++ {
				want := lockGrantedAfterWait
				if spid == c.victim {
					want = lockDeadlock
				}
				if got := <-results[spid]; got != want {
					t.Errorf("session %d: %v, want %v", spid, got, want)
				}
			}
		})
	}
}
