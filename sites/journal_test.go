package sites

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/journal"
	"grantree/sql/sandbox"
)

// memory is a journal that is kept in memory; the write with the number fails is the
// first that cannot be done, as on a full disk.
type memory struct {
	mu    sync.Mutex
	chain journal.Chain
	text  []byte
	fails int
}

var errFull = errors.New("no space left on device")

func (m *memory) Write(r journal.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.At = time.Unix(1, 0)
	if m.text == nil && r.Kind != journal.KindBegun {
		begun := journal.Record{Kind: journal.KindBegun, At: r.At, Begun: &journal.Begun{Format: journal.Format, Version: journal.Version, Run: "run", Command: "apply"}}
		line, err := m.chain.Line(begun)
		if err != nil {
			return err
		}
		m.text = line
	}
	if m.fails--; m.fails == 0 || m.fails < -1<<30 {
		m.fails = -1 << 30
		return errFull
	}
	line, err := m.chain.Line(r)
	m.text = append(m.text, line...)
	return err
}

// run is what stands in it.
func (m *memory) run(t testing.TB) journal.Run {
	t.Helper()
	j, err := journal.Decode("memory", m.text)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Of("memory", j)
}

// written applies with a journal.
func (l live) written(f *Fleet, fails int) (journal.Run, error) {
	l.Helper()
	m := &memory{fails: fails}
	f.Run = Run{ID: "run", Journal: m}
	err := l.apply(f)
	f.Run = Run{}
	return m.run(l.T), err
}

// print is the fingerprint of the site.
func (l live) print(f *Fleet) string { l.Helper(); return l.plan(f).Sites[0].Fingerprint() }

// takenBack takes a run back, and returns the plan that did.
func (l live) takenBack(f *Fleet, run journal.Run) *FleetPlan {
	l.Helper()
	fp := f.PlanUndo(context.Background(), run, nil, PlanOptions{ExpectLoss: -1})
	if err := errors.Join(Failures(fp.Unread), fp.Refusal()); err != nil {
		l.Fatalf("the run cannot be taken back: %v", err)
	}
	if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
		l.Fatalf("the run was not taken back: %v", err)
	}
	return fp
}

// committed reports whether a run says that it changed the site.
func committed(run journal.Run) bool {
	return len(run.Sites) > 0 && run.Sites[0].Fate() == journal.FateCommitted
}

// TestJournalAgrees: whatever goes wrong at whatever statement, the journal says of the
// site what it is, and taken back it is what it was.
func TestJournalAgrees(t *testing.T) {
	l := newLive(t)
	from, to := l.fleet("imvw_site", "imvw_asset"), l.fleet("imvw_asset", "imvw_part")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	before := l.print(from)
	for kind, name := range map[sandbox.FaultKind]string{sandbox.FaultDie: "die", sandbox.FaultDeadlock: "deadlock", sandbox.FaultCommit: "commit"} {
		for n := 1; n <= 36; n += 5 {
			t.Run(fmt.Sprintf("%s at statement %d", name, n), func(t *testing.T) {
				l := live{T: t, server: l.server, url: l.url}
				l.server.Inject(sandbox.Fault{App: "grantree", Statement: n, Kind: kind})
				run, err := l.written(to, 0)
				l.server.Inject(sandbox.Fault{})
				after := l.plan(to).Empty()
				if committed(run) != after || len(run.Doubts()) > 0 {
					t.Errorf("the site is after: %t (%v); the journal says %s", after, err, run.Sites[0].Fate())
				}
				if after {
					l.takenBack(to, run)
				}
				if now := l.print(from); now != before {
					t.Error("the site is not what it was")
				}
			})
		}
	}
}

// TestFullDisk: a run that cannot write does nothing that it has not written, and says so;
// what it had written before is what is there.
func TestFullDisk(t *testing.T) {
	l := newLive(t)
	from, to := l.fleet("imvw_site", "imvw_asset"), l.fleet("imvw_asset", "imvw_part")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{1: "nothing was sent", 2: "rolled back", 3: "committed"} {
		if want == "" {
			continue
		}
		run, err := l.written(to, n)
		after := l.plan(to).Empty()
		var unwritten *JournalError
		if after != (want == "committed") || after == errors.As(err, &unwritten) {
			t.Errorf("full at record %d: the site is after: %t, %v", n, after, err)
		}
		if doubts := len(run.Doubts()); (doubts > 0) != (n == 3) {
			t.Errorf("full at record %d: %d doubts", n, doubts)
		}
	}
}

// TestSettle: of a commit that was asked for and of which nothing else is written, the
// site says what came of it.
func TestSettle(t *testing.T) {
	l := newLive(t)
	from, to := l.fleet("imvw_site", "imvw_asset"), l.fleet("imvw_asset", "imvw_part")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	run, err := l.written(to, 3) // the disk is full once it is committed
	if err != nil {
		t.Fatal(err)
	}
	settled := func(f *Fleet) journal.SiteTruth {
		t.Helper()
		truths := f.Settle(context.Background(), run.Doubts())
		if len(truths) != 1 {
			t.Fatalf("%d truths", len(truths))
		}
		return truths[0]
	}
	if got := settled(to); got.As != journal.After {
		t.Errorf("committed: %+v", got)
	}
	l.admin("CREATE ROLE strangers")
	if got := settled(to); got.As != journal.Neither || got.Why == "" {
		t.Errorf("changed by somebody: %+v", got)
	}
	l.admin("DROP ROLE strangers")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	if got := settled(to); got.As != journal.Before {
		t.Errorf("as before: %+v", got)
	}
	if got := to.Settle(context.Background(), []journal.Doubt{{Site: "Gone", Line: 4}})[0]; got.As != journal.Neither || !strings.Contains(got.Why, "no such site") {
		t.Errorf("a site of nobody: %+v", got)
	}
	l.server.Close()
	if got := settled(to); got.As != journal.Unseen {
		t.Errorf("nobody answers: %+v", got)
	}
}

