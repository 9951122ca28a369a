package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/finding"
	"grantree/ledger"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// ledgered opens the site with a policy that asks for a ledger, and gives the group
// Reader some views.
func (l live) ledgered(runner string, views ...string) *Fleet {
	l.Helper()
	text := "[ledger]\ntable = \"grantree.ledger\"\n[[group]]\nname = \"Reader\"\n"
	for _, v := range views {
		text += fmt.Sprintf("[[group.allow]]\nview = %q\npermissions = [\"select\", \"update\"]\n", v)
	}
	return l.policyFleet(runner, text+"[[user]]\nname = \"ann\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\n")
}

// rows are those of the site's ledger.
func (l live) rows(f *Fleet) []ledger.Row {
	l.Helper()
	var out []ledger.Row
	conn, err := f.pools["Site"].Conn(context.Background())
	if err != nil {
		l.Fatal(err)
	}
	defer conn.Close()
	if err := mssql.ReadLedger(context.Background(), conn, f.ledgerTable(), func(r ledger.Row) { out = append(out, r) }); err != nil {
		l.Fatal(err)
	}
	return out
}

// checked is the verdict on the site's ledger.
func (l live) checked(f *Fleet, known ...ledger.Last) LedgerCheck {
	l.Helper()
	checks, err := f.CheckLedgers(context.Background(), func(string) []ledger.Last { return known }, time.Now())
	if err != nil || len(checks) != 1 || checks[0].Err != nil {
		l.Fatal(checks, err)
	}
	return checks[0]
}

// TestLedgerOfAnApply: each transaction that changes the site writes one row, which
// says who, with which plan and what, and is told of before the commit; one that
// changes nothing writes none.
func TestLedgerOfAnApply(t *testing.T) {
	l := newLive(t)
	f := l.ledgered(runner(), "imvw_site")
	f.Run.ID = "run-1"
	if c := l.checked(f); c.There || !c.Whole() || LedgersError([]LedgerCheck{c}) != nil {
		t.Errorf("before there is one: %+v", c)
	}
	var told []ledger.Last
	ev := Events{Ledger: func(site string, row ledger.Last) error {
		if site != "Site" || row.Sequence > 1 && len(l.rows(f)) == int(row.Sequence) {
			t.Errorf("%s: told of %+v after the commit", site, row)
		}
		told = append(told, row)
		return nil
	}}
	for range 2 { // the second has nothing to do
		if _, err := f.Apply(context.Background(), l.plan(f), ev); err != nil {
			t.Fatal(err)
		}
	}
	g := l.ledgered(runner(), "imvw_asset")
	fp := l.plan(g)
	texts := textsOf(fp.Sites[0].Plan)
	results, err := g.Apply(context.Background(), fp, ev)
	if err != nil {
		t.Fatal(err)
	}
	rows := l.rows(f)
	if results[0].Ledger != rows[len(rows)-1].Last() {
		t.Errorf("the result names %v", results[0].Ledger)
	}
	entries, err := ledger.Entries(rows, told)
	if err != nil || len(entries) != 2 || len(told) != 2 {
		t.Fatalf("%+v, %+v, %v", entries, told, err)
	}
	e := entries[1]
	if e.Login != runner() || e.Program != "grantree" || e.Database != "Site" || entries[0].Run != "run-1" || e.Run != "" || time.Since(e.At).Abs() > time.Hour {
		t.Errorf("%+v", e)
	}
	if strings.Join(e.Statements, "\n") != strings.Join(texts, "\n") || e.Plan == "" || len(e.Reverse) != len(texts) {
		t.Errorf("statements %q\nof the plan %q", e.Statements, texts)
	}
	if c := l.checked(f, told...); !c.Whole() || c.Verdict.Rows != 2 || c.Verdict.Through != 2 || len(c.Open) > 0 {
		t.Errorf("%+v", c)
	}
	if c := l.checked(f, ledger.Last{Sequence: 3, Hash: "00"}); c.Whole() || c.Verdict.Broken.Kind != ledger.Cut {
		t.Errorf("a third row is remembered: %+v", c.Verdict)
	}
}

