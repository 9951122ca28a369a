package sites

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// fleetSites is how many sites BenchmarkFleet has; R100 is 100.
var fleetSites = flag.Int("sites", 10, "how many sites BenchmarkFleet has")

// mostFacts is up to how many facts BenchmarkFacts goes; ten million takes minutes.
var mostFacts = flag.Int("facts", 1e5, "up to how many facts BenchmarkFacts goes")

// whole is up to how many sites plans stay whole in tests that change sites; less
// than 0: none does, as of a fleet.
var whole = flag.Int("whole", 0, "up to how many sites plans stay whole, see Options.Whole")

// wholeOr is what the flag says, or else this.
func wholeOr(sites int) int {
	if *whole != 0 {
		return *whole
	}
	return sites
}

// looksAtPlans skips a test that looks at the whole plan of a site.
func looksAtPlans(t *testing.T) {
	t.Helper()
	if *whole < 0 {
		t.Skip("it looks at the whole plan of a site, which a fleet lets go: run it without -whole")
	}
}

// delays are those of the networks that benchmarks play.
var delays = []time.Duration{0, time.Millisecond, 20 * time.Millisecond}

// benchFleet is a server apart with a reference fleet on it, which is reached
// through a wire and without.
type benchFleet struct {
	*testing.B
	server *process
	wire   *wire
	direct *Fleet
	slow   *Fleet // through the wire
}

func newBenchFleet(b *testing.B, x shape, o Options) *benchFleet {
	b.Helper()
	server := startProcess(b)
	x.make(b, server)
	w := newWire(b, server.addr)
	return &benchFleet{B: b, server: server, wire: w, direct: x.open(b, x.parse(b, server.url()), o), slow: x.open(b, x.parse(b, w.url()), o)}
}

// plan reads and plans, as the command does.
func (b *benchFleet) plan(f *Fleet) *FleetPlan {
	b.Helper()
	fp, readings := f.ReadAndPlan(context.Background(), PlanOptions{ExpectLoss: -1}, false)
	if err := Failures(readings); err != nil {
		b.Fatal(err)
	}
	if err := fp.Refusal(); err != nil {
		b.Fatal(err)
	}
	return fp
}

// provision reads, plans and applies.
func (b *benchFleet) provision(f *Fleet) *FleetPlan {
	b.Helper()
	fp := b.plan(f)
	if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
		b.Fatal(err)
	}
	return fp
}

// undo takes back what a plan did.
func (b *benchFleet) undo(fp *FleetPlan) {
	b.Helper()
	for _, s := range fp.Sites {
		replay(b, b.direct.pools[s.Site.Name], []string{"BEGIN TRANSACTION;\n" + strings.Join(mssql.Reversed(s.Plan.Changes), "\n") + "\nCOMMIT;"})
	}
}

// BenchmarkProvision reads, plans and applies a reference site for the first
// time, and, for comparison in the same run, sends the same bytes with the bare
// driver, on a pool as warm (the floor). At 1 ms it is also held to a sample of
// what a naive tool sends: a statement for each permission, role and view.
func BenchmarkProvision(b *testing.B) {
	f := newBenchFleet(b, referenceSite, Options{})
	for _, delay := range delays {
		b.Run(delay.String(), func(b *testing.B) {
			f := *f
			f.B = b
			f.wire.slow(delay)
			bare := f.server.open(b, f.wire.url(), "Site0000")
			replay(b, bare, []string{"SELECT 1"})
			written := newDiskJournal(b)
			f.slow.Run = Run{ID: "bench", Journal: written}
			defer func() { f.slow.Run = Run{} }()
			var ours, floor spent
			var passed traffic
			var fp *FleetPlan
			for b.Loop() {
				f.wire.take()
				f.server.spend(&ours, func() { fp = f.provision(f.slow) })
				batches := f.wire.sent()
				passed = f.wire.take()
				f.undo(fp)
				f.server.spend(&floor, func() { replay(b, bare, batches) })
				f.undo(fp)
			}
			ours.against(b, floor)
			b.ReportMetric(float64(passed.trips), "trips")
			b.ReportMetric(float64(passed.sent+passed.got)/1e6, "wire-MB")
			b.ReportMetric(float64(fp.Sites[0].Plan.Statements()), "statements")
			b.ReportMetric(float64(written.bytes)/float64(b.N)/1e6, "journal-MB")
			if delay != time.Millisecond {
				return
			}
			one := oneByOne(fp.Sites[0].Plan.Changes)
			sample := one[:min(len(one), 500)]
			var naive spent
			f.server.spend(&naive, func() { replay(b, bare, append([]string{"BEGIN TRANSACTION"}, append(sample, "ROLLBACK")...)) })
			b.ReportMetric(float64(len(one)), "naive-statements")
			b.ReportMetric(naive.wall/float64(len(sample))*float64(len(one))/(ours.wall/float64(b.N)), "×faster-than-naive")
		})
	}
}

