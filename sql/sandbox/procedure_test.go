package sandbox_test

import (
	"database/sql"
	"testing"
	"time"

	"grantree/sql/sandbox"
)

// getLock calls sp_getapplock and returns its code.
const getLock = "SET NOCOUNT ON; DECLARE @rc int; EXEC @rc = sp_getapplock @Resource = N'r', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = "

func TestAppLock(t *testing.T) {
	s := north(t)
	a, b := sa(t, s, "North"), sa(t, s, "North")
	a.want(getLock+"0; SELECT @rc", "0")
	b.want(getLock+"0; SELECT @rc", "-1")
	b.want(getLock+"20; SELECT @rc", "-1")
	b.want("SELECT APPLOCK_TEST('public', 'r', 'Exclusive', 'Session'), APPLOCK_MODE('public', 'r', 'Session')", "0|NoLock")
	a.want("SELECT APPLOCK_TEST('public', 'r', 'Exclusive', 'Session'), APPLOCK_MODE('public', 'r', 'Session')", "1|Exclusive")
	a.want("SELECT request_mode, request_status, request_owner_type FROM sys.dm_tran_locks", "X|GRANT|SESSION")
	got := make(chan string)
	go func() { got <- b.rows(getLock + "-1; SELECT @rc") }()
	waitLocked(t, a, "the second session")
	a.exec("EXEC sp_releaseapplock 'r', 'Session'")
	if rc := <-got; rc != "1" {
		t.Errorf("after waiting: %s", rc)
	}
	a.fails("EXEC sp_releaseapplock 'r', 'Session'", 1223)
	cases := []struct {
		name, text string
		numbers    []int32
	}{
		{"a transaction's lock without one is a code and no error", "DECLARE @rc int; EXEC @rc = sp_getapplock 'x', 'Exclusive'; IF @rc = -999 THROW 50999, 'code', 1", []int32{50999}},
		{"a mode that is none", "DECLARE @rc int; EXEC @rc = sp_getapplock 'x', 'Much', 'Session'; IF @rc = -999 THROW 50999, 'code', 1", []int32{50999}},
		{"no resource", "EXEC sp_getapplock NULL, 'Shared', 'Session'", []int32{1224}},
		{"a principal that is not there", "EXEC sp_getapplock 'x', 'Shared', 'Session', 0, 'nobody'", []int32{1202}},
		{"a missing parameter", "EXEC sp_getapplock 'x'", []int32{201}},
		{"a parameter that is none", "EXEC sp_getapplock @What = 'x'", []int32{8145}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { a.fails(c.text, c.numbers...) })
	}
}

func TestAppLockOfATransactionEndsWithIt(t *testing.T) {
	s := north(t)
	a, b := sa(t, s, "North"), sa(t, s, "North")
	for _, end := range []string{"COMMIT", "ROLLBACK"} {
		a.exec("BEGIN TRAN; EXEC sp_getapplock N'r', 'Exclusive'")
		b.want(getLock+"0; SELECT @rc", "-1")
		a.exec(end)
		b.want(getLock+"0; SELECT @rc; EXEC sp_releaseapplock N'r', 'Session'", "0")
	}
}

// TestRPCInAnotherDatabase calls procedures by RPC under a name with a database, where they run.
func TestRPCInAnotherDatabase(t *testing.T) {
	s := north(t)
	a := sa(t, s, "")
	a.exec("CREATE DATABASE far")
	a.exec("far.sys.sp_executesql", "CREATE ROLE crew; CREATE USER ann WITHOUT LOGIN")
	a.exec("far..sp_addrolemember", sql.Named("rolename", "crew"), sql.Named("membername", "ann"))
	a.want("SELECT COUNT(*) FROM far.sys.database_role_members WHERE member_principal_id > 4", "1")
	a.want("SELECT DB_NAME(), COUNT(*) FROM sys.database_principals WHERE name IN ('crew', 'ann')", "master|0")
}

func TestExtendedProperties(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("EXEC sys.sp_addextendedproperty @name = N'mark', @value = N'db'")
	a.exec("EXEC sys.sp_addextendedproperty N'mark', N'role', N'USER', N'Mechanic'")
	a.exec("EXEC sys.sp_addextendedproperty N'mark', 7, N'SCHEMA', N'dbo', N'VIEW', N'imvw_pay'")
	all := "SELECT class, name, CAST(value AS nvarchar(99)) FROM sys.extended_properties ORDER BY class"
	a.want(all, "0|mark|db\n1|mark|7\n4|mark|role")
	a.want("SELECT objtype, objname, name, value FROM fn_listextendedproperty(NULL, 'SCHEMA', 'dbo', 'VIEW', NULL, NULL, NULL)", "VIEW|imvw_pay|mark|7")
	a.fails("EXEC sp_addextendedproperty N'mark', N'x'", 15233)
	a.fails("EXEC sp_updateextendedproperty N'none', N'x'", 15217)
	a.fails("EXEC sp_dropextendedproperty N'none'", 15217)
	a.fails("EXEC sp_addextendedproperty N'mark', N'x', N'USER', N'nobody'", 15135)
	a.exec("EXEC sp_updateextendedproperty N'mark', N'other'; EXEC sp_dropextendedproperty N'mark', N'USER', N'Mechanic'")
	a.want(all, "0|mark|other\n1|mark|7")
	a.exec("DROP VIEW dbo.imvw_pay; BEGIN TRAN; EXEC sp_dropextendedproperty N'mark'; ROLLBACK")
	a.want(all, "0|mark|other")
}

