package sites

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"

	"github.com/google/go-cmp/cmp"
)

// place is a site of a world.
type place struct {
	name   string
	server int
}

// world is a few sandboxes with sites of one view each, and a login for
// everybody on every server.
type world struct {
	*testing.T
	servers []*sandbox.Server
	places  []place
	pools   map[string]*sql.DB
}

// crowd are the people of a world.
var crowd = []string{"ann", "ben", "cid", "dan", "eve", "fay"}

func newWorld(t *testing.T, servers int, places ...place) *world {
	t.Helper()
	w := &world{T: t, places: places, pools: map[string]*sql.DB{}}
	for i := range servers {
		s, err := sandbox.New(sandbox.Options{SAPassword: livePassword, Name: fmt.Sprintf("S%d", i)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		w.servers = append(w.servers, s)
		for _, name := range crowd {
			w.exec(i, "master", fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'Kj3-lkj2-Lkj9', CHECK_POLICY = OFF;", name))
		}
	}
	for _, p := range places {
		w.exec(p.server, "master", mssql.MakeSite(p.name, "dbo", []catalog.ViewName{"imvw_site"}))
		hired(t, w.servers[p.server], p.name)
	}
	for _, s := range w.servers {
		hired(t, s)
		if err := s.Listen("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) exec(server int, database, statement string) {
	w.Helper()
	if err := w.servers[server].Exec(context.Background(), database, statement); err != nil {
		w.Fatal(err)
	}
}

// in runs a statement in a site.
func (w *world) in(site, statement string) {
	w.Helper()
	w.exec(w.place(site).server, site, statement)
}

func (w *world) place(site string) place {
	return w.places[slices.IndexFunc(w.places, func(p place) bool { return p.name == site })]
}

// policy is a policy of the world's sites with a licence and some people.
func (w *world) policy(seats int, people ...string) string {
	text := fmt.Sprintf("[catalog]\nfile = \"small.toml\"\n[license]\nseats = %d\n[policy]\nmax_loss = 1.0\n[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n", seats)
	for i, s := range w.servers {
		text += fmt.Sprintf("[server.s%d]\nurl = \"sqlserver://%s?encrypt=disable\"\nuser = \""+runner()+"\"\npassword_env = \"X\"\n", i, s.Addr())
	}
	for _, p := range w.places {
		text += fmt.Sprintf("[[site]]\nname = %q\nserver = \"s%d\"\ndatabase = %q\n", p.name, p.server, p.name)
	}
	return text + strings.Join(people, "")
}

// member is a [[user]] whose login exists.
func member(name, sites string, more ...string) string {
	return strings.Replace(person(name, sites, more...), "new_login = true\n", "", 1)
}

// fleet opens sites of a policy.
func (w *world) fleet(text string, only ...string) *Fleet {
	w.Helper()
	return w.fleetOf(wholeOr(-1), text, only...)
}

// fleetOf is fleet where the plans of so many sites stay whole.
func (w *world) fleetOf(whole int, text string, only ...string) *Fleet {
	w.Helper()
	f, err := Open(parsed(w.T, text), Options{Whole: whole, Only: only, Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		w.Fatal(err)
	}
	f.wait = time.Millisecond
	w.Cleanup(f.Close)
	return f
}

// plan reads and plans as "grantree plan" does.
func (w *world) plan(f *Fleet) *FleetPlan {
	ctx := context.Background()
	return f.Plan(ctx, f.Read(ctx), PlanOptions{ExpectLoss: -1}, false)
}

// run plans and applies as "grantree apply" does, and returns who was left out.
func (w *world) run(f *Fleet) (*FleetPlan, []string, error) {
	fp := w.plan(f)
	left, err := w.apply(f, fp)
	return fp, left, err
}

// apply carries a plan out and returns who was left out.
func (w *world) apply(f *Fleet, fp *FleetPlan) ([]string, error) {
	_, err := f.Apply(context.Background(), fp, Events{})
	var left *LeftOutError
	errors.As(err, &left)
	if left == nil {
		return nil, err
	}
	return left.Names, err
}

// pool connects to a site past grantree.
func (w *world) pool(p place) *sql.DB {
	w.Helper()
	if w.pools[p.name] == nil {
		db, err := mssql.Open(mssql.Address{URL: "sqlserver://" + w.servers[p.server].Addr().String() + "?encrypt=disable", User: "sa", Password: livePassword, Database: p.name})
		if err != nil {
			w.Fatal(err)
		}
		w.Cleanup(func() { db.Close() })
		w.pools[p.name] = db
	}
	return w.pools[p.name]
}

// inside asks the servers, past grantree, who has a user where.
func (w *world) inside() map[string][]string {
	w.Helper()
	return w.everywhere("SELECT name FROM sys.database_principals WHERE type = 'S' AND principal_id BETWEEN 5 AND 16383")
}

// everywhere asks every site for names, and returns by name the sites that have it.
// Who runs the fleets is left out.
func (w *world) everywhere(query string) map[string][]string {
	w.Helper()
	out := map[string][]string{}
	for _, p := range w.places {
		rows, err := w.pool(p).Query(query)
		if err != nil {
			w.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				w.Fatal(err)
			}
			if name != leastLogin {
				out[name] = append(out[name], p.name)
			}
		}
	}
	return out
}

// offline takes a site away until the function that it returns is called.
func (w *world) offline(p place) (back func()) {
	w.Helper()
	if db := w.pools[p.name]; db != nil {
		db.Close()
		delete(w.pools, p.name)
	}
	w.exec(p.server, "master", fmt.Sprintf("ALTER DATABASE %s SET OFFLINE WITH ROLLBACK IMMEDIATE", p.name))
	return func() {
		w.Helper()
		w.exec(p.server, "master", fmt.Sprintf("ALTER DATABASE %s SET ONLINE", p.name))
	}
}

// empty takes the crowd out of every site.
func (w *world) empty() {
	w.Helper()
	for name, sites := range w.inside() {
		for _, s := range sites {
			w.in(s, "DROP USER "+name)
		}
	}
}

// races is how often two administrators race for a seat.
var races = flag.Int("races", 40, "races for a seat in TestSeatRaces and TestSeatRacesOfTen, each way")

// howOften is that many, or fewer where a test is to be short.
func howOften() int {
	if testing.Short() {
		return min(*races, 20)
	}
	return *races
}

// TestSeatRaces lets two administrators with policies of their own add somebody
// each, at the same time, in one site or two, with one seat left.
func TestSeatRaces(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		servers int
		second  string // where the second administrator adds somebody
	}{"one site": {1, "North"}, "two sites of one server": {1, "South"}, "two servers": {2, "South"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.servers, place{"North", 0}, place{"South", tt.servers - 1})
			if _, _, err := w.run(w.fleet(w.policy(1))); err != nil {
				t.Fatal(err)
			}
			fleets := []*Fleet{w.fleet(w.policy(1, member("ann", "North"))), w.fleet(w.policy(1, member("ben", tt.second)), tt.second)}
			plans := []*FleetPlan{w.plan(fleets[0]), w.plan(fleets[1])}
			let := map[string]int{}
			for race := range howOften() {
				var wg sync.WaitGroup
				for i, f := range fleets {
					wg.Go(func() { w.apply(f, plans[i]) })
				}
				wg.Wait()
				in := w.inside()
				if len(in) != 1 {
					t.Fatalf("race %d: %v on one seat", race, in)
				}
				for who := range in {
					let[who]++
				}
				w.empty()
			}
			t.Logf("who came first: %v", let)
		})
	}
}

// TestSeatRacesOfTen: ten people are in, on ten seats. Two administrators each add
// an eleventh at the same time, most of them in the place of one of the ten: of the
// same one, of one each, or, in a run about another site, of one whom the other
// puts out. There are never eleven.
func TestSeatRacesOfTen(t *testing.T) {
	t.Parallel()
	var ten []string
	for i := range 10 {
		ten = append(ten, fmt.Sprintf("p%d", i))
	}
	north, south := place{"North", 0}, func(server int) place { return place{"South", server} }
	for name, tt := range map[string]struct {
		servers int
		places  []place
		second  string // where the second administrator adds somebody
	}{"one site": {1, []place{north}, "North"}, "two sites of one server": {1, []place{north, south(0)}, "South"}, "two servers": {2, []place{north, south(1)}, "South"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.servers, tt.places...)
			for i := range w.servers {
				for _, p := range append(slices.Clone(ten), "x", "y") {
					w.exec(i, "master", fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'Kj3-lkj2-Lkj9', CHECK_POLICY = OFF;", p))
				}
			}
			policy := func(who, where string, out ...string) string {
				var people []string
				for _, p := range ten {
					if slices.Contains(out, p) {
						people = append(people, member(p, "*", "inactive = true"))
					} else {
						people = append(people, member(p, "*"))
					}
				}
				if who != "" {
					people = append(people, member(who, where))
				}
				return w.policy(10, people...)
			}
			if _, left, err := w.run(w.fleet(policy("", ""))); left != nil || err != nil {
				t.Fatal(left, err)
			}
			second := func(out ...string) string { return policy("y", tt.second, out...) }
			edits := [][2]*Fleet{
				{w.fleet(policy("x", "North", "p0")), w.fleet(second("p0"))},
				{w.fleet(policy("x", "North", "p0")), w.fleet(second("p1"))},
				{w.fleet(policy("x", "North", "p0")), w.fleet(second("p0"), tt.second)},
				{w.fleet(policy("x", "North")), w.fleet(second())},
			}
			let := map[string]int{}
			for race := range howOften() {
				fleets := edits[race%len(edits)]
				var plans [2]*FleetPlan
				if race/len(edits)%2 == 0 { // else each plans while the other applies
					plans = [2]*FleetPlan{w.plan(fleets[0]), w.plan(fleets[1])}
				}
				var wg sync.WaitGroup
				for i, f := range fleets {
					wg.Go(func() {
						fp := plans[i]
						if fp == nil {
							fp = w.plan(f)
						}
						w.apply(f, fp)
					})
				}
				wg.Wait()
				in := w.inside()
				if len(in) > 10 {
					t.Fatalf("race %d: %d people on ten seats: %v", race, len(in), in)
				}
				new := in["x"] != nil || in["y"] != nil
				if swaps := race%len(edits) < 3; new && !swaps || !new && swaps {
					t.Fatalf("race %d: %v", race, in)
				}
				for _, who := range []string{"x", "y"} {
					if in[who] != nil {
						let[who]++
					}
				}
				w.reset(ten, in)
			}
			t.Logf("of those who came: %v", let)
		})
	}
}

// reset puts people back into every site, and whoever else is in out.
func (w *world) reset(people []string, in map[string][]string) {
	w.Helper()
	for name, sites := range in {
		for _, s := range sites {
			if !slices.Contains(people, name) {
				w.in(s, "DROP USER "+name)
			}
		}
	}
	for _, name := range people {
		for _, p := range w.places {
			if !slices.Contains(in[name], p.name) {
				w.in(p.name, fmt.Sprintf("CREATE USER %[1]s;\nALTER ROLE Reader ADD MEMBER %[1]s;\nEXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'%[1]s';", name))
			}
		}
	}
}

// TestSeatGivenAwayUnderAnother: somebody who is in North already is let into
// South, which takes no seat, while another administrator gives their seat away.
func TestSeatGivenAwayUnderAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	before := w.fleet(w.policy(1, member("ann", "North")))
	fleets := []*Fleet{w.fleet(w.policy(1, member("ann", "*")), "South"),
		w.fleet(w.policy(1, member("ann", "North", "inactive = true"), member("ben", "North")), "North")}
	for range 20 {
		w.empty()
		if _, left, err := w.run(before); err != nil || left != nil {
			t.Fatal(left, err)
		}
		plans := []*FleetPlan{w.plan(fleets[0]), w.plan(fleets[1])}
		var wg sync.WaitGroup
		for i, f := range fleets {
			wg.Go(func() { w.apply(f, plans[i]) })
		}
		wg.Wait()
		if in := w.inside(); len(in) > 1 {
			t.Fatalf("%v on one seat", in)
		}
	}
}

