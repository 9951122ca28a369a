package tsql

import (
	"errors"
	"strings"
	"testing"
)

// refusals pairs a batch with what the engine says to it and where. Reference:
// I.1 for the texts, B.4 and D.2 for GRANT and DROP LOGIN.
var refusals = []struct {
	name, text   string
	number       int32
	near         string
	line, column int
}{
	{"end of text", "SELECT * FROM", 102, "FROM", 1, 10},
	{"end of text after a name", "SELECT a FROM t WHERE", 102, "WHERE", 1, 17},
	{"missing end", "BEGIN SELECT 1", 102, "1", 1, 14},
	{"empty block", "BEGIN END", 156, "END", 1, 7},
	{"unknown word", "SELECT 1;\nFROB x", 102, "FROB", 2, 1},
	{"unknown word after a statement", "SELECT a FROM t 5", 102, "5", 1, 17},
	{"reserved word as a name", "SELECT * FROM Order", 156, "Order", 1, 15},
	{"reserved word as a column", "CREATE TABLE t (user int)", 156, "user", 1, 17},
	{"operator", "SELECT 1 = 1", 102, "=", 1, 10},
	{"chain of comparisons", "SELECT 1 WHERE 1 = 1 = 1", 102, "=", 1, 22},
	{"GO is no statement", "PRINT 1\nGO\nPRINT 2", 102, "GO", 2, 1},
	{"unclosed string", "SELECT 'abc\n", 105, "abc\n", 1, 8},
	{"unclosed national string", "SELECT N'abc", 105, "abc", 1, 8},
	{"unclosed bracket", "SELECT [abc", 105, "abc", 1, 8},
	{"unclosed comment", "SELECT 1 /* a /* b */", 113, "", 1, 10},
	{"long name", "SELECT " + strings.Repeat("a", 129), 103, strings.Repeat("a", 128), 1, 8},
	{"long quoted name", "SELECT [" + strings.Repeat("é", 129) + "]", 103, strings.Repeat("é", 128), 1, 8},
	{"empty name", "SELECT 1 AS []", 1038, "", 1, 13},
	{"empty alias", "SELECT 1 AS ''", 1038, "", 1, 13},
	{"view not first", "SELECT 1\nCREATE VIEW v AS SELECT 1", 111, "CREATE VIEW", 2, 1},
	{"view under IF", "IF 1 = 1 ALTER VIEW v AS SELECT 1", 156, "VIEW", 1, 16},
	{"schema in a block", "BEGIN CREATE SCHEMA s END", 156, "SCHEMA", 1, 14},
	{"function in TRY", "BEGIN TRY CREATE OR ALTER FUNCTION f() END TRY BEGIN CATCH END CATCH", 156, "OR", 1, 18},
	{"schema not first", "SELECT 1; CREATE SCHEMA s", 111, "CREATE SCHEMA", 1, 11},
	{"procedure not first", "SELECT 1; CREATE PROC p AS SELECT 1", 111, "CREATE/ALTER PROCEDURE", 1, 11},
	{"function not first", "SELECT 1; CREATE FUNCTION f() RETURNS int", 111, "CREATE FUNCTION", 1, 11},
	{"trigger not first", "SELECT 1; CREATE TRIGGER t ON x", 111, "CREATE TRIGGER", 1, 11},
	{"statement after a view", "CREATE VIEW v AS SELECT 1 a;\nSELECT 2", 156, "SELECT", 2, 1},
	{"deny from", "DENY SELECT ON v FROM r", 102, "FROM", 1, 18},
	{"grant from", "GRANT SELECT ON v FROM r", 102, "FROM", 1, 19},
	{"unknown permission", "GRANT FROBNICATE ON v TO r", 102, "FROBNICATE", 1, 7},
	{"unknown end of a permission", "GRANT VIEW FROB TO r", 102, "FROB", 1, 12},
	{"half a permission", "GRANT VIEW TO r", 156, "TO", 1, 12},
	{"unknown class", "GRANT SELECT ON FROB::v TO r", 102, "FROB", 1, 17},
	{"two column lists", "GRANT SELECT (a) ON v (a) TO r", 1019, "TO", 1, 27},
	{"columns of INSERT", "GRANT INSERT (a) ON v TO r", 1020, "TO", 1, 23},
	{"columns of a schema", "GRANT SELECT (a) ON SCHEMA::s TO r", 1020, "TO", 1, 31},
	{"columns of the database", "GRANT SELECT (a) TO r", 1020, "TO", 1, 18},
	{"columns after the object of DELETE", "DENY DELETE ON v (a) TO r", 1020, "TO", 1, 22},
	{"two securables", "GRANT SELECT ON v, w TO r", 102, ",", 1, 18},
	{"drop login if exists", "DROP LOGIN IF EXISTS l", 156, "IF", 1, 12},
	{"login without password", "CREATE LOGIN l WITH CHECK_POLICY = ON", 102, "CHECK_POLICY", 1, 21},
	{"login option", "CREATE LOGIN l WITH PASSWORD = 'p', FROB = ON", 102, "FROB", 1, 37},
	{"with after a statement", "PRINT 'x' WITH c AS (SELECT 1 a) SELECT * FROM c", 319, "WITH", 1, 11},
	{"with after a table", "SELECT * FROM t WITH c AS (SELECT 1 a) SELECT * FROM c", 336, "c", 1, 22},
	{"throw after a statement", "BEGIN TRY SELECT 1 END TRY BEGIN CATCH PRINT @x THROW END CATCH", 102, "THROW", 1, 49},
	{"throw without a catch", "THROW", 10704, "THROW", 1, 1},
	{"break without a loop", "BREAK", 135, "BREAK", 1, 1},
	{"continue after a loop", "WHILE 1 = 1 BREAK; CONTINUE", 136, "CONTINUE", 1, 20},
	{"value of return", "RETURN 1", 178, "1", 1, 8},
	{"set option", "SET FROB ON", 195, "FROB", 1, 5},
	{"assigning and returning", "SELECT @a = 1, 2", 141, "@a", 1, 8},
	{"table hint", "SELECT * FROM t WITH (FROB)", 321, "FROB", 1, 23},
	{"no condition", "IF 1 SELECT 1", 4145, "SELECT", 1, 6},
	{"no condition after AND", "SELECT 1 WHERE 1 = 1 AND a", 4145, "a", 1, 26},
	{"condition as operand", "SELECT 1 WHERE (1 = 1) + 1 = 2", 102, "+", 1, 24},
	{"uneven rows", "INSERT t VALUES (1, 2), (3)", 10709, "(", 1, 25},
	{"call that is not first", "SELECT 1; sp_who", 102, "sp_who", 1, 11},
	{"argument expression", "EXEC p 1 + 2", 102, "+", 1, 10},
	{"column after a line end", "SELECT\r\n  é, FROM t", 156, "FROM", 2, 6},
	{"for nothing", "SELECT 1 FOR", 102, "FOR", 1, 10},
	{"delay that is a number", "WAITFOR DELAY 5", 102, "5", 1, 15},
	{"sign before a string", "THROW -'x', 'a', 1", 102, "x", 1, 8},
	{"create or alter what cannot be", "CREATE OR ALTER TABLE t (a int)", 156, "TABLE", 1, 17},
	{"with before no query", "WITH c AS (SELECT 1 a) PRINT 1", 156, "PRINT", 1, 24},
	{"insert from EXECUTE AS", "INSERT t EXEC AS CALLER", 156, "EXEC", 1, 10},
	{"bracket where a condition ends", "SELECT 1 WHERE 1 = 1 AND [", 105, "", 1, 26},
	{"procedure of nothing", "CREATE PROCEDURE p AS", 102, "AS", 1, 20},
	{"transfer of a role", "ALTER SCHEMA s TRANSFER ROLE::x", 102, "x", 1, 31},
	{"constraint with a name in a variable", "DECLARE @t TABLE (a int, CONSTRAINT k PRIMARY KEY (a))", 156, "CONSTRAINT", 1, 26},
	{"long alias", "SELECT 1 AS '" + strings.Repeat("a", 129) + "'", 103, strings.Repeat("a", 128), 1, 13},
	{"cursor to be written", "DECLARE c CURSOR FOR SELECT 1 FOR READ WRITE", 102, "WRITE", 1, 40},
	{"rollback after a word", "ALTER DATABASE d SET READ_ONLY WITH ROLLBACK AFTER x", 102, "x", 1, 52},
	{"bound of a frame", "SELECT SUM(a) OVER (ORDER BY a ROWS 1 b) FROM t", 102, "b", 1, 39},
	{"half a bound", "SELECT SUM(a) OVER (ORDER BY a ROWS BETWEEN CURRENT x AND CURRENT ROW) FROM t", 156, "CURRENT", 1, 45},
	{"savepoint without a name", "SAVE TRAN", 102, "TRAN", 1, 6},
	{"source of a login", "CREATE LOGIN l FROM x", 102, "x", 1, 21},
	{"source of a user", "CREATE USER u FOR x", 102, "x", 1, 19},
	{"change of a role", "ALTER ROLE r FROB", 102, "FROB", 1, 14},
	{"whom to execute as", "EXEC AS FROB", 102, "FROB", 1, 9},
	{"kind of a server", "CREATE SERVER x", 102, "x", 1, 15},
	{"foreign character", "SELECT ?", 102, "?", 1, 8},
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			b, err := Parse(c.text)
			var bad *SyntaxError
			if !errors.As(err, &bad) {
				t.Fatalf("parsed to %v with error %v", b, err)
			}
			got := SyntaxError{Number: bad.Number, Line: bad.Line, Column: bad.Column, Near: bad.Near}
			want := SyntaxError{Number: c.number, Line: c.line, Column: c.column, Near: c.near}
			if got != want {
				t.Errorf("got  %+v %s\nwant %+v", got, bad.Message, want)
			}
			if want := newError(c.number, Pos{}, c.near).Message; bad.Message != want || bad.Class() != 15 || bad.State != 1 {
				t.Errorf("message %q class %d state %d, want %q 15 1", bad.Message, bad.Class(), bad.State, want)
			}
		})
	}
}

