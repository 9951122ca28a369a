package mssql

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed" // the query files
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"

	mssql "github.com/microsoft/go-mssqldb"
)

//go:embed queries/new_logins.sql
var newLoginsQuery string

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

// Login is a login to be made. A SQL login has the same SID on every server, so
// that a database that moves from one to another keeps its people.
type Login struct {
	Name, Password string
	SID            string               // 16 bytes in hexadecimal
	Type           grants.PrincipalType // of an account that Windows or Entra has, which gets no password and no SID from us
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

// LoginAnswer is what a server said of a login that it was told to make.
type LoginAnswer struct {
	Made bool   // false where there is one of that name
	SID  string // of one that was made
	Err  error
}

// LoginsAtOnce is how many logins one round trip makes: each has three
// parameters, and a call takes 2,100.
const LoginsAtOnce = 500

// NewLogins makes up to LoginsAtOnce logins, those that are not there, in one
// round trip. One that the server refuses does not keep the others from being made.
// The answers, read to their end, are in the logins' order. With an error, which
// says why, some are nil, and nobody knows yet whether those logins were made.
// Passwords travel as parameters, so they are in no statement text of ours.
func NewLogins(ctx context.Context, db *sql.DB, logins []Login, rules PasswordRules) ([]*LoginAnswer, error) {
	out := make([]*LoginAnswer, len(logins))
	batch, args, err := newLoginsBatch(logins, rules)
	if err != nil {
		return out, err
	}
	sets := make([]resultSet, len(logins))
	for i, l := range logins {
		sets[i] = resultSet{fmt.Sprintf("login %q", l.Name), func(rows *sql.Rows) error {
			var a LoginAnswer
			var number int32
			var message string
			var sid []byte
			if err := rows.Scan(&a.Made, &number, &message, &sid); err != nil {
				return err
			}
			if a.Made {
				a.SID = upperHex(sid)
			}
			if number != 0 {
				a.Err = fmt.Errorf("login %q: %w", l.Name, mssql.Error{Number: number, Message: message})
			}
			out[i] = &a
			return nil
		}}
	}
	return out, readSets(ctx, db, batch, sets, args...)
}

// newLoginsBatch is the T-SQL that makes logins, and its parameters. Both policy
// options are stated, since their defaults differ between documents (reference
// D.2).
func newLoginsBatch(logins []Login, rules PasswordRules) (string, []any, error) {
	mustChange, policy, expiration := rules.words()
	var b strings.Builder
	b.WriteString(newLoginsQuery)
	args := []any{sql.Named("must_change", mustChange), sql.Named("policy", policy), sql.Named("expiration", expiration)}
	for i, l := range logins {
		n := strconv.Itoa(i)
		args = append(args, sql.Named("login"+n, l.Name))
		statement := tsql.QuoteString(Statement(grants.Remedy{Kind: grants.RemedyCreateLogin, Principal: l.Name, Type: l.Type}))
		if l.Type == "" || l.Type == grants.SQLUser {
			sid, err := hex.DecodeString(l.SID)
			if err != nil {
				return "", nil, fmt.Errorf("login %q: sid %q: %w", l.Name, l.SID, err)
			}
			args = append(args, sql.Named("password"+n, l.Password), sql.Named("sid"+n, sid))
			statement = strings.NewReplacer("@login", "@login"+n, "@password", "@password"+n, "@sid", "@sid"+n).Replace(sqlLogin)
		}
		b.WriteString(strings.NewReplacer("@login", "@login"+n, "$(statement)", statement).Replace(newLoginQuery))
	}
	return b.String(), args, nil
}

// sqlLogin is the text that makes a login with a password, as an expression.
const sqlLogin = `N'CREATE LOGIN ' + QUOTENAME(@login) + N' WITH PASSWORD = N' + QUOTENAME(@password, '''') + @must_change
        + N', SID = ' + CONVERT(nvarchar(34), @sid, 1) + N', CHECK_POLICY = ' + @policy + N', CHECK_EXPIRATION = ' + @expiration`

// LoginSIDs returns the SIDs of logins as the server has them, or "" where it has
// none of that name.
func LoginSIDs(ctx context.Context, db *sql.DB, logins []string) ([]string, error) {
	var out []string
	for chunk := range slices.Chunk(logins, LoginsAtOnce) {
		var b strings.Builder
		var args []any
		var sets []resultSet
		for i, l := range chunk {
			fmt.Fprintf(&b, "SELECT SUSER_SID(@login%d);\n", i)
			args = append(args, sql.Named("login"+strconv.Itoa(i), l))
			sets = append(sets, resultSet{"sid", func(rows *sql.Rows) error {
				var sid []byte
				err := rows.Scan(&sid)
				out = append(out, upperHex(sid))
				return err
			}})
		}
		if err := readSets(ctx, db, b.String(), sets, args...); err != nil {
			return nil, fmt.Errorf("login %q: %w", chunk[0], err)
		}
	}
	return out, nil
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
