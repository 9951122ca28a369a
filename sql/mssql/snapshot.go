package mssql

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed" // the query files
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
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

// Snapshot reads the whole site in one round trip. site and server are the
// policy's names, copied into the result.
func Snapshot(ctx context.Context, q Querier, site, server string) (*grants.Snapshot, error) {
	return readSnapshot(ctx, q, snapshotPrelude+snapshotQuery, site, server)
}

// readSnapshot sends a batch whose result sets are those of snapshot.sql.
func readSnapshot(ctx context.Context, q Querier, batch, site, server string, args ...any) (*grants.Snapshot, error) {
	s := &grants.Snapshot{Site: site, Server: server}
	of := func(read func(*sql.Rows, *grants.Snapshot) error) func(*sql.Rows) error {
		return func(rows *sql.Rows) error { return read(rows, s) }
	}
	err := readSets(ctx, q, batch, []resultSet{
		{"database", of(readDatabase)}, {"principals", of(readPrincipal)}, {"members", of(readMember)}, {"permissions", of(readPermissions())},
		{"schemas", of(readSchema)}, {"views", of(readView)}, {"columns", of(readColumns())},
		{"logins", of(readLogin)}, {"server members", of(readServerMember)}, {"server permissions", of(readServerPermission)},
		{"objects", of(readObject)}, {"signatures", of(readSignature)}, {"synonyms", of(readDependency)}, {"dependencies", of(readDependency)},
		{"databases", of(readOtherDatabase)},
	}, args...)
	if err != nil {
		return nil, err
	}
	if s.Database == "" {
		return nil, fmt.Errorf("database: the server did not say which database this is")
	}
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
	var containment, access, chains, alone, edition, userID, sysadmin, control, definition, anyLogin, anyDefinition, anySecurity, dependencies, databases sql.NullInt64
	if err := rows.Scan(&s.Database, &state, &s.ReadOnly, &collation, &owner, &trustworthy, &chaining, &containment, &access, &chains, &alone, &serverCollation, &version, &edition, &separator,
		&login, &user, &userID, &sysadmin, &control, &definition, &anyLogin, &anyDefinition, &anySecurity, &dependencies, &databases); err != nil {
		return err
	}
	if name := azure[edition.Int64]; name != "" {
		return &ServerError{Sentence: fmt.Sprintf("the database %q is on %s, which grantree does not support", s.Database, name)}
	}
	if state != "ONLINE" {
		return &ServerError{Number: 942, Sentence: fmt.Sprintf("the database %q is %s: bring it online first", s.Database, strings.ToLower(state))}
	}
	if definition.Int64 != 1 {
		return &ServerError{Sentence: fmt.Sprintf("login %q may not see the permissions of database %q: it needs VIEW DEFINITION on it", login.String, s.Database)}
	}
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
		if major, _, _ := strings.Cut(s.Version, "."); len(major) > 1 && major >= "16" {
			permission = "VIEW ANY SECURITY DEFINITION"
		}
		onServer("the server's logins, roles and permissions", permission)
	}
	return out
}

func readPrincipal(rows *sql.Rows, s *grants.Snapshot) error {
	var p grants.Principal
	var kind string
	var sid []byte
	var owner sql.NullInt64
	if err := rows.Scan(&p.ID, &p.Name, &kind, &sid, &p.Fixed, &owner, &p.AuthType, &p.Managed); err != nil {
		return err
	}
	p.Type, p.SID, p.Owner = grants.PrincipalType(strings.TrimSpace(kind)), upperHex(sid), int(owner.Int64)
	s.Principals = append(s.Principals, p)
	return nil
}

func readMember(rows *sql.Rows, s *grants.Snapshot) error {
	var m grants.Member
	if err := rows.Scan(&m.Role, &m.Member); err != nil {
		return err
	}
	s.Members = append(s.Members, m)
	return nil
}