// TestLedgerIsKeptBeforeTheCommit: where the row cannot be kept elsewhere, nothing is
// committed.
func TestLedgerIsKeptBeforeTheCommit(t *testing.T) {
	l := newLive(t)
	f := l.ledgered(runner(), "imvw_site")
	full := errors.New("the disk is full")
	results, err := f.Apply(context.Background(), l.plan(f), Events{Ledger: func(string, ledger.Last) error { return full }})
	if !errors.Is(err, full) || results[0].Outcome != Failed {
		t.Errorf("%+v, %v", results, err)
	}
	if c := l.checked(f); c.There || l.plan(f).Empty() {
		t.Error("something was committed")
	}
}

// TestLedgerUnderFaults: whatever ends a transaction, row and change are both there or
// neither is.
func TestLedgerUnderFaults(t *testing.T) {
	l := newLive(t)
	from, to := l.ledgered(runner(), "imvw_site", "imvw_asset"), l.ledgered(runner(), "imvw_asset", "imvw_part")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	tried, failed := 0, 0
	for _, kind := range []sandbox.FaultKind{sandbox.FaultDie, sandbox.FaultDeadlock, sandbox.FaultLockTimeout, sandbox.FaultCommit} {
		for n := 1; n <= 46; n += 3 {
			if err := l.apply(from); err != nil {
				t.Fatal(err)
			}
			before := len(l.rows(from))
			to.attempts = 1 + tried%2 // tried again every other time
			fp := l.plan(to)
			l.server.Inject(sandbox.Fault{App: "grantree", Statement: n, Kind: kind})
			_, _ = to.Apply(context.Background(), fp, Events{})
			changed := 0
			if l.plan(to).Empty() {
				changed = 1
			} else if failed++; !l.plan(from).Empty() {
				t.Errorf("%v at statement %d: half applied", kind, n)
			}
			tried++
			if after := len(l.rows(from)); after != before+changed {
				t.Errorf("%v at statement %d: %d rows for %d changes", kind, n, after-before, changed)
			}
		}
	}
	if c := l.checked(from); !c.Whole() || failed == 0 {
		t.Error(c.Verdict.Broken, failed)
	}
	t.Logf("%d points, at %d of them the site stayed", tried, failed)
}

// TestLedgerOfTwoRunners: two at once write one chain.
func TestLedgerOfTwoRunners(t *testing.T) {
	l := newLive(t)
	if err := l.apply(l.ledgered(runner(), "imvw_site")); err != nil {
		t.Fatal(err)
	}
	asset, part := l.ledgered(runner(), "imvw_asset"), l.ledgered(runner(), "imvw_part")
	plans := map[*Fleet]*FleetPlan{asset: l.plan(asset), part: l.plan(part)}
	var g sync.WaitGroup
	for f, fp := range plans {
		g.Go(func() { _, _ = f.Apply(context.Background(), fp, Events{}) }) // one of them is stale
	}
	g.Wait()
	f := l.ledgered(runner(), "imvw_site")
	if c := l.checked(f); !c.Whole() || c.Verdict.Rows != 2 {
		t.Errorf("%+v", c.Verdict)
	}
}

// TestLedgerOfALesserRunner: who may do what the plan takes and not write the ledger is
// told before anything is sent, with what to give them; who may both does it.
func TestLedgerOfALesserRunner(t *testing.T) {
	l := newLive(t)
	if err := l.apply(l.ledgered(runner(), "imvw_site")); err != nil {
		t.Fatal(err)
	}
	l.admin("CREATE LOGIN carter WITH PASSWORD = N'" + livePassword + "';\nCREATE USER carter FOR LOGIN carter;\nGRANT VIEW DEFINITION TO carter;\nGRANT CONTROL ON dbo.imvw_asset TO carter;\nGRANT CONTROL ON dbo.imvw_site TO carter;\nGRANT ALTER ON ROLE::Reader TO carter;")
	f := l.ledgered("carter", "imvw_asset")
	results, err := f.Apply(context.Background(), l.plan(f), Events{})
	if err == nil || results[0].Outcome != NoRight || !strings.Contains(err.Error(), "lacks INSERT on grantree.ledger") || !strings.Contains(err.Error(), "GRANT INSERT ON [grantree].[ledger] TO [carter]") {
		t.Fatalf("%+v, %v", results, err)
	}
	l.admin("GRANT INSERT, SELECT ON grantree.ledger TO carter;")
	if err := l.apply(f); err != nil {
		t.Fatal(err)
	}
	rows := l.rows(f)
	if c := l.checked(f); !c.Whole() || len(rows) != 2 || rows[1].Login != "carter" {
		t.Errorf("%+v, %d rows", c.Verdict, len(rows))
	}
	for _, x := range l.checked(l.ledgered(runner(), "imvw_asset")).Open { // who is nobody there
		if x.Code != finding.LedgerOpen || !strings.Contains(x.Message, `"carter" may write or clear`) {
			t.Errorf("%s", x.Message)
		}
	}
}

