package mssql

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"math/big"
	"strings"

	"grantree/sql/tsql"
)

// NewLogin makes a SQL login with the given password, where there is none of
// that name, and reports whether it made it. The password travels as a
// parameter, so it is in no statement text of ours. Both policy options are stated,
// since their defaults differ between documents (reference D.2).
func NewLogin(ctx context.Context, db *sql.DB, login, password string) (made bool, err error) {
	var one int
	err = db.QueryRowContext(ctx, `SET NOCOUNT ON;
IF SUSER_ID(@login) IS NOT NULL
    SELECT 0;
ELSE
BEGIN
    DECLARE @statement nvarchar(max) = N'CREATE LOGIN ' + QUOTENAME(@login) + N' WITH PASSWORD = N' + QUOTENAME(@password, '''') + N', CHECK_POLICY = ON, CHECK_EXPIRATION = OFF';
    EXEC (@statement);
    SELECT 1;
END;`, sql.Named("login", login), sql.Named("password", password)).Scan(&one)
	if err != nil {
		return false, fmt.Errorf("login %q: %w", login, err)
	}
	return one == 1, nil
}

// loginScript makes a login in a script, which must not hold a password: the
// server makes one up that nobody learns, to be set by an administrator.
func loginScript(login string) string {
	name := tsql.QuoteString(login)
	return fmt.Sprintf(`IF SUSER_ID(%s) IS NULL
BEGIN
    DECLARE @statement nvarchar(max) = N'CREATE LOGIN ' + QUOTENAME(%s) + N' WITH PASSWORD = N''' + CONVERT(nvarchar(36), NEWID()) + N'aA1!' + CONVERT(nvarchar(36), NEWID()) + N''', CHECK_POLICY = ON, CHECK_EXPIRATION = OFF';
    EXEC (@statement);
END;`, name, name)
}

// The characters of a generated password: no two look alike, none needs
// quoting in a connection string, and all four classes occur.
const (
	passwordLower  = "abcdefghijkmnopqrstuvwxyz"
	passwordUpper  = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	passwordDigits = "23456789"
	passwordMarks  = "-_.+"
	passwordLength = 24
)

// GeneratePassword returns 24 random characters that hold all four classes
// and, in no case of letters, the login's name, which satisfies the complexity
// rules of every platform (reference E.3).
func GeneratePassword(login string) (string, error) {
	for {
		p, err := randomPassword()
		if err != nil || login == "" || !strings.Contains(strings.ToLower(p), strings.ToLower(login)) {
			return p, err
		}
	}
}

// randomPassword returns 24 random characters that hold all four classes.
func randomPassword() (string, error) {
	classes := []string{passwordLower, passwordUpper, passwordDigits, passwordMarks}
	all := passwordLower + passwordUpper + passwordDigits + passwordMarks
	out := make([]byte, passwordLength)
	for i := range out {
		set := all
		if i < len(classes) {
			set = classes[i]
		}
		c, err := pick(set)
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		out[i] = c
	}
	for i := len(out) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		out[i], out[j.Int64()] = out[j.Int64()], out[i]
	}
	return string(out), nil
}

// pick returns one random character of a set.
func pick(set string) (byte, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(set))))
	if err != nil {
		return 0, err
	}
	return set[n.Int64()], nil
}
