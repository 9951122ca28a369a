package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"grantree/sql/sandbox"
)

// TestTablesOfOneShape: tables that are alike share a table of the store, and none sees another's rows, keys or numbers,
// whatever becomes of their own.
func TestTablesOfOneShape(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	const like = "(id int IDENTITY(10, 5) PRIMARY KEY, a int NULL UNIQUE, b nvarchar(9) NULL)"
	for _, name := range []string{"x", "y", "z"} {
		a.exec("CREATE TABLE dbo." + name + like)
	}
	a.exec("CREATE TABLE #x " + like + "; CREATE TABLE #y " + like)
	for _, tt := range []struct{ name, do, ask, want string }{
		{"the same keys and numbers in two", "INSERT dbo.x (a, b) VALUES (1, N'x'), (2, N'x'); INSERT dbo.y (a, b) VALUES (1, N'y')",
			"SELECT * FROM dbo.x; SELECT * FROM dbo.y; SELECT * FROM dbo.z", "10|1|x\n15|2|x\n\n10|1|y\n\n"},
		{"joined with itself, another and an empty one", "", "SELECT x.id, w.id, y.b, z.b FROM dbo.x LEFT JOIN dbo.x AS w ON w.a = x.a + 1 LEFT JOIN dbo.y ON y.a = x.a LEFT JOIN dbo.z ON z.a = x.a ORDER BY x.id", "10|15|y|NULL\n15|NULL|NULL|NULL"},
		{"a temporary one beside", "INSERT #x (a) SELECT a FROM dbo.x; INSERT #y (a) OUTPUT inserted.id SELECT a FROM dbo.y", "SELECT id, a FROM #x; SELECT id, a FROM #y", "10|1\n15|2\n\n10|1"},
		{"keys change places", "UPDATE dbo.x SET a = 3 - a", "SELECT id, a FROM dbo.x ORDER BY a; SELECT a FROM dbo.y", "15|1\n10|2\n\n1"},
		{"a rolled-back row takes its number", "BEGIN TRAN; INSERT dbo.z (a) VALUES (1); ROLLBACK; INSERT dbo.z (a) VALUES (2)", "SELECT id, a FROM dbo.z", "15|2"},
		{"a rolled-back TRUNCATE", "BEGIN TRAN; TRUNCATE TABLE dbo.x; INSERT dbo.x (a) VALUES (7); ROLLBACK; INSERT dbo.x (a) VALUES (8)", "SELECT id, a FROM dbo.x ORDER BY id; SELECT a FROM dbo.y", "10|2\n15|1\n20|8\n\n1"},
		{"TRUNCATE", "TRUNCATE TABLE dbo.x; INSERT dbo.x (a) VALUES (7)", "SELECT id, a FROM dbo.x; SELECT a FROM dbo.y", "10|7\n\n1"},
		{"a rolled-back table's first row", "BEGIN TRAN; CREATE TABLE dbo.w (id int PRIMARY KEY, q money UNIQUE); INSERT dbo.w VALUES (1, 2); ROLLBACK; CREATE TABLE dbo.w (id int PRIMARY KEY, q money UNIQUE)", "SELECT * FROM dbo.w", ""},
		{"a savepoint before a first row", "BEGIN TRAN; SAVE TRAN p; INSERT dbo.w VALUES (1, 2); ROLLBACK TRAN p; INSERT dbo.w VALUES (3, 4); COMMIT", "SELECT * FROM dbo.w", "3|4.0000"},
		{"a name that is used again", "DROP TABLE dbo.y; CREATE TABLE dbo.y " + like, "SELECT * FROM dbo.y; SELECT id, a FROM dbo.x", "\n\n10|7"},
		{"a key more, and one less", "CREATE UNIQUE INDEX i ON dbo.x (b); INSERT dbo.x (a, b) VALUES (8, N'q'); DROP INDEX i ON dbo.x; INSERT dbo.x (a, b) VALUES (9, N'q')", "SELECT * FROM dbo.x", "10|7|NULL\n15|8|q\n20|9|q"},
		{"more columns than the shape has", "ALTER TABLE dbo.x ADD c4 int, c5 int, c6 int, c7 int, c8 int, c9 int NOT NULL DEFAULT 3, c10 int; EXEC ('INSERT dbo.x (a, c10) VALUES (1, 2)')", "SELECT id, b, c8, c9, c10 FROM dbo.x ORDER BY id", "10|NULL|NULL|3|NULL\n15|q|NULL|3|NULL\n20|q|NULL|3|NULL\n25|NULL|NULL|3|2"},
		{"SELECT INTO keeps the order and counts on", "SELECT id, a INTO dbo.v FROM dbo.x ORDER BY a DESC; INSERT dbo.v (a) VALUES (0); SELECT a INTO dbo.u FROM dbo.x ORDER BY a DESC", "SELECT id, a FROM dbo.v ORDER BY id; SELECT a FROM dbo.u", "10|7\n15|8\n20|9\n25|1\n26|0\n\n9\n8\n7\n1"},
		{"identities of other types", "CREATE TABLE dbo.d (id decimal(9) IDENTITY(5, -1) PRIMARY KEY, a int); INSERT dbo.d (a) VALUES (1), (2); SET IDENTITY_INSERT dbo.d ON; INSERT dbo.d (id, a) VALUES (-7, 3); SET IDENTITY_INSERT dbo.d OFF; INSERT dbo.d (a) VALUES (4)", "SELECT id, a FROM dbo.d ORDER BY a; SELECT a FROM dbo.d WHERE id = 4.0", "5|1\n4|2\n-7|3\n-8|4\n\n2"},
		{"a table variable", "", "DECLARE @x TABLE " + like + "; INSERT @x (a) VALUES (1); SELECT id, a FROM @x; SELECT id, a FROM #x", "10|1\n\n10|1\n15|2"},
		{"OUTPUT of a temporary one INTO one that stays", "INSERT #y (a) OUTPUT inserted.a INTO dbo.y (a) VALUES (77)", "SELECT id, a FROM dbo.y", "10|77"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.do != "" {
				a.exec(tt.do)
			}
			a.want(tt.ask, tt.want)
		})
	}
	other := sa(t, s, "tempdb")
	other.want("SELECT COUNT(*) FROM dbo.x", "4")
	other.exec("DROP TABLE dbo.x, dbo.y, dbo.z")
	a.fails("SELECT * FROM dbo.x", 208)
}

