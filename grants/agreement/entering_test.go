package agreement

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"
)

// TestEntering opens real connections: whether somebody logs in and enters is
// what EXECUTE AS cannot show (reference C.6).
func TestEntering(t *testing.T) {
	const password = "aA1!kj3lkJ2lkj"
	address, stop := server(t)
	t.Cleanup(stop)
	db, err := mssql.Open(address)
	check(t, err)
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	check(t, err)
	t.Cleanup(func() { conn.Close() })
	site := fmt.Sprintf("gt_enter_%d", os.Getpid())
	var login string // one for each case: a session that ends is a login in use for a moment
	run := func(script string) {
		t.Helper()
		batches, err := tsql.SplitScript(strings.NewReplacer("@site", tsql.Quote(site), "@l", login, "@x", login+"x").Replace(script))
		check(t, err)
		for _, b := range batches {
			if _, err := conn.ExecContext(context.Background(), b.Text); err != nil {
				t.Fatalf("%s: %v", b.Text, err)
			}
		}
	}
	for i, tt := range []struct {
		name, do string
		want     grants.Answer
	}{
		{"a user", "", grants.Yes},
		{"a login without a user", "DROP USER u", grants.No},
		{"a login without a user, and guest", "DROP USER u; GRANT CONNECT TO guest", grants.Yes},
		{"CONNECT revoked", "REVOKE CONNECT FROM u", grants.No},
		{"CONNECT denied, and guest", "DENY CONNECT TO u; GRANT CONNECT TO guest", grants.No},
		{"CONNECT denied to a role", "CREATE ROLE r; ALTER ROLE r ADD MEMBER u; DENY CONNECT TO r", grants.No},
		{"CONNECT by a role", "REVOKE CONNECT FROM u; CREATE ROLE r; ALTER ROLE r ADD MEMBER u; GRANT CONNECT TO r", grants.Yes},
		{"CONNECT by db_accessadmin", "REVOKE CONNECT FROM u; ALTER ROLE db_accessadmin ADD MEMBER u", grants.Yes},
		{"CONTROL denied on the database", "DENY CONTROL TO u", grants.No},
		{"the owner of the database", "DROP USER u; ALTER AUTHORIZATION ON DATABASE::@site TO @l", grants.Yes},
		{"sysadmin", "DENY CONNECT TO u; ALTER SERVER ROLE sysadmin ADD MEMBER @l", grants.Yes},
		{"CONNECT ANY DATABASE", "DROP USER u; USE master; GRANT CONNECT ANY DATABASE TO @l", grants.Yes},
		{"CONTROL SERVER", "DROP USER u; USE master; GRANT CONTROL SERVER TO @l", grants.Yes},
		{"##MS_DatabaseConnector##", "DROP USER u; ALTER SERVER ROLE ##MS_DatabaseConnector## ADD MEMBER @l", grants.Yes},
		{"disabled", "ALTER LOGIN @l DISABLE", grants.No},
		{"disabled and sysadmin", "ALTER SERVER ROLE sysadmin ADD MEMBER @l; ALTER LOGIN @l DISABLE", grants.No},
		{"CONNECT SQL denied", "USE master; DENY CONNECT SQL TO @l", grants.No},
		{"CONNECT SQL revoked", "USE master; REVOKE CONNECT SQL FROM @l", grants.No},
		{"CONTROL SERVER denied", "USE master; DENY CONTROL SERVER TO @l", grants.No},
		{"RESTRICTED_USER", "USE master; ALTER DATABASE @site SET RESTRICTED_USER", grants.No},
		{"RESTRICTED_USER and db_owner", "ALTER ROLE db_owner ADD MEMBER u; USE master; ALTER DATABASE @site SET RESTRICTED_USER", grants.Yes},
		{"RESTRICTED_USER and dbcreator", "ALTER SERVER ROLE dbcreator ADD MEMBER @l; USE master; ALTER DATABASE @site SET RESTRICTED_USER", grants.Yes},
		{"RESTRICTED_USER and dbcreator without a user", "DROP USER u; ALTER SERVER ROLE dbcreator ADD MEMBER @l; USE master; ALTER DATABASE @site SET RESTRICTED_USER", grants.No},
		{"RESTRICTED_USER and sysadmin", "ALTER SERVER ROLE sysadmin ADD MEMBER @l; USE master; ALTER DATABASE @site SET RESTRICTED_USER", grants.Yes},
		{"RESTRICTED_USER and CONTROL SERVER", "USE master; GRANT CONTROL SERVER TO @l; ALTER DATABASE @site SET RESTRICTED_USER", grants.No},
		{"the user of another login", "ALTER USER u WITH LOGIN = @x", grants.No},
	} {
		login = fmt.Sprintf("%s_%d", site, i)
		drop := "DROP LOGIN " + login + "; DROP LOGIN " + login + "x"
		t.Cleanup(func() { conn.ExecContext(context.Background(), drop) })
		t.Run(tt.name, func(t *testing.T) {
			run("USE master; CREATE LOGIN @l WITH PASSWORD = N'" + password + "', CHECK_POLICY = OFF; CREATE LOGIN @x WITH PASSWORD = N'" + password + "', CHECK_POLICY = OFF; CREATE DATABASE @site;\nGO\nUSE @site;\nCREATE USER u FOR LOGIN @l;\n")
			defer run("USE master; ALTER DATABASE @site SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE @site")
			run(tt.do)
			run("USE @site")
			s, err := mssql.Snapshot(context.Background(), conn, "North", "main")
			check(t, err)
			as := address
			as.User, as.Password, as.Database = login, password, site
			pool, err := mssql.Open(as)
			check(t, err)
			err = pool.PingContext(context.Background())
			pool.Close()
			got, why := grants.NewAccess(s).CanEnter(login)
			if got != tt.want || (err == nil) != (tt.want == grants.Yes) {
				t.Errorf("the model says %v (%v), the server %v; want %v", got, why, err, tt.want)
			}
		})
	}
}
