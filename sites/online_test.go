package sites

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// everyPoint has the fault tests of online applies fail at every statement and packet,
// not at a share of them.
var everyPoint = flag.Bool("online.all", false, "fail online applies at every statement and packet")

// swapped is a site and where it goes, over a bridge: bob joins two roles of which each
// denies what the other grants, and ann goes where bob was.
type swapped struct {
	live
	from, to *Fleet
}

const swapGroups = `
[[group]]
name = "A"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[group.deny]]
view = "imvw_asset"
permissions = ["select"]
overrides = true
reason = "apart"
[[group]]
name = "B"
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[group.deny]]
view = "imvw_site"
permissions = ["select"]
overrides = true
reason = "apart"
[[group]]
name = "C"
[[group.allow]]
view = "imvw_part"
permissions = ["select", "update"]
`

// swapTexts are the policies, by who is in what.
func swapTexts() (from, to string) {
	in := func(name, groups string) string {
		return fmt.Sprintf("[[user]]\nname = %q\ngroups = [%s]\nsites = [\"*\"]\n", name, groups)
	}
	return swapGroups + in("bob", `"C"`) + in("ann", `"A"`), strings.Replace(swapGroups, `["select", "update"]`, `["select", "insert"]`, 1) + in("bob", `"A", "B"`) + in("ann", `"C"`)
}

