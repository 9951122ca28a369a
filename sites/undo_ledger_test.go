package sites

import (
	"testing"
)

// TestUndoLeavesTheLedger: a run that made the ledger is taken back and leaves it; what
// took it back is a row of it, and can be taken back too.
func TestUndoLeavesTheLedger(t *testing.T) {
	l := newLive(t)
	plain, f := l.fleet("imvw_site"), l.ledgered(runner(), "imvw_asset")
	if err := l.apply(plain); err != nil {
		t.Fatal(err)
	}
	first, err := l.written(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p := first.Sites[0].Parts[0]; p.Ledger != l.rows(f)[0].Last().String() {
		t.Errorf("the journal has %q as the row of the ledger", p.Ledger)
	}
	l.takenBack(f, first)
	if left := l.plan(plain); !left.Empty() {
		t.Errorf("%d statements are left to do of the policy before", left.Sites[0].Statements())
	}
	if c := l.checked(f); !c.Whole() || c.Verdict.Rows != 2 {
		t.Errorf("the ledger: %+v", c.Verdict)
	}
	second, err := l.written(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.takenBack(f, second)
	if left := l.plan(plain); !left.Empty() {
		t.Error("what stood on a ledger that was there is not taken back")
	}
}

// TestOnlineLedger: each small transaction has a row, and the journal knows it.
func TestOnlineLedger(t *testing.T) {
	l := newLive(t)
	f := l.ledgered(runner(), "imvw_asset", "imvw_part")
	f.Online = &Online{}
	run, err := l.written(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, parts := l.rows(f), run.Sites[0].Parts
	if len(parts) < 3 || len(rows) != len(parts) {
		t.Fatalf("%d transactions, %d rows", len(parts), len(rows))
	}
	for i, p := range parts {
		if p.Ledger != rows[i].Last().String() {
			t.Errorf("%d: the journal has %q, the ledger %s", i, p.Ledger, rows[i].Last())
		}
	}
	if c := l.checked(f); !c.Whole() {
		t.Errorf("%+v", c.Verdict)
	}
}

// TestUndoWithoutALedger: a run of before the policy asked for a ledger is taken back in
// a site that has none yet, which makes none.
func TestUndoWithoutALedger(t *testing.T) {
	l := newLive(t)
	run, err := l.written(l.fleet("imvw_site"), 0)
	if err != nil {
		t.Fatal(err)
	}
	f := l.ledgered("sa", "imvw_site")
	l.takenBack(f, run)
	if c := l.checked(f); c.There || !c.Whole() {
		t.Errorf("%+v", c)
	}
}
