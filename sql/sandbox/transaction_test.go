package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"grantree/sql/sandbox"
)

const roles = "SELECT name FROM sys.database_principals WHERE type = 'R' AND principal_id BETWEEN 5 AND 16000 ORDER BY name"

func TestTransactionOfSecurityStatements(t *testing.T) {
	s := north(t)
	a, other := sa(t, s, "North"), sa(t, s, "North")
	a.exec(`BEGIN TRAN
		CREATE ROLE Clerk
		GRANT SELECT ON dbo.imvw_pay TO Clerk
		ALTER ROLE Clerk ADD MEMBER eve
		EXEC(N'CREATE VIEW dbo.imvw_new AS SELECT id FROM dbo.pay')
		CREATE TABLE dbo.new_table (id int)`)
	a.want(roles, "Clerk\nMechanic")
	other.want(roles, "Mechanic")
	other.want("SELECT COUNT(*) FROM sys.views", "2")
	a.exec("ROLLBACK")
	a.want(roles, "Mechanic")
	a.want("SELECT COUNT(*) FROM sys.views", "2")
	a.want("SELECT OBJECT_ID('dbo.new_table'), @@TRANCOUNT", "NULL|0")
	a.exec("BEGIN TRAN; CREATE ROLE Clerk; COMMIT")
	other.want(roles, "Clerk\nMechanic")
}

func TestSavepoints(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec(`BEGIN TRAN
		CREATE ROLE A; SAVE TRAN one
		CREATE ROLE B; INSERT INTO dbo.pay (rate) VALUES (1); SAVE TRAN two
		CREATE ROLE C; INSERT INTO dbo.pay (rate) VALUES (2)
		ROLLBACK TRAN two
		CREATE ROLE D`)
	a.want(roles, "A\nB\nD\nMechanic")
	a.want("SELECT rate FROM dbo.pay", "1.0000")
	a.exec("ROLLBACK TRAN one")
	a.want(roles, "A\nMechanic")
	a.want("SELECT COUNT(*) FROM dbo.pay", "0")
	a.fails("ROLLBACK TRAN nowhere", 6401)
	a.exec("COMMIT")
	a.want(roles, "A\nMechanic")
}

func TestIdentityDoesNotRollBack(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("BEGIN TRAN; INSERT INTO dbo.pay (rate) VALUES (1); INSERT INTO dbo.imvw_pay (rate) VALUES (2); ROLLBACK; INSERT INTO dbo.pay (rate) VALUES (3)")
	a.want("SELECT id FROM dbo.pay", "3")
	a.exec("BEGIN TRAN; SAVE TRAN s; INSERT INTO dbo.pay (rate) VALUES (4); ROLLBACK TRAN s; INSERT INTO dbo.pay (rate) VALUES (5); COMMIT")
	a.want("SELECT id FROM dbo.pay ORDER BY id; SELECT SCOPE_IDENTITY()", "3\n5\n\n5")
}

func TestTransactionCounts(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.fails("COMMIT", 3902)
	a.fails("ROLLBACK", 3903)
	a.fails("SAVE TRAN x", 628)
	a.want("BEGIN TRAN; BEGIN TRAN; SELECT @@TRANCOUNT, XACT_STATE(); COMMIT; SELECT @@TRANCOUNT; ROLLBACK; SELECT @@TRANCOUNT, XACT_STATE()", "2|1\n\n1\n\n0|0")
	for _, statement := range []string{"CREATE DATABASE x", "ALTER DATABASE master SET RECOVERY SIMPLE", "DROP DATABASE master"} {
		a.fails("BEGIN TRAN; "+statement+"; ROLLBACK", 226)
	}
}

