package mssql

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed" // the query file
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

//go:embed queries/ddl_triggers.sql
var ddlTriggersQuery string

// Trigger is a DDL trigger that is on, of a database or of its server.
type Trigger struct {
	Name   string
	Server bool
	Events []string // as sys.trigger_events calls them, sorted
}

// Triggers reads those of a site and of its server, as far as the runner may see
// them.
func Triggers(ctx context.Context, q Querier) ([]Trigger, error) {
	var out []Trigger
	r := &record{}
	read := func(rows *sql.Rows) error {
		if err := r.scan(rows); err != nil {
			return err
		}
		t, event := Trigger{Server: r.number() == 1, Name: r.text()}, r.text()
		i := slices.IndexFunc(out, func(x Trigger) bool { return x.Name == t.Name && x.Server == t.Server })
		if i < 0 {
			i = len(out)
			out = append(out, t)
		}
		out[i].Events = append(out[i].Events, event)
		return r.err
	}
	if err := readSets(ctx, q, ddlTriggersQuery, []resultSet{{"triggers", read}}); err != nil {
		return nil, fmt.Errorf("DDL triggers: %w", err)
	}
	for i := range out {
		slices.Sort(out[i].Events)
	}
	slices.SortFunc(out, func(a, b Trigger) int {
		return cmp.Or(strings.Compare(a.place(), b.place()), strings.Compare(a.Name, b.Name))
	})
	return out, nil
}

// eventsOf are the events of what a change sends (ddl-events.md).
var eventsOf = map[grants.Kind][]string{
	grants.CreateRole: {"CREATE_ROLE", "CREATE_EXTENDED_PROPERTY"}, grants.DropRole: {"DROP_ROLE"}, grants.RenameRole: {"ALTER_ROLE"},
	grants.CreateUser: {"CREATE_USER", "CREATE_EXTENDED_PROPERTY"}, grants.DropUser: {"DROP_USER"}, grants.RenameUser: {"ALTER_USER"},
	grants.AddMember: {"ADD_ROLE_MEMBER", "ALTER_ROLE"}, grants.DropMember: {"DROP_ROLE_MEMBER", "ALTER_ROLE"},
	grants.GrantOn: {"GRANT_DATABASE"}, grants.DenyOn: {"DENY_DATABASE"}, grants.RevokeOn: {"REVOKE_DATABASE"},
	grants.GrantConnect: {"GRANT_DATABASE"}, grants.DenyConnect: {"DENY_DATABASE"}, grants.RevokeConnect: {"REVOKE_DATABASE"},
	grants.Mark: {"CREATE_EXTENDED_PROPERTY"}, grants.Unmark: {"DROP_EXTENDED_PROPERTY"},
}

// Fires reports whether a trigger fires on what one of some changes sends.
func (t Trigger) Fires(changes []grants.Change) bool {
	return slices.ContainsFunc(changes, func(c grants.Change) bool {
		return slices.ContainsFunc(eventsOf[c.Kind], func(e string) bool { return slices.Contains(t.Events, e) })
	})
}

func (t Trigger) place() string {
	if t.Server {
		return "ALL SERVER"
	}
	return "DATABASE"
}

// String names the trigger, with the statements that show its text and that turn it
// off.
func (t Trigger) String() string {
	what, from, text := "of the database", "sys.triggers", "sys.sql_modules"
	if t.Server {
		what, from, text = "of the server", "sys.server_triggers", "sys.server_sql_modules"
	}
	return fmt.Sprintf("the DDL trigger %q %s: see SELECT m.definition FROM %s AS t JOIN %s AS m ON m.object_id = t.object_id WHERE t.name = %s; it is off between DISABLE TRIGGER %s ON %s; and ENABLE TRIGGER %[6]s ON %[7]s;",
		t.Name, what, from, text, tsql.QuoteString(t.Name), tsql.Quote(t.Name), t.place())
}
