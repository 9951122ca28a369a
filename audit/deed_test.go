package audit

import (
	"strings"
	"testing"
	"time"
)

func at(minute int) time.Time { return time.Date(2026, 11, 25, 10, minute, 0, 0, time.UTC) }

// parsed stands for the reader of statements, which is sql/mssql's: it knows the
// statements of these rows.
func parsed(text string) []Deed {
	switch text {
	case "GRANT SELECT, INSERT ON dbo.imvw_part TO eve, bob":
		var out []Deed
		for _, p := range []string{"SELECT", "INSERT"} {
			for _, who := range []string{"eve", "bob"} {
				out = append(out, Deed{Doing: Grants, Class: "OBJECT", Schema: "dbo", Name: "imvw_part", Principal: who, Permission: p})
			}
		}
		return out
	case "REVOKE SELECT ON imvw_part FROM eve":
		return []Deed{{Doing: Revokes, Class: "OBJECT", Name: "imvw_part", Principal: "eve", Permission: "SELECT"}}
	case "GRANT SELECT (id) ON dbo.imvw_site TO eve":
		return []Deed{{Doing: Grants, Class: "OBJECT", Schema: "dbo", Name: "imvw_site", Principal: "eve", Permission: "SELECT", Columns: true}}
	case "GRANT CONTROL TO eve":
		return []Deed{{Doing: Grants, Class: "DATABASE", Principal: "eve", Permission: "CONTROL"}}
	case "DENY SELECT ON dbo.imvw_part TO eve":
		return []Deed{{Doing: Denies, Class: "OBJECT", Schema: "dbo", Name: "imvw_part", Principal: "eve", Permission: "SELECT"}}
	}
	return nil
}

// recorded are rows of fn_trace_gettable, by the columns of Microsoft's pages on
// each event class.
var recorded = []TraceRow{
	{At: at(1), Class: 103, SubClass: 1, Login: "dba", Session: "dba", TargetUser: "eve", Object: "imvw_part", Parent: "dbo", Data: "GRANT SELECT, INSERT ON dbo.imvw_part TO eve, bob", Host: "WS12", Program: "SSMS", Database: "iMaint_North", Permissions: 9},
	{At: at(2), Class: 103, SubClass: 1, Login: "app", Session: "ann", TargetUser: "eve", Object: "imvw_asset", Parent: "dbo", Data: "EXEC dbo.usp_open", Host: "WS12", Database: "iMaint_North", Permissions: 1 | 2},
	{At: at(3), Class: 103, SubClass: 1, Login: "dba", TargetUser: "eve", Object: "imvw_site", Parent: "dbo", Data: "GRANT SELECT (id) ON dbo.imvw_site TO eve", Database: "iMaint_North", Permissions: 4096, Columns: true},
	{At: at(4), Class: 102, SubClass: 1, Login: "dba", TargetUser: "eve", Data: "GRANT CONTROL TO eve", Database: "iMaint_North"},
	{At: at(5), Class: 110, SubClass: 1, Login: "dba", TargetUser: "eve", Role: "Admin", Host: "WS13", Database: "iMaint_North"},
	{At: at(6), Class: 109, SubClass: 1, Login: "dba", TargetUser: "eve", TargetLogin: "eve", Database: "iMaint_North"},
	{At: at(7), Class: 111, SubClass: 2, Login: "dba", Role: "Crew", Database: "iMaint_North"},
	{At: at(8), Class: 103, SubClass: 2, Login: "dba", TargetUser: "eve", Object: "imvw_part", Parent: "dbo", Data: "REVOKE SELECT ON imvw_part FROM eve", Database: "iMaint_South"},
	{At: at(9), Class: 103, SubClass: 2, Login: "dba", TargetUser: "eve", Object: "imvw_part", Parent: "dbo", Data: "REVOKE SELECT ON imvw_part FROM eve", Database: "iMaint_North", Failed: true},
	{At: at(10), Class: 153, SubClass: 1, Login: "dba", Object: "imvw_unit", Parent: "dbo", Database: "iMaint_North"},
	{At: at(11), Class: 108, SubClass: 1, Login: "dba", TargetLogin: "eve", Role: "sysadmin", Database: "master"},
	{At: at(12), Class: 20, SubClass: 1, Login: "eve"},
}

func equal(a, b string) bool { return strings.EqualFold(a, b) }

