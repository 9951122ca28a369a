package sandbox_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"grantree/sql/sandbox"
)

// siteScript makes a database with n tables and as many views over them.
func siteScript(name string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE DATABASE [%s]\nGO\nUSE [%s]\n", name, name)
	for i := range n {
		fmt.Fprintf(&b, "CREATE TABLE dbo.t%d (id int NOT NULL PRIMARY KEY, name nvarchar(100) NULL)\n", i)
	}
	for i := range n {
		fmt.Fprintf(&b, "EXEC(N'CREATE VIEW dbo.v%d AS SELECT id, name FROM dbo.t%d')\n", i, i)
	}
	return b.String()
}

// BenchmarkSite makes a site of 200 tables and 200 views inside the process.
func BenchmarkSite(b *testing.B) {
	s := serve(b, sandbox.Options{})
	n := 0
	for b.Loop() {
		n++
		if err := s.Exec(b.Context(), "", siteScript(fmt.Sprintf("s%d", n), 200)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGrants sends 1,000 GRANTs in one batch and in 1,000.
func BenchmarkGrants(b *testing.B) {
	s := serve(b, sandbox.Options{})
	if err := s.Exec(b.Context(), "", siteScript("s", 100)); err != nil {
		b.Fatal(err)
	}
	a := sa(b, s, "s")
	var grants []string
	for i := range 10 {
		a.exec(fmt.Sprintf("CREATE ROLE r%d", i))
		for j := range 100 {
			grants = append(grants, fmt.Sprintf("GRANT SELECT ON dbo.v%d TO r%d;", j, i))
		}
	}
	b.Run("one batch", func(b *testing.B) {
		for b.Loop() {
			a.exec(strings.Join(grants, "\n"))
		}
	})
	b.Run("1000 batches", func(b *testing.B) {
		for b.Loop() {
			for _, g := range grants {
				a.exec(g)
			}
		}
	})
}

// BenchmarkLogin opens a connection.
func BenchmarkLogin(b *testing.B) {
	s := serve(b, sandbox.Options{})
	for b.Loop() {
		db, err := sql.Open("sqlserver", s.URL("sa", saPassword, ""))
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Ping(); err != nil {
			b.Fatal(err)
		}
		db.Close()
	}
}

// BenchmarkSnapshot reads 400 views and 40 roles in one batch.
func BenchmarkSnapshot(b *testing.B) {
	s := serve(b, sandbox.Options{})
	var grants strings.Builder
	for i := range 40 {
		fmt.Fprintf(&grants, "CREATE ROLE r%d\n", i)
		for j := range 100 {
			fmt.Fprintf(&grants, "GRANT SELECT, UPDATE ON dbo.v%d TO r%d\n", (i*7+j)%400, i)
		}
	}
	if err := s.Exec(b.Context(), "", siteScript("s", 400)+"GO\n"+grants.String()); err != nil {
		b.Fatal(err)
	}
	a := sa(b, s, "s")
	for b.Loop() {
		a.rows(`SET NOCOUNT ON
SELECT p.principal_id, p.name, p.type, p.sid, p.is_fixed_role FROM sys.database_principals AS p
SELECT role_principal_id, member_principal_id FROM sys.database_role_members
SELECT x.class, x.major_id, x.minor_id, x.grantee_principal_id, RTRIM(x.type) AS type, x.state FROM sys.database_permissions AS x WHERE NOT (x.class = 1 AND x.major_id < 0)
SELECT o.object_id, o.schema_id, o.name, COALESCE(o.principal_id, s.principal_id) AS owner_id, HASHBYTES('SHA2_256', m.definition) AS def_hash
FROM sys.views AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id WHERE o.is_ms_shipped = 0
SELECT c.object_id, c.column_id, c.name FROM sys.columns AS c JOIN sys.views AS v ON v.object_id = c.object_id`)
	}
}
