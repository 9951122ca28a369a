package sites

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
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

// plan reads and plans.
func (b *benchFleet) plan(f *Fleet) *FleetPlan {
	b.Helper()
	readings := f.Read(context.Background())
	if err := Failures(readings); err != nil {
		b.Fatal(err)
	}
	fp := Plan(f.Policy, readings, PlanOptions{ExpectLoss: -1})
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
				replay(b, f.slow.pools[s.Name], batches[i:i+1])
			})
		})
	}
	ours.against(b, floor)
	b.ReportMetric(float64(passed.trips)/float64(x.sites), "trips/site")
}

// BenchmarkMemory is what the plan of a fleet takes at most, in a process of its
// own, as much as the plan of one site and what each more adds. One database plays
// all sites; their lists are the same, as those of copies are.
func BenchmarkMemory(b *testing.B) {
	server := startProcess(b)
	referenceSite.make(b, server)
	f := &benchFleet{B: b, server: server}
	one := referenceSite.open(b, referenceSite.parse(b, server.url()), Options{})
	f.provision(one)
	peak := func(sites int) float64 {
		c := exec.Command(os.Args[0])
		c.Env, c.Stderr = append(os.Environ(), fmt.Sprintf("%s=%d %s", asClient, sites, server.url())), os.Stderr
		out, err := c.Output()
		var kib, changes int
		if _, short := fmt.Sscan(string(out), &kib, &changes); err != nil || short != nil || changes > 0 {
			b.Fatal(err, short, changes)
		}
		return float64(kib) / 1024
	}
	for b.Loop() {
		alone, all := peak(1), peak(*fleetSites)
		b.ReportMetric(alone, "MiB-of-one")
		b.ReportMetric(all-alone, "MiB-more")
		b.ReportMetric((all-alone)/float64(max(*fleetSites-1, 1)), "MiB/site")
	}
}

// BenchmarkFacts plans a site that is in order, without any server, as it grows in
// people, views and groups: the time for each fact, a row of the snapshot or an
// entry of what is wanted, must not grow with it.
func BenchmarkFacts(b *testing.B) {
	with := func(edit func(*shape)) shape { x := referenceSite; edit(&x); return x }
	for _, tt := range []struct {
		name string
		x    shape
	}{
		{"users=200", with(func(x *shape) { x.users = 200 })}, {"users=2000", referenceSite}, {"users=20000", with(func(x *shape) { x.users = 20000 })},
		{"views=4000", with(func(x *shape) { x.views, x.nodes = 4000, 2500 })}, {"groups=400", with(func(x *shape) { x.groups = 400 })},
	} {
		b.Run(tt.name, func(b *testing.B) {
			p := tt.x.parse(b, "sqlserver://sql01.example")
			s := p.Offline(p.Sites[0])
			for i, u := range p.Users {
				s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: u.Name, SID: fmt.Sprintf("%032X", i+1), Type: grants.SQLUser})
				s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 300 + i, Name: "CONNECT SQL", State: grants.Granted})
			}
			s, err := s.After(Plan(p, []Reading{{Site: p.Sites[0], Snapshot: s}}, PlanOptions{ExpectLoss: -1}).Sites[0].Plan)
			if err != nil {
				b.Fatal(err)
			}
			reading := []Reading{{Site: p.Sites[0], Snapshot: s}}
			var fp *FleetPlan
			began := ownCPU()
			for b.Loop() {
				if fp = Plan(p, reading, PlanOptions{ExpectLoss: -1}); !fp.Empty() {
					b.Fatal("there is something to do: ", fp.Sites[0].Plan.Changes[0])
				}
			}
			facts := len(s.Principals) + len(s.Members) + len(s.Permissions) + len(s.Views) + len(s.Logins) + len(s.ServerPermissions) + len(fp.Sites[0].Wanted.Entries) + len(fp.Sites[0].Wanted.Members)
			b.ReportMetric(float64(facts), "facts")
			b.ReportMetric(1e9*(ownCPU()-began)/float64(b.N)/float64(facts), "cpu-ns/fact")
		})
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