// TestAttribute: who made a difference is the last who did it, to the very thing,
// in the very database; else nobody is named.
func TestAttribute(t *testing.T) {
	acts := ActsOfTrace(recorded, parsed)
	object := func(doing Doing, name, who, permission string) Deed {
		return Deed{Doing: doing, Class: "OBJECT", Schema: "dbo", Name: name, Principal: who, Permission: permission}
	}
	for _, c := range []struct {
		name string
		deed Deed
		by   string // "" for nobody
		as   string
		from string
		when int
	}{
		{"a grant by its statement", object(Revokes, "imvw_part", "eve", "SELECT"), "dba", "", "WS12", 1},
		{"another permission of it", object(Revokes, "imvw_part", "eve", "INSERT"), "dba", "", "WS12", 1},
		{"a permission that it did not give", object(Revokes, "imvw_part", "eve", "UPDATE"), "", "", "", 0},
		{"another grantee of the statement, whom the row is not about", object(Revokes, "imvw_part", "bob", "SELECT"), "", "", "", 0},
		{"names in other letters", object(Revokes, "IMVW_PART", "EVE", "SELECT"), "dba", "", "WS12", 1},
		{"a grant by its columns, under EXECUTE AS", object(Revokes, "imvw_asset", "eve", "UPDATE"), "ann", "app", "WS12", 2},
		{"what the bits do not say", object(Revokes, "imvw_asset", "eve", "CONTROL"), "", "", "", 0},
		{"a grant on columns is none on the view", object(Revokes, "imvw_site", "eve", "SELECT"), "", "", "", 0},
		{"a grant on columns", Deed{Doing: Revokes, Class: "OBJECT", Schema: "dbo", Name: "imvw_site", Principal: "eve", Permission: "SELECT", Columns: true}, "dba", "", "", 3},
		{"a grant on the database", Deed{Doing: Revokes, Class: "DATABASE", Principal: "eve", Permission: "CONTROL"}, "dba", "", "", 4},
		{"a member", Deed{Doing: DropsMember, Class: "ROLE", Name: "Admin", Principal: "eve"}, "dba", "", "WS13", 5},
		{"nobody took them out", Deed{Doing: AddsMember, Class: "ROLE", Name: "Admin", Principal: "eve"}, "", "", "", 0},
		{"a user", Deed{Doing: DropsUser, Principal: "eve"}, "dba", "", "", 6},
		{"a role that is gone", Deed{Doing: MakesRole, Principal: "Crew"}, "dba", "", "", 7},
		{"what it had went with it", object(Grants, "imvw_part", "Crew", "SELECT"), "dba", "", "", 7},
		{"and its members", Deed{Doing: AddsMember, Class: "ROLE", Name: "Crew", Principal: "ann"}, "dba", "", "", 7},
		{"a revoke in another database, and one that failed", object(Grants, "imvw_part", "eve", "SELECT"), "", "", "", 0},
		{"an owner", Deed{Doing: GivesTo, Class: "OBJECT", Schema: "dbo", Name: "imvw_unit"}, "dba", "", "", 10},
		{"a view of another schema", Deed{Doing: Revokes, Class: "OBJECT", Schema: "app", Name: "imvw_part", Principal: "eve", Permission: "SELECT"}, "", "", "", 0},
		{"a server role", Deed{Doing: DropsMember, Class: "SERVER ROLE", Name: "sysadmin", Principal: "eve"}, "dba", "", "", 11},
	} {
		t.Run(c.name, func(t *testing.T) {
			act, ok := Attribute(c.deed, "iMaint_North", acts, equal)
			if !ok {
				act = Act{}
			}
			if act.By != c.by || act.As != c.as || act.From != c.from || ok && act.At != at(c.when) {
				t.Errorf("%+v", act)
			}
		})
	}
}