// TestSeatsRandomFleets: whatever a policy asks for, whatever the sites hold and
// whichever of them is offline, before the plan or after it, there are never
// more people than seats. A fleet in five is whole, so that somebody is let in.
func TestSeatsRandomFleets(t *testing.T) {
	t.Parallel()
	places := []place{{"A", 0}, {"B", 0}, {"C", 1}}
	w := newWorld(t, 2, places...)
	if _, _, err := w.run(w.fleet(w.policy(6))); err != nil {
		t.Fatal(err)
	}
	fleets := 250
	if testing.Short() {
		fleets = 25
	}
	let, left := 0, 0
	for i := range fleets {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		w.empty()
		seats := 1 + r.IntN(4)
		people := w.populate(r, seats)
		before := w.inside()
		var only []string
		if r.IntN(2) == 0 {
			only = []string{places[r.IntN(len(places))].name}
		}
		f := w.fleet(w.policy(seats, people...), only...)
		away, early, back := places[r.IntN(len(places))], r.IntN(2) == 0, func() {}
		if i%5 > 0 && early {
			back = w.offline(away)
		}
		fp := w.plan(f)
		if i%5 > 0 && !early {
			back = w.offline(away)
		}
		out, _ := w.apply(f, fp)
		back()
		f.Close()
		after := w.inside()
		if len(after) > seats {
			t.Fatalf("fleet %d: %d people on %d seats, %s offline, --site %v\nbefore %v\nafter  %v\n%s", i, len(after), seats, away.name, only, before, after, strings.Join(people, ""))
		}
		left += len(out)
		for name := range after {
			if before[name] == nil {
				let++
			}
		}
	}
	t.Logf("left out %d, let in %d", left, let)
	if left == 0 || let == 0 {
		t.Error("the test shows nothing")
	}
}