// TestUndoOnServer: random policies, one after the other, each taken back, leave the site
// as it was before; and taken back once more as it was after.
func TestUndoOnServer(t *testing.T) {
	l := newLive(t)
	l.admin("CREATE LOGIN bob WITH PASSWORD = N'Kj3-lkj2-Lkj9'")
	l.admin("CREATE SCHEMA own")
	l.admin("CREATE ROLE outsiders")
	r := rand.New(rand.NewPCG(1, 7))
	for i := range 4 {
		first, second := l.policyFleet(runner(), drawnPolicy(r)), l.policyFleet(runner(), drawnPolicy(r))
		if err := l.apply(first); err != nil {
			t.Fatal(err)
		}
		for _, user := range []string{"ann", "bob"} {
			if l.plan(first).Sites[0].Snapshot != nil && r.IntN(2) == 0 {
				l.admin(fmt.Sprintf("IF USER_ID('%[1]s') IS NOT NULL BEGIN ALTER USER %[1]s WITH DEFAULT_SCHEMA = own; ALTER ROLE outsiders ADD MEMBER %[1]s; EXEC sys.sp_addextendedproperty @name = N'p%[2]d', @value = N'x', @level0type = N'USER', @level0name = N'%[1]s'; END", user, i))
			}
		}
		before := l.print(first)
		run, err := l.written(second, 0)
		if err != nil {
			t.Fatal(err)
		}
		if after := l.print(first); after != before {
			m := &memory{}
			second.Run = Run{Journal: m}
			l.takenBack(second, run)
			second.Run = Run{}
			if l.print(first) != before {
				t.Fatalf("draw %d: the site is not what it was", i)
			}
			l.takenBack(second, m.run(t))
			if l.print(first) != after {
				t.Fatalf("draw %d: the undo taken back, the site is not what it had become", i)
			}
		}
	}
}

// drawnPolicy is groups and people of one of many policies.
func drawnPolicy(r *rand.Rand) string {
	var b strings.Builder
	for _, g := range []string{"Reader", "Writer"} {
		fmt.Fprintf(&b, "[[group]]\nname = %q\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n", g)
		for _, view := range []string{"imvw_asset", "imvw_part"} {
			switch r.IntN(3) {
			case 1:
				fmt.Fprintf(&b, "[[group.allow]]\nview = %q\npermissions = [\"select\", \"update\"]\n", view)
			case 2:
				fmt.Fprintf(&b, "[[group.deny]]\nview = %q\npermissions = [\"delete\"]\nreason = \"drawn\"\n", view)
			}
		}
	}
	for _, u := range []string{"ann", "bob"} {
		if n := r.IntN(4); n > 0 {
			fmt.Fprintf(&b, "[[user]]\nname = %q\nsites = [\"*\"]\ngroups = %s\n", u, []string{"", `["Reader"]`, `["Writer"]`, `["Reader", "Writer"]`}[n])
		}
	}
	return b.String()
}

// TestMoved: a site that somebody has changed since is not taken back, with every fact
// that is not as the run left it, three ways; one that a later run has changed waits for
// that.
func TestMoved(t *testing.T) {
	l := newLive(t)
	from, to := l.fleet("imvw_site"), l.fleet("imvw_asset")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	run, err := l.written(to, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.admin("DENY SELECT ON imvw_part TO Reader; REVOKE UPDATE ON imvw_asset FROM Reader")
	fp := to.PlanUndo(context.Background(), run, nil, PlanOptions{ExpectLoss: -1})
	var moved *MovedError
	if len(fp.Unread) != 1 || !errors.As(fp.Unread[0].Err, &moved) || fp.Sends() {
		t.Fatalf("it is not refused: %v", fp.Unread)
	}
	var got []string
	for _, m := range moved.What {
		got = append(got, m.String())
	}
	want := []string{`DENY SELECT on dbo.imvw_part to "Reader", by "dbo": before the run not there, as it left the site not there, now there`,
		`GRANT UPDATE on dbo.imvw_asset to "Reader", by "dbo": before the run not there, as it left the site there, now not there`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it says\n%s", strings.Join(got, "\n"))
	}
	later := run
	later.Begun.Run = "later"
	fp = to.PlanUndo(context.Background(), run, []journal.Run{later}, PlanOptions{ExpectLoss: -1})
	if err := fp.Unread[0].Err; !strings.Contains(err.Error(), "by run later: undo that one first") {
		t.Errorf("it says %v", err)
	}
}

// TestFullDiskAtLogins: a login that cannot be written down is not made, which is said
// beside its password, and nothing is sent to its site.
func TestFullDiskAtLogins(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0})
	f, m := w.fleet(w.policy(9, person("gil", "North"))), &memory{fails: 1}
	f.Run = Run{Journal: m}
	var said []string
	ev := Events{Login: func(string, string, string) error { return nil }, NotMade: func(_, login string, unknown bool, why error) error {
		said = append(said, fmt.Sprintf("%s, %t: %v", login, unknown, why))
		return nil
	}}
	_, err := f.Apply(context.Background(), w.plan(f), ev)
	if unwritten := (*JournalError)(nil); !errors.As(err, &unwritten) || w.sid("gil") != "" || len(w.inside()) > 0 {
		t.Errorf("the login's SID is %q, inside are %v: %v", w.sid("gil"), w.inside(), err)
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], "gil, false: ") {
		t.Errorf("beside the password stands %q", said)
	}
}