func TestDriverTransaction(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	for _, commit := range []bool{false, true} {
		tx, err := a.conn.BeginTx(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("CREATE ROLE Clerk"); err != nil {
			t.Fatal(err)
		}
		end, want := tx.Rollback, "Mechanic"
		if commit {
			end, want = tx.Commit, "Clerk\nMechanic"
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		a.want(roles, want)
	}
}

func TestXactAbort(t *testing.T) {
	s := north(t)
	cases := []struct {
		name, text string
		numbers    []int32
		want       string // @@TRANCOUNT and the roles afterwards
	}{
		{"D.10 a failed statement leaves the transaction open", "BEGIN TRAN; CREATE ROLE A; CREATE ROLE Mechanic; CREATE ROLE B", []int32{15023}, "1|2"},
		{"D.10 XACT_ABORT rolls back and ends the batch", "SET XACT_ABORT ON; BEGIN TRAN; CREATE ROLE A; CREATE ROLE Mechanic; CREATE ROLE B", []int32{15023}, "0|0"},
		{"D.10 RAISERROR does not trigger it", "SET XACT_ABORT ON; BEGIN TRAN; CREATE ROLE A; RAISERROR('no', 16, 1); CREATE ROLE B", []int32{50000}, "1|2"},
		{"D.10 THROW does", "SET XACT_ABORT ON; BEGIN TRAN; CREATE ROLE A; THROW 50001, 'no', 1; CREATE ROLE B", []int32{50001}, "0|0"},
		{"THROW without XACT_ABORT ends the batch only", "BEGIN TRAN; CREATE ROLE A; THROW 50001, 'no', 1; CREATE ROLE B", []int32{50001}, "1|1"},
		{"a failed conversion ends the batch and rolls back", "BEGIN TRAN; CREATE ROLE A; SELECT CAST('x' AS int); CREATE ROLE B", []int32{245}, "0|0"},
		{"D.10 an error in TRY under XACT_ABORT dooms; the batch's end rolls back", "SET XACT_ABORT ON; BEGIN TRAN; CREATE ROLE A; BEGIN TRY CREATE ROLE Mechanic END TRY BEGIN CATCH IF XACT_STATE() <> -1 CREATE ROLE B END CATCH", []int32{3998}, "0|0"},
		{"3930 a doomed transaction does not write", "SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY CREATE ROLE Mechanic END TRY BEGIN CATCH CREATE ROLE A END CATCH", []int32{3930}, "0|0"},
		{"a missing object ends the batch, not the transaction", "BEGIN TRAN; CREATE ROLE A; SELECT * FROM dbo.nothing; CREATE ROLE B", []int32{208}, "1|1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := sa(t, s, "North")
			a.fails(c.text, c.numbers...)
			a.want("SELECT @@TRANCOUNT, COUNT(*) FROM sys.database_principals WHERE name IN ('A', 'B')", c.want)
			a.exec("IF @@TRANCOUNT > 0 ROLLBACK")
		})
	}
}

func TestTryCatchFrame(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	frame := func(body string) string {
		return "SET XACT_ABORT, NOCOUNT ON; BEGIN TRY BEGIN TRAN; " + body + " COMMIT; END TRY BEGIN CATCH IF XACT_STATE() <> 0 ROLLBACK; THROW; END CATCH"
	}
	a.exec(frame("CREATE ROLE A;"))
	e := a.fails(frame("CREATE ROLE B;\nCREATE ROLE A;"), 15023)
	if e.LineNo != 2 || e.Class != 16 || e.State != 1 {
		t.Errorf("line %d, class %d, state %d", e.LineNo, e.Class, e.State)
	}
	a.want(roles, "A\nMechanic")
	a.want("SELECT @@TRANCOUNT", "0")
	a.fails(frame("EXEC(N'SELECT * FROM dbo.nothing');"), 208)
	a.fails("BEGIN TRY SELECT * FROM dbo.nothing END TRY BEGIN CATCH PRINT 'not here' END CATCH", 208)
}

func TestWriterWaitsForWriter(t *testing.T) {
	s := north(t)
	a, b := sa(t, s, "North"), sa(t, s, "North")
	a.exec("BEGIN TRAN; CREATE ROLE A")
	b.fails("SET LOCK_TIMEOUT 0; CREATE ROLE B", 1222)
	b.want(roles, "Mechanic")
	done := make(chan error)
	go func() { done <- b.try("SET LOCK_TIMEOUT -1; CREATE ROLE B") }()
	a.exec("COMMIT")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	a.want(roles, "A\nB\nMechanic")
}

func TestAttentionEndsAWait(t *testing.T) {
	s := north(t)
	a, b := sa(t, s, "North"), sa(t, s, "North")
	a.exec("BEGIN TRAN; CREATE ROLE A")
	for _, text := range []string{"CREATE ROLE B", "WAITFOR DELAY '00:10:00'", "WHILE 1 = 1 SET NOCOUNT ON"} {
		if err := b.cancelled(text); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", text, err)
		}
		b.want("SELECT 1", "1")
	}
	a.exec("ROLLBACK")
	b.exec("CREATE ROLE B")
}

