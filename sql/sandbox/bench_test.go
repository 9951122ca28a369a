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
