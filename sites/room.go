package sites

import (
	"context"
	"runtime"
	"sync/atomic"

	"grantree/grants"

	"golang.org/x/sync/semaphore"
)

// rowsAtOnce is how many rows of snapshots a run over many sites works on at once,
// for each processor: one large site, or very many small ones. To plan that many
// takes some 20 MB.
const rowsAtOnce = 30_000

// room is how much a run works on at once. The nil room is one without bounds.
type room struct {
	free *semaphore.Weighted
	all  int64
	last atomic.Int64 // the rows of the site that was read last
}

func newRoom() *room {
	r := &room{all: int64(rowsAtOnce * runtime.GOMAXPROCS(0))}
	r.free = semaphore.NewWeighted(r.all)
	r.last.Store(rowsAtOnce) // who knows
	return r
}

// enter waits until there is room for so many rows, or for another site like the
// last. The room is given back by what it returns.
func (r *room) enter(rows int) (leave func()) {
	if r == nil {
		return func() {}
	}
	n := int64(rows)
	if rows == 0 {
		n = r.last.Load()
	}
	n = min(max(n, 1), r.all)
	r.free.Acquire(context.Background(), n) // whoever is inside leaves, also where the run is stopped
	return func() { r.free.Release(n) }
}

// note remembers how large a site was.
func (r *room) note(s *grants.Snapshot) {
	if s != nil {
		r.last.Store(int64(rowsOf(s)))
	}
}

// rowsOf is how many rows a snapshot has.
func rowsOf(s *grants.Snapshot) int {
	return len(s.Principals) + len(s.Members) + len(s.Permissions) + len(s.Schemas) + len(s.Views) + len(s.Objects) + len(s.Dependencies) +
		len(s.Logins) + len(s.ServerMembers) + len(s.ServerPermissions)
}