// populate lets at most so many people as there are seats into sites, and
// returns the people of a policy that wants others.
func (w *world) populate(r *rand.Rand, seats int) []string {
	w.Helper()
	var people []string
	for _, name := range crowd {
		if seats > 0 && r.IntN(2) == 0 { // is in somewhere, with grantree's mark or without
			seats--
			for _, p := range w.places {
				if r.IntN(2) == 0 {
					continue
				}
				w.in(p.name, fmt.Sprintf("CREATE USER %s;", name))
				if r.IntN(2) == 0 {
					w.in(p.name, fmt.Sprintf("EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'%s';", name))
				}
			}
		}
		switch r.IntN(4) {
		case 0, 1:
			people = append(people, member(name, []string{"*", "A", "B", "C"}[r.IntN(4)]))
		case 2:
			people = append(people, member(name, "*", "inactive = true"))
		}
	}
	return people
}

// TestReplacedInOneEdit goes over two sites twice: out first, in afterwards.
func TestReplacedInOneEdit(t *testing.T) {
	w := newWorld(t, 2, place{"North", 0}, place{"South", 1})
	if _, left, err := w.run(w.fleet(w.policy(2, member("ann", "*"), member("ben", "*")))); err != nil || left != nil {
		t.Fatal(left, err)
	}
	instead := w.policy(2, member("ann", "*"), member("ben", "*", "inactive = true"), member("cid", "*"))
	fp, left, err := w.run(w.fleet(instead))
	if err != nil || left != nil {
		t.Fatal(left, err)
	}
	if d := cmp.Diff([]string{"ben"}, fp.Seats.Freed); d != "" {
		t.Error(d)
	}
	want := map[string][]string{"ann": {"North", "South"}, "cid": {"North", "South"}}
	if d := cmp.Diff(want, w.inside()); d != "" {
		t.Error(d)
	}
	if again := w.fleet(instead); !again.Plan(context.Background(), again.Read(context.Background()), PlanOptions{ExpectLoss: -1}, false).Empty() {
		t.Error("something is left to do")
	}
}