// TestLastActDecides: where the last act about a thing is the opposite of what is
// there, somebody did what nobody wrote down.
func TestLastActDecides(t *testing.T) {
	row := func(minute, sub int, text string) TraceRow {
		return TraceRow{At: at(minute), Class: 103, SubClass: sub, Login: "dba", TargetUser: "eve", Object: "imvw_part", Parent: "dbo", Data: text, Database: "d"}
	}
	const grant, revoke, deny = "GRANT SELECT, INSERT ON dbo.imvw_part TO eve, bob", "REVOKE SELECT ON imvw_part FROM eve", "DENY SELECT ON dbo.imvw_part TO eve"
	select1 := Deed{Class: "OBJECT", Schema: "dbo", Name: "imvw_part", Principal: "eve", Permission: "SELECT"}
	for name, c := range map[string]struct {
		rows  []TraceRow
		doing Doing
		want  bool
	}{
		"given and taken, and it is there":     {[]TraceRow{row(1, 1, grant), row(2, 2, revoke)}, Revokes, false},
		"taken and given, and it is there":     {[]TraceRow{row(2, 1, grant), row(1, 2, revoke)}, Revokes, true},
		"denied, and a row is there":           {[]TraceRow{row(1, 1, grant), row(2, 3, deny)}, Revokes, true},
		"given and taken, and it is lacking":   {[]TraceRow{row(1, 1, grant), row(2, 2, revoke)}, Grants, true},
		"given, and it is lacking":             {[]TraceRow{row(1, 1, grant)}, Grants, false},
		"a DENY that is there":                 {[]TraceRow{row(1, 1, grant), row(2, 3, deny)}, LiftsDeny, true},
		"a DENY is there, and was taken away":  {[]TraceRow{row(1, 3, deny), row(2, 2, revoke)}, LiftsDeny, false},
		"a DENY that was replaced by a grant":  {[]TraceRow{row(1, 3, deny), row(2, 1, grant)}, Denies, true},
		"a DENY that is lacking and was given": {[]TraceRow{row(1, 3, deny)}, Denies, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := select1
			d.Doing = c.doing
			if act, ok := Attribute(d, "d", ActsOfTrace(c.rows, parsed), equal); ok != c.want {
				t.Errorf("%v: %+v", ok, act)
			}
		})
	}
}

// TestActsOfAudit reads rows of sys.fn_get_audit_file, by Microsoft's columns.
func TestActsOfAudit(t *testing.T) {
	rows := []AuditRow{
		{At: at(1), Action: "G   ", Succeeded: true, Principal: "dba", Session: "dba", User: "eve", Object: "imvw_part", Schema: "dbo", Class: "V ", Database: "d", Statement: "GRANT SELECT, INSERT ON dbo.imvw_part TO eve, bob", Client: "10.0.0.7", Program: "sqlcmd"},
		{At: at(2), Action: "APRL", Succeeded: true, Principal: "dba", Session: "dba", User: "eve", Object: "Admin", Class: "RL", Database: "d"},
		{At: at(3), Action: "DR  ", Succeeded: true, Principal: "app", Session: "dba", Object: "Crew", Class: "RL", Database: "d"},
		{At: at(4), Action: "G   ", Succeeded: false, Principal: "eve", Session: "eve", User: "eve", Class: "DB", Database: "d", Statement: "GRANT CONTROL TO eve"},
		{At: at(5), Action: "G   ", Succeeded: true, Principal: "dba", Session: "dba", User: "eve", Object: "imvw_x", Schema: "dbo", Class: "V ", Database: "d", Statement: "EXEC dbo.usp_open"},
		{At: at(6), Action: "CR  ", Succeeded: true, Principal: "dba", Session: "dba", Object: "imvw_new", Class: "V ", Schema: "dbo", Database: "d"},
		{At: at(7), Action: "APRL", Succeeded: true, Principal: "dba", Session: "dba", Target: "eve", Object: "sysadmin", Class: "SG", Database: "master"},
		{At: at(8), Action: "LGIS", Succeeded: true, Principal: "eve"},
	}
	acts := ActsOfAudit(rows, parsed)
	var got []string
	for _, a := range acts {
		got = append(got, strings.TrimSpace(strings.Join([]string{string(a.Doing), a.Class, a.Schema, a.Name, a.Principal, a.Permission, a.By, a.As, a.From, a.Program}, "/")))
	}
	want := []string{"grants/OBJECT/dbo/imvw_part/eve/SELECT/dba//10.0.0.7/sqlcmd", "grants/OBJECT/dbo/imvw_part/eve/INSERT/dba//10.0.0.7/sqlcmd",
		"adds a member/ROLE//Admin/eve//dba///", "drops a role////Crew//dba/app//", "adds a member/SERVER ROLE//sysadmin/eve//dba///"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if act, ok := Attribute(Deed{Doing: DropsMember, Class: "SERVER ROLE", Name: "sysadmin", Principal: "eve"}, "d", acts, equal); !ok || act.At != at(7) {
		t.Errorf("of the server: %+v", act)
	}
}