// TestLedgerTripsAndBytes: an apply with a ledger takes the round trips of one
// without, and its statements pass once.
func TestLedgerTripsAndBytes(t *testing.T) {
	l := newLive(t)
	w := newWire(t, strings.TrimSuffix(strings.TrimPrefix(l.url, "sqlserver://"), "?encrypt=disable"))
	l.url = w.url()
	f := l.ledgered(runner(), "imvw_site", "imvw_asset", "imvw_part")
	w.take()
	fp := l.plan(f)
	if n := w.take().trips; n != 1 {
		t.Errorf("%d round trips to read", n)
	}
	if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
		t.Fatal(err)
	}
	if n := w.take().trips; n != 3 {
		t.Errorf("%d round trips to apply", n)
	}
}

// TestLedgerOddNames: what a principal, a view or a host is called is in the row as it
// is, and the chain holds.
func TestLedgerOddNames(t *testing.T) {
	l := newLive(t)
	odd := "O'Bri]en\nGO\n😀 é"
	f := l.policyFleet(runner(), "[ledger]\ntable = \"Audit 'x'].led]ger\"\n[[group]]\nname = \"Reader\"\nrole = "+fmt.Sprintf("%q", odd)+"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n[[user]]\nname = \"ann\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\n")
	if err := l.apply(f); err != nil {
		t.Fatal(err)
	}
	if !l.plan(f).Empty() {
		t.Error("something is still to do")
	}
	entries, err := ledger.Entries(l.rows(f), nil)
	if err != nil || len(entries) != 1 || !strings.Contains(strings.Join(entries[0].Statements, "\n"), "CREATE ROLE [O'Bri]]en\nGO\n😀 é]") {
		t.Errorf("%+v, %v", entries, err)
	}
	if c := l.checked(f); !c.Whole() {
		t.Error(c.Verdict.Broken)
	}
}

// TestNobodyOfThePolicyWritesTheLedger: the server refuses each statement that would
// write, change or clear it to a member of each of the vendor's groups (229 and the
// like), and nothing is said of who might.
func TestNobodyOfThePolicyWritesTheLedger(t *testing.T) {
	l := newLive(t)
	text := "extends = \"imaint\"\nleavers = \"keep\"\n[ledger]\ntable = \"grantree.ledger\"\n"
	p := l.policyFleet(runner(), text).Policy
	groups := p.Groups
	l.master("DROP DATABASE Site;\nGO\n" + mssql.MakeBareSite("Site", "dbo", p.Catalog.Views()))
	hired(t, l.server, "Site")
	for i, g := range groups {
		l.master(fmt.Sprintf("CREATE LOGIN member%d WITH PASSWORD = N'%s';", i, livePassword))
		text += fmt.Sprintf("[[user]]\nname = \"member%d\"\ngroups = [%q]\nsites = [\"*\"]\n", i, g.Name)
	}
	f := l.policyFleet(runner(), text)
	fp := l.plan(f)
	if err := fp.Refusal(); err != nil {
		t.Fatal(err, fp.Findings)
	}
	if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
		t.Fatal(err)
	}
	if c := l.checked(f); !c.Whole() || len(c.Open) > 0 || len(groups) < 14 {
		t.Errorf("%d groups, %+v", len(groups), c)
	}
	for i := range groups {
		db, err := mssql.Open(mssql.Address{URL: l.url, User: fmt.Sprint("member", i), Password: livePassword, Database: "Site"})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for statement, numbers := range map[string][]int32{
			"SELECT * FROM grantree.ledger;": {229}, "INSERT INTO grantree.ledger ([sequence]) VALUES (9);": {229}, "UPDATE grantree.ledger SET [login] = N'eve';": {229},
			"DELETE FROM grantree.ledger;": {229}, "TRUNCATE TABLE grantree.ledger;": {1088, 4701}, "DROP TABLE grantree.ledger;": {3701},
			"ALTER TABLE grantree.ledger DROP COLUMN [hash];": {1088, 4902}, "GRANT DELETE ON grantree.ledger TO public;": {15151},
		} {
			if _, err := db.ExecContext(context.Background(), statement); !slices.Contains(numbers, mssql.Number(err)) {
				t.Errorf("member of %s: %s %v", groups[i].Name, statement, err)
			}
		}
	}
}

