package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"grantree/grants"
	"grantree/sql/tsql"
)

// Standing is who a runner is in a site, and what the site is to them.
type Standing struct {
	Login, User string // User is "" for who enters without being one
	Database    string
	Version     string
	Edition     string
	Azure       string    // the service, where it is one that has no logins beside a database
	ReadOnly    bool      // a secondary too
	Now         time.Time // the server's, in UTC
	SysAdmin    bool
}

// Modern reports whether the server is SQL Server 2022 or later.
func (s Standing) Modern() bool { return s.major() >= 16 }

// Supported reports whether grantree works with the server: SQL Server 2016, which
// is 13, and later.
func (s Standing) Supported() bool { return s.major() >= 13 && s.Azure == "" }

func (s Standing) major() int {
	major, _, _ := strings.Cut(s.Version, ".")
	n, _ := strconv.Atoi(major)
	return n
}

// Met is a server's answer about one need.
type Met int

// The answers. NotAsked is of a name that HAS_PERMS_BY_NAME does not take, or of
// what is not there.
const (
	NotAsked Met = iota
	IsMet
	IsLacking
)

// standingHead is the first result set: the runner and the site.
const standingHead = `SET NOCOUNT ON;
SELECT ORIGINAL_LOGIN(), USER_NAME(), DATABASE_PRINCIPAL_ID(), DB_NAME(), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), CAST(SERVERPROPERTY('Edition') AS nvarchar(128)),
       CAST(SERVERPROPERTY('EngineEdition') AS int), CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(128)), SYSUTCDATETIME(), IS_SRVROLEMEMBER('sysadmin');
`

// Ask asks the server, in one round trip, who the runner is, and of each need
// whether they meet it: by HAS_PERMS_BY_NAME, which counts owners, roles and
// DENYs (reference C.5), or membership of the role that may it too.
func Ask(ctx context.Context, q Querier, needs []grants.Need) (Standing, []Met, error) {
	var s Standing
	held := make([]Met, len(needs))
	sets := []resultSet{{"the runner", func(rows *sql.Rows) error { return readStanding(rows, &s) }}}
	batch := standingHead
	r := &record{}
	for from := 0; from < len(needs); from += valuesChunk {
		batch += askBatch(needs[from:min(from+valuesChunk, len(needs))], from)
		sets = append(sets, resultSet{"permissions", func(rows *sql.Rows) error { return readMet(r, rows, held) }})
	}
	if err := readSets(ctx, q, batch, sets); err != nil {
		return s, nil, fmt.Errorf("what the login may: %w", err)
	}
	return s, held, nil
}

func readStanding(rows *sql.Rows, s *Standing) error {
	var login, user, database, version, edition, updates sql.NullString
	var userID, engine, admin sql.NullInt64
	if err := rows.Scan(&login, &user, &userID, &database, &version, &edition, &engine, &updates, &s.Now, &admin); err != nil {
		return err
	}
	s.Login, s.Database, s.Version, s.Edition = login.String, database.String, version.String, edition.String
	s.Azure, s.ReadOnly, s.SysAdmin = azure[engine.Int64], updates.String == "READ_ONLY", admin.Int64 == 1
	if id := int(userID.Int64); id != grants.PublicID && id != grants.GuestID {
		s.User = user.String
	}
	return nil
}

func readMet(r *record, rows *sql.Rows, held []Met) error {
	if err := r.scan(rows); err != nil {
		return err
	}
	n := r.number()
	answer, null := r.numberOrNull()
	switch {
	case r.err != nil:
		return r.err
	case n < 0 || n >= len(held):
		return fmt.Errorf("the server answered about permission %d of %d", n, len(held))
	case null:
	case answer == 1:
		held[n] = IsMet
	default:
		held[n] = IsLacking
	}
	return nil
}

// askBatch is the question about some needs, which are numbered from first.
func askBatch(needs []grants.Need, first int) string {
	rows := make([]string, len(needs))
	for i, n := range needs {
		rows[i] = fmt.Sprintf("(%d, %s, %s, %s, %s, %s)", first+i, asked(n.On), orNull(askedClass(n.On)), tsql.QuoteString(n.Permission), orNull(n.Older), orNull(n.Role))
	}
	return "SELECT n.i, CASE WHEN n.r IS NOT NULL AND IS_ROLEMEMBER(n.r) = 1 THEN 1 ELSE ISNULL(HAS_PERMS_BY_NAME(n.s, n.c, n.p), HAS_PERMS_BY_NAME(n.s, n.c, n.o)) END\n" +
		"FROM (VALUES " + strings.Join(rows, ",\n") + ") AS n(i, s, c, p, o, r);\n"
}

// asked is a securable as HAS_PERMS_BY_NAME takes it.
func asked(on grants.Securable) string {
	if on.Name == "" {
		return "CAST(NULL AS nvarchar(520))"
	}
	name := securable(on)
	if !askable(on.Schema, on.Name) && on.Schema != "" && regular.MatchString(on.Schema) && regular.MatchString(on.Name) {
		name = on.Schema + "." + on.Name
	}
	return tsql.QuoteString(name)
}

// askedClass is the class that HAS_PERMS_BY_NAME takes: none for the server.
func askedClass(on grants.Securable) string {
	switch on.Class {
	case "":
		return "DATABASE"
	case "SERVER":
		return ""
	}
	return on.Class
}

func orNull(s string) string {
	if s == "" {
		return "CAST(NULL AS nvarchar(128))"
	}
	return tsql.QuoteString(s)
}

// NeedStatements are the statements, ready to paste, that give a runner what they
// need in a database, and no more. Who is no user there becomes one.
func NeedStatements(s Standing, n grants.Need) []string {
	user := s.User
	var out []string
	if !n.On.OfServer() {
		use := Statement(grants.Remedy{Kind: grants.RemedyUse, On: grants.Securable{Name: s.Database}})
		if user == "" {
			user = s.Login
			out = append(out, UserStatement(s.Database, s.Login))
		}
		return append(out, use+" "+Statement(n.Remedy(s.Login, user, s.Modern())))
	}
	return []string{Statement(n.Remedy(s.Login, user, s.Modern()))}
}

// UserStatement is the statement, ready to paste, that makes a login's user in a
// database.
func UserStatement(database, login string) string {
	return fmt.Sprintf("%s CREATE USER %[2]s FOR LOGIN %[2]s;", Statement(grants.Remedy{Kind: grants.RemedyUse, On: grants.Securable{Name: database}}), tsql.Quote(login))
}