// TestFirstRowWhileOthersRead: a table's first row is seen with the transaction that made it, and not before.
func TestFirstRowWhileOthersRead(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a, b := sa(t, s, "tempdb"), sa(t, s, "tempdb")
	a.exec("CREATE TABLE dbo.n (a datetimeoffset UNIQUE, b uniqueidentifier UNIQUE)")
	a.exec("BEGIN TRAN; INSERT dbo.n (b) VALUES (NEWID())")
	b.want("SELECT COUNT(*) FROM dbo.n", "0")
	b.exec("CREATE TABLE #o (n int); INSERT #o SELECT COUNT(*) FROM dbo.n")
	a.exec("COMMIT")
	b.want("SELECT COUNT(*) FROM dbo.n; SELECT n FROM #o", "1\n\n0")
}

// TestTemporaryTableHidesNone: a table is found on a connection that has had a temporary table or a table variable of its
// shape.
func TestTemporaryTableHidesNone(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	for i, like := range []string{"(id int NOT NULL PRIMARY KEY, b nvarchar(520) NOT NULL)", "(id int NOT NULL, b nvarchar(520) NULL)"} {
		table := fmt.Sprintf("dbo.t%d", i)
		a.exec("CREATE TABLE " + table + like + "; INSERT " + table + " VALUES (1, N'a'), (2, N'b')")
		a.want("DECLARE @t TABLE "+like+"; INSERT @t VALUES (3, N'c'); SELECT COUNT(*) FROM @t; SELECT COUNT(*) FROM "+table, "1\n\n2")
		a.want("SELECT COUNT(*) FROM "+table, "2")
		a.exec("CREATE TABLE #t " + like + "; INSERT #t VALUES (3, N'c'); DROP TABLE #t; DELETE " + table + " WHERE id = 1")
		a.want("SELECT COUNT(*) FROM "+table, "1")
	}
}

// tablesScript makes a database with n tables of a row each.
func tablesScript(name string, n int) string {
	text := siteScript(name, n)
	for i := range n {
		text += fmt.Sprintf("INSERT INTO dbo.t%d VALUES (1, N'a')\n", i)
	}
	return strings.TrimSpace(text)
}

// TestWideTable: columns that come and go use up ids, and a shape has room for more of them than a table for columns.
func TestWideTable(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	list := func(n int, format string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(all, ", ")
	}
	a.exec("CREATE TABLE w (" + list(1000, "c%d int") + "); INSERT w (c0, c999) VALUES (1, 2)")
	for range 2 {
		a.exec("ALTER TABLE w ADD " + list(20, "d%d int"))
		a.exec("UPDATE w SET d19 = 7")
		a.want("SELECT w.c0, w.c999, w.d19 FROM w LEFT JOIN w AS x ON x.c0 = w.c0", "1|2|7")
		a.exec("ALTER TABLE w DROP COLUMN " + list(20, "d%d"))
	}
}
