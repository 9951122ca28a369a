package sandbox_test

import (
	"database/sql"
	"errors"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
)

func TestLanguage(t *testing.T) {
	s := serve(t, sandbox.Options{})
	cases := []struct{ name, text, want string }{
		{"variables", "DECLARE @a int = 2, @b nvarchar(10) = N'x'; SET @a += 3; SELECT @a, @b + N'y'", "5|xy"},
		{"SELECT assigns", "DECLARE @n int; SELECT @n = COUNT(*) FROM sys.databases; SELECT @n", "4"},
		{"IF and ELSE", "IF 1 = 2 SELECT 'a' ELSE SELECT 'b'", "b"},
		{"NULL is not true", "IF NULL = NULL SELECT 'a' ELSE SELECT 'b'", "b"},
		{"WHILE, BREAK and CONTINUE", "DECLARE @i int = 0, @s int = 0; WHILE @i < 9 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i = 5 BREAK; SET @s += @i END; SELECT @i, @s", "5|8"},
		{"RETURN ends the batch", "SELECT 1; RETURN; SELECT 2", "1"},
		{"EXEC of text has its own variables", "DECLARE @a int = 1; EXEC(N'DECLARE @a int = 2; SELECT @a'); SELECT @a", "2\n\n1"},
		{"D.7 USE in EXEC is undone", "EXEC(N'USE tempdb; SELECT DB_NAME()'); SELECT DB_NAME()", "tempdb\n\nmaster"},
		{"D.7 SET in EXEC is undone", "SET LOCK_TIMEOUT 5; EXEC(N'SET LOCK_TIMEOUT 7; SELECT @@LOCK_TIMEOUT'); SELECT @@LOCK_TIMEOUT", "7\n\n5"},
		{"sp_executesql with an output parameter", "DECLARE @r int; EXEC sp_executesql N'SET @x = @y * 2', N'@x int OUTPUT, @y int', @x = @r OUTPUT, @y = 21; SELECT @r", "42"},
		{"TRY and CATCH", "BEGIN TRY RAISERROR(N'%s is %d', 16, 3, N'it', 7) END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE(), ERROR_SEVERITY(), ERROR_STATE() END CATCH; SELECT ERROR_NUMBER()", "50000|it is 7|16|3\n\nNULL"},
		{"D.10 an outer TRY catches what EXEC could not compile", "BEGIN TRY EXEC(N'SELEC 1 FROM') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH", "156"},
		{"nested TRY", "BEGIN TRY BEGIN TRY THROW 50001, 'a', 1 END TRY BEGIN CATCH THROW END CATCH END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE() END CATCH", "50001|a"},
		{"@@ERROR and @@ROWCOUNT", "SELECT 1 UNION ALL SELECT 2; SELECT @@ROWCOUNT, @@ERROR", "1\n2\n\n2|0"},
		{"a batch makes and uses a table", "CREATE TABLE #t (id int IDENTITY(5, 2), name nvarchar(20) DEFAULT N'x'); INSERT INTO #t (name) VALUES (N'a'); INSERT INTO #t DEFAULT VALUES; SELECT id, name FROM #t ORDER BY id; SELECT SCOPE_IDENTITY(), @@IDENTITY; DROP TABLE #t", "5|a\n7|x\n\n7|7"},
		{"table variables", "DECLARE @t TABLE (id int); INSERT INTO @t VALUES (1), (2); DELETE FROM @t WHERE id = 1; SELECT id FROM @t", "2"},
		{"SELECT INTO", "SELECT name INTO #d FROM sys.databases WHERE database_id < 3; SELECT COUNT(*) FROM #d; DROP TABLE #d", "2"},
		{"INSERT … EXEC", "CREATE TABLE #e (a int, b nvarchar(9)); INSERT INTO #e EXEC(N'SELECT 1, N''x'' UNION ALL SELECT 2, NULL'); SELECT a, b FROM #e ORDER BY a; DROP TABLE #e", "1|x\n2|NULL"},
		{"session context", "EXEC sp_set_session_context N'who', N'me', 1; SELECT CAST(SESSION_CONTEXT(N'who') AS nvarchar(9))", "me"},
		{"CONTEXT_INFO", "SET CONTEXT_INFO 0x0102; SELECT SUBSTRING(CONTEXT_INFO(), 1, 3)", "\x01\x02\x00"},
		{"OBJECT_ID of a temporary table", "CREATE TABLE #t (id int); SELECT CASE WHEN OBJECT_ID('tempdb..#t') IS NULL THEN 0 ELSE 1 END; DROP TABLE #t", "1"},
		{"server names", "SELECT @@SERVERNAME, CAST(SERVERPROPERTY('Collation') AS nvarchar(60)), @@MAX_PRECISION", "SANDBOX|SQL_Latin1_General_CP1_CI_AS|38"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { sa(t, s, "").want(c.text, c.want) })
	}
}

