package sandbox_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
)

// TestTooManyParameters: a call has at most 2,100 parameters, sp_executesql's statement and declaration among them (8003).
func TestTooManyParameters(t *testing.T) {
	a := sa(t, serve(t, sandbox.Options{}), "")
	args := make([]any, 2099)
	for i := range args {
		args[i] = i
	}
	a.want("SELECT @p2098", "2097", args[:2098]...)
	var e mssql.Error
	if err := a.try("SELECT @p2099", args...); !errors.As(err, &e) || e.Number != 8003 || e.Class != 16 {
		t.Errorf("2,099 parameters: %v", err)
	}
	a.want("SELECT 1", "1") // the connection goes on
}

// TestPasswordChangeRefused: a password that a login packet brings is refused for a reason of its own ("Password Policy",
// SQL Server Login Error Codes; texts of sys.messages).
func TestPasswordChangeRefused(t *testing.T) {
	s := serve(t, sandbox.Options{})
	sa(t, s, "").exec("CREATE LOGIN young WITH PASSWORD = N'New-1234567' MUST_CHANGE, CHECK_EXPIRATION = ON, CHECK_POLICY = ON")
	const policy = "Login failed for user 'young'. Reason: Password change failed. The password does not meet operating system policy requirements because it is "
	for _, c := range []struct {
		name, password string
		number         int32
		text           string
	}{
		{"used", "New-1234567", 18463, `The login failed for user "young". The password change failed. The password cannot be used at this time.`},
		{"short", "Ab-1", 18464, policy + "too short."},
		{"long", fmt.Sprintf("Ab-1%0130d", 1), 18465, policy + "too long."},
		{"simple", "aaaaaaaaaaaa", 18466, policy + "not complex enough."},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := changed(t, s, c.password)
			var e mssql.Error
			if !errors.As(err, &e) || e.Number != c.number || e.Class != 14 || e.Message != "login error: "+c.text {
				t.Errorf("got %v of class %d: %q", err, e.Class, e.Message)
			}
		})
	}
	if err := changed(t, s, "Newer-1234567"); err != nil {
		t.Error(err)
	}
	connect(t, s, "young", "Newer-1234567", "")
}

// changed logs in as young and asks for another password.
func changed(t *testing.T, s *sandbox.Server, password string) error {
	t.Helper()
	db, err := sql.Open("sqlserver", s.URL("young", "New-1234567", "")+"&change+password="+url.QueryEscape(password))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return db.Ping()
}

// TestDroppedAsItLogsIn: what a login brings is done again when a session commits that was writing, and finds the login gone.
func TestDroppedAsItLogsIn(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.exec("CREATE LOGIN young WITH PASSWORD = N'New-1234567', CHECK_POLICY = OFF")
	a.exec("BEGIN TRANSACTION; DROP LOGIN young")
	if err := changed(t, s, "Newer-1234567"); err != nil {
		t.Fatal(err)
	}
	a.exec("COMMIT")
	a.want("SELECT COUNT(*) FROM sys.sql_logins WHERE name = 'young'", "0")
}