// oneByOne is what a naive tool sends.
func oneByOne(changes []grants.Change) []string {
	var out []string
	for _, c := range changes {
		if c.Kind != grants.GrantOn && c.Kind != grants.DenyOn {
			out = append(out, mssql.Render(c))
			continue
		}
		for _, p := range c.Permissions.Each() {
			for _, to := range c.Principals {
				one := c
				one.Permissions, one.Principals = p, []string{to}
				out = append(out, mssql.Render(one))
			}
		}
	}
	return out
}

// BenchmarkNoOp plans a reference site that is in order, alone in the policy and
// as one of a thousand, against the bare query of its snapshot, read to its end.
func BenchmarkNoOp(b *testing.B) {
	f := newBenchFleet(b, referenceSite, Options{})
	f.provision(f.direct)
	many := referenceSite.of(1000)
	for _, named := range []int{1, 1000} {
		fleet := f.slow
		if named > 1 {
			fleet = many.open(b, many.parse(b, f.wire.url()), Options{Only: []string{"Site0000"}})
		}
		for _, delay := range delays {
			b.Run(fmt.Sprintf("sites=%d/%s", named, delay), func(b *testing.B) {
				f := *f
				f.B = b
				f.wire.slow(delay)
				bare := f.server.open(b, f.wire.url(), "Site0000")
				replay(b, bare, []string{"SELECT 1"})
				var ours, floor spent
				var passed traffic
				for b.Loop() {
					f.wire.take()
					f.server.spend(&ours, func() {
						if fp := f.plan(fleet); !fp.Empty() {
							b.Fatal("there is something to do")
						}
					})
					batches := f.wire.sent()
					passed = f.wire.take()
					f.server.spend(&floor, func() { replay(b, bare, batches) })
				}
				ours.against(b, floor)
				b.ReportMetric(float64(passed.trips), "trips")
				b.ReportMetric(float64(passed.sent+passed.got)/1e6, "wire-MB")
			})
		}
	}
}

// BenchmarkVerify verifies a reference site, by whom the server cannot tell apart
// and by everybody, against the bare driver that asks the same.
func BenchmarkVerify(b *testing.B) {
	f := newBenchFleet(b, referenceSite, Options{})
	f.provision(f.direct)
	for _, every := range []bool{false, true} {
		b.Run(map[bool]string{false: "by-token", true: "every-user"}[every], func(b *testing.B) {
			f := *f
			f.B = b
			f.wire.slow(0)
			f.slow.options.EveryUser = every
			bare := f.server.open(b, f.wire.url(), "Site0000")
			replay(b, bare, []string{"SELECT 1"})
			var ours, floor spent
			var passed traffic
			var v Verified
			for b.Loop() {
				f.wire.take()
				f.server.spend(&ours, func() {
					if v = f.slow.Verify(context.Background(), time.Now())[0]; v.Err != nil || !v.OK() {
						b.Fatal(v.Err, v.Mismatches, v.Unverified)
					}
				})
				batches := f.wire.sent()
				passed = f.wire.take()
				f.server.spend(&floor, func() { replay(b, bare, batches) })
			}
			ours.against(b, floor)
			b.ReportMetric(float64(passed.trips), "trips")
			b.ReportMetric(float64(v.Answers), "questions")
			b.ReportMetric(float64(v.Asked), "people-asked")
		})
	}
}