func TestRefusals(t *testing.T) {
	s := serve(t, sandbox.Options{})
	cases := []struct {
		name, text string
		numbers    []int32
	}{
		{"syntax", "SELECT FROM", []int32{156}},
		{"an unknown procedure", "EXEC dbo.nothing", []int32{2812}},
		{"a procedure of the engine that is not here", "EXEC sp_who", []int32{2812}},
		{"a statement outside the subset", "BACKUP DATABASE master TO DISK = 'x'", []int32{40510}},
		{"CREATE TRIGGER", "CREATE TRIGGER t ON x AFTER INSERT AS SELECT 1", []int32{40510}},
		{"an undeclared variable", "SELECT @x", []int32{137}},
		{"a variable declared twice", "DECLARE @x int; DECLARE @x int", []int32{134}},
		{"a table variable that is not there", "SELECT * FROM @t", []int32{1087}},
		{"SET LANGUAGE", "SET LANGUAGE Klingon", []int32{2740}},
		{"an option that is not followed", "SET STATISTICS IO ON", []int32{40517}},
		{"the batch goes on after most errors", "RAISERROR('a', 16, 1); SELECT 1/0; PRINT 'x'", []int32{50000}},
		{"nesting is limited", "DECLARE @t nvarchar(max) = N'EXEC sp_executesql @t, N''@t nvarchar(max)'', @t'; EXEC sp_executesql @t, N'@t nvarchar(max)', @t", []int32{217}},
		{"THROW wants 50000 or more", "THROW 4, 'x', 1", []int32{35100}},
		{"RAISERROR of class 20 wants LOG", "RAISERROR('x', 20, 1)", []int32{2754}},
		{"a missing parameter", "EXEC sp_executesql N'SELECT @a', N'@a int'", []int32{8178}},
		{"too many parameters", "EXEC sp_executesql N'SELECT @a', N'@a int', 1, 2", []int32{8144}},
		{"a read-only key", "EXEC sp_set_session_context 'k', 1, 1; EXEC sp_set_session_context 'k', 2", []int32{15664}},
		{"an unprepared handle", "EXEC sp_execute 77", []int32{8179}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { sa(t, s, "").fails(c.text, c.numbers...) })
	}
}

func TestParameters(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.want("SELECT @p1 + 1, @p2, @p3, @p4, @p5", "42|Zoë|NULL|true|1.5", 41, "Zoë", nil, true, 1.5)
	var out string
	_, err := a.conn.ExecContext(t.Context(), "SET @out = N'x' + @in", sql.Named("in", "y"), sql.Named("out", sql.Out{Dest: &out}))
	if err != nil || out != "xy" {
		t.Errorf("output parameter %q, %v", out, err)
	}
	a.want("SELECT DB_NAME() WHERE @p1 = 1", "master", 1)
	if err := a.try("USE tempdb; SELECT @p1", 1); err != nil {
		t.Fatal(err)
	}
	a.want("SELECT DB_NAME()", "master")
}

func TestConnectionReset(t *testing.T) {
	s := north(t)
	db, err := sql.Open("sqlserver", s.URL("sa", saPassword, "North"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("USE tempdb; SET LOCK_TIMEOUT 5; CREATE TABLE #t (id int); EXEC sp_set_session_context 'k', 1"); err != nil {
		t.Fatal(err)
	}
	var user, database string
	var timeout int
	var table, key sql.NullInt64
	row := db.QueryRow("SELECT USER_NAME(), DB_NAME(), @@LOCK_TIMEOUT, OBJECT_ID('tempdb..#t'), CAST(SESSION_CONTEXT(N'k') AS int)")
	if err := row.Scan(&user, &database, &timeout, &table, &key); err != nil {
		t.Fatal(err)
	}
	if user != "dbo" || database != "North" || timeout != -1 || table.Valid || key.Valid {
		t.Errorf("after the reset: user %s of %s, timeout %d, #t %v, key %v", user, database, timeout, table, key)
	}
	for _, as := range []string{"EXECUTE AS USER = 'bob'", "EXECUTE AS LOGIN = 'bob'", "EXECUTE AS CALLER"} {
		if _, err := db.Exec(as); err != nil {
			t.Fatal(err)
		}
		var e mssql.Error
		if err := db.QueryRow("SELECT 1").Scan(new(int)); !errors.As(err, &e) || e.Number != 18059 || e.Class != 20 {
			t.Errorf("%s: the reset gives %v", as, err)
		}
		if err := db.QueryRow("SELECT 1").Scan(new(int)); err != nil { // of another connection
			t.Errorf("%s: %v", as, err)
		}
	}
}