// TestReplacedWhileASiteFails: the seat of somebody whom one site still holds,
// because its change failed, is not free.
func TestReplacedWhileASiteFails(t *testing.T) {
	w := newWorld(t, 2, place{"North", 0}, place{"South", 1})
	if _, _, err := w.run(w.fleet(w.policy(1, member("ben", "*")))); err != nil {
		t.Fatal(err)
	}
	f := w.fleet(w.policy(1, member("ben", "*", "inactive = true"), member("cid", "*")))
	ctx := context.Background()
	fp := f.Plan(ctx, f.Read(ctx), PlanOptions{ExpectLoss: -1}, false)
	w.in("South", "CREATE ROLE [Somebody else's] AUTHORIZATION dbo;") // South moved: its plan is stale
	_, err := f.Apply(ctx, fp, Events{})
	var left *LeftOutError
	if !errors.As(err, &left) || !slices.Equal(left.Names, []string{"cid"}) {
		t.Errorf("got %v", err)
	}
	if d := cmp.Diff(map[string][]string{"ben": {"South"}}, w.inside()); d != "" {
		t.Error(d)
	}
}

// TestLeaverWithADisabledLoginFreesTheirSeat: a site that is not part of the run
// still holds them, but nobody can enter by the account.
func TestLeaverWithADisabledLoginFreesTheirSeat(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	if _, _, err := w.run(w.fleet(w.policy(1, member("ben", "*")))); err != nil {
		t.Fatal(err)
	}
	instead := w.policy(1, member("ben", "*", "inactive = true"), member("cid", "North"))
	if _, left, _ := w.run(w.fleet(instead, "North")); !slices.Equal(left, []string{"cid"}) {
		t.Errorf("South still lets ben in, and %v was left out", left)
	}
	w.exec(0, "master", "ALTER LOGIN ben DISABLE")
	if _, left, err := w.run(w.fleet(instead, "North")); err != nil || left != nil {
		t.Errorf("left out %v: %v", left, err)
	}
}