// BenchmarkAudit reads and judges the reference site as it is once it was
// provisioned.
func BenchmarkAudit(b *testing.B) {
	f := newBenchFleet(b, referenceSite, Options{})
	f.provision(f.direct)
	f.wire.slow(0)
	found := 0
	for b.Loop() {
		a := f.slow.Audit(context.Background(), AuditOptions{Today: time.Now()})
		if err := a.Err(); err != nil {
			b.Fatal(err)
		}
		found = len(a.Findings)
	}
	b.ReportMetric(float64(found), "findings")
}

// BenchmarkFleet plans a fleet of reference sites that are in order, against the
// bare queries of their snapshots at the same parallelism.
func BenchmarkFleet(b *testing.B) {
	x := referenceSite.of(*fleetSites)
	f := newBenchFleet(b, x, Options{})
	f.provision(f.direct)
	var ours, floor spent
	var passed traffic
	for b.Loop() {
		f.wire.take()
		f.server.spend(&ours, func() {
			if fp := f.plan(f.slow); !fp.Empty() {
				b.Fatal("there is something to do")
			}
		})
		batches := f.wire.sent()
		passed = f.wire.take()
		f.server.spend(&floor, func() {
			f.slow.each(context.Background(), func(_ context.Context, i int, s policy.Site) {
				_, batch, entered := strings.Cut(batches[i], "SET XACT_ABORT OFF;\n") // on a pool of its own there is no USE
				if !entered {
					batch = batches[i]
				}
				replay(b, f.slow.pools[s.Name], []string{batch})
			})
		})
	}
	ours.against(b, floor)
	b.ReportMetric(float64(passed.trips)/float64(x.sites), "trips/site")
}

// BenchmarkOpened opens a fleet of small sites on one server and plans it, as a
// command does: what it takes to get to the sites is in it. There is no TLS in it, of
// which the handshake would be two round trips more for each connection.
func BenchmarkOpened(b *testing.B) {
	x := shape{sites: *fleetSites, views: 20, nodes: 15, modules: 3, groups: 2, users: 20}
	f := newBenchFleet(b, x, Options{})
	f.provision(f.direct)
	for _, delay := range delays {
		b.Run(delay.String(), func(b *testing.B) {
			f := *f
			f.B = b
			f.wire.slow(delay)
			p := x.parse(b, f.wire.url())
			var ours spent
			var passed traffic
			for b.Loop() {
				f.wire.take()
				f.server.spend(&ours, func() {
					fleet := x.open(b, p, Options{})
					if fp := f.plan(fleet); !fp.Empty() {
						b.Fatal("there is something to do")
					}
					fleet.Close()
				})
				passed = f.wire.take()
			}
			b.ReportMetric(1000*ours.wall/float64(b.N)/float64(x.sites), "ms/site")
			b.ReportMetric(1000*(ours.own+ours.server)/float64(b.N)/float64(x.sites), "cpu-ms/site")
			b.ReportMetric(float64(passed.logins), "connections")
			b.ReportMetric(float64(passed.trips)/float64(x.sites), "trips/site")
		})
	}
}

