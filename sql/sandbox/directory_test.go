package sandbox_test

import (
	"context"
	"errors"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
)

// scalar is the one value of a query.
func scalar(s *session, query string) string {
	s.t.Helper()
	var out string
	if err := s.conn.QueryRowContext(context.Background(), query).Scan(&out); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return out
}

// TestDirectory holds logins and users of Windows and Entra to sections A.1 to
// A.4: they are there, by a SID that is the same everywhere, and nobody logs in.
func TestDirectory(t *testing.T) {
	var servers []*session
	var first *sandbox.Server
	for range 2 {
		s := serve(t, sandbox.Options{Entra: true, Groups: []string{`CORP\Crew`, "Night Shift"}})
		a := sa(t, s, "")
		first = s
		a.exec(`CREATE DATABASE D`)
		a.exec("USE D")
		a.exec(`CREATE LOGIN [CORP\ann] FROM WINDOWS; CREATE LOGIN [CORP\Crew] FROM WINDOWS WITH DEFAULT_DATABASE = D
			CREATE LOGIN [bob@corp.example] FROM EXTERNAL PROVIDER; CREATE LOGIN [Night Shift] FROM EXTERNAL PROVIDER
			CREATE USER [CORP\ann]; CREATE USER [CORP\Crew] FOR LOGIN [CORP\Crew]; CREATE USER bob FOR LOGIN [bob@corp.example]
			CREATE USER [Night Shift] FROM EXTERNAL PROVIDER; CREATE USER [CORP\of a group]`)
		servers = append(servers, a)
	}
	a := servers[0]
	for name, want := range map[string]string{
		`CORP\ann`: "U WINDOWS_LOGIN", `CORP\Crew`: "G WINDOWS_GROUP", "bob@corp.example": "E EXTERNAL_LOGIN", "Night Shift": "X EXTERNAL_GROUP",
	} {
		query := "SELECT type + ' ' + type_desc FROM sys.server_principals WHERE name = N'" + name + "'"
		if got := scalar(a, query); got != want {
			t.Errorf("login %s: %s, want %s", name, got, want)
		}
		sid := "SELECT CONVERT(varchar(200), sid, 2) FROM sys.server_principals WHERE name = N'" + name + "'"
		if one, other := scalar(a, sid), scalar(servers[1], sid); one != other {
			t.Errorf("login %s has the SIDs %s and %s on two servers", name, one, other)
		}
	}
	for name, want := range map[string]string{
		`CORP\ann`: "U WINDOWS_USER WINDOWS", `CORP\Crew`: "G WINDOWS_GROUP WINDOWS", "bob": "E EXTERNAL_USER EXTERNAL", "Night Shift": "X EXTERNAL_GROUPS EXTERNAL",
		`CORP\of a group`: "U WINDOWS_USER WINDOWS",
	} {
		query := "SELECT type + ' ' + type_desc + ' ' + authentication_type_desc FROM sys.database_principals WHERE name = N'" + name + "'"
		if got := scalar(a, query); got != want {
			t.Errorf("user %s: %s, want %s", name, got, want)
		}
	}
	for _, c := range []struct {
		statement string
		number    int32
	}{
		{`CREATE LOGIN ann FROM WINDOWS`, 15407},
		{`CREATE LOGIN [CORP\x] FROM EXTERNAL PROVIDER`, 15006},
		{`CREATE LOGIN [CORP\ann] FROM WINDOWS`, 15025},
		{`CREATE USER again FOR LOGIN [CORP\ann]`, 15063},
		{`ALTER LOGIN [CORP\Crew] DISABLE`, 33129},
		{`ALTER LOGIN [bob@corp.example] WITH PASSWORD = N'Kj3-lkj2-Lkj9'`, 15080},
		{`EXECUTE AS USER = 'CORP\Crew'`, 15517},
		{`ALTER USER [CORP\ann] WITH LOGIN = [bob@corp.example]`, 33017},
	} {
		var e mssql.Error
		if err := a.try(c.statement); !errors.As(err, &e) || e.Number != c.number {
			t.Errorf("%s: %v, want %d", c.statement, err, c.number)
		}
	}
	a.exec(`ALTER LOGIN [CORP\ann] DISABLE; ALTER LOGIN [CORP\ann] ENABLE; EXECUTE AS USER = 'CORP\ann'; REVERT; EXECUTE AS USER = 'bob'; REVERT
		DROP LOGIN [bob@corp.example]; ALTER USER bob WITH NAME = robert; DROP USER robert; DROP USER [CORP\Crew]; DROP LOGIN [CORP\Crew]`)
	for _, name := range []string{`CORP\ann`, "Night Shift"} {
		if _, err := dial(t, first, name, "", ""); err == nil {
			t.Errorf("somebody logged in as %s", name)
		}
	}
}