// TestNoNewSeatWithoutTheHome: who is new stays out, the rest is done.
func TestNoNewSeatWithoutTheHome(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	if _, _, err := w.run(w.fleet(w.policy(3, member("ann", "North")))); err != nil {
		t.Fatal(err)
	}
	// ann moves on to South, which takes no seat; ben is new.
	f := w.fleet(w.policy(3, member("ann", "*"), member("ben", "South")), "South")
	ctx := context.Background()
	fp := w.plan(f)
	if len(fp.Seats.LeftOut) > 0 || !fp.Seats.Counted {
		t.Fatalf("the plan leaves out %v", fp.Seats.LeftOut)
	}
	back := w.offline(w.place("North"))
	_, err := f.Apply(ctx, fp, Events{})
	back()
	var left *LeftOutError
	if !errors.As(err, &left) || !slices.Contains(left.Names, "ben") {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "North") {
		t.Errorf("it does not name the home: %v", err)
	}
	if in := w.inside(); in["ben"] != nil {
		t.Errorf("inside are %v", in)
	}
}

// TestLockLostBeforeTheCommit: the connection that holds the licence's lock dies
// while the site's statements run.
func TestLockLostBeforeTheCommit(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	if _, _, err := w.run(w.fleet(w.policy(1))); err != nil {
		t.Fatal(err)
	}
	f := w.fleet(w.policy(1, member("ann", "North")))
	// The second statement of that connection is the question before the commit.
	w.servers[0].Inject(sandbox.Fault{App: mssql.LicenceApp, Statement: 6, Kind: sandbox.FaultDie})
	_, _, err := w.run(f)
	var lost *LicenceError
	if !errors.As(err, &lost) {
		t.Fatalf("got %v", err)
	}
	if in := w.inside(); len(in) > 0 {
		t.Errorf("let in without the lock: %v", in)
	}
	if _, left, err := w.run(f); err != nil || left != nil {
		t.Errorf("run again: left out %v: %v", left, err)
	}
}