// BenchmarkMemory is what the plan of a fleet takes at most, and an apply of one more
// person to each of its sites, in a process of its own, as much as of one site and
// what each more adds. A recorded server plays all sites from one database: their
// lists are the same, as those of copies are.
func BenchmarkMemory(b *testing.B) {
	server := startProcess(b)
	referenceSite.make(b, server)
	f := &benchFleet{B: b, server: server}
	f.provision(referenceSite.open(b, referenceSite.parse(b, server.url()), Options{}))
	server.script(b, "CREATE LOGIN "+oneMore+" WITH PASSWORD = N'Kj3-lkj2-Lkj9', CHECK_POLICY = OFF;")
	p := newPlayer(b, server.addr)
	peak := func(what string, sites int) float64 {
		c := exec.Command(os.Args[0])
		c.Env, c.Stderr = append(os.Environ(), fmt.Sprintf("%s=%d %s %s", asClient, sites, what, p.url())), os.Stderr
		out, err := c.Output()
		var kib, done int
		if _, short := fmt.Sscan(string(out), &kib, &done); err != nil || short != nil || done != map[string]int{"plan": 0, "apply": sites}[what] {
			b.Fatal(err, short, done, p.unknown)
		}
		return float64(kib) / 1024
	}
	for _, what := range []string{"plan", "apply"} { // to be recorded
		peak(what, 1)
	}
	p.play()
	for _, what := range []string{"plan", "apply"} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				alone, all := peak(what, 1), peak(what, *fleetSites)
				b.ReportMetric(alone, "MiB-of-one")
				b.ReportMetric(all-alone, "MiB-more")
				b.ReportMetric((all-alone)/float64(max(*fleetSites-1, 1)), "MiB/site")
			}
		})
	}
}

// BenchmarkFacts plans sites that are in order, without any server: R1, and sites
// that grow in people, views and groups, and in number. The processor's time for
// each fact, a row of a snapshot or an entry of what is wanted, must not grow with
// them: slope is that of the logarithms, by least squares, and 1 is linear. The last
// step comes to as many facts as -facts says. People, views and groups grow in so many
// sites that a policy which comes to ten million facts is not refused as too large.
func BenchmarkFacts(b *testing.B) {
	b.Run("R1", func(b *testing.B) {
		g := newGrown(b, referenceSite)
		began := ownCPU()
		for b.Loop() {
			g.plan(b)
		}
		b.ReportMetric(float64(g.facts), "facts")
		b.ReportMetric(1e9*(ownCPU()-began)/float64(b.N)/float64(g.facts), "cpu-ns/fact")
	})
	small := shape{sites: 10, views: 20, nodes: 15, modules: 3, groups: 2, users: 5}
	for _, tt := range []struct {
		name string
		grow func(x *shape, n int)
	}{
		{"users", func(x *shape, n int) { x.sites, x.users = 16, 5*n }},
		{"views", func(x *shape, n int) { x.sites, x.views, x.nodes = 40, 20*n, 15*n }},
		{"groups", func(x *shape, n int) { x.sites, x.groups = 50, 2*n }},
		{"sites", func(x *shape, n int) { x.sites, x.users, x.groups = n, 50, 8 }},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var facts, times []float64
			most, last := float64(*mostFacts), 0.0
			for n := 1; last < 0.98*most; n = int(float64(n) * min(4, most/last)) {
				x := small
				tt.grow(&x, n)
				g := newGrown(b, x)
				g.plan(b) // once for the pages of its memory
				runtime.GC()
				began, runs := ownCPU(), 0
				for ; runs == 0 || ownCPU()-began < 0.2; runs++ {
					g.plan(b)
				}
				last = float64(g.facts)
				facts, times = append(facts, last), append(times, (ownCPU()-began)/float64(runs))
				b.Logf("%.0f facts: %.0f ns for each", last, 1e9*times[len(times)-1]/last)
			}
			for b.Loop() { // measured above, by itself
			}
			b.ReportMetric(slope(facts, times), "slope")
			b.ReportMetric(last, "facts")
			b.ReportMetric(1e9*times[0]/facts[0], "cpu-ns/fact-first")
			b.ReportMetric(1e9*times[len(times)-1]/last, "cpu-ns/fact-last")
		})
	}
}

// slope is that of the logarithms of y over those of x, by least squares.
func slope(x, y []float64) float64 {
	var mx, my, above, below float64
	for i := range x {
		mx, my = mx+math.Log(x[i])/float64(len(x)), my+math.Log(y[i])/float64(len(x))
	}
	for i := range x {
		above += (math.Log(x[i]) - mx) * (math.Log(y[i]) - my)
		below += (math.Log(x[i]) - mx) * (math.Log(x[i]) - mx)
	}
	return above / below
}

// grown is sites of a shape that are in order.
type grown struct {
	p        *policy.Policy
	readings []Reading
	facts    int
}