// What nests too deeply is refused before a stack runs out, whatever it is made
// of, and what nests no deeper than people write is not.
func TestDepthIsBounded(t *testing.T) {
	for _, c := range []struct {
		name, before, after, end string
	}{
		{"parentheses", "SELECT ", "(", "1"},
		{"blocks", "", "BEGIN ", "SELECT 1"},
		{"signs", "SELECT ", "- ", "1"},
		{"inversions", "SELECT ", "~", "1"},
		{"negations", "IF ", "NOT ", "1 = 1 SELECT 1"},
		{"chain", "SELECT 1", " + 1", ""},
		{"conditions", "IF 1 = 1", " AND 1 = 1", " SELECT 1"},
		{"queries", "", "(", "SELECT 1"},
		{"subqueries", "", "SELECT (", "SELECT 1"},
		{"unions", "SELECT 1", " UNION SELECT 1", ""},
		{"joins", "SELECT 1 FROM a", " JOIN b", " ON 1 = 1"},
		{"branches", "", "IF 1 = 1 ", "SELECT 1"},
		{"alternatives", "IF 1 = 1 SELECT 1", " ELSE IF 1 = 1 SELECT 1", ""},
		{"cases", "SELECT ", "CASE WHEN 1 = 1 THEN ", "1"},
		{"casts", "SELECT ", "CAST(", "1"},
		{"zones", "SELECT a", " AT TIME ZONE 'UTC'", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.before + strings.Repeat(c.after, 50_000) + c.end)
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Number != 191 {
				t.Errorf("50,000 levels: %v, want 191", err)
			}
			_, err = Parse(c.before + strings.Repeat(c.after, 20) + c.end)
			if errors.As(err, &bad) && bad.Number == 191 {
				t.Errorf("20 levels: %v", err)
			}
		})
	}
}

func TestMessageTexts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"SELECT * FROM Order", "line 1, column 15: Incorrect syntax near the keyword 'Order'."},
		{"SELECT ?", "line 1, column 8: Incorrect syntax near '?'."},
		{"SELECT 'a%sb", "line 1, column 8: Unclosed quotation mark after the character string 'a%sb'."},
		{"SELECT 1 /*", "line 1, column 10: Missing end comment mark '*/'."},
		{"SELECT 1 CREATE VIEW v AS SELECT 1", "line 1, column 10: 'CREATE VIEW' must be the first statement in a query batch."},
	} {
		if _, err := Parse(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
}
