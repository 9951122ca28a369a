package mssql

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"grantree/grants"
)

// TestTriggersAreNamed: a trigger is told of where it fires on what was sent, with the
// statements that show it and turn it off (reference I.1, 3609; ddl-events.md).
func TestTriggersAreNamed(t *testing.T) {
	database := Trigger{Name: "no]grants", Events: []string{"GRANT_DATABASE", "REVOKE_DATABASE"}}
	server := Trigger{Name: "syspolicy_server_trigger", Server: true, Events: []string{"CREATE_ROLE", "CREATE_USER"}}
	changes := func(kinds ...grants.Kind) (out []grants.Change) {
		for _, k := range kinds {
			out = append(out, grants.Change{Kind: k})
		}
		return out
	}
	for _, tt := range []struct {
		trigger Trigger
		changes []grants.Change
		want    bool
	}{
		{database, changes(grants.GrantOn), true}, {database, changes(grants.DenyOn), false}, {database, changes(grants.CreateRole, grants.RevokeOn), true}, {database, nil, false},
		{database, changes(grants.GrantConnect), true}, {server, changes(grants.CreateRole), true}, {server, changes(grants.CreateUser), true}, {server, changes(grants.AddMember), false},
	} {
		if got := tt.trigger.Fires(tt.changes); got != tt.want {
			t.Errorf("%s of %v: %t", tt.trigger.Name, tt.changes, got)
		}
	}
	for what, want := range map[string][]string{
		database.String(): {`the DDL trigger "no]grants" of the database`, "sys.triggers", "sys.sql_modules", "DISABLE TRIGGER [no]]grants] ON DATABASE;", "ENABLE TRIGGER [no]]grants] ON DATABASE;"},
		server.String():   {"of the server", "sys.server_triggers", "sys.server_sql_modules", "ENABLE TRIGGER [syspolicy_server_trigger] ON ALL SERVER;"},
	} {
		for _, w := range want {
			if !strings.Contains(what, w) {
				t.Errorf("%s\ndoes not say %q", what, w)
			}
		}
	}
	for _, k := range []grants.Kind{grants.CreateRole, grants.DropRole, grants.CreateUser, grants.DropUser, grants.AddMember, grants.DropMember, grants.GrantOn, grants.DenyOn, grants.RevokeOn,
		grants.Mark, grants.Unmark, grants.RenameRole, grants.RenameUser, grants.GrantConnect, grants.RevokeConnect, grants.DenyConnect} {
		if len(eventsOf[k]) == 0 {
			t.Errorf("nothing fires on %s", k)
		}
	}
}

// TestTriggersAreRead asks a server that has none.
func TestTriggersAreRead(t *testing.T) {
	sandboxed(t, func(ctx context.Context, _ *sql.DB, conn *sql.Conn) {
		if list, err := Triggers(ctx, conn); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}
