package tsql

import (
	"fmt"
	"strings"
	"testing"
)

// TestOutside holds what is outside the subset to where it ends: at a semicolon,
// at END or ELSE, before the next statement. Each statement is shown by its kind,
// or, where it is outside, by its source.
func TestOutside(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"the next statement", "SELECT a FROM t GROUP BY a WITH CUBE SELECT 1", "<SELECT a FROM t GROUP BY a WITH CUBE> SELECT"},
		{"a semicolon", "SELECT NEXT VALUE FOR s; PRINT 'x'", "<SELECT NEXT VALUE FOR s> PRINT"},
		{"END", "BEGIN SELECT NEXT VALUE FOR s END PRINT 'x'", "BEGIN…END(<SELECT NEXT VALUE FOR s>) PRINT"},
		{"END of a CASE", "SELECT CASE WHEN 1 = 1 THEN NEXT VALUE FOR s END PRINT 'x'", "<SELECT CASE WHEN 1 = 1 THEN NEXT VALUE FOR s END> PRINT"},
		{"ELSE", "IF 1 = 1 DBCC CHECKDB ELSE SHUTDOWN", "IF(<DBCC CHECKDB>, <SHUTDOWN>)"},
		{"a condition", "IF CONTAINS(a, 'x') BEGIN PRINT 'x' END ELSE PRINT 'y' PRINT 'z'", "<IF CONTAINS(a, 'x') BEGIN PRINT 'x' END ELSE PRINT 'y'> PRINT"},
		{"a loop", "WHILE FREETEXT(a, 'x') BREAK PRINT 'z'", "<WHILE FREETEXT(a, 'x') BREAK> PRINT"},
		{"UPDATE with SET", "UPDATE t SET a.WRITE('x', 0, 1) WHERE b = 1 SET @a = 1", "<UPDATE t SET a.WRITE('x', 0, 1) WHERE b = 1> SET @variable"},
		{"INSERT with SELECT", "INSERT OPENQUERY(s, 'x') SELECT 1 SELECT 2", "<INSERT OPENQUERY(s, 'x') SELECT 1> SELECT"},
		{"WITH and SELECT", "WITH c AS (SELECT 1 a) INSERT t SELECT a FROM c GROUP BY CUBE (a) DELETE t", "<WITH c AS (SELECT 1 a) INSERT t SELECT a FROM c GROUP BY CUBE (a)> DELETE"},
		{"UNION", "SELECT NEXT VALUE FOR s UNION ALL SELECT 1 PRINT 'x'", "<SELECT NEXT VALUE FOR s UNION ALL SELECT 1> PRINT"},
		{"MERGE", "MERGE t USING u ON 1 = 1 WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT VALUES (1); PRINT 'x'",
			"<MERGE t USING u ON 1 = 1 WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT VALUES (1)> PRINT"},
		{"ALTER with DROP", "ALTER TABLE t ALTER COLUMN a DROP SPARSE DROP TABLE t", "<ALTER TABLE t ALTER COLUMN a DROP SPARSE> DROP TABLE"},
		{"ALTER after ALTER", "ALTER TABLE t DISABLE TRIGGER c ALTER ROLE r ADD MEMBER u", "<ALTER TABLE t DISABLE TRIGGER c> ALTER ROLE"},
		{"GENERATED AS ROW END", "ALTER TABLE t ADD a datetime2 GENERATED ALWAYS AS ROW END NOT NULL PRINT 'x'", "<ALTER TABLE t ADD a datetime2 GENERATED ALWAYS AS ROW END NOT NULL> PRINT"},
		{"END CONVERSATION", "BEGIN END CONVERSATION @h END", "BEGIN…END(<END CONVERSATION @h>)"},
		{"a set of options", "ALTER DATABASE d SET QUERY_STORE = ON SET NOCOUNT ON", "<ALTER DATABASE d SET QUERY_STORE = ON> SET option"},
		{"IF that is outside, with a semicolon before ELSE", "IF CONTAINS(a, 'x') PRINT 'x'; ELSE PRINT 'y' PRINT 'z'",
			"<IF CONTAINS(a, 'x') PRINT 'x'; ELSE PRINT 'y'> PRINT"},
		{"a cursor as a type", "SELECT CAST(1 AS CURSOR) PRINT 'x'", "<SELECT CAST(1 AS CURSOR)> PRINT"},
		{"columns of a function that is not OPENJSON", "SELECT * FROM f(1) WITH (a int) PRINT 'x'", "<SELECT * FROM f(1) WITH (a int)> PRINT"},
		{"a name before a star of five parts", "SELECT a.b.c.d.* FROM t PRINT 'x'", "<SELECT a.b.c.d.* FROM t> PRINT"},
		{"parentheses that do not close", "SELECT a FROM t GROUP BY ROLLUP (a", "102"},
		{"a comma that nothing follows", "SELECT a, FROM t WHERE CONTAINS(a, 'x')", "156"},
		{"an equals sign that nothing follows", "ALTER DATABASE d SET QUERY_STORE =", "102"},
		{"two strings", "SELECT PARSE('x' 'y' AS int)", "102"},
		{"a clause in another statement", "SELECT a b c FROM t; SELECT NEXT VALUE FOR s", "102"},
		{"a kind that a verb does not have", "ALTER DEFAULT d", "156"},
		{"a word that begins nothing", "CONTAINS (a, 'x')", "156"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := Parse(c.text)
			got := ""
			if bad, ok := err.(*SyntaxError); ok {
				got = fmt.Sprint(bad.Number)
			} else {
				got = outline(b.Statements, " ")
			}
			if got != c.want {
				t.Errorf("%s\ngot  %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

// outline shows statements with those inside them.
func outline(list []Statement, between string) string {
	var out []string
	for _, s := range list {
		switch s := s.(type) {
		case *Unsupported:
			out = append(out, "<"+s.Text+">")
		case *Block:
			out = append(out, kindOf(s)+"("+outline(s.Statements, ", ")+")")
		case *If:
			out = append(out, kindOf(s)+"("+outline([]Statement{s.Then, s.Else}, ", ")+")")
		default:
			out = append(out, kindOf(s))
		}
	}
	return strings.Join(out, between)
}
