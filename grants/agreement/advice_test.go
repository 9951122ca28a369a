package agreement

import (
	"context"
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
	server := newWaysServer(t)
	sent := 0
	for _, w := range ways() {
		if w.snapshot != nil || w.note {
			continue
		}
		t.Run(w.name, func(t *testing.T) {
			before := mismatches(server.after(t, w.do))
			for _, f := range before {
				if len(f.Statements) == 0 {
					continue
				}
				sent++
				after := mismatches(server.after(t, w.do+mending(t, f.Statements)))
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

// mending is statements as a script sends them after others.
func mending(t *testing.T, statements []string) string {
	t.Helper()
	out := ""
	for _, s := range statements {
		if _, err := tsql.Parse(s); err != nil {
			t.Errorf("%s is not T-SQL: %v", s, err)
		}
		out += "\nGO\nUSE @site;\nGO\n" + strings.ReplaceAll(s, "N'…'", "N'aA1!kj3lkJ2lkj'")
	}
	return out
}

// after makes a site as the policy wants it, does something to it, reads it, and
// takes all of it back.
func (s waysServer) after(t *testing.T, do string) *grants.Snapshot {
	t.Helper()
	s.run(t, waysLogins+"CREATE DATABASE @site;\nGO\nUSE @site;\nGO\n"+waysStage)
	defer s.run(t, waysUndo)
	s.run(t, do+"\nGO\nUSE @site;")
	snapshot, err := mssql.Snapshot(context.Background(), s.conn, "North", "main")
	check(t, err)
	return snapshot
}
