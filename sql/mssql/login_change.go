package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"grantree/grants"
	"grantree/sql/tsql"

	mssql "github.com/microsoft/go-mssqldb"
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
	if err := readOne(ctx, conn, takeLogins, &code, sql.Named("wait", int(wait.Milliseconds()))); err != nil {
		return fmt.Errorf("the lock of the server's logins: %w", err)
	}
	if code < 0 {
		return ErrLoginsBusy
	}
	return nil
}

// LoginChangeError says which change of a login was not made, and why.
type LoginChangeError struct {
	Change  grants.LoginChange
	Unknown bool // it may have been made: the answer was lost
	Err     error
}

func (e *LoginChangeError) Error() string {
	return fmt.Sprintf("login %q: %s %v", e.Change.Login, RenderLogin(e.Change), e.Err)
}

// Unwrap returns the reason.
func (e *LoginChangeError) Unwrap() error { return e.Err }

//go:embed queries/change_logins.sql
var changeLoginsQuery string

//go:embed queries/change_login.sql
var changeLoginQuery string

// ChangesAtOnce is how many logins one round trip changes: each has two parameters,
// and a call takes 2,100.
const ChangesAtOnce = 500

// ChangeLogins makes up to ChangesAtOnce changes in one round trip and in their
// order, each where the login is still the one that it was planned for, and looks
// whether it was made. One that fails does not keep the others from being made. The
// errors are in the changes' order, nil for each that is done, also where there was
// nothing to do any more.
func ChangeLogins(ctx context.Context, conn *sql.Conn, changes []grants.LoginChange) []error {
	out := make([]error, len(changes))
	if len(changes) == 0 {
		return out
	}
	fail := func(i int, err error) { out[i] = &LoginChangeError{Change: changes[i], Err: err} }
	var b strings.Builder
	b.WriteString(changeLoginsQuery)
	var args []any
	sets, answered, sent := make([]resultSet, len(changes)), make([]bool, len(changes)), make([]bool, len(changes))
	for i, c := range changes {
		sid, err := hex.DecodeString(c.SID)
		if err != nil {
			fail(i, fmt.Errorf("was not sent: %w", err))
			return out
		}
		n := strconv.Itoa(i)
		args = append(args, sql.Named("sid"+n, sid), sql.Named("login"+n, c.Login))
		unless := map[grants.LoginKind]string{grants.DisableLogin: " AND @disabled = 0", grants.EnableLogin: " AND @disabled = 1"}[c.Kind]
		b.WriteString(strings.NewReplacer("@sid", "@sid"+n, "@login", "@login"+n, "$(unless)", unless, "$(statement)", tsql.QuoteString(RenderLogin(c))).Replace(changeLoginQuery))
		sets[i] = resultSet{fmt.Sprintf("login %q", c.Login), func(rows *sql.Rows) error {
			var a loginAnswer
			if err := rows.Scan(&a.before.name, &a.before.disabled, &a.sent, &a.number, &a.message, &a.after.name, &a.after.disabled); err != nil {
				return err
			}
			if answered[i], sent[i] = true, a.sent; a.err(c) != nil {
				fail(i, a.err(c))
			}
			return nil
		}}
	}
	if err := readSets(ctx, conn, b.String(), sets, args...); err != nil {
		for i := range changes {
			switch {
			case answered[i] && !sent[i]: // the error may be why nothing was seen of the login
				fail(i, fmt.Errorf("was not sent: %w", err))
			case !answered[i]:
				out[i] = &LoginChangeError{changes[i], true, fmt.Errorf("may have been sent, and what came of it could not be seen: %w", err)}
			}
		}
	}
	return out
}

// loginAnswer is what a server says of one change.
type loginAnswer struct {
	before, after loginState
	sent          bool
	number        int32
	message       string
}

// err says why a change is not made.
func (a loginAnswer) err(c grants.LoginChange) error {
	switch {
	case a.number != 0:
		return fmt.Errorf("was refused: %w%s", mssql.Error{Number: a.number, Message: a.message}, aboutLogin(c.Login, a.number))
	case a.sent && !a.after.is(c):
		return errors.New("was taken, and did nothing")
	case a.sent || a.before.is(c):
		return nil
	case !a.before.name.Valid:
		return errors.New("was not sent: the login is gone")
	}
	return fmt.Errorf("was not sent: the login of that SID is called %q now; plan again", a.before.name.String)
}

// loginState is what a server says of the login of a SID; it has no name where it is
// gone.
type loginState struct {
	name     sql.NullString
	disabled sql.NullBool
}

// is reports whether a change was made.
func (s loginState) is(c grants.LoginChange) bool {
	switch c.Kind {
	case grants.DisableLogin:
		return s.disabled.Valid && s.disabled.Bool
	case grants.EnableLogin:
		return s.disabled.Valid && !s.disabled.Bool
	case grants.RenameLogin:
		return s.name.Valid && s.name.String == c.To
	}
	return !s.name.Valid
}
