package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"encoding/hex"
	"fmt"
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
func readSnapshot(ctx context.Context, q Querier, batch, site, server string) (*grants.Snapshot, error) {
	rows, err := q.QueryContext(ctx, batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	s := &grants.Snapshot{Site: site, Server: server}
	sets := []struct {
		name string
		read func(*sql.Rows, *grants.Snapshot) error
	}{
		{"database", readDatabase}, {"principals", readPrincipal}, {"members", readMember}, {"permissions", readPermission},
		{"schemas", readSchema}, {"views", readView}, {"columns", readColumns()}, {"logins", readLogin},
	}
	for i, set := range sets {
		if i > 0 && !rows.NextResultSet() {
			if err := rows.Err(); err != nil {
				return nil, fmt.Errorf("%s: %w", set.name, err)
			}
			return nil, fmt.Errorf("%s: the server sent %d of %d result sets", set.name, i, len(sets))
		}
		for rows.Next() {
			if err := set.read(rows, s); err != nil {
				return nil, fmt.Errorf("%s: %w", set.name, err)
			}
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", set.name, err)
		}
	}
	for rows.NextResultSet() {
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if s.Database == "" {
		return nil, fmt.Errorf("database: the server did not say which database this is")
	}
	return s, nil
}

// readDatabase reads the one row about the database and the runner.
func readDatabase(rows *sql.Rows, s *grants.Snapshot) error {
	var state string
	var collation, serverCollation, version, login, user sql.NullString
	var userID, sysadmin, control, definition, anyLogin, anyDefinition sql.NullInt64
	if err := rows.Scan(&s.Database, &state, &s.ReadOnly, &collation, &serverCollation, &version, &login, &user, &userID,
		&sysadmin, &control, &definition, &anyLogin, &anyDefinition); err != nil {
		return err
	}
	if state != "ONLINE" {
		return &ServerError{Sentence: fmt.Sprintf("the database %q is %s: bring it online first", s.Database, strings.ToLower(state))}
	}
	if definition.Int64 != 1 {
		return &ServerError{Sentence: fmt.Sprintf("login %q may not see the permissions of database %q: it needs VIEW DEFINITION on it", login.String, s.Database)}
	}
	s.Version = version.String
	s.Collation = grants.ParseCollation(collation.String)
	s.ServerCollation = grants.ParseCollation(serverCollation.String)
	s.LoginsVisible = anyDefinition.Int64 == 1
	s.Runner = grants.Runner{
		Login: login.String, User: user.String, UserID: int(userID.Int64), SysAdmin: sysadmin.Int64 == 1,
		CanControl: control.Int64 == 1,
		CanLogin:   anyLogin.Int64 == 1,
	}
	return nil
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

func readPermission(rows *sql.Rows, s *grants.Snapshot) error {
	var p grants.PermissionRow
	if err := rows.Scan(&p.Class, &p.Major, &p.Minor, &p.Grantee, &p.Grantor, &p.Name, &p.State); err != nil {
		return err
	}
	s.Permissions = append(s.Permissions, p)
	return nil
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
	if err := rows.Scan(&l.Name, &sid, &kind, &l.Disabled); err != nil {
		return err
	}
	l.Type, l.SID = grants.PrincipalType(strings.TrimSpace(kind)), upperHex(sid)
	s.Logins = append(s.Logins, l)
	return nil
}

// upperHex is how a snapshot writes a SID.
func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
