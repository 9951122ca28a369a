package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"grantree/catalog"
	"grantree/sql/mssql"
	"grantree/sql/tsql"

	"github.com/rogpeppe/go-internal/testscript"
)

// restore makes a database of the first server again on another, as a backup
// that is restored there or a copy of an availability group has it: the same
// users, with the SIDs of where they come from, whatever logins there are.
func (w *world) restore(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: restore DATABASE NAME")
	}
	database := args[0]
	w.at("")
	source, err := w.open(database)
	ts.Check(err)
	defer source.Close()
	read := func(query string, each func(row []string)) {
		rows, err := source.Query(query)
		ts.Check(err)
		defer rows.Close()
		columns, err := rows.Columns()
		ts.Check(err)
		for rows.Next() {
			row, into := make([]string, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			ts.Check(rows.Scan(into...))
			each(row)
		}
		ts.Check(rows.Err())
	}
	w.at(args[1])
	defer w.at("")
	ts.Check(w.script("master", fmt.Sprintf("IF DB_ID(%s) IS NOT NULL DROP DATABASE %s;", tsql.QuoteString(database), tsql.Quote(database))))
	ts.Check(w.script(database, mssql.MakeSite(database, "dbo", catalog.IMaint().Views())))
	var text strings.Builder
	say := func(format string, a ...any) { fmt.Fprintf(&text, format+";\nGO\n", a...) }
	say("USE %s", tsql.Quote(database))
	password, err := mssql.GeneratePassword("")
	ts.Check(err)
	read("SELECT name, type, ISNULL(CONVERT(varchar(200), sid, 2), '') FROM sys.database_principals WHERE principal_id > 4 AND is_fixed_role = 0 ORDER BY type, principal_id", func(row []string) {
		if w.least && row[0] == runnerLogin {
			return // a login of this server has that name, and gets its own user
		}
		if row[1] == "R" {
			say("CREATE ROLE %s AUTHORIZATION dbo", tsql.Quote(row[0]))
			return
		}
		sid, err := hex.DecodeString(row[2])
		ts.Check(err)
		if login := w.loginOf(ts, sid); login != "" {
			say("CREATE USER %s FOR LOGIN %s", tsql.Quote(row[0]), tsql.Quote(login))
			return
		}
		say("CREATE LOGIN [of another server] WITH PASSWORD = %s, SID = 0x%s", tsql.QuoteString(password), row[2])
		say("CREATE USER %s FOR LOGIN [of another server]", tsql.Quote(row[0]))
		say("DROP LOGIN [of another server]")
	})
	read(`SELECT r.name, m.name FROM sys.database_role_members rm JOIN sys.database_principals r ON r.principal_id = rm.role_principal_id
JOIN sys.database_principals m ON m.principal_id = rm.member_principal_id WHERE m.principal_id > 4 ORDER BY r.name, m.name`, func(row []string) {
		if w.least && row[1] == runnerLogin {
			return
		}
		say("ALTER ROLE %s ADD MEMBER %s", tsql.Quote(row[0]), tsql.Quote(row[1]))
	})
	read(`SELECT CASE p.state WHEN 'D' THEN 'DENY' ELSE 'GRANT' END, p.permission_name, o.name, g.name FROM sys.database_permissions p
JOIN sys.objects o ON o.object_id = p.major_id JOIN sys.database_principals g ON g.principal_id = p.grantee_principal_id
WHERE p.class = 1 AND p.minor_id = 0 AND g.principal_id > 4 ORDER BY o.name, g.name, p.permission_name`, func(row []string) {
		say("%s %s ON dbo.%s TO %s", row[0], row[1], tsql.Quote(row[2]), tsql.Quote(row[3]))
	})
	read(`SELECT e.name, CAST(e.value AS nvarchar(4000)), p.name FROM sys.extended_properties e
JOIN sys.database_principals p ON p.principal_id = e.major_id WHERE e.class = 4 ORDER BY p.name, e.name`, func(row []string) {
		say("EXEC sys.sp_addextendedproperty @name = %s, @value = %s, @level0type = N'USER', @level0name = %s", tsql.QuoteString(row[0]), tsql.QuoteString(row[1]), tsql.QuoteString(row[2]))
	})
	ts.Check(w.script("master", text.String()))
	w.allows(ts, database)
}

// loginOf is the login of a SID on the current server, or empty.
func (w *world) loginOf(ts *testscript.TestScript, sid []byte) string {
	db, err := w.open("master")
	ts.Check(err)
	defer db.Close()
	var name string
	rows, err := db.QueryContext(context.Background(), "SELECT name FROM sys.server_principals WHERE sid = @p1", sid)
	ts.Check(err)
	defer rows.Close()
	for rows.Next() {
		ts.Check(rows.Scan(&name))
	}
	return name
}