func newGrown(b testing.TB, x shape) grown {
	b.Helper()
	g := grown{p: x.parse(b, "sqlserver://sql01.example")}
	var first *grants.Snapshot
	for _, site := range g.p.Sites {
		s := g.p.Offline(site)
		for i, u := range g.p.Users {
			s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: u.Name, SID: fmt.Sprintf("%032X", i+1), Type: grants.SQLUser})
			s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 300 + i, Name: "CONNECT SQL", State: grants.Granted})
		}
		if first == nil {
			var err error
			if first, err = s.After(Plan(g.p, []Reading{{Site: site, Snapshot: s}}, PlanOptions{ExpectLoss: -1}).Sites[0].Plan); err != nil {
				b.Fatal(err)
			}
		}
		s.Principals, s.Members, s.Permissions = slices.Clone(first.Principals), slices.Clone(first.Members), slices.Clone(first.Permissions)
		for i, p := range s.Principals { // which every database makes up
			if p.Type == grants.DatabaseRole {
				s.Principals[i].SID = fmt.Sprintf("%X%08X", site.Name, i)
			}
		}
		g.readings = append(g.readings, Reading{Site: site, Snapshot: s})
		g.facts += len(s.Principals) + len(s.Members) + len(s.Permissions) + len(s.Views) + len(s.Logins) + len(s.ServerPermissions)
		w, _ := g.p.Wanted(s)
		g.facts += len(w.Entries) + len(w.Members)
	}
	return g
}

func (g grown) plan(b testing.TB) {
	b.Helper()
	if fp := Plan(g.p, g.readings, PlanOptions{ExpectLoss: -1}); !fp.Empty() {
		b.Fatal("there is something to do")
	}
}

// BenchmarkSeats counts the seats of a fleet's people, from what its sites hold.
func BenchmarkSeats(b *testing.B) {
	for _, sites := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("sites=%d", sites), func(b *testing.B) {
			p := referenceSite.of(sites).parse(b, "sqlserver://sql01.example")
			s := p.Offline(p.Sites[0])
			for i, u := range p.Users {
				sid := fmt.Sprintf("%032X", i+1)
				s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: u.Name, SID: sid, Type: grants.SQLUser})
				s.Principals = append(s.Principals, grants.Principal{ID: 100 + i, Name: u.Name, SID: sid, Type: grants.SQLUser, AuthType: 1})
			}
			began := ownCPU()
			for b.Loop() {
				c := census{p: p}
				for _, site := range p.Sites {
					c.site(site, s, s)
				}
				if used := c.tally().Used; used == 0 {
					b.Fatal("nobody uses a seat")
				}
			}
			b.ReportMetric(1e9*(ownCPU()-began)/float64(b.N)/float64(sites*len(p.Users)), "cpu-ns/account")
		})
	}
}

// BenchmarkParse reads the policy of a reference site with its catalog, and works
// out what its lines reach.
func BenchmarkParse(b *testing.B) {
	for _, sites := range []int{1, 1000} {
		b.Run(fmt.Sprintf("sites=%d", sites), func(b *testing.B) {
			x := referenceSite.of(sites)
			for b.Loop() {
				x.parse(b, "sqlserver://sql01.example")
			}
		})
	}
}

// BenchmarkSandbox makes reference sites on the sandbox as --sandbox does, without
// rows: each must cost what the first did.
func BenchmarkSandbox(b *testing.B) {
	for _, sites := range []int{10, 100} {
		b.Run(fmt.Sprintf("sites=%d", sites), func(b *testing.B) {
			p := referenceSite.parse(b, "sqlserver://sql01.example")
			began := ownCPU()
			for b.Loop() {
				s, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
				if err != nil {
					b.Fatal(err)
				}
				for i := range sites {
					if err := s.Exec(context.Background(), "master", mssql.MakeBareSite(fmt.Sprintf("Site%04d", i), p.Catalog.Schema, p.Catalog.Views())); err != nil {
						b.Fatal(err)
					}
				}
				s.Close()
			}
			b.ReportMetric(1000*(ownCPU()-began)/float64(b.N*sites), "cpu-ms/site")
		})
	}
}