// TestLicenceLockIsOneForEveryPolicy: whoever holds it, by whatever policy, makes
// the next one wait, and lets go when the run is over.
func TestLicenceLockIsOneForEveryPolicy(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	first, second := w.fleet(w.policy(1)), w.fleet(w.policy(9, member("ann", "*")))
	held, err := first.takeLicence(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	second.licenceWait, second.options.Warn = time.Millisecond, func(string, ...any) {}
	if _, err := second.takeLicence(context.Background()); err == nil || !strings.Contains(err.Error(), "another grantree has held it") {
		t.Errorf("two hold the lock: %v", err)
	}
	if err := held.check(context.Background()); err != nil {
		t.Error(err)
	}
	held.release()
	again, err := second.takeLicence(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	again.release()
}

// TestWhoeverEntersWaitsForTheLock: a run that lets somebody in waits for the one
// that holds the licence's lock, whether they need a seat or have one in another
// site, for that seat may be on its way to somebody else. Where the lock does
// not come they are left out, and what lets nobody in is done all the same.
func TestWhoeverEntersWaitsForTheLock(t *testing.T) {
	for name, people := range map[string][]string{
		"new":                        {member("ann", "North"), member("ben", "South")},
		"from another site":          {member("ann", "*")},
		"from another site, and new": {member("ann", "*"), member("ben", "South")},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
			if _, _, err := w.run(w.fleet(w.policy(5, member("ann", "North")))); err != nil {
				t.Fatal(err)
			}
			other := w.fleet(w.policy(9))
			held, err := other.takeLicence(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			f := w.fleet(w.policy(5, people...), "South")
			f.licenceWait = time.Millisecond
			f.options.Warn = func(string, ...any) {}
			left, err := w.apply(f, w.plan(f))
			var busy *LeftOutError
			if !errors.As(err, &busy) || !strings.Contains(err.Error(), "another grantree") {
				t.Errorf("got %v", err)
			}
			in := w.inside()
			if len(in["ann"])+len(in["ben"]) != 1 {
				t.Errorf("left out %v, inside are %v", left, in)
			}
			held.release()
			if left, err := w.apply(f, w.plan(f)); left != nil || err != nil {
				t.Errorf("once it is free: left out %v: %v", left, err)
			}
		})
	}
}

// TestSiteAwayAtApplyIsFull: a site that answered the plan and is away when the
// seats are counted under the lock may hold anybody by then.
func TestSiteAwayAtApplyIsFull(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	if _, _, err := w.run(w.fleet(w.policy(1))); err != nil {
		t.Fatal(err)
	}
	f := w.fleet(w.policy(1, member("ann", "North")), "North")
	fp := w.plan(f)
	w.in("South", "CREATE USER ben")
	back := w.offline(w.place("South"))
	left, err := w.apply(f, fp)
	back()
	if !slices.Equal(left, []string{"ann"}) || !strings.Contains(err.Error(), `site "South" could not be read`) {
		t.Errorf("left out %v: %v", left, err)
	}
	if in := w.inside(); in["ann"] != nil {
		t.Errorf("inside are %v", in)
	}
}

// TestCountWaitsForAChangeUnderWay: what another run is about to commit in a
// site is counted.
func TestCountWaitsForAChangeUnderWay(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	f := w.fleet(w.policy(1, member("ann", "North"), member("ben", "South")))
	db, err := f.pool(f.Policy.Sites[1])
	if err != nil {
		t.Fatal(err)
	}
	other, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	hold(t, other)
	if _, err := other.ExecContext(context.Background(), "CREATE USER ben"); err != nil {
		t.Fatal(err)
	}
	got := make(chan []Reading)
	go func() { got <- f.held(context.Background(), f.Policy.Sites[1:], true) }()
	waiting := false
	for range 50 {
		select {
		case <-got:
			t.Fatal("it was read while a change was under way")
		case <-time.After(2 * time.Millisecond):
			waiting = true
		}
	}
	if _, err := other.ExecContext(context.Background(), "COMMIT TRANSACTION"); err != nil || !waiting {
		t.Fatal(err)
	}
	r := <-got
	if r[0].Err != nil || !slices.ContainsFunc(r[0].Snapshot.Principals, func(p grants.Principal) bool { return p.Name == "ben" }) {
		t.Errorf("got %v, %v", r[0].Snapshot, r[0].Err)
	}
}

// TestPlanReadsNoOtherSiteForNothing: a plan that gives nobody a seat does not
// ask the sites that it is not about, and says that nothing was counted.
func TestPlanReadsNoOtherSiteForNothing(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	f := w.fleet(w.policy(1), "North")
	ctx := context.Background()
	fp := f.Plan(ctx, f.Read(ctx), PlanOptions{ExpectLoss: -1}, false)
	if fp.Seats.Counted || f.pools["South"] != nil {
		t.Errorf("South was opened (%t), counted %t", f.pools["South"] != nil, fp.Seats.Counted)
	}
	f = w.fleet(w.policy(1, member("ann", "North")), "North")
	if fp = f.Plan(ctx, f.Read(ctx), PlanOptions{ExpectLoss: -1}, false); !fp.Seats.Counted || fp.Seats.Used != 1 {
		t.Errorf("with somebody new: counted %t, %v", fp.Seats.Counted, fp.Seats.Count)
	}
}

// TestDoorsAgreeWithTheServer makes accounts of every kind and compares who the
// count says can enter with whom the server lets in.
func TestDoorsAgreeWithTheServer(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	const password = "Kj3-lkj2-Lkj9"
	w.in("North", strings.Join([]string{
		"CREATE ROLE Shut", "DENY CONNECT TO Shut", "CREATE ROLE Open_", "GRANT CONNECT TO Open_", "CREATE LOGIN lost WITH PASSWORD = N'" + password + "', CHECK_POLICY = OFF",
		"CREATE LOGIN [##odd] WITH PASSWORD = N'" + password + "', CHECK_POLICY = OFF",
		"CREATE USER ann", "CREATE USER ben", "REVOKE CONNECT FROM ben", "CREATE USER cid", "DENY CONNECT TO cid",
		"CREATE USER dan", "ALTER ROLE Shut ADD MEMBER dan", "CREATE USER eve", "REVOKE CONNECT FROM eve", "ALTER ROLE Open_ ADD MEMBER eve",
		"CREATE USER fay", "CREATE USER lost", "CREATE USER nobody WITHOUT LOGIN", "CREATE USER [##odd]",
	}, ";\nGO\n"))
	w.exec(0, "master", "ALTER LOGIN fay DISABLE")
	w.exec(0, "master", "DROP LOGIN lost")
	f := w.fleet(w.policy(9))
	check := func(name string, s *grants.Snapshot) {
		t.Helper()
		for _, h := range newDoors(s).holders() {
			if h.Name == leastLogin {
				continue // has another password
			}
			db, err := mssql.Open(mssql.Address{URL: f.Policy.Servers[0].URL, User: h.Name, Password: password, Database: "North"})
			if err != nil {
				t.Fatal(err)
			}
			err = db.Ping()
			db.Close()
			if h.can != (err == nil) {
				t.Errorf("%s: %s: counted as able to enter: %t (%s); the server says %v", name, h.Name, h.can, h.why, err)
			}
		}
	}
	snapshot := f.Read(context.Background())[0]
	check("snapshot", snapshot.Snapshot)
	for _, settled := range []bool{false, true} {
		r := f.held(context.Background(), f.Sites, settled)[0]
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		check(fmt.Sprintf("held, settled %t", settled), r.Snapshot)
	}
	w.exec(0, "master", "DENY CONNECT SQL TO ann")
	check("held", f.held(context.Background(), f.Sites, false)[0].Snapshot)
}
