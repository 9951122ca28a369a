package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"grantree/sql/tsql"
)

// hostileSite is what the clients of the hour fight over.
const hostileSite = `CREATE DATABASE Hostile
GO
USE Hostile
CREATE TABLE dbo.t0 (a int IDENTITY PRIMARY KEY, b nvarchar(40), c int UNIQUE)
CREATE TABLE dbo.t1 (a int, b nvarchar(40))
INSERT dbo.t0 (b, c) SELECT LEFT(name, 30), object_id FROM sys.all_objects
GO
CREATE VIEW dbo.v0 AS SELECT a, b FROM dbo.t0
GO
CREATE SCHEMA s0
GO
CREATE LOGIN h0 WITH PASSWORD = 'Hostile-1-pw', CHECK_POLICY = OFF; CREATE LOGIN h1 WITH PASSWORD = 'Hostile-1-pw', CHECK_POLICY = OFF
CREATE LOGIN h2 WITH PASSWORD = 'Hostile-1-pw', CHECK_POLICY = OFF; ALTER SERVER ROLE sysadmin ADD MEMBER h2
CREATE USER h0; CREATE USER h1; CREATE ROLE r0; CREATE ROLE r1; ALTER ROLE r0 ADD MEMBER h0; ALTER ROLE db_owner ADD MEMBER h1
GRANT SELECT, INSERT, UPDATE, DELETE ON dbo.v0 TO r0; GRANT IMPERSONATE ON USER::h0 TO public`

// hostileEnd drops what the clients made where it would hold rows.
const hostileEnd = `DECLARE @s nvarchar(max) = N''
SELECT @s = @s + N'ALTER DATABASE ' + QUOTENAME(name) + N' SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE ' + QUOTENAME(name) + N';' FROM sys.databases WHERE name = 'Hostile' OR name LIKE 'd[0-9]'
SELECT @s = @s + N'DROP LOGIN ' + QUOTENAME(name) + N';' FROM sys.server_principals WHERE name LIKE 'h[0-9]'
EXEC(@s)
GO
DECLARE @s nvarchar(max) = N''; SELECT @s = @s + N'DROP TABLE ' + QUOTENAME(name) + N';' FROM sys.tables WHERE name LIKE '[tx]%' AND is_ms_shipped = 0; EXEC(@s)
GO
USE tempdb; DECLARE @s nvarchar(max) = N''; SELECT @s = @s + N'DROP TABLE ' + QUOTENAME(name) + N';' FROM sys.tables WHERE name LIKE '[tx]%'; EXEC(@s)`

// hostileSleep is in a batch that only an interruption ends.
const hostileSleep = "'23:59:59'"

