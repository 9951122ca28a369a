package mssql

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestHiddenIsSaid: what a DENY hides from a runner who has CONTROL is missing from
// the catalog views, and said; sysadmin sees it.
func TestHiddenIsSaid(t *testing.T) {
	server, connect := liveSite(t)
	do := func(statement string) {
		t.Helper()
		if err := server.Exec(context.Background(), "North", statement); err != nil {
			t.Fatal(err)
		}
	}
	read := func(user string) (said []string, views int) {
		t.Helper()
		s, err := Snapshot(context.Background(), connect(user), "North", "main")
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range s.Unread {
			if strings.Contains(u.Why, "is denied") {
				text := u.What + ": " + u.Why
				for _, f := range u.Fix {
					text += "; " + Statement(f)
				}
				said = append(said, text)
			}
		}
		return said, len(s.Views)
	}
	do("GRANT CONTROL TO looker; CREATE ROLE Outer_ AUTHORIZATION dbo; CREATE ROLE Inner_ AUTHORIZATION dbo; ALTER ROLE Outer_ ADD MEMBER Inner_; ALTER ROLE Inner_ ADD MEMBER looker; CREATE ROLE Others AUTHORIZATION dbo;")
	none, all := read("looker")
	if len(none) > 0 || all == 0 {
		t.Fatalf("%d views, %q", all, none)
	}
	do("DENY VIEW DEFINITION ON dbo.v TO Others; DENY SELECT ON dbo.v TO looker;")
	if said, views := read("looker"); len(said) > 0 || views != all {
		t.Errorf("what hides nothing: %d of %d views, %q", views, all, said)
	}
	for _, tt := range []struct {
		on, permission, to string
		hides              int
		want               string
	}{
		{"OBJECT::dbo.v", "CONTROL", "public", 1, `a view or other object, OBJECT_NAME(`},
		{"OBJECT::dbo.v", "VIEW DEFINITION", "Outer_", 1, `"Outer_" is denied VIEW DEFINITION on it, and so is the login that runs grantree`},
		{"SCHEMA::dbo", "VIEW DEFINITION", "looker", 1, `what the schema "dbo" holds: "looker" is denied VIEW DEFINITION on it, and so is the login that runs grantree; USE master`},
		{"ROLE::Others", "VIEW DEFINITION", "public", 0, `a user or role, USER_NAME(`},
	} {
		do(fmt.Sprintf("DENY %s ON %s TO %s", tt.permission, tt.on, tt.to))
		said, views := read("looker")
		want := strings.TrimSuffix(tt.want, "; USE master")
		if all-views != tt.hides || len(said) != 1 || !strings.Contains(said[0], want) {
			t.Errorf("%s on %s: %d of %d views, %q", tt.permission, tt.on, views, all, said)
		}
		if tt.want != want && (len(said) != 1 || !strings.HasSuffix(said[0], "REVOKE VIEW DEFINITION ON SCHEMA::[dbo] FROM [looker];")) {
			t.Errorf("no statement: %q", said)
		}
		_, err := Held(context.Background(), connect("looker"), "North", "main", false)
		if counted := err == nil; counted == strings.HasPrefix(tt.want, "a user") || err != nil && !strings.Contains(err.Error(), "cannot be counted: \"public\" is denied VIEW DEFINITION on it") {
			t.Errorf("%s on %s: held %v", tt.permission, tt.on, err)
		}
		if said, views := read("sa"); len(said) > 0 || views != all {
			t.Errorf("sa: %d of %d views, %q", views, all, said)
		}
		do(fmt.Sprintf("REVOKE %s ON %s FROM %s", tt.permission, tt.on, tt.to))
	}
}
