package mssql

import (
	"context"
	"errors"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/ledger"
)

// ledgerJob is an apply that makes the ledger of the test's site, and a role.
func ledgerJob(l *LedgerJob, more ...grants.Change) func(*Job) {
	return func(j *Job) {
		j.Ledger = l
		j.Changes = append([]grants.Change{{Kind: grants.CreateSchema, Schema: "log", Principals: []string{"dbo"}}, {Kind: grants.CreateLedger, Schema: "log", View: "rows", Principals: []string{"public"}}}, more...)
	}
}

func newLedgerJob() *LedgerJob {
	return &LedgerJob{Table: &grants.WantedLedger{Schema: "log", Table: "rows"}, Run: "r1", Digest: func([]string) string { return strings.Repeat("ab", 32) }}
}

// TestLedgerRowIsReadBack: a row that is not there as it was sent, as where a trigger
// swallows or changes it, is no row, and nothing is committed.
func TestLedgerRowIsReadBack(t *testing.T) {
	l := newLedgerJob()
	l.row = ledger.Next(0, nil, ledger.Row{At: "2026-11-27 10:00:00.0000000", Login: "ann", Plan: make([]byte, 32), Statements: ledger.Pack(nil), Reverse: ledger.Pack(nil)})
	changed, packed := l.row, l.row
	changed.Login, packed.Statements = "eve", nil
	for name, rows := range map[string][]ledger.Row{"none": nil, "another": {changed}, "other statements": {packed}, "one more": {l.row, changed}} {
		if l.arrived(rows) == nil {
			t.Errorf("%s is taken for it", name)
		}
	}
	if err := l.arrived([]ledger.Row{l.row}); err != nil {
		t.Error(err)
	}
}

// TestLedgerIsWrittenWithTheChange makes a ledger and writes rows to it: one for each
// apply that is committed, and none for one that is not.
func TestLedgerIsWrittenWithTheChange(t *testing.T) {
	server, connect := liveSite(t)
	db := pool(t, server)
	no := errors.New("no")
	role := func(name string) grants.Change {
		return grants.Change{Kind: grants.CreateRole, Principals: []string{name}}
	}
	steps := []struct {
		name string
		job  func(*Job)
		rows int
		err  bool
	}{
		{"refused before the commit", ledgerJob(newLedgerJob(), role("One")), 0, true},
		{"made", ledgerJob(newLedgerJob(), role("One")), 1, false},
		{"one more", func(j *Job) {
			j.Ledger = newLedgerJob()
			j.Changes = []grants.Change{role("Two"), {Kind: grants.GrantOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"Two"}}}
		}, 2, false},
		{"a statement that is refused", func(j *Job) { j.Ledger = newLedgerJob(); j.Changes = []grants.Change{role("Two")} }, 2, true},
		{"an end that was not promised", func(j *Job) {
			j.Ledger, j.Changes, j.Check = newLedgerJob(), []grants.Change{role("Three")}, func(*grants.Snapshot) error { return no }
		}, 2, true},
	}
	for i, s := range steps {
		before, err := Look(context.Background(), db, "North", "main")
		if err != nil {
			t.Fatal(err)
		}
		job := Job{Site: "North", Server: "main", Before: before, Fingerprint: before.Fingerprint(), Check: func(*grants.Snapshot) error { return nil }}
		if s.job(&job); i == 0 {
			job.Ledger.BeforeCommit = func(ledger.Last) error { return no }
		}
		_, err = Apply(context.Background(), db, job)
		if (err != nil) != s.err {
			t.Errorf("%s: %v", s.name, err)
		}
		if s.rows == 0 {
			continue
		}
		c := ledger.NewChecker(nil)
		if err := ReadLedger(context.Background(), connect("sa"), newLedgerJob().Table, c.Add); err != nil {
			t.Fatal(err)
		}
		if v := c.Done(); !v.Whole() || v.Rows != int64(s.rows) {
			t.Errorf("%s: %+v", s.name, v)
		}
	}
}

// TestLedgerOfTheServer: the statement is the one of Microsoft's page (ledger-append-only-
// ledger-tables.md), and what a server without such ledgers refuses stops the site.
func TestLedgerOfTheServer(t *testing.T) {
	server, _ := liveSite(t)
	db := pool(t, server)
	before, err := Look(context.Background(), db, "North", "main")
	if err != nil {
		t.Fatal(err)
	}
	job := Job{Site: "North", Server: "main", Before: before, Fingerprint: before.Fingerprint(), Check: func(*grants.Snapshot) error { return nil }}
	ledgerJob(newLedgerJob())(&job)
	job.Changes[1].Engine = true
	if text := Render(job.Changes[1]); !strings.Contains(text, "[hash] varbinary(32) NOT NULL) WITH (LEDGER = ON (APPEND_ONLY = ON));\nDENY DELETE, UPDATE ON [log].[rows] TO [public];") {
		t.Error(text)
	}
	if _, err := Apply(context.Background(), db, job); Number(err) != 40510 {
		t.Errorf("%v", err)
	}
}
