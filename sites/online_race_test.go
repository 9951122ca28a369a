package sites

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/sql/mssql"
)

// TestTwoRunners has two runs carry the same plan out at the same time, each in one
// transaction or in small ones: one does all of it, and the other, which waited, finds
// the site moved and sends nothing.
func TestTwoRunners(t *testing.T) {
	s := newSwapped(t)
	_, text := swapTexts()
	runner := func(online bool) *Fleet {
		f := s.policyFleet("sa", text)
		if online {
			f.Online = &Online{MaxPerSecond: 3, Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
		}
		return f
	}
	pairs := [][2]*Fleet{{runner(false), runner(false)}, {runner(false), runner(true)}, {runner(true), runner(true)}}
	for i := range max(*races/4, len(pairs)) {
		if err := s.apply(s.from); err != nil {
			t.Fatal(err)
		}
		pair := pairs[i%len(pairs)]
		plans := [2]*FleetPlan{s.plan(pair[0]), s.plan(pair[1])}
		var results [2]Result
		var errs [2]error
		var both sync.WaitGroup
		for j, f := range pair {
			both.Go(func() {
				var r []Result
				r, errs[j] = f.Apply(context.Background(), plans[j], Events{})
				results[j] = r[0]
			})
		}
		both.Wait()
		winner := 0
		if results[0].Outcome != Applied {
			winner = 1
		}
		loser := 1 - winner
		var stale *mssql.StaleError
		if results[winner].Outcome != Applied || errs[winner] != nil || results[loser].Outcome != Failed || results[loser].Statements != 0 || !errors.As(errs[loser], &stale) || stale.Between {
			t.Fatalf("race %d: %q, %v; %q, %v", i, results[0].Outcome, errs[0], results[1].Outcome, errs[1])
		}
		if !s.plan(s.to).Empty() {
			t.Fatalf("race %d: something is left to do", i)
		}
	}
}

// TestOnlineWaitsForABlocker: a small transaction that somebody is in the way of gives
// up after two seconds, and is tried again until they are gone, or the run is stopped.
func TestOnlineWaitsForABlocker(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		s := newSwapped(t)
		db, err := mssql.Open(mssql.Address{URL: s.url, User: "sa", Password: livePassword, Database: "Site"})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		blocker, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer blocker.Close()
		if _, err := blocker.ExecContext(context.Background(), "BEGIN TRANSACTION; CREATE ROLE [In the way];"); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		said := ""
		s.to.options.Warn = func(format string, args ...any) {
			if said = fmt.Sprintf(format, args...); stopped {
				stop()
				return
			}
			if _, err := blocker.ExecContext(context.Background(), "ROLLBACK TRANSACTION;"); err != nil {
				t.Error(err)
			}
		}
		results, err := s.to.Apply(ctx, s.plan(s.to), Events{})
		if !strings.Contains(said, "small transaction 1: attempt 1 of 30") {
			t.Errorf("it said %q", said)
		}
		switch {
		case stopped && (results[0].Outcome != Failed || !errors.Is(err, context.Canceled)):
			t.Errorf("stopped: %q, %v", results[0].Outcome, err)
		case !stopped && (results[0].Outcome != Applied || err != nil || !s.plan(s.to).Empty()):
			t.Errorf("%q, %v", results[0].Outcome, err)
		}
	}
}
