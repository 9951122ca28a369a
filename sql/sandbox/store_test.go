package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestStoreKeepsStatements: a statement that is kept runs as a new one would,
// beside another run of itself, after its table became another one, and after
// it failed.
func TestStoreKeepsStatements(t *testing.T) {
	s, err := openStore()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, err := s.Conn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx := context.Background()
	do := func(text string, args ...any) {
		t.Helper()
		if _, err := conn.ExecContext(ctx, text, args...); err != nil {
			t.Fatal(err)
		}
	}
	const all = "SELECT * FROM t ORDER BY 1"
	query := func() *sql.Rows {
		t.Helper()
		rows, err := conn.QueryContext(ctx, all)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	read := func(rows *sql.Rows) string {
		t.Helper()
		columns, _ := rows.Columns()
		said := strings.Join(columns, ",")
		for rows.Next() {
			one := make([]any, len(columns))
			for i := range one {
				one[i] = new(int)
			}
			if err := rows.Scan(one...); err != nil {
				t.Fatal(err)
			}
			for _, x := range one {
				said += fmt.Sprint(" ", *x.(*int))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return said
	}
	is := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	do("CREATE TABLE t (a INTEGER)")
	for n := range 3 {
		do("INSERT INTO t VALUES (?1)", n)
	}
	is(read(query()), "a 0 1 2")
	outer := query()
	outer.Next()
	is(read(query()), "a 0 1 2") // beside the other
	is(read(outer), "a 1 2")
	do("DROP TABLE t")
	if _, err := conn.QueryContext(ctx, all); err == nil {
		t.Error("the table is gone")
	}
	do("CREATE TABLE t (b INTEGER, c INTEGER)")
	do("INSERT INTO t VALUES (?1, 5)", 4)
	for n := range 2 * keptAtMost { // enough for anything to be forgotten
		do(fmt.Sprintf("INSERT INTO t VALUES (%d, 0)", 10+n))
		do(fmt.Sprintf("DELETE FROM t WHERE b = %d", 10+n))
	}
	is(read(query()), "b,c 4 5")
}

// TestStoreHasATableAShape: what the store has tables and indexes of are the shapes, so that making a table does not go
// over all the others.
func TestStoreHasATableAShape(t *testing.T) {
	s, err := New(Options{SAPassword: "Sandbox-1-sa"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, err := s.store.Conn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	made := 0
	count := func(sites int) (n int) {
		t.Helper()
		for ; made < sites; made++ {
			text := fmt.Sprintf("CREATE DATABASE s%[1]d\nGO\nUSE s%[1]d\n", made)
			for i, body := range []string{"a int PRIMARY KEY, b int", "a bigint PRIMARY KEY, b nvarchar(9), c money, d date", "a int NOT NULL, b int UNIQUE", "a int"} {
				text += fmt.Sprintf("CREATE TABLE dbo.t%[1]d (%[2]s); INSERT dbo.t%[1]d (a) VALUES (1)\n", i, body)
			}
			if err := s.Exec(context.Background(), "", text); err != nil {
				t.Fatal(err)
			}
		}
		if err := conn.QueryRowContext(context.Background(), "SELECT COUNT(*) FROM sqlite_schema").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if few, many := count(2), count(8); few != many || few == 0 {
		t.Errorf("%d tables and indexes for 2 sites, %d for 8", few, many)
	}
}

// TestSitesCostTheSame: making a site of tables with rows and views takes as much memory beside many sites as beside few.
func TestSitesCostTheSame(t *testing.T) {
	s, err := New(Options{SAPassword: "Sandbox-1-sa"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	made := 0
	cost := func(until int) float64 {
		var before, after runtime.MemStats
		for ; made < until; made++ {
			text := fmt.Sprintf("CREATE DATABASE s%[1]d\nGO\nUSE s%[1]d\n", made)
			for i := range 40 {
				text += fmt.Sprintf("CREATE TABLE dbo.t%[1]d (a int PRIMARY KEY)\nINSERT INTO dbo.t%[1]d VALUES (1)\nEXEC(N'CREATE VIEW dbo.v%[1]d AS SELECT a FROM dbo.t%[1]d')\n", i)
			}
			runtime.ReadMemStats(&before)
			if err := s.Exec(context.Background(), "", text); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
		}
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	few, many := cost(5), cost(40)
	if t.Logf("%.0f bytes for site 5, %.0f for site 40", few, many); many > 1.2*few {
		t.Errorf("site 5 takes %.0f bytes, site 40 %.0f", few, many)
	}
}
