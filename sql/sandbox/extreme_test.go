package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"grantree/sql/sandbox"
)

// TestExtremes: what is too long, too deep, or takes the ground from under itself is refused by number, and leaves the
// session as it was.
func TestExtremes(t *testing.T) {
	doubled, joins := "WITH c0 AS (SELECT 1 AS a)", "SELECT 1 FROM sys.schemas"
	for i := range 70 {
		joins += fmt.Sprintf(" CROSS JOIN (SELECT TOP 1 1 AS x FROM sys.schemas) t%d", i)
		doubled += fmt.Sprintf(", c%d AS (SELECT x.a FROM c%d x JOIN c%[2]d y ON x.a = y.a)", i+1, i)
	}
	a := sa(t, serve(t, sandbox.Options{}), "tempdb")
	a.exec("CREATE DATABASE Around")
	for _, c := range []struct {
		name, text string
		number     int32
	}{
		{"an expression beyond the store", "SELECT 1" + strings.Repeat("+1", 3000), 8623},
		{"more tables than the store joins", joins, 8623},
		{"expressions of a table that double", doubled + " SELECT a FROM c70", 8623},
		{"a text that doubles", "DECLARE @s varchar(max) = REPLICATE(CAST('a' AS varchar(max)), 10000000); SET @s = @s + @s", 701},
		{"a text whose parts double", "DECLARE @s varchar(max) = REPLICATE(CAST('a' AS varchar(max)), 10000); SET @s = REPLACE(@s, 'a', @s)", 701},
		{"a number of many digits", "SELECT 1" + strings.Repeat("9", 200_000), 1007},
		{"the database to which a text goes back", "EXEC('USE Around; EXEC(''USE master; DROP DATABASE Around'')')", 3702},
		{"the database to which a context goes back", "EXEC('USE Around; EXECUTE AS LOGIN = ''sa''; USE master; DROP DATABASE Around')", 3702},
		{"the database from which a procedure was called", "EXEC('USE Around; EXEC master..sp_executesql N''DROP DATABASE Around''')", 3702},
		{"a delay of less than nothing", "WAITFOR DELAY '-00:00:01'", 148},
		{"a delay of no number", "WAITFOR DELAY '00:00:nan'", 148},
	} {
		t.Run(c.name, func(t *testing.T) { (&session{t: t, conn: a.conn}).fails(c.text, c.number) })
	}
	a.want("SELECT PATINDEX('%a%b%', REPLICATE(CAST('a' AS varchar(max)), 100000)), PATINDEX('%b_d%a', 'abbcdba'), PATINDEX('%b%d', 'abba')", "0|3|0")
	a.want("BEGIN TRY RAISERROR('x', 16, 1) END TRY BEGIN CATCH EXEC('EXEC sp_reset_connection') END CATCH; SELECT @@NESTLEVEL, XACT_STATE()", "0|0")
}
