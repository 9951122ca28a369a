package mssql

import (
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// changes writes what becomes of a server's logins: before the sites those of
// people who are kept out, after them the others. Each is one batch under the
// lock of the server's logins, which does nothing where the login is not the one
// that was planned for.
func (s *script) changes(list []grants.LoginChange, before bool, sites []ScriptPart) {
	for _, c := range list {
		if c.Kind.Narrows() == before {
			s.login(c, sites)
		}
	}
}

// login writes one change of a login.
func (s *script) login(c grants.LoginChange, sites []ScriptPart) {
	s.comment("login " + c.Login)
	guard := fmt.Sprintf("EXISTS (SELECT 1 FROM sys.server_principals AS l WHERE l.name = %s AND l.sid = 0x%s)", asciiString(c.Login), c.SID)
	statement := RenderLogin(c)
	if c.Kind == grants.DropLogin && len(sites) > 0 {
		var users []string
		for _, site := range sites {
			users = append(users, fmt.Sprintf("EXISTS (SELECT 1 FROM %s.sys.database_principals AS u WHERE u.sid = 0x%s)", tsql.Quote(site.Database), c.SID))
		}
		statement = fmt.Sprintf("IF %s RAISERROR (N'a site has a user of this login still: it was not dropped', 16, 1); ELSE %s", strings.Join(users, " OR "), statement)
	}
	s.in("master", fmt.Sprintf(scriptLoginChange, guard, asciiString(statement)))
}

// scriptLoginChange makes one change: when, and the statement.
const scriptLoginChange = `SET IMPLICIT_TRANSACTIONS OFF;
DECLARE @grantree_lock int, @grantree_sql nvarchar(max);
IF @@TRANCOUNT <> 0
BEGIN
    RAISERROR (N'a transaction is open in this session: COMMIT or ROLLBACK it, then run the script again; this login was not changed', 16, 1);
    RETURN;
END;
EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree logins', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 60000;
IF @grantree_lock < 0
BEGIN
    RAISERROR (N'another grantree is changing the logins of this server; this login was not changed', 16, 1);
    RETURN;
END;
IF %s
BEGIN
    SET @grantree_sql = %s;
    EXEC (@grantree_sql);
END;
ELSE
    RAISERROR (N'this login is not as the plan found it, and was not changed: plan again', 16, 1);
EXEC sys.sp_releaseapplock @Resource = N'grantree logins', @LockOwner = N'Session';
`

// undoes writes what takes the changes of logins back, the last one first. A
// login that was dropped is left to whoever knows a password for it.
func (s *script) undoes(list []grants.LoginChange, before bool, sites []ScriptPart) {
	for _, c := range slices.Backward(list) {
		back, ok := c.Reverse()
		switch {
		case c.Kind.Narrows() != before:
		case ok:
			s.login(back, sites)
		default:
			s.comment("login " + c.Login + " was dropped: make it again with a password of your own: " + strings.TrimSpace(RenderLoginReverse(c)))
		}
	}
}
