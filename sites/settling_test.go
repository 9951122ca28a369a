package sites

import (
	"context"
	"errors"
	"strings"
	"testing"

	"grantree/journal"
	"grantree/ledger"
	"grantree/sql/mssql"
)

// TestSettleByTheLedger: the row of a commit says what came of it where the site alone
// looks like something else.
func TestSettleByTheLedger(t *testing.T) {
	l := newLive(t)
	from, to := l.ledgered(runner(), "imvw_site"), l.ledgered(runner(), "imvw_asset")
	if err := l.apply(from); err != nil {
		t.Fatal(err)
	}
	run, err := l.written(to, 3) // the disk is full once it is committed
	if err != nil || len(run.Doubts()) != 1 || run.Doubts()[0].Ledger == "" {
		t.Fatal(err, run.Doubts())
	}
	settled := func() journal.SiteTruth {
		t.Helper()
		return to.Settle(context.Background(), run.Doubts())[0]
	}
	if got := settled(); got.As != journal.After || got.Why != "" {
		t.Errorf("committed: %+v", got)
	}
	p, ok := lastPart(run)
	if !ok {
		t.Fatal("no part")
	}
	undo, redo := "", ""
	for _, c := range p.Grants() {
		if !c.Kind.Marks() {
			redo += mssql.Render(c) + "\n"
		}
	}
	for _, s := range mssql.Reversed(p.Grants()) {
		undo += s + "\n"
	}
	l.admin(undo)
	if l.print(to) != p.Before {
		t.Fatal("it is not undone")
	}
	if got := settled(); got.As != journal.After || got.Why == "" {
		t.Errorf("committed, and undone by hand: %+v", got)
	}
	l.admin("UPDATE grantree.ledger SET [hash] = CONVERT(varbinary(32), 0x01) WHERE [sequence] = 2;")
	if got := settled(); got.As != journal.Neither || got.Why == "" {
		t.Errorf("another row in its place: %+v", got)
	}
	l.admin("DELETE FROM grantree.ledger WHERE [sequence] = 2;")
	if got := settled(); got.As != journal.Before || got.Why != "" {
		t.Errorf("not arrived: %+v", got)
	}
	l.admin(redo)
	if got := settled(); got.As != journal.Before || got.Why == "" {
		t.Errorf("not arrived, and somebody has changed the site: %+v", got)
	}
	l.admin("DROP TABLE grantree.ledger;")
	if got := settled(); got.As != journal.Neither {
		t.Errorf("without a ledger: %+v", got)
	}
}

// lastPart is the last transaction of a run.
func lastPart(r journal.Run) (journal.Part, bool) {
	if len(r.Sites) == 0 {
		return journal.Part{}, false
	}
	parts := r.Sites[0].Parts
	return parts[len(parts)-1], true
}

// TestSettleOfALostAnswerByTheLedger: so it is where the answer to a commit was lost: the
// same done by hand is not the commit.
func TestSettleOfALostAnswerByTheLedger(t *testing.T) {
	l := newLive(t)
	f := l.ledgered(runner(), "imvw_site")
	if err := l.apply(f); err != nil {
		t.Fatal(err)
	}
	fp := l.plan(f)
	lost := &mssql.CommitError{Site: "Site", Err: errors.New("gone")}
	row := l.rows(f)[0].Last()
	for _, tt := range []struct {
		name string
		row  ledger.Last
		in   bool
		says string
	}{
		{"the row is there", row, true, ""},
		{"no row is known", ledger.Last{}, true, ""},
		{"the row is not there", ledger.Last{Sequence: 2, Hash: row.Hash}, false, "the commit did not arrive: gone"},
		{"another row is there", ledger.Last{Sequence: 1, Hash: strings.Repeat("00", 32)}, false, changedSince},
	} {
		now, err := f.settle(context.Background(), fp, fp.Sites[0], lost, tt.row)
		if (now != nil) != tt.in || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%s: %v", tt.name, err)
		}
		is, err := f.truth(context.Background(), f.Sites[0], fp.Sites[0].Snapshot, tt.row, "elsewhere", fp.Sites[0].Fingerprint())
		if err != nil || (is == truth{journal.After, false}) != tt.in {
			t.Errorf("%s: %+v, %v", tt.name, is, err)
		}
	}
}