func TestAttentionStopsAChange(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	big := "INSERT INTO dbo.work_order (id) SELECT ROW_NUMBER() OVER (ORDER BY a.name) + 10 FROM sys.columns a CROSS JOIN sys.columns b CROSS JOIN sys.database_principals c CROSS JOIN sys.database_principals d CROSS JOIN sys.schemas e"
	a.exec("BEGIN TRAN; INSERT INTO dbo.work_order (id) VALUES (1); CREATE ROLE A")
	if err := a.cancelled(big); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	state := a.rows("SELECT @@TRANCOUNT, COUNT(*), (SELECT COUNT(*) FROM sys.database_principals WHERE name = 'A') FROM dbo.work_order")
	if state != "1|1|1" && state != "0|0|0" {
		t.Errorf("transaction, rows, roles: %s", state)
	}
	a.exec("IF @@TRANCOUNT > 0 ROLLBACK")
	if err := a.cancelled(big); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	a.want("SELECT COUNT(*) FROM dbo.work_order", "0")
	a.exec("INSERT INTO dbo.work_order (id) VALUES (1)")
}

func TestAttentionUnderXactAbortRollsBack(t *testing.T) {
	for _, abort := range []string{"OFF", "ON"} {
		t.Run(abort, func(t *testing.T) {
			s := north(t)
			a := sa(t, s, "North")
			a.exec("SET XACT_ABORT " + abort + "; BEGIN TRAN; CREATE ROLE A")
			if err := a.cancelled("WAITFOR DELAY '00:10:00'"); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			want := map[string]string{"OFF": "1", "ON": "0"}[abort]
			a.want("SELECT @@TRANCOUNT", want)
		})
	}
}

func TestDeadlockOfTransactions(t *testing.T) {
	s := north(t)
	a, b := sa(t, s, "North"), sa(t, s, "North")
	lock := "DECLARE @rc int; EXEC @rc = sp_getapplock @Resource = 'r', @LockMode = 'Exclusive'; SELECT @rc"
	a.exec("SET DEADLOCK_PRIORITY HIGH; BEGIN TRAN; CREATE ROLE A")
	b.exec("SET DEADLOCK_PRIORITY LOW; BEGIN TRAN")
	b.want(lock, "0")
	got := make(chan error)
	go func() { got <- b.try("CREATE ROLE B") }()
	waitLocked(t, a, "B")
	a.want(lock, "1")
	err := <-got
	if n := numbersOf(err); fmt.Sprint(n) != "[1205]" {
		t.Errorf("the victim: %v", err)
	}
	b.want("SELECT @@TRANCOUNT", "0")
	a.exec("COMMIT")
	a.want(roles, "A\nMechanic")
}

// cancelled runs a batch and cancels it soon after. A deadline would make the driver give the connection up.
func (s *session) cancelled(text string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
	_, err := s.conn.ExecContext(ctx, text)
	return err
}

// waitLocked waits until another session runs a statement.
func waitLocked(t *testing.T, s *session, what string) {
	t.Helper()
	for range 2000 {
		if s.rows("SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE status = 'running' AND session_id <> @@SPID") != "0" {
			time.Sleep(5 * time.Millisecond) // it runs; let it get to the lock
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s never ran", what)
}
