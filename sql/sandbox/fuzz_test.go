package sandbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"grantree/sql/sandbox"
)

// FuzzBatch sends any text to a session: whatever it says, the server neither panics nor loses its footing, and the
// next session finds the server as it should be.
func FuzzBatch(f *testing.F) {
	seeds := []string{
		"SELECT 1", "BEGIN TRAN; CREATE ROLE a; SAVE TRAN s; DROP ROLE a; ROLLBACK TRAN s; COMMIT",
		"DECLARE @t TABLE (a int, b nvarchar(9)); INSERT INTO @t VALUES (1, 'x'); SELECT * FROM @t",
		"CREATE TABLE #t (a int IDENTITY PRIMARY KEY); INSERT INTO #t DEFAULT VALUES; ALTER TABLE #t ADD b int",
		"BEGIN TRY EXEC('SELECT 1/0') END TRY BEGIN CATCH THROW END CATCH", "EXECUTE AS USER = 'guest'; SELECT USER_NAME(); REVERT",
		"EXEC sp_getapplock 'a', 'Exclusive', 'Session', 0; EXEC sp_releaseapplock 'a', 'Session'",
		"GRANT SELECT ON SCHEMA::dbo TO public WITH GRANT OPTION; REVOKE GRANT OPTION FOR SELECT ON SCHEMA::dbo FROM public CASCADE",
		"CREATE VIEW v AS SELECT * FROM sys.objects", "RAISERROR('%d %s %%', 16, 1, 3, N'x') WITH NOWAIT",
		"SELECT * FROM sys.fn_my_permissions(NULL, 'DATABASE'); SELECT * FROM fn_listextendedproperty(NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
		"DECLARE c CURSOR FOR SELECT name FROM sys.objects; OPEN c; FETCH c; DECLARE @c CURSOR; SET @c = c; FETCH NEXT FROM @c; CLOSE c; DEALLOCATE c",
		"SELECT o.name, STUFF((SELECT ',' + c.name FROM sys.columns c WHERE c.object_id = o.object_id FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 1, '') FROM sys.objects o",
		"SELECT TOP (50) PERCENT WITH TIES a.n, x.m FROM (VALUES (1), (2)) a(n) OUTER APPLY (SELECT a.n + 1 AS m WHERE a.n IS DISTINCT FROM 1) x ORDER BY a.n",
		"DECLARE @a int; CREATE TABLE #t (a int); INSERT #t VALUES (1); UPDATE #t SET @a = a = 5 OUTPUT deleted.a; SELECT @a",
		"EXEC sp_executesql N'SELECT @a', N'@a int = 3'", "SELECT OBJECT_ID('[a].b.[c]'), HAS_PERMS_BY_NAME('x', 'y', 'z'), COL_NAME(1, 2), TYPE_NAME(56)",
	}
	for _, s := range seeds {
		f.Add(s)
	}
	var trouble []string
	s, err := sandbox.New(sandbox.Options{Log: func(format string, args ...any) {
		if strings.Contains(format, "%s") { // a panic comes with its stack
			trouble = append(trouble, format)
		}
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, text string) {
		upper := strings.ToUpper(text)
		if strings.Contains(upper, "WAITFOR") || strings.Contains(upper, "DATABASE") || strings.Contains(upper, "LOGIN") {
			return // time, and changes that outlive the session
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_ = s.Exec(ctx, "tempdb", "BEGIN TRAN\nGO\n"+text+"\nGO\nIF @@TRANCOUNT > 0 ROLLBACK")
		if len(trouble) > 0 {
			t.Fatalf("%q: the server logged %v", text, trouble)
		}
		if err := s.Exec(t.Context(), "", "SET LOCK_TIMEOUT 0; BEGIN TRAN; CREATE ROLE probe; ROLLBACK"); err != nil {
			t.Fatalf("after %q: %v", text, err)
		}
	})
}