func newSwapped(t *testing.T) swapped {
	l := newLive(t)
	l.admin("CREATE LOGIN bob WITH PASSWORD = N'Kj3-lkj2-Lkj9';")
	from, to := swapTexts()
	s := swapped{live: l, from: l.policyFleet(runner(), from), to: l.policyFleet(runner(), to)}
	s.to.Online = &Online{MaxPerSecond: 1, Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	if err := s.apply(s.from); err != nil {
		t.Fatal(err)
	}
	return s
}

// may is what the server says that ann and bob may do.
func (l live) may() map[string]bool {
	l.Helper()
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site"})
	if err != nil {
		l.Fatal(err)
	}
	defer db.Close()
	out := map[string]bool{}
	err = mssql.WithConn(context.Background(), db, func(conn *sql.Conn) error {
		for _, user := range []string{"ann", "bob"} {
			var what, asked []string
			for _, view := range []string{"imvw_site", "imvw_asset", "imvw_part"} {
				for _, p := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
					what = append(what, user+" "+p+" "+view)
					asked = append(asked, fmt.Sprintf("HAS_PERMS_BY_NAME(N'dbo.%s', 'OBJECT', '%s')", view, p))
				}
			}
			yes, into := make([]bool, len(what)), make([]any, len(what))
			for i := range yes {
				into[i] = &yes[i]
			}
			q := fmt.Sprintf("EXECUTE AS USER = N'%s'; SELECT %s; REVERT;", user, strings.Join(asked, ", "))
			if err := conn.QueryRowContext(context.Background(), q).Scan(into...); err != nil {
				return err
			}
			for i, w := range what {
				if yes[i] {
					out[w] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	return out
}

// within holds what people may do now between what they may before and after.
func (s swapped) within(before, after map[string]bool, when string) {
	s.Helper()
	now := s.may()
	for tuple := range now {
		if !before[tuple] && !after[tuple] {
			s.Errorf("%s: %s is allowed", when, tuple)
		}
	}
	for tuple := range before {
		if after[tuple] && !now[tuple] {
			s.Errorf("%s: %s is lost", when, tuple)
		}
	}
}

// TestOnlineApplies carries a plan out in small transactions: after each one nobody
// has less than they keep, nor more than they get; it arrives; and a bridge that one
// of them stands on is gone.
func TestOnlineApplies(t *testing.T) {
	looksAtPlans(t)
	s := newSwapped(t)
	before := s.may()
	fp := s.plan(s.to)
	pieces := fp.Sites[0].Plan.Pieces(1)
	if !slices.ContainsFunc(fp.Sites[0].Plan.Changes, func(c grants.Change) bool { return c.Temporary }) || len(pieces) < 6 {
		t.Fatalf("%d small transactions, none on a bridge", len(pieces))
	}
	var seen []map[string]bool
	s.to.Online.Wait = func(ctx context.Context, _ time.Duration) error {
		seen = append(seen, s.may())
		return ctx.Err()
	}
	results, err := s.to.Apply(context.Background(), fp, Events{})
	if err != nil || results[0].Outcome != Applied || results[0].Statements != fp.Sites[0].Statements() {
		t.Fatalf("%+v, %v", results[0], err)
	}
	after := s.may()
	if len(seen) != len(pieces)-1 {
		t.Errorf("it waited %d times between %d transactions", len(seen), len(pieces))
	}
	if maps.Equal(before, after) {
		t.Error("nothing changed for anybody")
	}
	for i, now := range seen {
		for tuple := range now {
			if !before[tuple] && !after[tuple] {
				t.Errorf("after %d: %s is allowed", i+1, tuple)
			}
		}
		for tuple := range before {
			if after[tuple] && !now[tuple] {
				t.Errorf("after %d: %s is lost", i+1, tuple)
			}
		}
	}
	if !s.plan(s.to).Empty() {
		t.Error("something is left to do")
	}
}

// TestOnlineRoundTrips: three a small transaction, and one that lets the lock go.
func TestOnlineRoundTrips(t *testing.T) {
	looksAtPlans(t)
	s := newSwapped(t)
	w := newWire(t, s.server.Addr().String())
	_, text := swapTexts()
	f := live{T: t, server: s.server, url: w.url()}.policyFleet(runner(), text)
	f.Online = &Online{MaxPerSecond: 1, Wait: s.to.Online.Wait}
	fp := s.plan(f)
	w.take()
	if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.take(), 3*len(fp.Sites[0].Plan.Pieces(1))+1; got.trips != want || got.attentions > 0 {
		t.Errorf("%+v, want %d", got, want)
	}
}

// TestOnlineGoesOn stops an online apply after each of its transactions, in each way in
// which it may stop, and begins again: what is in stays, is told, and the rest is done.
func TestOnlineGoesOn(t *testing.T) {
	looksAtPlans(t)
	s := newSwapped(t)
	before, step := s.may(), 4
	if *everyPoint {
		step = 1
	}
	for _, way := range []string{"stopped", "the window", "somebody else"} {
		for at := 1; ; at += step {
			t.Run(fmt.Sprintf("%s after %d", way, at), func(t *testing.T) {
				s := swapped{live{t, s.server, s.url}, s.from, s.to}
				if err := s.apply(s.from); err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(context.Background())
				defer stop()
				now, waited := time.Date(2026, 1, 5, 2, 30, 0, 0, time.Local), 0
				s.to.Online = &Online{MaxPerSecond: 1, Now: func() time.Time { return now }}
				s.to.Online.Window, _ = ParseWindow("02:00-04:00")
				s.to.Online.Wait = func(ctx context.Context, _ time.Duration) error {
					if waited++; waited == at {
						switch way {
						case "stopped":
							stop()
						case "the window":
							now = now.Add(2 * time.Hour)
						default:
							s.admin("CREATE ROLE [Somebody else's] AUTHORIZATION dbo;")
						}
					}
					return ctx.Err()
				}
				fp := s.plan(s.to)
				pieces := fp.Sites[0].Plan.Pieces(1)
				results, err := s.to.Apply(ctx, fp, Events{})
				if at >= len(pieces) {
					return
				}
				s.partly(results[0], err, at, pieces, map[string][]string{
					"stopped":       {"stopped between two of them"},
					"the window":    {"outside the window 02:00-04:00", "run the same command again"},
					"somebody else": {"somebody else changed site", `there is role "Somebody else's"`},
				}[way])
				after := map[string]bool{"ann SELECT imvw_part": true, "ann INSERT imvw_part": true}
				s.within(before, after, "stopped")
				s.to.Online = &Online{}
				if way == "somebody else" {
					s.admin("DROP ROLE [Somebody else's];")
				}
				if err := s.apply(s.to); err != nil || !s.plan(s.to).Empty() {
					t.Errorf("the same command again: %v", err)
				}
				s.gone("grantree bridge 1")
			})
			if at > 30 || t.Failed() {
				t.Fatal("no end")
			}
			if at >= len(s.plannedFrom().Pieces(1)) {
				break
			}
		}
	}
}

// plannedFrom is the plan from the one policy to the other.
func (s swapped) plannedFrom() *grants.Plan {
	s.Helper()
	if err := s.apply(s.from); err != nil {
		s.Fatal(err)
	}
	return s.plan(s.to).Sites[0].Plan
}

// partly holds the result of an apply that stopped after some transactions.
func (s swapped) partly(r Result, err error, in int, pieces [][]grants.Change, says []string) {
	s.Helper()
	var partly *PartlyError
	if r.Outcome != Partly || !errors.As(err, &partly) || partly.In != in || partly.Of != len(pieces) {
		s.Fatalf("%q, %v; want %d of %d", r.Outcome, err, in, len(pieces))
	}
	if want := statementsOf(slices.Concat(pieces[:in]...)); r.Statements != want {
		s.Errorf("%d statements, want %d", r.Statements, want)
	}
	says = append(says, fmt.Sprintf("%d of %d small transactions are in", in, len(pieces)))
	if len(grants.Standing(slices.Concat(pieces[:in]...))) > 0 {
		says = append(says, `takes away the temporary role "grantree bridge 1"`)
	}
	for _, w := range says {
		if !strings.Contains(err.Error(), w) {
			s.Errorf("%v\ndoes not say %q", err, w)
		}
	}
}

// gone holds that nobody is called so.
func (s swapped) gone(name string) {
	s.Helper()
	now, err := mssql.Look(context.Background(), s.to.pools["Site"], "Site", "main")
	if err != nil {
		s.Fatal(err)
	}
	if slices.ContainsFunc(now.Principals, func(p grants.Principal) bool { return p.Name == name }) {
		s.Errorf("%q is left", name)
	}
}

// TestOnlineAtEveryStatement fails an online apply at its statements: the connection
// dies, it is a deadlock's victim, it waits for a lock too long, a commit fails. It goes
// on by itself: it arrives, and on its way nobody leaves what they had before or get.
func TestOnlineAtEveryStatement(t *testing.T) {
	s := newSwapped(t)
	before := s.may()
	after := map[string]bool{"ann SELECT imvw_part": true, "ann INSERT imvw_part": true}
	points, step := 0, 97
	if *everyPoint {
		step = 1
	}
	for kind, name := range map[sandbox.FaultKind]string{
		sandbox.FaultDie: "die", sandbox.FaultDeadlock: "deadlock", sandbox.FaultLockTimeout: "lock time-out", sandbox.FaultCommit: "commit",
	} {
		for n := 1; ; n += step {
			if err := s.apply(s.from); err != nil {
				t.Fatal(err)
			}
			retried := 0
			s.to.options.Warn = func(string, ...any) { retried++ }
			s.to.Online.Wait = func(ctx context.Context, _ time.Duration) error {
				if retried > 0 {
					s.within(before, after, fmt.Sprintf("%s at statement %d", name, n))
				}
				return ctx.Err()
			}
			fp := s.plan(s.to)
			s.server.Inject(sandbox.Fault{App: "grantree", Statement: n, Kind: kind})
			results, err := s.to.Apply(context.Background(), fp, Events{})
			if err != nil || results[0].Outcome != Applied || !s.plan(s.to).Empty() {
				t.Errorf("%s at statement %d: %q, %v", name, n, results[0].Outcome, err)
			}
			if points++; retried == 0 || t.Failed() { // beyond the last one
				break
			}
		}
	}
	t.Logf("%d points", points)
}

// TestOnlineIsCutAtEveryPacket cuts the connection of an online apply at its packets,
// and lets later connections through or not. Where they get through it arrives by itself;
// else what it says is true, and the same command converges.
func TestOnlineIsCutAtEveryPacket(t *testing.T) {
	s := newSwapped(t)
	before := s.may()
	after := map[string]bool{"ann SELECT imvw_part": true, "ann INSERT imvw_part": true}
	proxy := newCutter(t, s.server.Addr().String())
	_, text := swapTexts()
	through := live{T: t, server: s.server, url: fmt.Sprintf("sqlserver://%s?encrypt=disable", proxy.Addr())}
	cutOff := through.policyFleet(runner(), text)
	cutOff.Online = &Online{MaxPerSecond: 1, Wait: s.to.Online.Wait}
	points, step := 0, 37
	if *everyPoint {
		step = 1
	}
	for _, at := range []cut{{}, {half: true}, {answer: true}, {answer: true, half: true}, {refuse: true}, {refuse: true, answer: true}} {
		for at.n = 1; ; at.n += step {
			if err := s.apply(s.from); err != nil {
				t.Fatal(err)
			}
			fp := s.plan(cutOff)
			proxy.arm(at)
			results, err := cutOff.Apply(context.Background(), fp, Events{})
			reached := proxy.happened()
			proxy.arm(cut{})
			if !reached {
				break
			}
			points++
			when := fmt.Sprintf("%s, %d", at, at.n)
			s.within(before, after, when)
			if !at.refuse && (err != nil || results[0].Outcome != Applied) {
				t.Errorf("%s: %q, %v", when, results[0].Outcome, err)
			}
			s.told(results[0], err, when)
			if err := s.apply(s.to); err != nil || !s.plan(s.to).Empty() {
				t.Errorf("%s: the same command again: %v", when, err)
			}
			s.gone("grantree bridge 1")
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d points", points)
}

// told compares a result with the site: what is said to be in is in, and no more.
func (s swapped) told(r Result, err error, when string) {
	s.Helper()
	left, all := s.plan(s.to).Sites[0].Statements(), 0
	switch r.Outcome {
	case Applied:
		if left != all || err != nil {
			s.Errorf("%s: applied, and %d statements are left, %v", when, left, err)
		}
	case Partly:
		var partly *PartlyError
		if !errors.As(err, &partly) || left == 0 && partly.In+1 < partly.Of || r.Statements == 0 { // marks come last, and are nothing to do
			s.Errorf("%s: %d statements are in and %d are left", when, r.Statements, left)
		}
	case Unknown:
		if !strings.Contains(err.Error(), "may have been changed or not") {
			s.Errorf("%s: unknown, and says %v", when, err)
		}
	case Failed:
		if r.Statements != 0 {
			s.Errorf("%s: failed after %d statements", when, r.Statements)
		}
	default:
		s.Errorf("%s: %q, %v", when, r.Outcome, err)
	}
}

// TestOnlineSaysWhoHoldsTheLock: whoever waits for the lock in vain is told whose it
// is, and one online run keeps every other out between its transactions too.
func TestOnlineSaysWhoHoldsTheLock(t *testing.T) {
	s := newSwapped(t)
	other := s.policyFleet(runner(), func() string { _, to := swapTexts(); return to }())
	theirs := s.plan(other)
	tried := false
	s.to.Online.Wait = func(ctx context.Context, _ time.Duration) error {
		if tried {
			return nil
		}
		tried = true
		h, found, err := mssql.WhoHolds(ctx, other.pools["Site"])
		if *least {
			if err != nil || found || h.Unseen == "" {
				t.Errorf("%+v %t %v", h, found, err)
			}
		} else if err != nil || !found || h.Login != "sa" || h.Since.IsZero() || h.Host == "" {
			t.Errorf("%+v %t %v", h, found, err)
		}
		within, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := other.Apply(within, theirs, Events{}); err == nil {
			t.Error("somebody came between two transactions")
		}
		return nil
	}
	if err := s.apply(s.to); err != nil || !tried {
		t.Fatal(err)
	}
}

func TestWindow(t *testing.T) {
	at := func(clock string) time.Time {
		when, err := time.ParseInLocation("15:04", clock, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct {
		window  string
		in, out []string
	}{
		{"02:00-04:00", []string{"02:00", "03:59"}, []string{"01:59", "04:00", "14:00"}},
		{"22:30-05:00", []string{"22:30", "23:59", "00:00", "04:59"}, []string{"22:29", "05:00", "12:00"}},
	} {
		w, err := ParseWindow(tt.window)
		if err != nil || w.String() != tt.window {
			t.Fatalf("%s: %v, %v", tt.window, w, err)
		}
		for _, clock := range tt.in {
			if !w.Has(at(clock)) {
				t.Errorf("%s does not have %s", tt.window, clock)
			}
		}
		for _, clock := range tt.out {
			if w.Has(at(clock)) {
				t.Errorf("%s has %s", tt.window, clock)
			}
		}
	}
	for _, bad := range []string{"", "2:00-4:00", "02:00", "02:00-24:00", "02:00-02:00", "02:60-03:00", "02:00 - 04:00"} {
		if _, err := ParseWindow(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if !(Window{}).Has(at("12:00")) {
		t.Error("no window is none of the day")
	}
}

// TestPace: so many statements a second at most, over all sites of the run.
func TestPace(t *testing.T) {
	now, waited := time.Unix(0, 0), time.Duration(0)
	o := &Online{MaxPerSecond: 10, Now: func() time.Time { return now }}
	o.Wait = func(_ context.Context, d time.Duration) error {
		now, waited = now.Add(d), waited+d
		return nil
	}
	for _, n := range []int{10, 5, 1, 1, 20, 1} {
		if err := o.turn(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	if want := 3700 * time.Millisecond; waited != want {
		t.Errorf("waited %s, want %s", waited, want)
	}
	if o.together() != 10 || (&Online{}).together() != mostTogether || (&Online{MaxPerSecond: 100}).together() != mostTogether {
		t.Error("too many statements in one transaction")
	}
}

// TestOnlineCatchesWhatDidNothing: each small transaction is compared with what it was
// to make of the site, so that a statement that the server took and did not do
// (reference B.7) is never taken to be in.
func TestOnlineCatchesWhatDidNothing(t *testing.T) {
	looksAtPlans(t)
	s := newSwapped(t)
	fp := s.plan(s.to)
	sp := fp.Sites[0]
	c := course{f: s.to, fp: fp, sp: sp, made: sp, written: s.to.scribeOf(&sp), pieces: sp.Plan.Pieces(1), sent: sp.Snapshot}
	for c.in < len(c.pieces) {
		if err := c.check(c.sent); err == nil && !c.pieces[c.in][0].Kind.Marks() { // which change nothing for anybody
			t.Errorf("%s did nothing, and that is not seen", mssql.Render(c.pieces[c.in][0]))
		}
		after, err := c.sent.With(c.pieces[c.in])
		if err != nil {
			t.Fatal(err)
		}
		if err := c.check(after); err != nil {
			t.Errorf("%s: %v", mssql.Render(c.pieces[c.in][0]), err)
		}
		c.in, c.sent = c.in+1, after
	}
}

// TestASecondaryIsNoReadOnlyDatabase: what can be done about the one and the other
// differs.
func TestASecondaryIsNoReadOnlyDatabase(t *testing.T) {
	for _, secondary := range []bool{false, true} {
		plan := SitePlan{Site: policy.Site{Name: "North", Server: "main"}, Plan: &grants.Plan{Changes: []grants.Change{{Kind: grants.Mark, Principals: []string{"a"}}}},
			Snapshot: &grants.Snapshot{Database: "Site", ReadOnly: true, Secondary: secondary, Runner: grants.Runner{SysAdmin: true, CanControl: true}}}
		list := obstacles(plan)
		if len(list) != 1 || list[0].Outcome != ReadOnly {
			t.Fatalf("%v", list)
		}
		said := list[0].Error()
		if listener, writable := strings.Contains(said, "listener"), strings.Contains(said, "READ_WRITE"); listener != secondary || writable == secondary {
			t.Errorf("secondary %t: %s", secondary, said)
		}
	}
}
