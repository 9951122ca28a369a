package mssql

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed" // the query files
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

//go:embed queries/snapshot.sql
var snapshotQuery string

//go:embed queries/begin.sql
var beginQuery string

// snapshotPrelude ends the batch at its first error, keeps the counts of
// statements out of the answer and a waiting snapshot from waiting for ever.
const snapshotPrelude = "SET XACT_ABORT ON;\nSET NOCOUNT ON;\nSET LOCK_TIMEOUT 15000;\n"

// Querier is the connection that a snapshot needs, as *sql.Conn is one.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Asking is what is asked of a site beside what every site is asked.
type Asking struct {
	// Ledger is the table in which the site keeps its ledger: its columns are read.
	Ledger *grants.WantedLedger
	// Views is told of the site's views as soon as they are read, while the server
	// works on the rest: by a snapshot of their own, with the site's collations and
	// schemas, and views without columns.
	Views func(*grants.Snapshot)
}

// query is the batch of a snapshot.
func (a Asking) query() string {
	if a.Ledger == nil {
		return snapshotQuery
	}
	return snapshotQuery + ledgerColumnsQuery(a.Ledger)
}

// Snapshot reads the whole site in one round trip. site and server are the
// policy's names, copied into the result.
func Snapshot(ctx context.Context, q Querier, site, server string) (*grants.Snapshot, error) {
	return SnapshotTelling(ctx, q, site, server, nil)
}

// SnapshotTelling is Snapshot, and tells of the site's views, as Asking.Views is.
func SnapshotTelling(ctx context.Context, q Querier, site, server string, views func(*grants.Snapshot)) (*grants.Snapshot, error) {
	return SnapshotAsking(ctx, q, site, server, Asking{Views: views})
}

// SnapshotAsking is Snapshot with more.
func SnapshotAsking(ctx context.Context, q Querier, site, server string, asking Asking) (*grants.Snapshot, error) {
	return readSnapshotAsking(ctx, q, snapshotPrelude+asking.query(), site, server, asking, nil)
}

// readSnapshot sends a batch whose result sets are those of snapshot.sql.
func readSnapshot(ctx context.Context, q Querier, batch, site, server string, args ...any) (*grants.Snapshot, error) {
	return readSnapshotAsking(ctx, q, batch, site, server, Asking{}, nil, args...)
}

// readSnapshotAsking sends a batch whose result sets are those of Asking.query, and
// more after them.
func readSnapshotAsking(ctx context.Context, q Querier, batch, site, server string, asking Asking, more []resultSet, args ...any) (*grants.Snapshot, error) {
	s := &grants.Snapshot{Site: site, Server: server}
	of := func(name string, read func(*record, *grants.Snapshot)) resultSet { return recordsOf(name, s, read) }
	sets := []resultSet{
		{"database", func(rows *sql.Rows) error { return readDatabase(rows, s) }},
		of("principals", readMarked), of("properties", readProperty), of("members", readMember), of("permissions", readPermission),
		of("schemas", readSchema), of("views", readView), of("columns", telling(asking.Views, readColumns())),
		of("logins", readLogin), of("server members", readServerMember), of("server permissions", readServerPermission),
		of("objects", readObject), of("signatures", readSignature), of("synonyms", readDependency), of("dependencies", readDependency),
		{"databases", func(rows *sql.Rows) error { return readOtherDatabase(rows, s) }},
		of("holdings", readHolding), of("openings", readOpening),
	}
	if asking.Ledger != nil {
		sets = append(sets, of("columns of the ledger", readLedgerColumn))
	}
	if err := readSets(ctx, q, batch, append(sets, more...), args...); err != nil {
		return nil, err
	}
	if s.Database == "" {
		return nil, fmt.Errorf("database: the server did not say which database this is")
	}
	s.Unread = append(s.Unread, Hidden(s)...)
	return s, nil
}

// azure are the values of SERVERPROPERTY('EngineEdition') of services that have
// no logins and server permissions to read beside a database (reference H.3).
var azure = map[int64]string{5: "Azure SQL Database", 6: "Azure Synapse Analytics", 11: "Azure Synapse serverless"}

