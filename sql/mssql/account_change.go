package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"errors"
	"fmt"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"

	mssql "github.com/microsoft/go-mssqldb"
)

//go:embed queries/set_password.sql
var setPasswordQuery string

// SetPassword gives a login a new password, which travels as a parameter and is
// in no statement text of ours, by the rules of the policy. A login that is
// locked is unlocked by it.
func SetPassword(ctx context.Context, conn *sql.Conn, login, password string, r PasswordRules) error {
	mustChange, policy, expiration := r.words()
	if r.Policy {
		mustChange += " UNLOCK"
	}
	_, err := conn.ExecContext(ctx, setPasswordQuery, sql.Named("login", login), sql.Named("password", password),
		sql.Named("words", mustChange), sql.Named("policy", policy), sql.Named("expiration", expiration))
	if err != nil {
		return fmt.Errorf("login %q: the new password was refused: %w", login, err)
	}
	return nil
}

// SetUserPassword gives a user of a contained database a new password. There is
// nothing to say of a policy: such a password follows the server's (reference E.3).
// USE lasts as long as the call.
func SetUserPassword(ctx context.Context, conn *sql.Conn, database, user, password string) error {
	query := "USE " + tsql.Quote(database) + "; " + setUserPassword
	if _, err := conn.ExecContext(ctx, query, sql.Named("user", user), sql.Named("password", password)); err != nil {
		return fmt.Errorf("user %q in database %q: the new password was refused: %w", user, database, err)
	}
	return nil
}

const setUserPassword = "DECLARE @statement nvarchar(max) = N'ALTER USER ' + QUOTENAME(@user) + N' WITH PASSWORD = N' + QUOTENAME(@password, ''''); EXEC (@statement);"

// ResetUserStatement is what SetUserPassword sends, for a reader: without the
// password.
func ResetUserStatement(database, user string) string {
	return fmt.Sprintf("USE %s; ALTER USER %s WITH PASSWORD = N'…';", tsql.Quote(database), tsql.Quote(user))
}

// Unlock lets a login try again that was locked by wrong passwords, and keeps
// its password: turning CHECK_POLICY off and on clears the count (ALTER LOGIN,
// "Unlocking a login": UNLOCK itself takes a new password).
func Unlock(ctx context.Context, conn *sql.Conn, a grants.Account) error {
	if a.Password == nil || !a.Password.Policy {
		return fmt.Errorf("login %q: the server locks no login whose password is under no policy", a.Name)
	}
	for _, statement := range UnlockStatements(a) {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("login %q: %s was refused: %w", a.Name, statement, err)
		}
	}
	return nil
}

// UnlockStatements are the statements that unlock a login. A password that may
// expire has to stop doing so first (error 15122).
func UnlockStatements(a grants.Account) []string {
	login := tsql.Quote(a.Name)
	if a.Password != nil && a.Password.Expiration {
		return []string{
			fmt.Sprintf("ALTER LOGIN %s WITH CHECK_EXPIRATION = OFF, CHECK_POLICY = OFF;", login),
			fmt.Sprintf("ALTER LOGIN %s WITH CHECK_POLICY = ON, CHECK_EXPIRATION = ON;", login),
		}
	}
	return []string{fmt.Sprintf("ALTER LOGIN %s WITH CHECK_POLICY = OFF;", login), fmt.Sprintf("ALTER LOGIN %s WITH CHECK_POLICY = ON;", login)}
}

// EndStatement is the statement that ends a session.
func EndStatement(id int) string { return fmt.Sprintf("KILL %d;", id) }

// EndSession ends a session, if it is still the login's that it was, and does
// nothing whose work would be rolled back, unless force says so. It reports false
// where it is gone already.
func EndSession(ctx context.Context, conn *sql.Conn, s grants.Session, force bool) (bool, error) {
	var status string
	var open int
	err := conn.QueryRowContext(ctx, "SELECT x.status, x.open_transaction_count FROM sys.dm_exec_sessions AS x WHERE x.session_id = @id AND DATEDIFF(millisecond, x.login_time, @begun) BETWEEN -10 AND 10 AND x.original_login_name = @login;",
		sql.Named("id", s.ID), sql.Named("begun", mssql.DateTime1(s.Begun)), sql.Named("login", s.Login)).Scan(&status, &open)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case !force && (open > 0 || strings.TrimSpace(status) == "running"):
		return false, fmt.Errorf("session %d of %q is left: it has begun something since, whose work would be rolled back: --force ends it", s.ID, s.Login)
	}
	if _, err := conn.ExecContext(ctx, EndStatement(s.ID)); err != nil {
		return false, fmt.Errorf("session %d of %q: %w", s.ID, s.Login, err)
	}
	return true, nil
}

// ResetStatement is the statement that SetPassword sends, for a reader: without
// the password.
func ResetStatement(login string, r PasswordRules) string {
	mustChange, policy, expiration := r.words()
	if r.Policy {
		mustChange += " UNLOCK"
	}
	return fmt.Sprintf("ALTER LOGIN %s WITH PASSWORD = N'…'%s, CHECK_POLICY = %s, CHECK_EXPIRATION = %s;", tsql.Quote(login), mustChange, policy, expiration)
}

// PasswordStatement is the statement by which a DBA gives a login another
// password. It has a place for it, and does nothing before that is filled.
func PasswordStatement(login string) string {
	return fmt.Sprintf("ALTER LOGIN %s WITH PASSWORD = <a new one, in N'…'>;", tsql.Quote(login))
}
