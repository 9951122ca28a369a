package sites

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"weak"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// seen is all that can be asked of a plan whose sites are not whole.
type seen struct {
	Findings, Mismatches finding.List
	Logins               []NewLogin
	Accounts             []NewLogin
	Servers              []ServerPlan
	Seats                Seats
	Sites                []seenSite
	Refusal, Err         string
	Sends, AsWanted      bool
}

type seenSite struct {
	Site              string
	Statements, Naive int
	Fingerprint       string
	People            grants.People
	Views             []string
	Findings          finding.List
	Obstacles         []string
	Sketch            any
	Text              string
	Facts             string
}

func seenOf(t *testing.T, fp *FleetPlan) seen {
	t.Helper()
	out := seen{Findings: fp.Findings, Mismatches: fp.Mismatches(), Logins: fp.Logins, Accounts: fp.NewAccounts(), Servers: fp.Servers, Seats: fp.Seats,
		Refusal: fmt.Sprint(fp.Refusal()), Err: fmt.Sprint(fp.Err(true)), Sends: fp.Sends(), AsWanted: fp.AsWanted()}
	for _, s := range fp.Sites {
		text, err := fp.Text(s)
		if err != nil {
			t.Error(err)
		}
		f := s.known()
		one := seenSite{s.Site.Name, s.Statements(), s.Naive(), s.Fingerprint(), s.People(), s.Views(), s.Findings, nil, s.Sketch, string(text), fmt.Sprint(f.users, f.changes, f.logins, f.own, f.needs, f.out, f.renamed, f.plan)}
		for _, o := range s.Obstacles {
			one.Obstacles = append(one.Obstacles, o.Error())
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}

// sketched is what a test shows of a site's plan.
func sketched(s SitePlan) (any, []byte) {
	text, _ := json.Marshal(s.Plan.Changes)
	return len(s.Plan.Changes), text
}

// TestLetGo: a plan whose sites are let go says what a plan says that keeps them
// whole, whatever the sites hold and the policy wants; and so does one that reads
// and plans a site after another.
func TestLetGo(t *testing.T) {
	places := []place{{"A", 0}, {"B", 0}, {"C", 1}}
	w := newWorld(t, 2, places...)
	if _, _, err := w.run(w.fleet(w.policy(6))); err != nil {
		t.Fatal(err)
	}
	fleets := 60
	if testing.Short() {
		fleets = 12
	}
	var without, changes int
	for i := range fleets {
		r := rand.New(rand.NewPCG(12, uint64(i)))
		w.empty()
		w.allLogins()
		seats := 1 + r.IntN(4)
		f := w.fleet(w.policy(seats, w.accounts(r, seats+1)...), [][]string{nil, nil, {"A"}, {"B", "C"}}[r.IntN(4)]...)
		o := PlanOptions{ExpectLoss: -1, Sketch: sketched}
		ctx := context.Background()
		readings := f.Read(ctx)
		f.options.Whole = 4
		whole := seenOf(t, f.Plan(ctx, slices.Clone(readings), o, false))
		f.options.Whole = -1
		fp := f.Plan(ctx, readings, o, false)
		if fp.Sites[0].Snapshot != nil || fp.Sites[0].Plan != nil {
			t.Fatal("nothing is let go")
		}
		opts := []cmp.Option{cmpopts.EquateEmpty()}
		if d := cmp.Diff(whole, seenOf(t, fp), opts...); d != "" {
			t.Fatalf("fleet %d (-whole +let go):\n%.3000s", i, d)
		}
		read, _ := f.ReadAndPlan(ctx, o, false)
		if d := cmp.Diff(whole, seenOf(t, read), opts...); d != "" {
			t.Fatalf("fleet %d (-whole +read and planned):\n%.3000s", i, d)
		}
		without += len(whole.Seats.LeftOut) + len(whole.Seats.Freed)
		for _, s := range whole.Sites {
			changes += s.Statements
		}
		f.Close()
	}
	if without == 0 || changes == 0 {
		t.Errorf("the test shows nothing: %d are left out or freed first, %d statements", without, changes)
	}
}

// TestNothingOfASiteStays: once a site is planned nothing of its snapshot and its
// changes can be reached from the fleet's plan.
func TestNothingOfASiteStays(t *testing.T) {
	w := newWorld(t, 1, place{"A", 0}, place{"B", 0}, place{"C", 0})
	f := w.fleet(w.policy(9, member("ann", "*"), member("ben", "B")))
	var mu sync.Mutex
	gone := map[string]func() bool{}
	fp, readings := f.ReadAndPlan(context.Background(), PlanOptions{ExpectLoss: -1, Sketch: func(s SitePlan) (any, []byte) {
		mu.Lock()
		defer mu.Unlock()
		watch := func(what string, alive func() bool) { gone[s.Site.Name+": "+what] = alive }
		snapshot, plan, wanted := weak.Make(s.Snapshot), weak.Make(s.Plan), weak.Make(s.Wanted)
		watch("snapshot", func() bool { return snapshot.Value() != nil })
		watch("plan", func() bool { return plan.Value() != nil })
		watch("wanted", func() bool { return wanted.Value() != nil })
		principal, view, login, row := weak.Make(&s.Snapshot.Principals[0]), weak.Make(&s.Snapshot.Views[0]), weak.Make(&s.Snapshot.Logins[0]), weak.Make(&s.Snapshot.Permissions[0])
		watch("principals", func() bool { return principal.Value() != nil })
		watch("views", func() bool { return view.Value() != nil })
		watch("logins", func() bool { return login.Value() != nil })
		watch("permissions", func() bool { return row.Value() != nil })
		change := weak.Make(&s.Plan.Changes[0])
		watch("changes", func() bool { return change.Value() != nil })
		return nil, nil
	}}, false)
	if err := Failures(readings); err != nil || len(gone) != 24 {
		t.Fatal(err, len(gone))
	}
	runtime.GC()
	runtime.GC()
	for what, alive := range gone {
		if alive() {
			t.Errorf("%s stays", what)
		}
	}
	results, err := f.Apply(context.Background(), fp, Events{})
	if err != nil || results[1].Outcome != Applied || results[1].After != nil {
		t.Errorf("%v, %v", results, err)
	}
	runtime.KeepAlive(fp)
}

// TestALostSnapshot: a site whose snapshot cannot be had again, where the plan has
// to be made again, counts as one that was not read: nothing is sent to it.
func TestALostSnapshot(t *testing.T) {
	p := parsed(t, twoSites+member("ann", "*")+member("ben", "*"))
	x := newKeeping(p)
	x.store.Dir = t.TempDir() + "/missing"
	fp := draft(p, readings(p, nil), PlanOptions{ExpectLoss: -1, keep: x})
	if len(fp.Sites) != 0 || len(fp.Unread) != 2 || fp.Unread[0].Err == nil {
		t.Fatalf("planned %d, not read %v", len(fp.Sites), fp.Unread)
	}
	x = newKeeping(p)
	fp = draft(p, readings(p, nil), PlanOptions{ExpectLoss: -1, keep: x})
	x.store.Close()
	if out := fp.without([]string{"ben"}); len(out.Sites) != 0 || len(out.Unread) != 2 {
		t.Errorf("planned %d, not read %v", len(out.Sites), out.Unread)
	}
}

// TestKeptWhole: a snapshot that was put away comes back as it was, to whatever
// belongs to somebody in it.
func TestKeptWhole(t *testing.T) {
	p := parsed(t, twoSites+member("ann", "*")+member("ben", "*"))
	x := newKeeping(p)
	defer x.store.Close()
	s := readings(p, nil)[0].Snapshot
	s.Holdings = []grants.Holding{{Principal: 7, Class: "CERTIFICATE", Name: "c"}}
	s.Databases = []grants.Database{{Name: "other", Trustworthy: true}}
	k, err := x.keep(s, true)
	if err != nil {
		t.Fatal(err)
	}
	back, err := k.whole()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, back, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(grants.Collation{})); d != "" || back.Fingerprint() != s.Fingerprint() {
		t.Errorf("(-put +back):\n%s", d)
	}
}

// TestWhatASiteCosts: what a plan keeps of each site more is a few bytes an account,
// also where no two sites are alike, and next to nothing of copies.
func TestWhatASiteCosts(t *testing.T) {
	x := shape{sites: 22, views: 20, nodes: 20, groups: 6, users: 400}
	p := x.parse(t, "sqlserver://sql01.example")
	inOrder := p.Offline(p.Sites[0])
	for i, u := range p.Users {
		inOrder.Logins = append(inOrder.Logins, grants.Login{ID: 300 + i, Name: u.Name, SID: fmt.Sprintf("%032X", i+1), Type: grants.SQLUser})
	}
	inOrder, err := inOrder.After(Plan(p, []Reading{{Site: p.Sites[0], Snapshot: inOrder}}, PlanOptions{ExpectLoss: -1}).Sites[0].Plan)
	if err != nil {
		t.Fatal(err)
	}
	site := func(i int, own bool) Reading { // own: as a database that came up by itself, whose numbers are its own
		s := *inOrder
		s.Site = p.Sites[i].Name
		if own {
			r := rand.New(rand.NewPCG(7, uint64(i)))
			to := map[int]int{}
			s.Principals = slices.Clone(s.Principals)
			for at, place := range r.Perm(len(s.Principals)) {
				one := &s.Principals[at]
				if one.ID >= grants.FirstUserID && one.ID < grants.DBOwnerID {
					to[one.ID] = 1000 + place
					one.ID = to[one.ID]
				}
				if one.Type == grants.DatabaseRole {
					one.SID = fmt.Sprintf("%056X", r.Uint64())
				}
			}
			id := func(n int) int {
				if now, ok := to[n]; ok {
					return now
				}
				return n
			}
			s.Members, s.Permissions = slices.Clone(s.Members), slices.Clone(s.Permissions)
			for n, m := range s.Members {
				s.Members[n] = grants.Member{Role: id(m.Role), Member: id(m.Member)}
			}
			for n, row := range s.Permissions {
				s.Permissions[n].Grantee, s.Permissions[n].Grantor = id(row.Grantee), id(row.Grantor)
			}
		}
		return Reading{Site: p.Sites[i], Snapshot: &s}
	}
	cost := func(own bool) int64 {
		heap := func(sites int) int64 {
			keep := newKeeping(p)
			c := newCompiler(p)
			o := PlanOptions{ExpectLoss: -1, keep: keep}
			readings, planned := make([]Reading, sites), make([]sitePlanned, sites)
			for i := range sites {
				planned[i], readings[i] = c.plan(site(i, own), o)
				planned[i].reviewed = policy.Reviewed{}
			}
			fp := gathered(c, readings, planned, o)
			fp.Seats = fp.countSeats()
			if len(fp.Seats.Lines) != x.users || !fp.Empty() {
				t.Fatalf("%d people, as wanted %t", len(fp.Seats.Lines), fp.Empty())
			}
			clear(planned)
			keep.recent = nil
			for range 3 { // pools are emptied by the second
				runtime.GC()
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			runtime.KeepAlive(fp)
			return int64(m.HeapAlloc)
		}
		heap(2) // for what is made once
		few := heap(2)
		return (heap(x.sites) - few) / int64(x.sites-2)
	}
	alike, own := cost(false), cost(true)
	t.Logf("a copy costs %d bytes, a site of its own %d, %d an account", alike, own, own/int64(x.users))
	if alike > 6<<10 || own > int64(x.users)*45 {
		t.Errorf("a copy costs %d bytes, a site of its own %d, %d an account", alike, own, own/int64(x.users))
	}
}
