package mssql

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed" // the query files
	"encoding/hex"
	"fmt"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

//go:embed queries/new_login.sql
var newLoginQuery string

// sidPrefix is how the SID of every login that grantree makes begins: no
// property can mark a login, so the SID does. The other eight bytes are random.
const sidPrefix = "6772616E74726565" // "grantree"

// NewSID returns the SID of a login to be made, 16 bytes in upper-case
// hexadecimal as a snapshot writes them.
func NewSID() string {
	random := make([]byte, 8)
	rand.Read(random) // never fails: it ends the program
	return sidPrefix + upperHex(random)
}

// Login is a SQL login to be made: the same SID on every server, so that a
// database that moves from one to another keeps its people.
type Login struct {
	Name, Password string
	SID            string // 16 bytes in hexadecimal
	Rules          PasswordRules
}

// PasswordRules are what a server is told of a login's password. MustChange
// needs both others (error 15122).
type PasswordRules struct{ MustChange, Policy, Expiration bool }

// words are the rules as statements have them.
func (r PasswordRules) words() (mustChange, policy, expiration string) {
	word := map[bool]string{true: "ON", false: "OFF"}
	if r.MustChange {
		mustChange = " MUST_CHANGE"
	}
	return mustChange, word[r.Policy], word[r.Expiration]
}

// NewLogin makes a SQL login, where there is none of that name, and reports
// whether it made it. The password travels as a parameter, so it is in no
// statement text of ours. Both policy options are stated, since their defaults
// differ between documents (reference D.2).
func NewLogin(ctx context.Context, db *sql.DB, l Login) (made bool, err error) {
	sid, err := hex.DecodeString(l.SID)
	if err != nil {
		return false, fmt.Errorf("login %q: sid %q: %w", l.Name, l.SID, err)
	}
	mustChange, policy, expiration := l.Rules.words()
	err = db.QueryRowContext(ctx, newLoginQuery, sql.Named("login", l.Name), sql.Named("password", l.Password), sql.Named("sid", sid),
		sql.Named("must_change", mustChange), sql.Named("policy", policy), sql.Named("expiration", expiration)).Scan(&made)
	if err != nil {
		return false, fmt.Errorf("login %q: %w", l.Name, err)
	}
	return made, nil
}

// NewExternalLogin makes the login of an account that Windows or Entra has,
// where there is none of that name, and reports whether it made it.
func NewExternalLogin(ctx context.Context, db *sql.DB, login string, kind grants.PrincipalType) (made bool, err error) {
	if err := db.QueryRowContext(ctx, "SELECT CAST(CASE WHEN SUSER_ID(@login) IS NULL THEN 1 ELSE 0 END AS bit);", sql.Named("login", login)).Scan(&made); err != nil || !made {
		return false, err
	}
	if _, err := db.ExecContext(ctx, Statement(grants.Remedy{Kind: grants.RemedyCreateLogin, Principal: login, Type: kind})); err != nil {
		return false, fmt.Errorf("login %q: %w", login, err)
	}
	return true, nil
}

// LoginSID returns the SID of a login as the server has it, or "" where it has
// none of that name.
func LoginSID(ctx context.Context, db *sql.DB, login string) (string, error) {
	var sid []byte
	if err := db.QueryRowContext(ctx, "SELECT SUSER_SID(@login);", sql.Named("login", login)).Scan(&sid); err != nil {
		return "", fmt.Errorf("login %q: %w", login, err)
	}
	return upperHex(sid), nil
}

// loginScript makes a login in a script, which must not hold a password: the
// server makes one up that nobody learns, to be set by an administrator. It is
// of characters that the login's name does not have.
func loginScript(l ScriptLogin) (string, error) {
	if l.Type != "" && l.Type != grants.SQLUser {
		return fmt.Sprintf("DECLARE @login nvarchar(128) = %s, @statement nvarchar(max) = %s;\nIF SUSER_ID(@login) IS NULL\n    EXEC (@statement);\n", asciiString(l.Name),
			asciiString(Statement(grants.Remedy{Kind: grants.RemedyCreateLogin, Principal: l.Name, Type: l.Type}))), nil
	}
	alphabet, all, err := scriptAlphabet(l.Name)
	if err != nil {
		return "", err
	}
	sid := "0x" + sidPrefix + " + SUBSTRING(CONVERT(binary(16), NEWID()), 1, 8)"
	if l.SID != "" {
		sid = "0x" + l.SID
	}
	mustChange, policy, expiration := l.Rules.words()
	return fmt.Sprintf(scriptLogin, asciiString(l.Name), tsql.QuoteString(alphabet), tsql.QuoteString(all), sid, mustChange, policy, expiration), nil
}

// scriptLogin makes one login: name, alphabet, a character of each class, SID,
// and the rules of its password.
const scriptLogin = `SET IMPLICIT_TRANSACTIONS OFF;
IF @@TRANCOUNT <> 0
BEGIN
    RAISERROR (N'a transaction is open in this session: COMMIT or ROLLBACK it, then run the script again; no login was made', 16, 1);
    RETURN;
END;
DECLARE @login nvarchar(128) = %s, @alphabet nvarchar(16) = %s, @password nvarchar(128) = %s;
IF SUSER_ID(@login) IS NULL
BEGIN
    DECLARE @random nvarchar(64) = REPLACE(CONVERT(nvarchar(36), NEWID()) + CONVERT(nvarchar(36), NEWID()), N'-', N''), @digit int = 1;
    WHILE @digit <= 64
    BEGIN
        SET @password = @password + SUBSTRING(@alphabet, (CHARINDEX(SUBSTRING(@random, @digit, 1), N'0123456789ABCDEF') - 1) %% LEN(@alphabet) + 1, 1);
        SET @digit = @digit + 1;
    END;
    DECLARE @sid varbinary(16) = %s;
    DECLARE @statement nvarchar(max) = N'CREATE LOGIN ' + QUOTENAME(@login) + N' WITH PASSWORD = N''' + @password + N'''%s, SID = ' + CONVERT(nvarchar(34), @sid, 1) + N', CHECK_POLICY = %s, CHECK_EXPIRATION = %s';
    EXEC (@statement);
END;
`

// scriptAlphabet returns up to 16 characters for the password of a login that
// a script makes, none of which its name has in either case, and one of each
// class that there is: a password without a single character of the name
// cannot hold it, nor a part of it, whatever the server's collation.
func scriptAlphabet(login string) (alphabet, classes string, err error) {
	name := foldName(login)
	free := func(set string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(name, []rune(strings.ToLower(string(r)))[0]) {
				return -1
			}
			return r
		}, set)
	}
	lower, upper, other := free(passwordLower), free(passwordUpper), free(passwordDigits+passwordMarks)
	if lower == "" || upper == "" || other == "" {
		return "", "", fmt.Errorf("a script cannot make login %+q: every password of three kinds of characters would hold one of its name; use grantree apply, or make the login first", login)
	}
	alphabet = lower + upper + other
	return alphabet[:min(len(alphabet), 16)], lower[:1] + upper[:1] + other[:1], nil
}