// readPermissions returns a reader of rows of permissions, whose words are few and
// kept once.
func readPermissions() func(*sql.Rows, *grants.Snapshot) error {
	words := map[string]string{}
	word := func(b sql.RawBytes) string {
		w, known := words[string(b)]
		if !known {
			w = string(b)
			words[w] = w
		}
		return w
	}
	var name, state sql.RawBytes
	return func(rows *sql.Rows, s *grants.Snapshot) error {
		var p grants.PermissionRow
		if err := rows.Scan(&p.Class, &p.Major, &p.Minor, &p.Grantee, &p.Grantor, &name, &state); err != nil {
			return err
		}
		p.Name, p.State = word(name), grants.State(word(state))
		s.Permissions = append(s.Permissions, p)
		return nil
	}
}

func readSchema(rows *sql.Rows, s *grants.Snapshot) error {
	var x grants.Schema
	if err := rows.Scan(&x.ID, &x.Name, &x.Owner); err != nil {
		return err
	}
	s.Schemas = append(s.Schemas, x)
	return nil
}

func readView(rows *sql.Rows, s *grants.Snapshot) error {
	var v grants.SiteView
	if err := rows.Scan(&v.ID, &v.Schema, &v.Name, &v.Owner); err != nil {
		return err
	}
	s.Views = append(s.Views, v)
	return nil
}

// readColumns returns a reader that puts each column on its view, which the
// set before it has read.
func readColumns() func(*sql.Rows, *grants.Snapshot) error {
	var place map[int]int
	return func(rows *sql.Rows, s *grants.Snapshot) error {
		if place == nil {
			place = make(map[int]int, len(s.Views))
			for i, v := range s.Views {
				place[v.ID] = i
			}
		}
		var view int
		var c grants.SiteColumn
		if err := rows.Scan(&view, &c.ID, &c.Name); err != nil {
			return err
		}
		if i, ok := place[view]; ok {
			s.Views[i].Columns = append(s.Views[i].Columns, c)
		}
		return nil
	}
}

func readLogin(rows *sql.Rows, s *grants.Snapshot) error {
	var l grants.Login
	var kind string
	var sid []byte
	var disabled sql.NullBool
	var owner sql.NullInt64
	if err := rows.Scan(&l.ID, &l.Name, &sid, &kind, &disabled, &l.Fixed, &owner, &l.OwnsDatabase); err != nil {
		return err
	}
	l.Type, l.SID, l.Disabled, l.Owner = grants.PrincipalType(strings.TrimSpace(kind)), upperHex(sid), disabled.Bool, int(owner.Int64)
	s.Logins = append(s.Logins, l)
	return nil
}

func readServerMember(rows *sql.Rows, s *grants.Snapshot) error {
	var m grants.Member
	if err := rows.Scan(&m.Role, &m.Member); err != nil {
		return err
	}
	s.ServerMembers = append(s.ServerMembers, m)
	return nil
}

func readServerPermission(rows *sql.Rows, s *grants.Snapshot) error {
	var p grants.ServerPermissionRow
	if err := rows.Scan(&p.Class, &p.Major, &p.Grantee, &p.Grantor, &p.Name, &p.State); err != nil {
		return err
	}
	s.ServerPermissions = append(s.ServerPermissions, p)
	return nil
}

func readObject(rows *sql.Rows, s *grants.Snapshot) error {
	var o grants.Object
	if err := rows.Scan(&o.ID, &o.Schema, &o.Name, &o.Type, &o.Owner, &o.Parent, &o.ExecuteAs, &o.Hidden, &o.Dynamic); err != nil {
		return err
	}
	s.Objects = append(s.Objects, o)
	return nil
}

// readSignature marks a module that is signed, which the set before it has
// read in order of id.
func readSignature(rows *sql.Rows, s *grants.Snapshot) error {
	var id int
	if err := rows.Scan(&id); err != nil {
		return err
	}
	if i, ok := slices.BinarySearchFunc(s.Objects, id, func(o grants.Object, id int) int { return cmp.Compare(o.ID, id) }); ok {
		s.Objects[i].Signed = true
	}
	return nil
}

func readDependency(rows *sql.Rows, s *grants.Snapshot) error {
	var d grants.Dependency
	if err := rows.Scan(&d.From, &d.To, &d.Server, &d.Database, &d.Schema, &d.Name); err != nil {
		return err
	}
	s.Dependencies = append(s.Dependencies, d)
	return nil
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

// upperHex is how a snapshot writes a SID.
func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
