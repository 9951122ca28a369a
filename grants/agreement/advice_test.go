package agreement

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"
)

// TestAdviceMends sends what each finding of each way says to send, and reads
// the site again: the finding is gone, and there is none that was not there
// before.
func TestAdviceMends(t *testing.T) {
	conn, name := waysSite(t)
	sent := 0
	for _, w := range ways() {
		if w.snapshot != nil || w.note {
			continue
		}
		t.Run(w.name, func(t *testing.T) {
			do := strings.ReplaceAll(w.do, "@site", tsql.Quote(name))
			before := mismatches(readWay(t, conn, do))
			for _, f := range before {
				if len(f.Statements) == 0 {
					continue
				}
				sent++
				after := mismatches(mended(t, conn, do, name, f.Statements))
				if slices.ContainsFunc(after, func(x finding.Finding) bool { return x.Code == f.Code && x.Message == f.Message }) {
					t.Errorf("it is still there: %s", f)
				}
				for _, x := range after {
					if !slices.ContainsFunc(before, func(f finding.Finding) bool { return f.Code == x.Code }) {
						t.Errorf("%q makes another: %s", f.Statements, x)
					}
				}
			}
		})
	}
	if sent < 100 {
		t.Errorf("%d advices were sent: there must be 100", sent)
	}
}

func mismatches(s *grants.Snapshot) finding.List {
	j := grants.Judge(s, waysWanted(), grants.Acceptance{}, mssql.Statement)
	return slices.Concat(j.Mismatches, j.Unverified)
}

// mended does something to the site, then what mends it, reads it, and takes
// all of it back.
func mended(t *testing.T, conn *sql.Conn, do, name string, statements []string) *grants.Snapshot {
	t.Helper()
	for _, s := range statements {
		if _, err := tsql.Parse(s); err != nil {
			t.Errorf("%s is not T-SQL: %v", s, err)
		}
		do += "\nGO\nUSE " + tsql.Quote(name) + ";\nGO\n" + strings.ReplaceAll(s, "N'…'", "N'aA1!kj3lkJ2lkj'")
	}
	s := readWay(t, conn, do+"\nGO\nUSE "+tsql.Quote(name)+";")
	_, err := conn.ExecContext(context.Background(), "USE "+tsql.Quote(name))
	check(t, err)
	return s
}
