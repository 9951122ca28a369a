package sandbox_test

import (
	"testing"

	"grantree/sql/sandbox"
)

func TestDatabaseStates(t *testing.T) {
	s := north(t)
	a := sa(t, s, "")
	bob := connect(t, s, "bob", "Bob-1234567", "North")
	bob.exec("INSERT INTO dbo.imvw_work_order (id) VALUES (1)")
	a.fails("ALTER DATABASE North SET READ_ONLY WITH NO_WAIT", 5070, 5069)
	a.exec("ALTER DATABASE North SET READ_ONLY WITH ROLLBACK IMMEDIATE")
	if err := bob.try("SELECT 1"); err == nil {
		t.Error("ROLLBACK IMMEDIATE left a session")
	}
	bob = connect(t, s, "bob", "Bob-1234567", "North")
	bob.want("SELECT id FROM dbo.imvw_work_order", "1")
	bob.fails("INSERT INTO dbo.imvw_work_order (id) VALUES (2)", 3906)
	a.fails("USE North; GRANT SELECT ON dbo.imvw_pay TO bob; USE master", 3906)
	a.exec("USE master; ALTER DATABASE North SET READ_WRITE WITH ROLLBACK IMMEDIATE")
	a.exec("ALTER DATABASE North SET OFFLINE WITH ROLLBACK IMMEDIATE")
	a.fails("USE North", 942)
	a.want("SELECT state_desc, collation_name FROM sys.databases WHERE name = 'North'", "OFFLINE|NULL")
	a.exec("ALTER DATABASE North SET ONLINE")
	a.want("USE North; SELECT COUNT(*) FROM dbo.work_order", "1")
	a.exec("USE master; ALTER DATABASE North SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE North")
	a.want("SELECT DB_ID('North')", "NULL")
	eve := connect(t, s, "eve", "Eve-1234567", "")
	eve.fails("CREATE DATABASE x", 262)
	eve.fails("ALTER DATABASE tempdb SET READ_ONLY WITH ROLLBACK IMMEDIATE", 5011, 5069)
	eve.fails("DROP DATABASE nothing", 3701)
}

func TestAcrossDatabases(t *testing.T) {
	s := north(t)
	a := sa(t, s, "")
	a.exec("CREATE DATABASE South")
	a.exec("USE South; CREATE USER bob; CREATE TABLE dbo.far (id int); INSERT INTO dbo.far VALUES (1)")
	a.exec("USE North; EXEC(N'CREATE VIEW dbo.near AS SELECT id FROM South.dbo.far'); GRANT SELECT ON dbo.near TO bob, eve")
	bob, eve := connect(t, s, "bob", "Bob-1234567", "North"), connect(t, s, "eve", "Eve-1234567", "North")
	read := "SELECT id FROM dbo.near"
	bob.fails(read, 229)
	eve.fails(read, 916)
	a.exec("USE master; ALTER DATABASE North SET DB_CHAINING ON; ALTER DATABASE South SET DB_CHAINING ON")
	bob.want(read, "1")
	eve.fails(read, 916)
	a.exec("USE North; INSERT INTO South.dbo.far VALUES (2); CREATE TABLE South.dbo.made (id int)")
	a.want("SELECT COUNT(*) FROM South.dbo.far; SELECT name FROM South.sys.tables ORDER BY name", "2\n\nfar\nmade")
	a.fails("GRANT SELECT ON South.dbo.far TO bob", 4610)
}

func TestSchemas(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("CREATE SCHEMA shop AUTHORIZATION bob CREATE TABLE item (id int) CREATE VIEW items AS SELECT id FROM shop.item GRANT SELECT ON shop.items TO eve")
	a.want("SELECT name FROM sys.objects WHERE schema_id = SCHEMA_ID('shop') ORDER BY name", "item\nitems")
	a.fails("CREATE SCHEMA bad CREATE TABLE x (id int) CREATE VIEW y AS SELECT id FROM bad.nothing", 208, 2759)
	a.want("SELECT SCHEMA_ID('bad')", "NULL")
	a.fails("DROP SCHEMA shop", 3729)
	a.exec("ALTER SCHEMA dbo TRANSFER shop.items")
	a.want("SELECT OBJECT_SCHEMA_NAME(OBJECT_ID('dbo.items'))", "dbo")
	a.exec("ALTER USER eve WITH DEFAULT_SCHEMA = shop; GRANT SELECT ON SCHEMA::shop TO eve")
	connect(t, s, "eve", "Eve-1234567", "North").want("SELECT COUNT(*) FROM item; SELECT SCHEMA_NAME()", "0\n\nshop")
}

func TestSessionViews(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	bob := connect(t, s, "bob", "Bob-1234567", "North")
	a.want("SELECT login_name, DB_NAME(database_id), open_transaction_count FROM sys.dm_exec_sessions WHERE session_id <> @@SPID", "bob|North|0")
	bob.want("SELECT COUNT(*), MIN(login_name) FROM sys.dm_exec_sessions", "1|bob")
	a.exec("USE master; GRANT VIEW SERVER STATE TO eve; USE North")
	connect(t, s, "eve", "Eve-1234567", "North").want("SELECT COUNT(*) FROM sys.dm_exec_sessions", "3")
	a.want("SELECT 1 WHERE HOST_NAME() IS NOT NULL AND APP_NAME() = 'go-mssqldb'", "1")
	a.want("EXECUTE AS LOGIN = 'bob'; SELECT login_name, original_login_name FROM sys.dm_exec_sessions WHERE session_id = @@SPID; REVERT", "bob|sa")
}

func TestImplicitTransactions(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	a.exec("SET IMPLICIT_TRANSACTIONS ON; CREATE TABLE dbo.t (id int)")
	a.want("SELECT @@TRANCOUNT", "1")
	a.exec("ROLLBACK")
	a.want("BEGIN TRANSACTION; SELECT @@TRANCOUNT", "2") // the one that is not seen, and this one
	a.exec("ROLLBACK; SET IMPLICIT_TRANSACTIONS OFF")
	a.want("SELECT OBJECT_ID('dbo.t'), @@TRANCOUNT", "NULL|0")
}

func TestErrorVariables(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.want("DECLARE @e int; BEGIN TRY SELECT 1/0 AS x END TRY BEGIN CATCH SET @e = @@ERROR END CATCH; SELECT @e, @@ERROR", "\n\n8134|0")
}

func TestOutputAndTop(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	a.exec("CREATE TABLE dbo.t (id int IDENTITY, name nvarchar(9))")
	a.want("INSERT INTO dbo.t (name) OUTPUT inserted.id, inserted.name VALUES (N'a'), (N'b'), (N'c')", "1|a\n2|b\n3|c")
	a.want("UPDATE dbo.t SET name = N'z' OUTPUT inserted.name WHERE id = 2", "z")
	a.want("DELETE FROM dbo.t OUTPUT deleted.id WHERE id > 2; SELECT @@ROWCOUNT", "3\n\n1")
}