// hostileStatements are what the clients send; # is a small number.
var hostileStatements = []string{
	"GRANT SELECT, UPDATE ON dbo.t# TO r# WITH GRANT OPTION", "DENY SELECT ON SCHEMA::s# TO r#", "REVOKE ALL ON dbo.v# FROM r# CASCADE",
	"CREATE ROLE r#", "DROP ROLE r#", "CREATE USER u# WITHOUT LOGIN", "DROP USER IF EXISTS u#", "ALTER ROLE r# ADD MEMBER r#", "ALTER ROLE r# ADD MEMBER u#",
	"ALTER USER u# WITH NAME = u#", "CREATE LOGIN h# WITH PASSWORD = 'Hostile-1-pw', CHECK_POLICY = OFF", "DROP LOGIN h#", "ALTER LOGIN h# DISABLE", "ALTER LOGIN h# ENABLE",
	"EXEC sp_rename 't#', 't9#'; EXEC sp_rename 't9#', 't#'", "EXEC sp_rename 'dbo.t#.b', 'k', 'COLUMN'; EXEC sp_rename 'dbo.t#.k', 'b', 'COLUMN'", "EXEC sp_refreshview 'v#'",
	"EXEC sp_helprotect NULL, 'u#'", "EXEC sp_helpuser", "EXEC sp_helplogins", "EXEC sp_help 't#'", "EXEC sp_columns_100 't#'", "EXEC sp_MSforeachtable 'SELECT COUNT(*) FROM ?'",
	"EXEC sp_MSforeachdb 'USE [?]; SELECT DB_NAME()'", "EXEC sp_addrole 'x#'; EXEC sp_droprole 'x#'",
	"CREATE USER h#", "DROP USER h#", "EXEC sp_addrolemember 'r#', 'u#'", "ALTER AUTHORIZATION ON SCHEMA::s# TO u#",
	"CREATE TABLE dbo.t# (a int PRIMARY KEY, b nvarchar(40) DEFAULT 'x', c int)", "DROP TABLE dbo.t#", "TRUNCATE TABLE dbo.t#", "ALTER TABLE dbo.t# ADD d# int",
	"ALTER TABLE dbo.t# DROP COLUMN d#", "CREATE UNIQUE INDEX i# ON dbo.t# (a)", "INSERT dbo.t# (b) VALUES (N'x#'), (N'y')", "UPDATE dbo.t# SET b = b + N'#' WHERE a % 7 = #",
	"DELETE dbo.t# WHERE a % 5 = #", "SELECT * FROM dbo.t#", "SELECT * FROM dbo.v#", "EXEC('CREATE OR ALTER VIEW dbo.v# AS SELECT * FROM dbo.t#')", "EXEC('CREATE OR ALTER VIEW dbo.v# AS SELECT * FROM dbo.v#')",
	"CREATE TABLE #t (a int PRIMARY KEY, b nvarchar(9)); INSERT #t SELECT # + a, N'x' FROM dbo.t#", "CREATE TABLE #x (a int IDENTITY, b int); INSERT #x (b) VALUES (#)", "DROP TABLE #t", "ALTER TABLE #x ADD z# int",
	"SELECT a, b INTO #y FROM dbo.t#", "SELECT * FROM #x", "DECLARE @t TABLE (a int UNIQUE); INSERT @t VALUES (#), (1); ROLLBACK; SELECT * FROM @t",
	"BEGIN TRAN", "BEGIN TRAN", "COMMIT", "ROLLBACK", "SAVE TRAN p", "ROLLBACK TRAN p", "SET XACT_ABORT ON", "SET IMPLICIT_TRANSACTIONS ON", "SET LOCK_TIMEOUT #0", "SET DEADLOCK_PRIORITY LOW", "SET CURSOR_CLOSE_ON_COMMIT ON",
	"EXECUTE AS USER = 'h#'", "EXECUTE AS LOGIN = 'h#'", "EXECUTE AS USER = 'u#' WITH NO REVERT", "EXECUTE AS CALLER", "REVERT", "USE Hostile", "USE tempdb", "USE master",
	"EXEC sp_getapplock 'a#', 'Exclusive', 'Session', #00", "EXEC sp_getapplock 'a#', 'Shared', 'Transaction'", "EXEC sp_releaseapplock 'a#', 'Session'",
	"DECLARE c CURSOR GLOBAL FOR SELECT a FROM dbo.t#; OPEN c", "FETCH c", "CLOSE c; DEALLOCATE c", "DECLARE k CURSOR LOCAL STATIC FOR SELECT name FROM sys.objects; OPEN k; FETCH k; WHILE @@FETCH_STATUS = 0 FETCH k",
	"DECLARE @c CURSOR; SET @c = CURSOR FOR SELECT b FROM dbo.v#; OPEN @c; FETCH @c", "RAISERROR('x', 1#, 1)", "RAISERROR('x', 20, 1) WITH LOG", "THROW 50000, 'x', 1",
	"WAITFOR DELAY '00:00:00.02#'", "WAITFOR DELAY " + hostileSleep, "EXEC sp_getapplock 'a#', 'Exclusive', 'Session'; WAITFOR DELAY " + hostileSleep,
	"SELECT COUNT(*) FROM sys.all_columns a, sys.all_columns b, sys.all_columns c WHERE a.name + b.name = c.name AND 1 = 1 OR " + hostileSleep + " = ''",
	"WITH n AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM n) SELECT MAX(a) FROM n OPTION (MAXRECURSION 0) -- " + hostileSleep, "WHILE " + hostileSleep + " > '' SET TEXTSIZE -1",
	"DECLARE @s int = (SELECT MIN(session_id) + # FROM sys.dm_exec_sessions); EXEC('KILL ' + @s)", "DECLARE @k nvarchar(9) = (SELECT TOP 1 session_id FROM sys.dm_exec_sessions WHERE session_id <> @@SPID ORDER BY NEWID()); EXEC(N'KILL ' + @k)",
	"SELECT o.name, STUFF((SELECT ',' + c.name FROM sys.columns c WHERE c.object_id = o.object_id FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 1, '') FROM sys.objects o",
	"SELECT x.a, y.n FROM dbo.t# x OUTER APPLY (SELECT TOP (#0) PERCENT WITH TIES x.a + 1 AS n FROM dbo.t1 z ORDER BY z.a) y", "SELECT * FROM sys.dm_exec_sessions", "SELECT * FROM sys.database_permissions p JOIN sys.database_principals d ON d.principal_id = p.grantee_principal_id",
	"SELECT HAS_PERMS_BY_NAME('dbo.v#', 'OBJECT', 'SELECT'), IS_MEMBER('r#'), USER_NAME(), @@TRANCOUNT", "SELECT * FROM sys.fn_my_permissions(NULL, 'DATABASE')", "ALTER DATABASE Hostile SET READ_ONLY WITH ROLLBACK IMMEDIATE", "ALTER DATABASE Hostile SET READ_WRITE WITH ROLLBACK IMMEDIATE",
	"CREATE DATABASE d#", "DROP DATABASE d#", "EXEC('USE d#; CREATE TABLE dbo.x (a int); INSERT dbo.x VALUES (1); EXECUTE AS USER = ''dbo''; USE master; DROP DATABASE d#; SELECT DB_NAME(); REVERT; SELECT USER_NAME(); SELECT * FROM x')",
	"EXEC('CREATE OR ALTER PROCEDURE dbo.p# WITH EXECUTE AS OWNER AS SELECT COUNT(*) FROM dbo.v#; EXEC dbo.p#')", "EXEC('CREATE OR ALTER PROCEDURE dbo.p# @s nvarchar(max) = N''REVERT'' AS EXEC(@s); SELECT * FROM #t')", "EXEC dbo.p#", "EXEC dbo.p# N'EXECUTE AS USER = ''h#'' WITH NO REVERT; SET XACT_ABORT ON; DELETE dbo.t#'",
	"EXEC('CREATE OR ALTER PROCEDURE dbo.p# AS EXECUTE AS USER = ''u#''; DROP PROCEDURE dbo.p#; CREATE TABLE #z (a int); INSERT #x (b) VALUES (1); EXEC sp_reset_connection; SELECT USER_NAME()')", "DROP PROCEDURE IF EXISTS dbo.p#", "DROP FUNCTION dbo.f#", "ALTER SCHEMA s# TRANSFER dbo.p#",
	"EXEC('CREATE OR ALTER FUNCTION dbo.f#(@a int) RETURNS int WITH EXECUTE AS OWNER AS BEGIN IF @a > 9 RETURN dbo.f#(@a - 1); RETURN (SELECT MAX(a) FROM dbo.v#) END')", "EXEC('CREATE OR ALTER FUNCTION dbo.g#(@a int) RETURNS TABLE AS RETURN SELECT dbo.f#(a) AS a, dbo.f#(@a) AS b FROM dbo.t#')", "SELECT * FROM dbo.g#(1#)", "SELECT dbo.f#(a) FROM dbo.t#", "UPDATE dbo.t# SET c = dbo.f#(a)", "INSERT #x (b) EXEC dbo.p#", "EXEC sp_rename 'p#', 'p#'", "EXEC sp_helptext 'p#'", "GRANT EXECUTE ON SCHEMA::dbo TO r#", "EXEC sp_changeobjectowner 'dbo.p#', 'u#'",
	"EXEC sp_reset_connection", "EXEC sp_set_session_context 'k#', 'v', #", "DECLARE @r nvarchar(max) = N'EXEC sp_executesql @r, N''@r nvarchar(max)'', @r'; EXEC sp_executesql @r, N'@r nvarchar(max)', @r", "SELECT REPLICATE(CAST(N'x' AS nvarchar(max)), #00000)",
}

