package tsql

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatementRanges(t *testing.T) {
	text := "-- first\nSELECT 1 ; \n\tIF 1 = 1 BEGIN PRINT 'é' END\nELSE SELECT 2;\nEXEC p /* x */"
	b := mustParse(t, text)
	var got []string
	for _, s := range b.Statements {
		Walk(s, func(n Node) bool {
			if s, ok := n.(Statement); ok {
				got = append(got, s.Range().Text(text))
			}
			return true
		})
	}
	want := []string{
		"SELECT 1",
		"IF 1 = 1 BEGIN PRINT 'é' END\nELSE SELECT 2",
		"BEGIN PRINT 'é' END",
		"PRINT 'é'",
		"SELECT 2",
		"EXEC p",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ranges (-want +got):\n%s", diff)
	}
}

func TestPositions(t *testing.T) {
	b := mustParse(t, "SELECT 'é', a\r\n FROM\t[dbo].t AS x\nWHERE x.b = @v")
	var got []Pos
	Walk(b.Statements[0], func(n Node) bool {
		switch n := n.(type) {
		case *Literal, *ColumnRef, *NamedTable, *Variable:
			got = append(got, n.Position())
			return false
		}
		return true
	})
	want := []Pos{{7, 1, 8}, {13, 1, 13}, {22, 2, 7}, {41, 3, 7}, {47, 3, 13}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
}

func TestViewDefinitionIsItsSource(t *testing.T) {
	text := "/* v */ CREATE  VIEW v AS\n  select 1 AS a -- one\n;\n"
	b := mustParse(t, text)
	if got, want := b.Statements[0].Range().Text(text), "CREATE  VIEW v AS\n  select 1 AS a"; got != want {
		t.Errorf("definition %q, want %q", got, want)
	}
}

// The batch of reference H.1 reads a database in one round trip.
func TestCatalogBatch(t *testing.T) {
	b := mustParse(t, catalogBatch(t))
	var got []string
	for _, s := range b.Statements {
		got = append(got, kindOf(s))
	}
	want := []string{"SET option", "SET option", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT", "SELECT"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

// What clients send when a connection starts (reference J.8).
func TestClientStartTexts(t *testing.T) {
	for _, c := range []struct{ client, text string }{
		{"go-mssqldb", "select 1;"},
		{"FreeTDS", "SET TEXTSIZE 4096"},
		{"FreeTDS spid", "SELECT @@spid"},
		{"tedious", "set ansi_nulls on\nset ansi_null_dflt_on on\nset ansi_padding on\nset ansi_warnings on\nset arithabort on\n" +
			"set concat_null_yields_null on\nset cursor_close_on_commit off\nset datefirst 7\nset dateformat mdy\nset implicit_transactions off\n" +
			"set language us_english\nset numeric_roundabort off\nset quoted_identifier on\nset textsize 2147483647\n" +
			"set transaction isolation level read committed\nset xact_abort off"},
		{"JDBC", "set implicit_transactions on "},
		{"JDBC commit", "IF @@TRANCOUNT > 0 COMMIT TRAN"},
		{"JDBC rollback", "IF @@TRANCOUNT > 0 ROLLBACK TRAN"},
		{"jTDS", "SELECT @@MAX_PRECISION\r\nSET TRANSACTION ISOLATION LEVEL READ COMMITTED\r\nSET IMPLICIT_TRANSACTIONS OFF\r\nSET QUOTED_IDENTIFIER ON\r\nSET TEXTSIZE 2147483647"},
		{"pymssql", "SET ARITHABORT ON;SET CONCAT_NULL_YIELDS_NULL ON;SET ANSI_NULLS ON;SET ANSI_NULL_DFLT_ON ON;SET ANSI_PADDING ON;SET ANSI_WARNINGS ON;SET CURSOR_CLOSE_ON_COMMIT ON;SET QUOTED_IDENTIFIER ON;SET TEXTSIZE 2147483647;"},
		{"recommended frame (reference D.10)", "SET XACT_ABORT, NOCOUNT ON; BEGIN TRY BEGIN TRAN; SELECT 1; COMMIT; END TRY BEGIN CATCH IF XACT_STATE() <> 0 ROLLBACK; THROW; END CATCH"},
		{"test harness (reference C.6)", "EXECUTE AS USER='u'; SELECT HAS_PERMS_BY_NAME('s.v','OBJECT','SELECT'); REVERT"},
	} {
		t.Run(c.client, func(t *testing.T) {
			b := mustParse(t, c.text)
			for _, s := range b.Statements {
				if _, outside := s.(*Unsupported); outside {
					t.Errorf("%s is outside the subset", kindOf(s))
				}
			}
		})
	}
}

func TestQuotedIdentifierOff(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"on", Options{}, "SELECT [a'b];\n"},
		{"off", Options{QuotedIdentifierOff: true}, "SELECT 'a''b';\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := ParseWith(`SELECT "a'b"`, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if got := printed(b.Statements...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestUnsupportedNamesTheStatement(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"CREATE PROCEDURE p;2 AS SELECT 1 SELECT 2", "CREATE PROCEDURE … ;number"},
		{"CREATE PROCEDURE p FOR REPLICATION AS SELECT 1", "CREATE PROCEDURE … FOR REPLICATION"},
		{"CREATE PROCEDURE p WITH NATIVE_COMPILATION, SCHEMABINDING AS BEGIN ATOMIC WITH (x = 1) SELECT 1 END", "CREATE PROCEDURE … NATIVE_COMPILATION"},
		{"CREATE PROCEDURE p @t dbo.t READONLY AS SELECT 1", "CREATE PROCEDURE … READONLY"},
		{"ALTER PROC p AS EXTERNAL NAME a.b.c", "ALTER PROCEDURE … EXTERNAL NAME"},
		{"ALTER FUNCTION f() RETURNS @t TABLE (a int) AS BEGIN RETURN END", "ALTER FUNCTION … RETURNS a TABLE of its own"},
		{"CREATE OR ALTER TRIGGER t ON x AFTER INSERT AS SELECT 1", "CREATE OR ALTER TRIGGER"},
		{"MERGE t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;", "MERGE"},
		{"BACKUP DATABASE d TO DISK = 'x'", "BACKUP"},
		{"RESTORE DATABASE d FROM DISK = 'x'", "RESTORE"},
		{"DBCC CHECKDB", "DBCC"},
		{"CREATE TYPE t FROM int", "CREATE TYPE"},
		{"CREATE SEQUENCE s", "CREATE SEQUENCE"},
		{"ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 1", "ALTER DATABASE SCOPED CONFIGURATION"},
		{"CREATE SECURITY POLICY p ADD FILTER PREDICATE dbo.f(a) ON dbo.t", "CREATE SECURITY POLICY"},
		{"SELECT * FROM t FOR XML AUTO", "FOR XML AUTO"},
		{"SELECT * FROM t FOR XML PATH, ROOT('r')", "FOR XML ROOT"},
		{"SELECT a FROM t GROUP BY ROLLUP (a)", "GROUP BY ROLLUP"},
		{"SELECT * FROM t FOR JSON AUTO", "FOR JSON"},
		{"SELECT * FROM OPENROWSET('a', 'b', 'c') x", "SELECT … OPENROWSET"},
		{"SELECT * FROM t PIVOT (SUM(a) FOR b IN ([c])) p", "SELECT … PIVOT"},
		{"CREATE TABLE t (a AS 1)", "computed column"},
		{"CREATE TABLE t (a int MASKED WITH (FUNCTION = 'default()'))", "CREATE TABLE … MASKED"},
		{"CREATE TABLE t (a int) WITH (LEDGER = ON)", "WITH (LEDGER)"},
		{"CREATE UNIQUE INDEX i ON t (a) WITH (IGNORE_DUP_KEY = ON)", "WITH (IGNORE_DUP_KEY = ON)"},
		{"SHUTDOWN", "SHUTDOWN"},
		{"SETUSER 'x'", "SETUSER"},
		{"BEGIN DISTRIBUTED TRAN", "BEGIN DISTRIBUTED"},
		{"DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE", "FOR UPDATE"},
		{"UPDATE t SET a = 1 WHERE CURRENT OF c", "WHERE CURRENT OF"},
		{"CLOSE ALL SYMMETRIC KEYS", "CLOSE ALL SYMMETRIC"},
	} {
		t.Run(c.want, func(t *testing.T) {
			b := mustParse(t, c.text)
			s, ok := b.Statements[0].(*Unsupported)
			if !ok || s.What != c.want {
				t.Errorf("%s is %s", c.text, kindOf(b.Statements[0]))
			}
		})
	}
}

func TestReserved(t *testing.T) {
	for _, c := range []struct {
		word string
		want bool
	}{
		{"select", true}, {"Order", true}, {"USER", true}, {"public", true}, {"precision", false}, {"name", false}, {"member", false}, {"ſelect", false},
	} {
		if got := (token{kind: tokWord, word: upperASCII(c.word)}).isReserved(); got != c.want {
			t.Errorf("%q is reserved: %v", c.word, got)
		}
	}
}

func TestObjectNameString(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"t", "t"}, {"dbo.[a b]", "dbo.a b"}, {"db..t", "db..t"}, {"d.dbo.t", "d.dbo.t"}, {"..t", "..t"}, {".t", ".t"},
	} {
		b := mustParse(t, "TRUNCATE TABLE "+c.text)
		if got := b.Statements[0].(*Truncate).Table.String(); got != c.want {
			t.Errorf("%s is shown as %q, want %q", c.text, got, c.want)
		}
	}
}
