package agreement

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/hardening"
	"grantree/sql/mssql"
)

var audited = flag.Int("audited", 300, "how many random sites to audit")

// playPolicy is a policy for the site of TestRandomSites: the first login's
// person may read one view, and nobody anything else.
func playPolicy(p *play, s *grants.Snapshot) *grants.Wanted {
	w := &grants.Wanted{Site: s.Site, Views: []string{"v1", "app.v2", "v3"}, Roles: []grants.WantedRole{{Name: "r1", Group: "r1"}},
		Users:   []grants.WantedUser{{Name: "u1", Login: p.names.Replace("@1")}},
		Members: []grants.WantedMember{{Role: "r1", User: "u1"}},
		Entries: []grants.WantedEntry{{Grantee: "r1", Schema: "dbo", View: "v1", Permission: catalog.Select, State: grants.Granted}}}
	w.Sort()
	return w
}

// TestAuditNamesEveryBypass makes the random sites of TestRandomSites, and finds
// out on the server what a login can really do to a view, by whatever way. What
// the policy does not give them is named by an audit: an error that is about
// them, their user, or names them among those whom it reaches.
func TestAuditNamesEveryBypass(t *testing.T) {
	n := *audited
	if testing.Short() {
		n = min(n, 100)
	}
	workers := max(runtime.GOMAXPROCS(0), 1)
	if os.Getenv("GRANTREE_TEST_URL") != "" {
		n, workers = min(n, 300), 1
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the states are small and many
	var found atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			p := newPlay(t, w+100)
			for i := w; i < n && !t.Failed(); i += workers {
				s := &state{conn: p.conn, base: p.base, rand: rand.New(rand.NewPCG(*seed, uint64(i))), number: i}
				if err := p.audit(s, &found); err != nil {
					t.Errorf("site %d of seed %d: %v\n%s", i, *seed, err, s.script)
				}
			}
		})
	}
	wg.Wait()
	if !t.Failed() && found.Load()*10 < int64(n) {
		t.Errorf("%d ways round the policy in %d sites: the test does not reach them", found.Load(), n)
	}
}

// audit plays one site, and returns who gets round the policy without being named.
func (p *play) audit(s *state, found *atomic.Int64) error {
	ctx := context.Background()
	defer p.close(ctx)
	x, err := p.open(ctx, s)
	if x == nil || err != nil {
		return err
	}
	snapshot, questions, seen, model, name, l := x.snapshot, x.questions, x.seen, x.model, x.name, x.login
	wanted := playPolicy(p, snapshot)
	report := hardening.Site(hardening.SiteFacts{Snapshot: snapshot, Wanted: wanted, Judged: grants.Judge(snapshot, wanted, grants.Acceptance{}, mssql.Statement)}, mssql.Statement)
	for k, q := range questions {
		given := l == 0 && playViews[q.view] == "dbo.v1" && q.try == 0
		if given || !seen.reaches(playLogins[l], k) {
			continue
		}
		found.Add(1)
		one, _ := catalog.ParsePermission(playTries[q.try][0])
		user := model.Decide(name, playViews[q.view], one).User
		if !namedIn(report, name, user) {
			return fmt.Errorf("%s (user %s) can %s %s, and no error names them: %v", name, user, playTries[q.try][0], playViews[q.view], report.Findings)
		}
	}
	return nil
}

// namedIn reports whether a way round the policy is told of a login or of the
// user that it enters as: of one that has none that is guest.
func namedIn(r hardening.Report, login, user string) bool {
	as := []string{login, user}
	if user == login {
		as = append(as, "guest")
	}
	return slices.ContainsFunc(r.Findings, func(f hardening.Finding) bool {
		return f.Bypass && slices.ContainsFunc(as, func(who string) bool { return who != "" && (f.About == who || slices.Contains(f.Reaches, who)) })
	})
}