// hostileBatch draws a batch: some statements, wrapped and broken at times.
func hostileBatch(random *rand.Rand) string {
	var parts []string
	for range 1 + random.IntN(4) {
		text := hostileStatements[random.IntN(len(hostileStatements))]
		for strings.Contains(text, "#") { // but for the names of temporary tables
			next := fmt.Sprint(random.IntN(4))
			if i := strings.Index(text, "#"); i+1 < len(text) && strings.ContainsRune("txy", rune(text[i+1])) {
				next = "\x00"
			}
			text = strings.Replace(text, "#", next, 1)
		}
		text = strings.ReplaceAll(text, "\x00", "#")
		switch random.IntN(20) {
		case 0:
			text = "BEGIN TRY " + text + "\n END TRY BEGIN CATCH SELECT ERROR_NUMBER(); IF @@TRANCOUNT > 0 AND XACT_STATE() = -1 ROLLBACK END CATCH"
		case 1:
			text = "EXEC(" + tsql.QuoteString(text) + ")"
		case 2:
			text = "EXEC sp_executesql N" + strings.TrimPrefix(tsql.QuoteString(text), "N") + ", N'@x int', #1"
			text = strings.Replace(text, "#1", "1", 1)
		case 3:
			if strings.Contains(text, hostileSleep) || strings.Contains(text, "WHILE") {
				break // the first must be known by that, and a broken loop may rightly never end
			}
			at := random.IntN(len(text))
			text = text[:at] + []string{"'", "(", "]", "\x01", " BEGIN ", ";", "/*", "é"}[random.IntN(8)] + text[at:]
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "\n")
}
