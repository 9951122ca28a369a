package mssql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Weak is a login whose password anybody can guess, and what it is like. The
// password itself is not said.
type Weak struct {
	Login string
	Like  string
}

// wellKnown are passwords that whoever tries tries first: those of the vendor's
// documents (Fleet Maintenance Pro's Admin and IMS), and what hardening guides
// list.
var wellKnown = []string{"password", "imsuser", "Password1", "P@ssw0rd", "admin", "sa", "sql", "123456"}

// Guessed says what a password is like that whoever tries tries first, or "": the
// same as WeakPasswords asks servers for.
func Guessed(login, password string) string {
	switch {
	case strings.TrimSpace(password) == "":
		return "blank"
	case slices.Contains([]string{login, strings.ToLower(login), strings.ToUpper(login), reversed(login)}, password):
		return "the account's own name"
	case slices.Contains(wellKnown, password):
		return "well known"
	}
	return ""
}

// ErrHashesHidden says that the runner may not see what passwords are compared
// with.
var ErrHashesHidden = errors.New("the hashes of passwords are not shown to this login: it takes CONTROL SERVER, or on SQL Server 2022 VIEW ANY CRYPTOGRAPHICALLY SECURED DEFINITION")

// WeakPasswords asks the server of each of some logins whether its password is
// blank, its own name, or one that is well known. Each question is a hash to be
// worked out, which newer servers make dear, so that most bounds the logins that
// are asked for; asked is how many were.
func WeakPasswords(ctx context.Context, conn *sql.Conn, logins []string, most int) (weak []Weak, asked int, err error) {
	for _, login := range logins[:min(len(logins), most)] {
		found, err := weakPassword(ctx, conn, login)
		if err != nil {
			return weak, asked, fmt.Errorf("login %q: %w", login, err)
		}
		asked++
		if found != "" {
			weak = append(weak, Weak{login, found})
		}
	}
	return weak, asked, nil
}

// weakPassword says what the password of one login is like, or "".
func weakPassword(ctx context.Context, conn *sql.Conn, login string) (string, error) {
	words := append([]string{"", login, strings.ToLower(login), strings.ToUpper(login), reversed(login)}, wellKnown...)
	tests := "CASE WHEN s.password_hash IS NULL THEN -1"
	args := []any{sql.Named("login", login)}
	for i, w := range words {
		tests += fmt.Sprintf(" WHEN PWDCOMPARE(@w%d, s.password_hash) = 1 THEN %d", i, i)
		args = append(args, sql.Named(fmt.Sprintf("w%d", i), w))
	}
	at := -2
	err := conn.QueryRowContext(ctx, "SELECT "+tests+" ELSE -2 END FROM sys.sql_logins AS s WHERE s.name = @login;", args...).Scan(&at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case at == -1:
		return "", ErrHashesHidden
	case at == 0:
		return "blank", nil
	case at > 0 && at < len(words)-len(wellKnown):
		return "its own name", nil
	case at > 0:
		return "a well-known one", nil
	}
	return "", nil
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}
