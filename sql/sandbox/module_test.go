package sandbox_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
)

// TestRPCOfAProcedure calls a procedure as clients do: by its name, with an output value and a return code.
func TestRPCOfAProcedure(t *testing.T) {
	a := sa(t, north(t), "North")
	a.exec("CREATE PROCEDURE dbo.plus @a int, @b int = 5, @sum int = NULL OUTPUT AS SET @sum = @a + @b; RETURN @sum * 2")
	var sum int64
	var code mssql.ReturnStatus
	a.exec("dbo.plus", sql.Named("sum", sql.Out{Dest: &sum}), sql.Named("a", 2), &code)
	if sum != 7 || code != 14 {
		t.Errorf("sum %d, code %d", sum, code)
	}
	a.exec("CREATE PROCEDURE dbo.[two words] @a int AS SELECT @a")
	a.exec("[dbo].[two words]", sql.Named("a", 2))
	a.fails("EXEC dbo.plus", 201)
}

// TestErrorsThatEndTheBatchReachTheClient holds the server to a DONE at the end of a batch that ends in a procedure:
// without one go-mssqldb takes the batch for a good one.
func TestErrorsThatEndTheBatchReachTheClient(t *testing.T) {
	a := sa(t, north(t), "North")
	a.exec("CREATE PROCEDURE dbo.throws AS THROW 50001, N'no', 1")
	a.exec("CREATE PROCEDURE dbo.outer_one AS EXEC dbo.throws")
	a.fails("EXEC dbo.outer_one; SELECT 1", 50001)
	a.fails("EXEC (N'THROW 50001, N''no'', 1'); SELECT 1", 50001)
	a.fails("EXEC sp_executesql N'SELECT CAST(''x'' AS int)'", 245)
}

// TestErrorsInModulesNameThem holds the error tokens to the module's name and the line in its batch.
func TestErrorsInModulesNameThem(t *testing.T) {
	a := sa(t, north(t), "North")
	a.exec("-- fails\nCREATE PROCEDURE dbo.fails AS\nSELECT 1\nRAISERROR (N'no', 16, 1)")
	a.exec("CREATE PROCEDURE dbo.takes @a int AS RETURN")
	a.exec("CREATE USER cat WITHOUT LOGIN")
	a.exec("CREATE PROCEDURE dbo.outer_one AS\n\n\nEXEC dbo.fails")
	a.exec("CREATE PROCEDURE dbo.dynamic AS\n\nEXEC (N'\nRAISERROR (N''no'', 16, 1)')")
	cases := []struct {
		name, text string
		number     int32
		procedure  string
		line       int32
	}{
		{"in the procedure", "\n\nEXEC dbo.fails", 50000, "fails", 4},
		{"in one that it calls", "EXEC dbo.outer_one", 50000, "fails", 4},
		{"in the text of EXEC", "EXEC dbo.dynamic", 50000, "", 2},
		{"a wrong call", "\nEXEC dbo.takes", 201, "takes", 0},
		{"a refused call", "EXECUTE AS USER = 'cat'\n\nEXEC dbo.takes 1\nREVERT", 229, "takes", 1},
		{"a missing procedure", "\nEXEC dbo.nope", 2812, "", 2},
		{"a procedure that is being made", "CREATE PROCEDURE dbo.wrong AS\nSELECT @x", 137, "wrong", 2},
		{"a syntax error in one", "CREATE PROCEDURE dbo.wrong AS\nSELECT 1\nSELEC 2", 102, "wrong", 3},
		{"a syntax error in a function", "CREATE FUNCTION dbo.wrong() RETURNS int AS\nBEGIN\nRETURN FROM\nEND", 156, "wrong", 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := a.conn.ExecContext(context.Background(), c.text)
			var e mssql.Error
			if !errors.As(err, &e) {
				t.Fatalf("no error: %v", err)
			}
			if e.Number != c.number || e.ProcName != c.procedure || e.LineNo != c.line {
				t.Errorf("got %d in %q, line %d: %s", e.Number, e.ProcName, e.LineNo, e.Message)
			}
		})
	}
}

// TestFunctionsInStatementsOfManySessions runs scalar functions, which use the connection of the statement that calls
// them, from several sessions at once, and stops an endless one.
func TestFunctionsInStatementsOfManySessions(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.exec("CREATE TABLE dbo.n (a int); INSERT dbo.n VALUES (1), (2), (3)")
	a.exec("CREATE FUNCTION dbo.least(@a int) RETURNS int AS BEGIN DECLARE @t TABLE (a int); INSERT @t SELECT a FROM dbo.n WHERE a >= @a; RETURN (SELECT MIN(a) FROM @t) END")
	a.exec("CREATE FUNCTION dbo.endless() RETURNS int AS BEGIN DECLARE @i int = 0; WHILE 1 = 1 SET @i = @i % 10 + 1; RETURN 1 END")
	done := make(chan string)
	for range 4 {
		b := sa(t, s, "")
		go func() {
			done <- b.rows("SELECT SUM(dbo.least(x.a) + dbo.least(y.a)) FROM dbo.n AS x CROSS JOIN dbo.n AS y")
		}()
	}
	for range 4 {
		if got := <-done; got != "36" {
			t.Errorf("got %s", got)
		}
	}
	if err := sa(t, s, "").cancelled("SELECT dbo.endless()"); err == nil {
		t.Error("an endless function ended")
	}
	a.want("SELECT dbo.least(2)", "2")
}
