package sandbox_test

import (
	"errors"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
)

func TestLoginRefusals(t *testing.T) {
	s := north(t)
	a := sa(t, s, "")
	a.exec(`CREATE DATABASE Gone
		CREATE LOGIN idle WITH PASSWORD = N'Off-1234567', CHECK_POLICY = OFF; ALTER LOGIN idle DISABLE
		CREATE LOGIN young WITH PASSWORD = N'New-1234567' MUST_CHANGE, CHECK_POLICY = ON, CHECK_EXPIRATION = ON
		CREATE LOGIN homeless WITH PASSWORD = N'Home-1234567', CHECK_POLICY = OFF, DEFAULT_DATABASE = Gone; DROP DATABASE Gone
		DENY CONNECT SQL TO out
		CREATE DATABASE Away; ALTER DATABASE Away SET OFFLINE`)
	cases := []struct {
		name, user, password, database string
		number                         int32
		message                        string
	}{
		{"C.6 no such login", "nobody", "x", "", 18456, "Login failed for user 'nobody'."},
		{"C.6 wrong password", "bob", "x", "", 18456, "Login failed for user 'bob'."},
		{"C.6 disabled and wrong password", "idle", "x", "", 18456, "Login failed for user 'idle'."},
		{"C.6 disabled", "idle", "Off-1234567", "", 18470, "Login failed for user 'idle'. Reason: The account is disabled."},
		{"C.6 must change", "young", "New-1234567", "", 18488, "Login failed for user 'young'. Reason: The password of the account must be changed."},
		{"C.6 CONNECT SQL denied", "out", "Out-1234567", "", 18456, "Login failed for user 'out'."},
		{"C.6 a missing database without fDatabase", "bob", "Bob-1234567", "nowhere", 4063, `Cannot open database "nowhere" that was requested by the login. Using the user default database "master" instead.`},
		{"C.6 an offline database", "bob", "Bob-1234567", "Away", 4063, `Cannot open database "Away" that was requested by the login. Using the user default database "master" instead.`},
		{"C.6 the default database is gone", "homeless", "Home-1234567", "", 18456, "Login failed for user 'homeless'."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := dial(t, s, c.user, c.password, c.database)
			var e mssql.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Number != c.number || e.Message != "login error: "+c.message {
				t.Errorf("%d %q, want %d %q", e.Number, e.Message, c.number, c.message)
			}
		})
	}
}

func TestLockOut(t *testing.T) {
	s := serve(t, sandbox.Options{Lockout: 3})
	a := sa(t, s, "")
	a.exec("CREATE LOGIN bob WITH PASSWORD = N'Tr4ctor-Wheel', CHECK_POLICY = ON, CHECK_EXPIRATION = OFF")
	a.exec("BEGIN TRAN; CREATE LOGIN other WITH PASSWORD = N'Tr4ctor-Wheel', CHECK_POLICY = OFF")
	for range 3 {
		if _, err := dial(t, s, "bob", "wrong", ""); err == nil {
			t.Fatal("a wrong password was taken")
		}
	}
	a.exec("ROLLBACK")
	a.want("SELECT CAST(LOGINPROPERTY('bob', 'IsLocked') AS int), CAST(LOGINPROPERTY('bob', 'BadPasswordCount') AS int)", "1|3")
	_, err := dial(t, s, "bob", "Tr4ctor-Wheel", "")
	var e mssql.Error
	if !errors.As(err, &e) || e.Number != 18486 {
		t.Errorf("the right password of a locked login: %v", err)
	}
	a.exec("ALTER LOGIN bob WITH PASSWORD = N'Tr4ctor-Wheel2' UNLOCK")
	connect(t, s, "bob", "Tr4ctor-Wheel2", "")
}

func TestDatabaseAccess(t *testing.T) {
	s := north(t)
	a := sa(t, s, "")
	a.exec("CREATE DATABASE South; CREATE DATABASE Away")
	a.exec("ALTER DATABASE Away SET OFFLINE")
	bob := connect(t, s, "bob", "Bob-1234567", "")
	denied := `The server principal "bob" is not able to access the database "South" under the current security context.`
	cases := []struct {
		name, text string
		number     int32
		message    string
	}{
		{"USE", "USE South", 916, denied},
		{"a three-part name", "SELECT * FROM South.dbo.t", 916, denied},
		{"a missing database", "USE nowhere", 911, "Database 'nowhere' does not exist. Make sure that the name is entered correctly."},
		{"a missing database in a name", "SELECT * FROM nowhere.dbo.t", 208, "Invalid object name 'nowhere.dbo.t'."},
		{"an offline database", "USE Away", 942, "Database 'Away' cannot be opened because it is offline."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if e := bob.fails(c.text, c.number); e.Message != c.message {
				t.Errorf("message %q, want %q", e.Message, c.message)
			}
		})
	}
	bob.want("USE North; SELECT DB_NAME(), USER_NAME(); SELECT COUNT(*) FROM North.dbo.imvw_work_order", "North|bob\n\n0")
	bob.want("SELECT HAS_DBACCESS('North'), HAS_DBACCESS('South'), HAS_DBACCESS('Away'), HAS_DBACCESS('nowhere')", "1|0|0|NULL")
}

func TestEncryption(t *testing.T) {
	s := serve(t, sandbox.Options{TLS: true})
	a := sa(t, s, "")
	a.want("SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID", "TRUE")
}

func TestCloseEndsEverything(t *testing.T) {
	s := north(t)
	a, b := sa(t, s, "North"), sa(t, s, "North")
	a.exec("BEGIN TRAN; CREATE ROLE A")
	waits, sleeps := make(chan error, 1), make(chan error, 1)
	go func() { waits <- b.try("CREATE ROLE B") }()
	go func() { sleeps <- a.try("WAITFOR DELAY '01:00:00'") }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-sleeps; err == nil {
		t.Error("a request outlived the server")
	}
	<-waits // it ends too; it may have got the lock that the other one let go in ending
	if _, err := dial(t, s, "sa", saPassword, ""); err == nil {
		t.Error("a login after Close")
	}
}

func TestKill(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	bob := connect(t, s, "bob", "Bob-1234567", "North")
	bob.fails("KILL 60", 6102)
	bob.exec("BEGIN TRAN; INSERT INTO dbo.imvw_work_order (id) VALUES (1)")
	spid := bob.rows("SELECT @@SPID")
	a.fails("KILL 9999", 6106)
	a.fails("DECLARE @kill nvarchar(99) = CONCAT(N'KILL ', @@SPID); EXEC(@kill)", 6104)
	a.fails("BEGIN TRAN; KILL "+spid+"; ROLLBACK", 6115)
	a.exec("KILL " + spid)
	if err := bob.try("SELECT 1"); err == nil {
		t.Error("the killed session answers")
	}
	a.want("SELECT COUNT(*) FROM dbo.work_order", "0")
	a.exec("SET LOCK_TIMEOUT 10000; CREATE ROLE x")
}
