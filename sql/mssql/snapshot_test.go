package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/grants"
	"grantree/sql/sandbox"
	"grantree/sql/tsql"
)

const livePassword = "Live-Password-1"

// liveSite is a site on a sandbox with a login that may look and no more.
func liveSite(t *testing.T) (*sandbox.Server, func(user string) *sql.Conn) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	script := `CREATE DATABASE North; CREATE LOGIN looker WITH PASSWORD = N'` + livePassword + `', CHECK_POLICY = OFF; CREATE LOGIN ann WITH PASSWORD = N'` + livePassword + `', CHECK_POLICY = OFF;
GO
USE North;
CREATE TABLE dbo.t (a int NULL);
CREATE TABLE dbo.u (a int NULL);
GO
CREATE VIEW dbo.v AS SELECT t.a FROM dbo.t AS t JOIN dbo.u AS u ON u.a = t.a JOIN dbo.t AS again ON again.a = u.a;
GO
CREATE SYNONYM dbo.here FOR dbo.v; CREATE SYNONYM dbo.there FOR Elsewhere.dbo.[a.b];
CREATE USER looker FOR LOGIN looker; CREATE USER ann FOR LOGIN ann;
GRANT VIEW DEFINITION TO looker; GRANT IMPERSONATE ON USER::ann TO looker; GRANT SELECT (a) ON dbo.t TO ann;
ALTER AUTHORIZATION ON OBJECT::dbo.u TO ann;
`
	if err := s.Exec(context.Background(), "master", script); err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s, func(user string) *sql.Conn {
		t.Helper()
		db, err := Open(Address{URL: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr()), User: user, Password: livePassword, Database: "North"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		conn, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
}

// TestSnapshotReadsAll: what stands behind and beside the views, and the
// server, are in one snapshot.
func TestSnapshotReadsAll(t *testing.T) {
	_, connect := liveSite(t)
	s, err := Snapshot(context.Background(), connect("sa"), "North", "main")
	if err != nil {
		t.Fatal(err)
	}
	if s.OwnerSID != grants.SASID || !s.LoginsVisible || len(s.Unread) > 0 || len(s.ServerMembers) == 0 || !s.Runner.SysAdmin {
		t.Errorf("owner %q, logins visible %v, unread %v, server members %v", s.OwnerSID, s.LoginsVisible, s.Unread, s.ServerMembers)
	}
	name := map[int]string{}
	var got []string
	for _, o := range s.Objects {
		name[o.ID] = o.Name
		got = append(got, fmt.Sprintf("%s %s owner %d", o.Type, o.Name, o.Owner))
	}
	for _, v := range s.Views {
		name[v.ID] = v.Name
	}
	for _, d := range s.Dependencies {
		got = append(got, fmt.Sprintf("%s refers to %s, which is %q", name[d.From], d, name[d.To]))
	}
	for _, r := range s.ServerPermissions {
		for _, l := range s.Logins {
			if l.ID == r.Grantee && l.Name == "ann" {
				got = append(got, fmt.Sprintf("ann holds %s (%s)", r.Name, r.State))
			}
		}
	}
	for _, r := range s.Permissions {
		if r.Class == grants.ClassPrincipal || r.Minor != 0 {
			got = append(got, fmt.Sprintf("%s on class %d, column %d", r.Name, r.Class, r.Minor))
		}
	}
	ann := 6
	want := []string{"U t owner 1", fmt.Sprintf("U u owner %d", ann), "SN here owner 1", "SN there owner 1",
		`here refers to dbo.v, which is "v"`, `there refers to Elsewhere.dbo.a.b, which is ""`, `v refers to dbo.t, which is "t"`, `v refers to dbo.u, which is "u"`,
		"ann holds CONNECT SQL (G)", "SELECT on class 1, column 1", "IMPERSONATE on class 4, column 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSnapshotIsTheSite: who is there, in what, with what, and the part of it
// that says who enters.
func TestSnapshotIsTheSite(t *testing.T) {
	server, connect := liveSite(t)
	if err := server.Exec(context.Background(), "North", `CREATE SCHEMA app AUTHORIZATION ann;
GO
CREATE VIEW app.w AS SELECT 1 AS one, 2 AS two;
GO
CREATE ROLE Crew AUTHORIZATION ann; ALTER ROLE Crew ADD MEMBER ann; ALTER ROLE Crew ADD MEMBER looker; CREATE USER app WITHOUT LOGIN; GRANT SELECT ON app.w TO Crew WITH GRANT OPTION;
EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'Crew';
EXEC sys.sp_addextendedproperty @name = N'else', @value = N'managed', @level0type = N'USER', @level0name = N'app';
USE master;
CREATE SERVER ROLE ops; ALTER SERVER ROLE ops ADD MEMBER looker; ALTER LOGIN ann DISABLE;
GRANT IMPERSONATE ON LOGIN::ann TO looker;`); err != nil {
		t.Fatal(err)
	}
	s, err := Snapshot(context.Background(), connect("sa"), "Site", "main")
	if err != nil {
		t.Fatal(err)
	}
	if s.Site != "Site" || s.Server != "main" || s.Database != "North" || s.Version == "" || s.Collation.Name == "" || s.ServerCollation.Name == "" || s.Runner.Login != "sa" || s.Runner.User != "dbo" || s.Runner.UserID != grants.DboID || !s.Runner.CanControl || !s.Runner.CanLogin {
		t.Errorf("%+v", s.Runner)
	}
	people := func(s *grants.Snapshot) []string {
		name, login := map[int]string{}, map[int]string{}
		var out []string
		for _, p := range s.Principals {
			if p.ID != grants.PublicID {
				name[p.ID] = p.Name
			}
			if p.ID >= grants.FirstUserID && p.ID < grants.DBOwnerID {
				out = append(out, fmt.Sprintf("%s %s of %s, by %d, marked %t, SID %t", p.Type, p.Name, name[p.Owner], p.AuthType, p.Managed, p.SID != ""))
			}
		}
		for _, m := range s.Members {
			if name[m.Role] != "db_owner" {
				out = append(out, name[m.Member]+" in "+name[m.Role])
			}
		}
		for _, l := range s.Logins {
			login[l.ID] = l.Name
			if l.Name == "ann" || l.Name == "ops" || l.Name == "sysadmin" {
				out = append(out, fmt.Sprintf("%s %s, disabled %t, fixed %t, SID %t, owned %t", l.Type, l.Name, l.Disabled, l.Fixed, l.SID != "", l.Owner != 0))
			}
		}
		for _, m := range s.ServerMembers {
			if login[m.Member] == "looker" {
				out = append(out, login[m.Member]+" in "+login[m.Role])
			}
		}
		return out
	}
	want := []string{"S looker of , by 1, marked false, SID true", "S ann of , by 1, marked false, SID true", "R Crew of ann, by 0, marked true, SID true", "S app of , by 0, marked false, SID true",
		"looker in Crew", "ann in Crew", "R sysadmin, disabled false, fixed true, SID true, owned true", "S ann, disabled true, fixed false, SID true, owned false", "R ops, disabled false, fixed false, SID true, owned true", "looker in ops"}
	if diff := cmp.Diff(want, people(s)); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	var got []string
	for _, x := range s.Schemas {
		if x.Name == "dbo" || x.Name == "app" {
			got = append(got, fmt.Sprintf("schema %s of %d", x.Name, x.Owner))
		}
	}
	for _, v := range s.Views {
		got = append(got, fmt.Sprintf("view %s of %d, columns %v", v.Name, v.Owner, v.Columns))
	}
	for _, r := range s.ServerPermissions {
		if r.Class == grants.ClassServerPrincipal {
			got = append(got, fmt.Sprintf("%s %s by %d", r.State, r.Name, r.Grantor))
		}
	}
	for _, r := range s.Permissions {
		if r.State == grants.GrantedWithGrant {
			got = append(got, fmt.Sprintf("%s %s by %d", r.State, r.Name, r.Grantor))
		}
	}
	if diff := cmp.Diff([]string{"schema dbo of 1", "schema app of 6", "view v of 1, columns [{1 a}]", "view w of 6, columns [{1 one} {2 two}]", "G IMPERSONATE by 1", "W SELECT by 6"}, got); diff != "" {
		t.Errorf("the rest (-want +got):\n%s", diff)
	}
	for _, settled := range []bool{false, true} {
		h, err := Held(context.Background(), connect("sa"), "Site", "main", settled)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, people(h)); diff != "" {
			t.Errorf("held, settled %t (-want +got):\n%s", settled, diff)
		}
		if h.Site != "Site" || h.Server != "main" || h.Database != "North" || h.OwnerSID != s.OwnerSID || !h.LoginsVisible || h.Runner.Login != "sa" || h.Collation.Name != s.Collation.Name || h.ServerCollation.Name != s.ServerCollation.Name || len(h.Views) > 0 || len(h.ServerPermissions) == 0 {
			t.Errorf("held, settled %t: %+v", settled, h)
		}
		if open := 0; connect("sa").QueryRowContext(context.Background(), "SELECT @@TRANCOUNT;").Scan(&open) != nil || open != 0 {
			t.Errorf("%d transactions are open", open)
		}
	}
	if h, err := Held(context.Background(), connect("looker"), "Site", "main", false); err != nil || h.LoginsVisible || h.Runner.Login != "looker" {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestSnapshotSaysWhatItCannotRead: VIEW DEFINITION is enough for a plan; the
// rest is said, with the statement that mends it, which does.
func TestSnapshotSaysWhatItCannotRead(t *testing.T) {
	server, connect := liveSite(t)
	read := func() *grants.Snapshot {
		t.Helper()
		s, err := Snapshot(context.Background(), connect("looker"), "North", "main")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := read()
	said := func(s *grants.Snapshot) []string {
		var out []string
		for _, u := range s.Unread {
			out = append(out, u.What, u.Why)
			for _, r := range u.Fix {
				out = append(out, Statement(r))
			}
		}
		return out
	}
	want := []string{grants.WhatDependencies, "it needs SELECT on sys.sql_expression_dependencies", "GRANT SELECT ON [sys].[sql_expression_dependencies] TO [looker];",
		"the server's logins, roles and permissions", "it needs VIEW ANY SECURITY DEFINITION", "USE master; GRANT VIEW ANY SECURITY DEFINITION TO [looker];"}
	if diff := cmp.Diff(want, said(s)); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
	if len(s.Dependencies) != 2 || s.LoginsVisible || len(s.Views) != 1 || len(s.Objects) != 4 {
		t.Errorf("%d dependencies, logins visible %v, %d views, %d objects", len(s.Dependencies), s.LoginsVisible, len(s.Views), len(s.Objects))
	}
	for _, u := range s.Unread {
		if err := server.Exec(context.Background(), "North", Statement(u.Fix[0])); err != nil {
			t.Fatalf("%s: %v", Statement(u.Fix[0]), err)
		}
	}
	if s := read(); len(s.Unread) > 0 || len(s.Dependencies) != 4 || !s.LoginsVisible || len(s.ServerMembers) == 0 {
		t.Errorf("after the statements: unread %v, %d dependencies, logins visible %v", s.Unread, len(s.Dependencies), s.LoginsVisible)
	}
	if h, err := Held(context.Background(), connect("looker"), "North", "main", false); err != nil || !h.LoginsVisible {
		t.Errorf("after the statements: held %+v, %v", h, err)
	}
}

// TestSnapshotReadsTheOthers: other databases are read where they are trusted,
// or chain into this one, and the server's own are not; what the server says of
// who may enter and of chains is read too.
func TestSnapshotReadsTheOthers(t *testing.T) {
	server, connect := liveSite(t)
	read := func(user string) string {
		t.Helper()
		s, err := Snapshot(context.Background(), connect(user), "North", "main")
		if err != nil {
			t.Fatal(err)
		}
		var unread []string
		for _, u := range s.Unread {
			unread = append(unread, u.What)
		}
		return fmt.Sprint(s.Access, s.Chaining, s.ServerChaining, s.Databases, slices.Contains(unread, grants.WhatDatabases))
	}
	do := func(text string) {
		t.Helper()
		if err := server.Exec(context.Background(), "master", text); err != nil {
			t.Fatal(err)
		}
	}
	const at = "MULTI_USER false false [] false"
	if got := read("sa"); got != at {
		t.Errorf("to begin with %s", got)
	}
	do("CREATE DATABASE Apart; CREATE DATABASE Trusted; CREATE DATABASE Chained; ALTER DATABASE Trusted SET TRUSTWORTHY ON; ALTER DATABASE Chained SET DB_CHAINING ON; ALTER AUTHORIZATION ON DATABASE::Chained TO looker")
	looker := "{Trusted 01 true false}"
	if got := read("looker"); got != "MULTI_USER false false ["+looker+"] false" {
		t.Errorf("a trusted one: %s", got)
	}
	do("ALTER DATABASE North SET DB_CHAINING ON; EXEC sp_configure 'cross db ownership chaining', 1; RECONFIGURE; ALTER DATABASE North SET RESTRICTED_USER")
	if got := read("sa"); !strings.HasPrefix(got, "RESTRICTED_USER true true [{Chained ") || !strings.HasSuffix(got, " false true} "+looker+"] false") {
		t.Errorf("and one that chains: %s", got)
	}
	do("ALTER DATABASE Trusted SET OFFLINE; ALTER DATABASE Chained SET DB_CHAINING OFF")
	if got := read("sa"); got != "RESTRICTED_USER true true [] false" {
		t.Errorf("one that is offline: %s", got)
	}
	do("ALTER DATABASE North SET MULTI_USER; ALTER DATABASE Trusted SET ONLINE; REVOKE VIEW ANY DATABASE FROM public")
	if got := read("looker"); got != "MULTI_USER true true [] true" {
		t.Errorf("one that may not be seen: %s", got)
	}
}

// TestUnreadBefore2022: the narrower permission is newer than the wide one.
func TestUnreadBefore2022(t *testing.T) {
	for version, want := range map[string]string{"13.0.5026.0": "VIEW ANY DEFINITION", "15.0.1": "VIEW ANY DEFINITION", "16.0.1": "VIEW ANY SECURITY DEFINITION", "17.0.1": "VIEW ANY SECURITY DEFINITION", "": "VIEW ANY DEFINITION"} {
		if got := unread(&grants.Snapshot{Version: version}, true, true); len(got) != 1 || got[0].Why != "it needs "+want {
			t.Errorf("%s: %v", version, got)
		}
	}
}

// TestAzureIsRefused: one sentence, before anything else is read.
func TestAzureIsRefused(t *testing.T) {
	_, connect := liveSite(t)
	for edition, name := range azure {
		batch := snapshotPrelude + strings.Replace(snapshotQuery, "CAST(SERVERPROPERTY('EngineEdition') AS int)", fmt.Sprint(edition), 1)
		_, err := readSnapshot(context.Background(), connect("sa"), batch, "North", "main")
		if want := fmt.Sprintf("the database %q is on %s, which grantree does not support", "North", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("edition %d: %v", edition, err)
		}
	}
}

// TestDynamicText holds the query's opinion of modules to texts: what runs text
// made at run time is dynamic, whatever its blanks; a procedure called by name
// is not.
func TestDynamicText(t *testing.T) {
	_, connect := liveSite(t)
	texts := []struct {
		text    string
		dynamic bool
	}{
		{"CREATE PROC p AS SELECT a FROM dbo.t", false},
		{"CREATE PROC p AS EXEC dbo.q @a = 1", false},
		{"CREATE PROC p AS DECLARE @rc int; EXEC @rc = dbo.q; EXECUTE @rc=dbo.r", false},
		{"CREATE PROC p WITH EXECUTE AS OWNER AS SELECT a FROM dbo.t", false},
		{"CREATE PROC p AS EXEC (@text)", true},
		{"create proc p as exec\n\t('SELECT 1')", true},
		{"CREATE PROC p AS EXECUTE(N'SELECT 1')", true},
		{"CREATE PROC p AS EXEC /* why */ ('SELECT 1')", true},
		{"CREATE PROC p AS EXEC -- why\n ('SELECT 1')", true},
		{"CREATE PROC p AS EXEC @proc", true},
		{"CREATE PROC p AS EXEC @rc = dbo.q; EXEC @proc", true},
		{"CREATE PROC p AS EXEC @rc = @proc @text", true},
		{"CREATE PROC p AS EXEC @rc = /* why */ @proc @text", true},
		{"CREATE PROC p AS EXEC @rc = -- why\n @proc @text", true},
		{"CREATE PROC p AS EXEC\f(@text)", true},
		{"CREATE PROC p AS EXEC\u00a0(@text)", true},
		{"CREATE PROC p AS EXEC @rc =\v@proc", true},
		{"CREATE PROC p AS EXEC sp_prepexec @h OUTPUT, NULL, @text", true},
		{"CREATE PROC p AS EXEC sys.sp_cursoropen @c OUTPUT, @text", true},
		{"CREATE PROC p AS EXEC [a b] EXEC [Ünder] EXEC \"q\"", false},
		{"CREATE PROC p WITH EXECUTE AS 'user' AS SELECT a FROM dbo.t", false},
		{"CREATE PROC p WITH EXECUTE AS 'mid' AS EXECUTE AS USER = 'boss'; SELECT a FROM dbo.t", true},
		{"CREATE PROC p AS exec as login = @boss; SELECT a FROM dbo.t", true},
		{"CREATE PROC p AS EXEC sp_executesql @text", true},
		{"CREATE PROC p AS EXEC sys.[sp_executesql] @text", true},
		{"CREATE PROC p AS EXEC [sp_executesql] @text", true},
		{"CREATE PROC p AS EXECUTE \"sp_executesql\" @text", true},
		{"CREATE PROC p AS DECLARE @rc int; EXEC @rc = sp_executesql @text", true},
		{"CREATE PROC p AS EXEC master..sp_executesql @text", true},
		{"CREATE PROC p AS EXEC sys. --\n sp_executesql @text", true},
		{"CREATE PROC p AS EXEC sys. /**/ sp_prepexec @h OUTPUT, NULL, @text", true},
		{"CREATE PROC p AS EXEC sp_prepare @h OUTPUT, NULL, @text", true},
		{"CREATE PROC dbo.usp_execute_month AS EXEC dbo.usp_exec_day; EXEC usp_prepare; EXEC [dbo].[usp_execute]", false},
		{"CREATE PROC p AS SELECT * FROM OPENQUERY(x, 'SELECT 1')", true},
		{"CREATE PROC p AS SELECT * FROM OpenRowset('a', 'b', 'c')", true},
	}
	var objects, modules []string
	for i, x := range texts {
		objects = append(objects, fmt.Sprintf("SELECT %d AS object_id, 1 AS schema_id, N'p' AS name, 'P ' AS type, 1 AS principal_id, 0 AS parent_object_id, 0 AS is_ms_shipped", i))
		modules = append(modules, fmt.Sprintf("SELECT %d AS object_id, CAST(%s AS nvarchar(max)) AS definition, 0 AS execute_as_principal_id", i, tsql.QuoteString(x.text)))
	}
	_, query, _ := strings.Cut(snapshotQuery, "-- Tables, synonyms and modules.")
	query, _, _ = strings.Cut(query[strings.Index(query, "SELECT f.object_id"):], ";")
	query = strings.Replace(query, "sys.objects AS o", "("+strings.Join(objects, " UNION ALL ")+") AS o", 1)
	query = strings.Replace(query, "sys.sql_modules AS m", "("+strings.Join(modules, " UNION ALL ")+") AS m", 1)
	rows, err := connect("sa").QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var s grants.Snapshot
	set := recordsOf("objects", &s, readObject)
	for rows.Next() {
		if err := set.read(rows); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.Objects) != len(texts) {
		t.Fatalf("%d of %d texts", len(s.Objects), len(texts))
	}
	for i, x := range texts {
		if o := s.Objects[i]; o.Dynamic != x.dynamic || o.Hidden {
			t.Errorf("dynamic %v, hidden %v of %q, want dynamic %v", o.Dynamic, o.Hidden, x.text, x.dynamic)
		}
	}
}

// TestSnapshotTellsOfViews: once, while the rest is still to come, by lists of their
// own, and what is read is the same.
func TestSnapshotTellsOfViews(t *testing.T) {
	_, connect := liveSite(t)
	var told []*grants.Snapshot
	got, err := SnapshotTelling(t.Context(), connect("sa"), "North", "main", func(s *grants.Snapshot) { told = append(told, s) })
	if err != nil {
		t.Fatal(err)
	}
	want, err := Snapshot(t.Context(), connect("sa"), "North", "main")
	if err != nil {
		t.Fatal(err)
	}
	want.Now = got.Now
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(grants.Collation{})); diff != "" {
		t.Errorf("another snapshot (-want +got):\n%s", diff)
	}
	if len(told) != 1 {
		t.Fatalf("told %d times", len(told))
	}
	views := slices.Clone(want.Views)
	for i := range views {
		views[i].Columns = nil
	}
	is := told[0]
	if is.Site != "North" || is.Server != "main" || is.Collation.Name != want.Collation.Name || is.ServerCollation.Name != want.ServerCollation.Name ||
		!cmp.Equal(is.Views, views) || !cmp.Equal(is.Schemas, want.Schemas) || is.Logins != nil || is.Principals != nil {
		t.Errorf("told of %+v", is)
	}
}
