package mssql

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/sandbox"
)

// TestStampIsNoOlderThanAnyView: a mark that is written after a clock was set back is
// still no older than a view that was there, so that nothing looks made again by it; a
// view that is made after it does.
func TestStampIsNoOlderThanAnyView(t *testing.T) {
	now := time.Date(2026, 10, 25, 2, 59, 0, 0, time.UTC)
	s, err := sandbox.New(sandbox.Options{SAPassword: livePassword, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	const view = "CREATE VIEW dbo.v AS SELECT 1 AS one;"
	if err := s.Exec(context.Background(), "master", "CREATE DATABASE North;\nGO\nUSE North;\nGO\n"+view); err != nil {
		t.Fatal(err)
	}
	db := pool(t, s)
	wanted := &grants.Wanted{Site: "North", Views: []string{"v"}, Roles: []grants.WantedRole{{Name: "Crew"}},
		Entries: []grants.WantedEntry{{Grantee: "Crew", View: "v", Schema: "dbo", Permission: catalog.Select, State: grants.Granted}}}
	read := func() *grants.Snapshot {
		t.Helper()
		out, err := Snapshot(context.Background(), db, "North", "main")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	send := func(changes []grants.Change) {
		t.Helper()
		if _, err := db.ExecContext(context.Background(), strings.Join(rendered(changes), "\n")); err != nil {
			t.Fatal(err)
		}
	}
	lost := func() int {
		t.Helper()
		n := 0
		for _, r := range grants.NewSurvey(read()).Recreated(wanted) {
			n += len(r.Lost)
		}
		return n
	}
	now = now.Add(-50 * time.Minute) // the hour that comes twice
	send(grants.Diff(read(), wanted, grants.DiffOptions{}).Changes)
	if found := read().Principals; !strings.Contains(fmt.Sprint(found), "managed 2026-10-25T02:59:00 ") && !strings.Contains(fmt.Sprint(found), "managed 2026-10-25T02:59:00.0000000 ") {
		t.Errorf("the mark is older than the view: %v", found)
	}
	if _, err := db.ExecContext(context.Background(), "REVOKE SELECT ON dbo.v FROM Crew;"); err != nil {
		t.Fatal(err)
	}
	if n := lost(); n != 0 {
		t.Errorf("a view that was there is said to be made again, and to have lost %d rows", n)
	}
	send(grants.Diff(read(), wanted, grants.DiffOptions{}).Changes)
	now = now.Add(2 * time.Hour)
	if err := s.Exec(context.Background(), "master", "USE North;\nGO\nDROP VIEW dbo.v;\nGO\n"+view); err != nil {
		t.Fatal(err)
	}
	if n := lost(); n != 1 {
		t.Errorf("a view that was made again lost %d rows, want 1", n)
	}
	plan := grants.Diff(read(), wanted, grants.DiffOptions{})
	send(plan.Changes)
	if n := lost(); n != 0 {
		t.Errorf("after the plan %d rows are lost", n)
	}
	send((&plan.Changes[len(plan.Changes)-1]).Reverse())
	if mark := markOf(read(), "Crew"); mark != plan.Changes[len(plan.Changes)-1].MarkWas || mark == "" {
		t.Errorf("undone, the mark is %q", mark)
	}
}

func markOf(s *grants.Snapshot, name string) string {
	for _, p := range s.Principals {
		if p.Name == name {
			return p.Mark
		}
	}
	return ""
}
