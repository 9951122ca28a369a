package mssql

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/tsql"
)

// MakeSite returns a script (GO batches) that makes a database which looks
// like a site to grantree: every view in one schema, each over a table of its
// own with two rows, all owned by dbo, and no permissions. It serves the demo,
// --sandbox and integration tests.
func MakeSite(database, schema string, views []catalog.ViewName) string {
	return makeSite(database, schema, views, true)
}

// MakeBareSite is MakeSite without rows in the tables: for a site whose
// permissions alone are looked at.
func MakeBareSite(database, schema string, views []catalog.ViewName) string {
	return makeSite(database, schema, views, false)
}

func makeSite(database, schema string, views []catalog.ViewName, rows bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE DATABASE %s;\nGO\nUSE %s;\nGO\n", tsql.Quote(database), tsql.Quote(database))
	if !(grants.Collation{}).Equal(schema, "dbo") {
		fmt.Fprintf(&b, "CREATE SCHEMA %s AUTHORIZATION [dbo];\nGO\n", tsql.Quote(schema))
	}
	in := tsql.Quote(schema) + "."
	taken := map[string]bool{}
	for _, v := range views {
		taken[grants.Collation{}.Key(string(v))] = true
	}
	for _, v := range slices.Sorted(slices.Values(views)) {
		view := string(v)
		table := in + tsql.Quote(tableFor(view, taken))
		fmt.Fprintf(&b, "CREATE TABLE %s (id int NOT NULL PRIMARY KEY, name nvarchar(80) NOT NULL, note nvarchar(200) NULL);\n", table)
		if rows {
			fmt.Fprintf(&b, "INSERT INTO %s (id, name, note) VALUES (1, N'first', NULL), (2, N'second', %s);\n", table, tsql.QuoteString("of "+view))
		}
		fmt.Fprintf(&b, "GO\nCREATE VIEW %s%s AS SELECT id, name, note FROM %s;\nGO\n", in, tsql.Quote(view), table)
	}
	return b.String()
}

// Contain returns a script that lets a database have users with passwords of
// their own, for a test or a demo.
func Contain(database string) string {
	return Statement(grants.Remedy{Kind: grants.RemedyConfigure, Option: grants.ContainedOption, To: "1"}) + "\nGO\n" +
		Statement(grants.Remedy{Kind: grants.RemedySetDatabase, On: grants.Securable{Class: "DATABASE", Name: database}, Option: "CONTAINMENT = PARTIAL"}) + "\nGO\n"
}

// tableFor names the table behind a view: the view's name without its prefix,
// as much of it as a name has room for, told apart from the names before it.
func tableFor(view string, taken map[string]bool) string {
	rest := view
	if _, after, ok := strings.Cut(view, "vw_"); ok && after != "" {
		rest = after
	}
	room := 120 - len("tb_") // of 128 UTF-16 code units: a number may follow
	for i, r := range rest {
		if room -= utf16.RuneLen(r); room < 0 {
			rest = rest[:i]
			break
		}
	}
	key := grants.Collation{}.Key
	name := "tb_" + rest
	for n := 2; taken[key(name)]; n++ {
		name = fmt.Sprintf("tb_%s_%d", rest, n)
	}
	taken[key(name)] = true
	return name
}

// MakeLogin returns the statement that makes a login for a test or a demo: an
// account of Windows or Entra by its name alone, any other with the password.
func MakeLogin(login string, kind grants.PrincipalType, password string) string {
	if kind != grants.SQLUser {
		return Statement(grants.Remedy{Kind: grants.RemedyCreateLogin, Principal: login, Type: kind})
	}
	return fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = %s;", tsql.Quote(login), tsql.QuoteString(password))
}