func TestRoleMemberProcedures(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("EXEC sp_addrolemember 'Mechanic', 'eve'; EXEC sp_droprolemember 'Mechanic', 'bob'")
	a.want("SELECT IS_ROLEMEMBER('Mechanic', 'eve'), IS_ROLEMEMBER('Mechanic', 'bob')", "1|0")
	a.fails("EXEC sp_addrolemember 'Mechanic', 'nobody'", 15410)
	a.exec("EXEC sp_addsrvrolemember 'eve', 'sysadmin'")
	a.want("SELECT IS_SRVROLEMEMBER('sysadmin', 'eve')", "1")
}

func TestReturnCodesOfRefusedCalls(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	cases := []struct {
		name, text, want string
		numbers          []int32
	}{
		{"the caller goes on with the code", "DECLARE @rc int; EXEC @rc = sp_releaseapplock 'r', 'Session'; INSERT INTO dbo.answer SELECT @rc, @@ERROR", "-999|1223", []int32{1223}},
		{"under XACT_ABORT too, since it is raised", "SET XACT_ABORT ON; DECLARE @rc int; EXEC @rc = sp_releaseapplock 'r', 'Session'; INSERT INTO dbo.answer SELECT @rc, @@ERROR", "-999|1223", []int32{1223}},
		{"a call that is wrong gives no code", "DECLARE @rc int; EXEC @rc = sp_releaseapplock; INSERT INTO dbo.answer SELECT @rc, @@ERROR", "NULL|201", []int32{201}},
	}
	a.exec("CREATE TABLE dbo.answer (rc int NULL, e int NULL)")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a.exec("SET XACT_ABORT OFF; DELETE FROM dbo.answer")
			a.fails(c.text, c.numbers...)
			a.want("SELECT rc, e FROM dbo.answer", c.want)
		})
	}
	a.want("DECLARE @rc int = 5; BEGIN TRY EXEC @rc = sp_releaseapplock 'r', 'Session' END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_PROCEDURE(), @rc END CATCH", "1223|sp_releaseapplock|5")
}

func TestPrepared(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.want(`DECLARE @h int; EXEC sp_prepare @h OUTPUT, N'@a int, @b nvarchar(9)', N'SELECT @a * 2, @b'
		EXEC sp_execute @h, 4, N'x'; EXEC sp_execute @h, 5, NULL; EXEC sp_unprepare @h`, "8|x\n\n10|NULL")
	a.want("DECLARE @h int; EXEC sp_prepexec @h OUTPUT, N'@a int', N'SELECT @a', 3; EXEC sp_execute @h, 4", "3\n\n4")
}

func TestFaults(t *testing.T) {
	cases := []struct {
		name    string
		fault   sandbox.Fault
		text    string
		numbers []int32
		lost    bool
		roles   string
	}{
		{"deadlock victim at the second statement", sandbox.Fault{Statement: 3, Kind: sandbox.FaultDeadlock}, "BEGIN TRAN; CREATE ROLE A; CREATE ROLE B; COMMIT", []int32{1205}, false, "Mechanic"},
		{"lock time-out", sandbox.Fault{Statement: 1, Kind: sandbox.FaultLockTimeout}, "CREATE ROLE A", []int32{1222}, false, "Mechanic"},
		{"the session dies", sandbox.Fault{Statement: 3, Kind: sandbox.FaultDie}, "BEGIN TRAN; CREATE ROLE A; CREATE ROLE B; COMMIT", nil, true, "Mechanic"},
		{"the commit fails", sandbox.Fault{Statement: 1, Kind: sandbox.FaultCommit}, "BEGIN TRAN; CREATE ROLE A; COMMIT", nil, true, "Mechanic"},
		{"slow", sandbox.Fault{Statement: 1, Kind: sandbox.FaultSlow, Delay: time.Millisecond}, "CREATE ROLE A", nil, false, "A\nMechanic"},
		{"another session's", sandbox.Fault{Login: "bob", Statement: 1, Kind: sandbox.FaultDie}, "CREATE ROLE A", nil, false, "A\nMechanic"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := north(t)
			a, other := sa(t, s, "North"), sa(t, s, "North")
			s.Inject(c.fault)
			err := a.try(c.text)
			switch {
			case c.lost && (err == nil || len(numbersOf(err)) > 0):
				t.Errorf("the connection lives: %v", err)
			case !c.lost:
				if got := numbersOf(err); len(got) != len(c.numbers) || len(got) == 1 && got[0] != c.numbers[0] {
					t.Errorf("errors %v, want %v", err, c.numbers)
				}
			}
			other.want(roles, c.roles)
			other.exec("SET LOCK_TIMEOUT 10000; CREATE ROLE Z")
		})
	}
}

// TestProceduresAreObjects: each procedure that runs is an object of the catalog.
func TestProceduresAreObjects(t *testing.T) {
	a := sa(t, serve(t, sandbox.Options{}), "tempdb")
	for _, name := range sandbox.ProcedureNames() {
		a.want("SELECT OBJECT_NAME(OBJECT_ID('sys."+name+"'))", name)
	}
}
