package sites

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"sync"
	"time"

	"grantree/sql/mssql"
)

// gate is the way to one server. One site tries it first, alone: a password that
// is wrong is wrong for all of its sites, and a server that counts failed logins
// would lock the account (reference E.1); one that is away is waited for once.
type gate struct {
	turn  chan struct{} // holds one
	open  bool
	err   error // why nobody else tries
	fatal bool  // the login was refused: nobody tries again in this run
}

// gates are those of a fleet, by server.
type gates struct {
	mu sync.Mutex
	of map[string]*gate
}

func (g *gates) gate(server string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == nil {
		g.of = map[string]*gate{}
	}
	if g.of[server] == nil {
		g.of[server] = &gate{turn: make(chan struct{}, 1)}
	}
	return g.of[server]
}

// again forgets who was away: each round of a run looks anew.
func (g *gates) again() {
	g.mu.Lock()
	all := make([]*gate, 0, len(g.of))
	for _, one := range g.of {
		all = append(all, one)
	}
	g.mu.Unlock()
	for _, one := range all {
		one.turn <- struct{}{}
		if !one.fatal {
			one.err = nil
		}
		<-one.turn
	}
}

// reach makes the first connection to a server, of a pool, or returns why another
// could not.
func (f *Fleet) reach(ctx context.Context, server string, pool *sql.DB) error {
	if pool == nil {
		return nil
	}
	g := f.gates.gate(server)
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if g.open || g.err != nil {
		return g.err
	}
	err := f.connect(ctx, server, pool)
	switch {
	case err == nil || !mssql.LoginRefused(err) && mssql.Number(err) != 0:
		g.open = true // the login is right; what is wrong with a database is its site's
	case ctx.Err() == nil:
		g.err, g.fatal = err, mssql.LoginRefused(err)
	}
	return g.err
}

// connect opens a connection, which the next query uses, and waits for a server
// that may come back.
func (f *Fleet) connect(ctx context.Context, server string, pool *sql.DB) error {
	wait := f.wait
	for attempt := 1; ; attempt++ {
		conn, err := pool.Conn(ctx)
		if err == nil {
			return conn.Close()
		}
		if attempt >= f.attempts || !mssql.Retryable(err) || ctx.Err() != nil {
			return err
		}
		f.options.Warn("server %q: attempt %d of %d: %v", server, attempt, f.attempts, err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait + rand.N(wait/2)):
			wait *= 2
		}
	}
}
