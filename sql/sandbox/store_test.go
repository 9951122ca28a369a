package sandbox

import (
	"context"
	"fmt"
	"runtime"
	"testing"
)

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