// readDatabase reads the one row about the database and the runner.
func readDatabase(rows *sql.Rows, s *grants.Snapshot) error {
	var state string
	var collation, serverCollation, version, separator, login, user sql.NullString
	var owner []byte
	var trustworthy, chaining sql.NullBool
	var readOnly, containment, access, chains, alone, edition, userID, sysadmin, control, definition, anyLogin, anyDefinition, anySecurity, dependencies, databases sql.NullInt64
	if err := rows.Scan(&s.Database, &state, &readOnly, &collation, &owner, &trustworthy, &chaining, &containment, &access, &chains, &alone, &serverCollation, &version, &edition, &separator,
		&login, &user, &userID, &sysadmin, &control, &definition, &anyLogin, &anyDefinition, &anySecurity, &dependencies, &databases, &s.Now); err != nil {
		return err
	}
	if name := azure[edition.Int64]; name != "" {
		return &ServerError{Sentence: fmt.Sprintf("the database %q is on %s, which grantree does not support", s.Database, name)}
	}
	if state != "ONLINE" {
		return &ServerError{Number: 942, Sentence: fmt.Sprintf("the database %q is %s: bring it online first", s.Database, strings.ToLower(state))}
	}
	if definition.Int64 != 1 {
		return &ServerError{Sentence: fmt.Sprintf("login %q may not see the permissions of database %q: it needs VIEW DEFINITION on it", login.String, s.Database),
			Mend: toSeeDatabase(s.Database, login.String, user.String, int(userID.Int64))}
	}
	s.ReadOnly, s.Secondary = readOnly.Int64 != 0, readOnly.Int64 == 2
	s.Version, s.OwnerSID = version.String, upperHex(owner)
	s.Collation = nameCollation(collation.String, containment.Int64 != 0)
	s.ServerCollation = grants.ParseCollation(serverCollation.String)
	s.Trustworthy, s.Chaining, s.Contained = trustworthy.Bool, chaining.Bool, containment.Int64 != 0
	s.ContainedOff = s.Contained && alone.Int64 != 1
	s.Access, s.ServerChaining = grants.UserAccess(access.Int64), chains.Int64 == 1
	s.Linux = separator.String == "/"
	s.LoginsVisible = anyDefinition.Int64 == 1 || anySecurity.Int64 == 1
	s.Runner = grants.Runner{
		Login: login.String, User: user.String, UserID: int(userID.Int64), SysAdmin: sysadmin.Int64 == 1,
		CanControl: control.Int64 == 1,
		CanLogin:   anyLogin.Int64 == 1,
	}
	s.Unread = unread(s, dependencies.Int64 == 1, databases.Int64 == 1)
	return nil
}

// toSeeDatabase is the statement that lets a login see what a database holds. Who
// enters as guest, or by a power over the server, has no user to be given it.
func toSeeDatabase(database, login, user string, userID int) string {
	text := "USE " + tsql.Quote(database) + "; "
	if user == "" || userID == grants.PublicID || userID == grants.GuestID {
		user = login
		text += fmt.Sprintf("CREATE USER %s FOR LOGIN %s; ", tsql.Quote(user), tsql.Quote(login))
	}
	return text + "GRANT VIEW DEFINITION TO " + tsql.Quote(user)
}

// nameCollation is how a database compares names: a contained one by that of the
// catalog, whatever its own (contained-database-collations.md).
func nameCollation(own string, contained bool) grants.Collation {
	if contained {
		own = "Latin1_General_100_CI_AS_KS_WS_SC"
	}
	return grants.ParseCollation(own)
}

// unread says what the runner may not read, with the statement that mends it.
// Server 2022 has a permission that shows logins and no more (reference A.3).
func unread(s *grants.Snapshot, dependencies, databases bool) []grants.Unread {
	var out []grants.Unread
	if !dependencies {
		u := grants.Unread{What: grants.WhatDependencies, Why: "it needs SELECT on sys.sql_expression_dependencies"}
		if s.Runner.User != "" && s.Runner.UserID != grants.PublicID {
			u.Fix = []grants.Remedy{{Kind: grants.RemedyGrant, On: grants.Securable{Class: "OBJECT", Schema: "sys", Name: "sql_expression_dependencies"},
				Permissions: []string{"SELECT"}, Principal: s.Runner.User}}
		}
		out = append(out, u)
	}
	onServer := func(what, permission string) {
		out = append(out, grants.Unread{What: what, Why: "it needs " + permission,
			Fix: []grants.Remedy{{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{permission}, Principal: s.Runner.Login}}})
	}
	if !databases {
		onServer(grants.WhatDatabases, "VIEW ANY DATABASE")
	}
	if !s.LoginsVisible {
		permission := "VIEW ANY DEFINITION"
		if s.Modern() {
			permission = "VIEW ANY SECURITY DEFINITION"
		}
		onServer("the server's logins, roles and permissions", permission)
	}
	return out
}

func readPrincipal(r *record, s *grants.Snapshot) {
	p := grants.Principal{ID: r.number(), Name: r.text()}
	p.Type, p.SID, p.Fixed, p.Owner = grants.PrincipalType(strings.TrimSpace(r.word())), r.sid(), r.flag(), r.orZero()
	p.AuthType, p.Managed = r.number(), r.flag()
	s.Principals = keep(s.Principals, p)
}

// readWholePrincipal reads what Held does not, too.
func readWholePrincipal(r *record, s *grants.Snapshot) {
	readPrincipal(r, s)
	s.Principals[len(s.Principals)-1].DefaultSchema = r.orEmpty()
}