// TestLedgerWhereTheWireIsCut cuts the connection of an apply at every packet in both
// directions, and lets nobody through afterwards or not: the ledger has a row more
// where the site changed, and none where it did not, and its chain holds.
func TestLedgerWhereTheWireIsCut(t *testing.T) {
	l := newLive(t)
	proxy := newCutter(t, l.server.Addr().String())
	through := live{T: t, server: l.server, url: fmt.Sprintf("sqlserver://%s?encrypt=disable", proxy.Addr())}
	from, to := l.ledgered(runner(), "imvw_site"), l.ledgered(runner(), "imvw_asset")
	cutOff := through.ledgered(runner(), "imvw_asset")
	points := 0
	for _, at := range []cut{{}, {answer: true, half: true}, {refuse: true, half: true}, {refuse: true, answer: true}} {
		for at.n = 1; ; at.n++ {
			if err := l.apply(from); err != nil {
				t.Fatal(err)
			}
			before := len(l.rows(from))
			fp := through.plan(cutOff)
			proxy.arm(at)
			results, _ := cutOff.Apply(context.Background(), fp, Events{})
			reached := proxy.happened()
			proxy.arm(cut{})
			if !reached {
				break
			}
			if _, err := mssql.Look(context.Background(), from.pools["Site"], "Site", "main"); err != nil { // until what is on its way has come
				t.Fatal(err)
			}
			points++
			changed := map[bool]int{true: 1}[l.plan(to).Empty()]
			if after := len(l.rows(from)); after != before+changed || results[0].Outcome == Applied && changed == 0 {
				t.Errorf("%v %d: %d rows, and the site changed: %d, %q", at, at.n, after-before, changed, results[0].Outcome)
			}
		}
	}
	if c := l.checked(from); !c.Whole() || points < 12 {
		t.Error(c.Verdict.Broken, points)
	}
	t.Logf("%d cuts", points)
}

// TestLedgerOfSomebodyWhoMayNotRead: who may look and not read the ledger is told what
// would let them.
func TestLedgerOfSomebodyWhoMayNotRead(t *testing.T) {
	l := newLive(t)
	if err := l.apply(l.ledgered(runner(), "imvw_site")); err != nil {
		t.Fatal(err)
	}
	l.admin("CREATE LOGIN ada WITH PASSWORD = N'" + livePassword + "';\nCREATE USER ada FOR LOGIN ada;\nGRANT VIEW DEFINITION TO ada;")
	f := l.ledgered("ada", "imvw_site")
	checks, err := f.CheckLedgers(context.Background(), nil, time.Now())
	if err != nil || checks[0].Err == nil || checks[0].Whole() || !strings.Contains(checks[0].Err.Error(), "USE [Site]; GRANT SELECT ON [grantree].[ledger] TO [ada]") {
		t.Fatalf("%+v, %v", checks, err)
	}
	if failed := (*FailedError)(nil); !errors.As(LedgersError(checks), &failed) {
		t.Error(LedgersError(checks))
	}
	l.admin("GRANT SELECT ON [grantree].[ledger] TO [ada];")
	if c := l.checked(f); c.Verdict.Rows != 1 {
		t.Errorf("%+v", c)
	}
}

// TestLedgerWithARowOfTheHighestNumber: no row can follow one that somebody put in with
// the highest number; a run says so, and changes nothing.
func TestLedgerWithARowOfTheHighestNumber(t *testing.T) {
	l := newLive(t)
	if err := l.apply(l.ledgered(runner(), "imvw_site")); err != nil {
		t.Fatal(err)
	}
	l.admin("INSERT INTO grantree.ledger SELECT 9223372036854775807, [at], [database], [login], [host], [program], [run], [plan], [statements], [reverse], [previous], [hash] FROM grantree.ledger;")
	f := l.ledgered(runner(), "imvw_part")
	if err := l.apply(f); err == nil || !strings.Contains(err.Error(), "has the number 9223372036854775807, as none that grantree wrote: see grantree log verify") {
		t.Error(err)
	}
	if c := l.checked(f); c.Whole() || c.Verdict.Broken.Error() != "rows 2 to 9223372036854775806 are missing: row 9223372036854775807 follows row 1" || l.plan(f).Empty() {
		t.Errorf("%+v", c.Verdict.Broken)
	}
}
