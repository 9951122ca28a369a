package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"grantree/grants"
	"grantree/sql/tsql"
)

// MadeLogin reports whether grantree made the login of a SID.
func MadeLogin(sid string) bool { return len(sid) == 32 && strings.HasPrefix(sid, sidPrefix) }

// RenderLogin returns the T-SQL of one change of a login.
func RenderLogin(c grants.LoginChange) string {
	login := tsql.Quote(c.Login)
	switch c.Kind {
	case grants.DisableLogin:
		return fmt.Sprintf("ALTER LOGIN %s DISABLE;", login)
	case grants.EnableLogin:
		return fmt.Sprintf("ALTER LOGIN %s ENABLE;", login)
	case grants.RenameLogin:
		return fmt.Sprintf("ALTER LOGIN %s WITH NAME = %s;", login, tsql.Quote(c.To))
	case grants.DropLogin:
		return fmt.Sprintf("DROP LOGIN %s;", login)
	}
	return fmt.Sprintf("THROW 50000, %s, 1;", tsql.QuoteString("grantree cannot render a change of kind "+string(c.Kind)))
}

// RenderLoginReverse returns the T-SQL that undoes one change of a login: for
// one that is dropped, a statement that its password is missing from.
func RenderLoginReverse(c grants.LoginChange) string {
	if back, ok := c.Reverse(); ok {
		return RenderLogin(back)
	}
	return Statement(grants.Remedy{Kind: grants.RemedyCreateLogin, Principal: c.Login, Type: grants.SQLUser, SID: c.SID})
}

// takeLogins takes the lock under which a server's logins are changed, in
// master: for the session, and the same for every policy (reference D.9).
const takeLogins = `SET XACT_ABORT ON;
SET NOCOUNT ON;
SET LOCK_TIMEOUT 15000;
DECLARE @grantree_lock int;
EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree logins', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = @wait;
SELECT @grantree_lock;`

// ErrLoginsBusy says that another run is changing the server's logins.
var ErrLoginsBusy = errors.New("another grantree is changing the logins of this server: run this again when it is done")

// LockLogins takes the lock of a server's logins on a connection to master,
// which holds it as long as it lives.
func LockLogins(ctx context.Context, conn *sql.Conn, wait time.Duration) error {
	var code int
	if err := conn.QueryRowContext(ctx, takeLogins, sql.Named("wait", int(wait.Milliseconds()))).Scan(&code); err != nil {
		return fmt.Errorf("the lock of the server's logins: %w", err)
	}
	if code < 0 {
		return ErrLoginsBusy
	}
	return nil
}

// LoginChangeError says which change of a login was not made, and why.
type LoginChangeError struct {
	Change grants.LoginChange
	Err    error
}

func (e *LoginChangeError) Error() string {
	return fmt.Sprintf("login %q: %s %v", e.Change.Login, RenderLogin(e.Change), e.Err)
}

// Unwrap returns the reason.
func (e *LoginChangeError) Unwrap() error { return e.Err }

// ChangeLogin makes one change, where the login is still the one that it was
// planned for, and looks whether it was made. It reports false where there was
// nothing to do any more.
func ChangeLogin(ctx context.Context, conn *sql.Conn, c grants.LoginChange) (sent bool, err error) {
	now, err := readLoginState(ctx, conn, c.SID)
	if err == nil {
		switch {
		case now.is(c):
			return false, nil
		case !now.there:
			err = errors.New("was not sent: the login is gone")
		case now.name != c.Login:
			err = fmt.Errorf("was not sent: the login of that SID is called %q now; plan again", now.name)
		}
	}
	if err != nil {
		return false, &LoginChangeError{c, err}
	}
	if _, err := conn.ExecContext(ctx, RenderLogin(c)); err != nil {
		return false, &LoginChangeError{c, fmt.Errorf("was refused: %w", err)}
	}
	if now, err = readLoginState(ctx, conn, c.SID); err != nil {
		return true, &LoginChangeError{c, fmt.Errorf("was sent, and what came of it could not be seen: %w", err)}
	}
	if !now.is(c) {
		return true, &LoginChangeError{c, errors.New("was taken, and did nothing")}
	}
	return true, nil
}

// loginState is what a server says of the login of a SID.
type loginState struct {
	there, disabled bool
	name            string
}

// is reports whether a change was made.
func (s loginState) is(c grants.LoginChange) bool {
	switch c.Kind {
	case grants.DisableLogin:
		return s.there && s.disabled
	case grants.EnableLogin:
		return s.there && !s.disabled
	case grants.RenameLogin:
		return s.there && s.name == c.To
	}
	return !s.there
}

func readLoginState(ctx context.Context, conn *sql.Conn, sid string) (out loginState, err error) {
	raw, err := hex.DecodeString(sid)
	if err != nil {
		return out, err
	}
	err = conn.QueryRowContext(ctx, "SELECT l.name, l.is_disabled FROM sys.server_principals AS l WHERE l.sid = @sid;", sql.Named("sid", raw)).Scan(&out.name, &out.disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return out, nil
	}
	out.there = err == nil
	return out, err
}