func readProperty(r *record, s *grants.Snapshot) {
	s.Properties = keep(s.Properties, grants.PrincipalProperty{Principal: r.number(), Property: grants.Property{Name: r.text(), Type: r.word(), Value: r.text()}})
}

func readMember(r *record, s *grants.Snapshot) {
	s.Members = keep(s.Members, grants.Member{Role: r.number(), Member: r.number()})
}

func readPermission(r *record, s *grants.Snapshot) {
	s.Permissions = keep(s.Permissions, grants.PermissionRow{Class: grants.Class(r.number()), Major: r.number(), Minor: r.number(),
		Grantee: r.number(), Grantor: r.number(), Name: r.word(), State: grants.State(r.word())})
}

func readSchema(r *record, s *grants.Snapshot) {
	s.Schemas = keep(s.Schemas, grants.Schema{ID: r.number(), Name: r.text(), Owner: r.number()})
}

func readView(r *record, s *grants.Snapshot) {
	s.Views = keep(s.Views, grants.SiteView{ID: r.number(), Schema: r.number(), Name: r.text(), Owner: r.number(), Created: r.time()})
}

// telling reads columns, and before the first one tells of the views.
func telling(views func(*grants.Snapshot), read func(*record, *grants.Snapshot)) func(*record, *grants.Snapshot) {
	return func(r *record, s *grants.Snapshot) {
		if views != nil {
			views(&grants.Snapshot{Site: s.Site, Server: s.Server, Database: s.Database, Collation: s.Collation, ServerCollation: s.ServerCollation,
				Schemas: slices.Clone(s.Schemas), Views: slices.Clone(s.Views)})
			views = nil
		}
		read(r, s)
	}
}

// readColumns returns a reader that puts each column on its view, which the
// set before it has read.
func readColumns() func(*record, *grants.Snapshot) {
	var place map[int]int
	return func(r *record, s *grants.Snapshot) {
		if place == nil {
			place = make(map[int]int, len(s.Views))
			for i, v := range s.Views {
				place[v.ID] = i
			}
		}
		view := r.number()
		c := grants.SiteColumn{ID: r.number(), Name: r.word()}
		if i, ok := place[view]; ok {
			s.Views[i].Columns = append(s.Views[i].Columns, c)
		}
	}
}

func readLogin(r *record, s *grants.Snapshot) {
	l := grants.Login{ID: r.number(), Name: r.text(), SID: r.sid()}
	l.Type, l.Disabled, l.Fixed = grants.PrincipalType(strings.TrimSpace(r.word())), r.orZero() == 1, r.flag()
	l.Owner, l.OwnsDatabase = r.orZero(), r.flag()
	s.Logins = keep(s.Logins, l)
}

func readServerMember(r *record, s *grants.Snapshot) {
	s.ServerMembers = keep(s.ServerMembers, grants.Member{Role: r.number(), Member: r.number()})
}

func readServerPermission(r *record, s *grants.Snapshot) {
	s.ServerPermissions = keep(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ServerClass(r.number()), Major: r.number(),
		Grantee: r.number(), Grantor: r.number(), Name: r.word(), State: grants.State(r.word())})
}

func readObject(r *record, s *grants.Snapshot) {
	s.Objects = keep(s.Objects, grants.Object{ID: r.number(), Schema: r.number(), Name: r.text(), Type: grants.ObjectType(r.word()), Owner: r.number(),
		Parent: r.number(), ExecuteAs: r.number(), Hidden: r.flag(), Dynamic: r.flag()})
}

// readSignature marks a module that is signed, which the set before it has
// read in order of id.
func readSignature(r *record, s *grants.Snapshot) {
	if i, ok := slices.BinarySearchFunc(s.Objects, r.number(), func(o grants.Object, id int) int { return cmp.Compare(o.ID, id) }); ok {
		s.Objects[i].Signed = true
	}
}

func readDependency(r *record, s *grants.Snapshot) {
	s.Dependencies = keep(s.Dependencies, grants.Dependency{From: r.number(), To: r.number(), Server: r.word(), Database: r.word(), Schema: r.word(), Name: r.text()})
}

func readOtherDatabase(rows *sql.Rows, s *grants.Snapshot) error {
	var d grants.Database
	var owner []byte
	var trustworthy, chaining sql.NullBool
	if err := rows.Scan(&d.Name, &owner, &trustworthy, &chaining); err != nil {
		return err
	}
	d.OwnerSID, d.Trustworthy, d.Chaining = upperHex(owner), trustworthy.Bool, chaining.Bool
	s.Databases = append(s.Databases, d)
	return nil
}

func readHolding(r *record, s *grants.Snapshot) {
	s.Holdings = keep(s.Holdings, grants.Holding{Principal: r.number(), Class: r.word(), Schema: r.word(), Name: r.text(), Runs: r.flag()})
}

// upperHex is how a snapshot writes a SID.
func upperHex(b []byte) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 64) // a SID has up to 68 bytes, and nearly always 16 or 28
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}
