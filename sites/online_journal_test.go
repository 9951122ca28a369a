package sites

import (
	"context"
	"fmt"
	"testing"

	"grantree/journal"
	"grantree/sql/sandbox"
)

// TestOnlineIsWrittenDown: in small transactions, whatever goes wrong at whatever
// statement, the journal has as many of them as are in, and taken back the site is what
// it was. A disk that is full between two of them stops the site there.
func TestOnlineIsWrittenDown(t *testing.T) {
	s := newSwapped(t)
	before := s.print(s.from)
	back := func(l live, run journal.Run) {
		online := s.to.Online
		s.to.Online = nil
		defer func() { s.to.Online = online }()
		if run.Sites != nil && run.Sites[0].Statements() > 0 {
			l.takenBack(s.to, run)
		}
		if now := l.print(s.from); now != before {
			l.Error("the site is not what it was")
		}
	}
	for kind, name := range map[sandbox.FaultKind]string{sandbox.FaultDie: "die", sandbox.FaultCommit: "commit"} {
		for n := 1; n <= 150; n += 30 {
			t.Run(fmt.Sprintf("%s at statement %d", name, n), func(t *testing.T) {
				l := live{T: t, server: s.server, url: s.url}
				l.server.Inject(sandbox.Fault{App: "grantree", Statement: n, Kind: kind})
				run, err := l.written(s.to, 0)
				l.server.Inject(sandbox.Fault{})
				if after := l.plan(s.to).Empty(); err != nil || !after || len(run.Doubts()) > 0 || len(run.Sites[0].Parts) < 3 {
					t.Errorf("the site is after: %t, %v; the journal has %d transactions and %d doubts", after, err, len(run.Sites[0].Parts), len(run.Doubts()))
				}
				back(l, run)
			})
		}
	}
	for _, n := range []int{1, 4, 5, 8} { // of three records for each
		t.Run(fmt.Sprintf("full at record %d", n), func(t *testing.T) {
			l := live{T: t, server: s.server, url: s.url}
			m := &memory{fails: n}
			s.to.Run = Run{ID: "run", Journal: m}
			results, err := s.to.Apply(context.Background(), l.plan(s.to), Events{})
			s.to.Run = Run{}
			run, in := m.run(t), 0
			if run.Sites != nil {
				in = run.Sites[0].Statements()
			}
			if err == nil || results[0].Statements != in || (in > 0) != (n > 3) {
				t.Errorf("%q with %d statements, %v; the journal has %d", results[0].Outcome, results[0].Statements, err, in)
			}
			back(l, run)
		})
	}
}
