package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"fmt"
	"strings"
	"time"

	"grantree/grants"
)

//go:embed queries/accounts.sql
var accountsQuery string

//go:embed queries/sessions.sql
var sessionsQuery string

// ServerAccounts is the logins of a server and who is connected.
type ServerAccounts struct {
	Accounts []grants.Account
	Sessions []grants.Session
	// Logins is the part of a snapshot that is about the server: its logins and
	// roles, their members, the permissions to connect and to control, the
	// collation and the runner. LoginsVisible says whether these are all.
	Logins *grants.Snapshot
	// SeesLogins is false where a login may exist that Accounts lacks; a runner
	// that may change logins sees them all (reference E.1).
	SeesLogins bool
	modern     bool // SQL Server 2022 or newer, whose permissions are finer
	// SeesSessions is false where the runner sees no session but its own
	// (reference E.2), MayChange and MayEnd where it may not change logins or
	// end sessions.
	SeesSessions, MayChange, MayEnd bool
	Own                             int // the session that asked
	Collation                       grants.Collation
	Now                             time.Time // by the server's clock, as the other times are
}

// Accounts reads the logins of a server, in one round trip. Times are by the
// server's clock, without a zone.
func Accounts(ctx context.Context, conn *sql.Conn) (*ServerAccounts, error) {
	out := &ServerAccounts{Logins: &grants.Snapshot{}}
	err := readSets(ctx, conn, accountsQuery+sessionsQuery, []resultSet{
		{"logins", out.account},
		recordsOf("logins", out.Logins, readLogin), recordsOf("server members", out.Logins, readServerMember),
		recordsOf("server permissions", out.Logins, readServerPermission),
		{"sessions", out.session}, {"rights", out.rights},
	})
	if err != nil {
		return nil, fmt.Errorf("logins: %w", err)
	}
	open := map[string][]grants.Session{}
	for _, s := range out.Sessions {
		open[s.SID] = append(open[s.SID], s)
	}
	for i, a := range out.Accounts {
		if a.SID != "" {
			out.Accounts[i].Sessions = open[a.SID]
		}
	}
	return out, nil
}

// Sessions reads who is connected and what the runner may, and nothing of the
// logins.
func Sessions(ctx context.Context, conn *sql.Conn) (*ServerAccounts, error) {
	out := &ServerAccounts{Logins: &grants.Snapshot{}}
	if err := readSets(ctx, conn, sessionsQuery, []resultSet{{"sessions", out.session}, {"rights", out.rights}}); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return out, nil
}

func (o *ServerAccounts) account(rows *sql.Rows) error {
	var a grants.Account
	var kind string
	var sid []byte
	var disabled, policy, expiration sql.NullBool
	var locked, must, expired, bad sql.NullInt64
	var created, lastBad, lockedAt, set sql.NullTime
	if err := rows.Scan(&a.Name, &sid, &kind, &disabled, &created, &policy, &expiration, &locked, &must, &expired, &bad, &lastBad, &lockedAt, &set); err != nil {
		return err
	}
	a.SID, a.Type, a.Disabled, a.Created = upperHex(sid), grants.PrincipalType(strings.TrimSpace(kind)), disabled.Bool, created.Time
	if a.Type == grants.SQLUser && set.Valid {
		a.Password = &grants.PasswordState{Policy: policy.Bool, Expiration: expiration.Bool, Locked: locked.Int64 == 1, MustChange: must.Int64 == 1, Expired: expired.Int64 == 1,
			Bad: int(bad.Int64), LastBad: happened(lastBad), LockedAt: happened(lockedAt), Set: set.Time}
	}
	o.Accounts = append(o.Accounts, a)
	return nil
}

// happened is a time of LOGINPROPERTY, which has 1900-01-01 for never.
func happened(t sql.NullTime) time.Time {
	if !t.Valid || t.Time.Year() <= 1900 {
		return time.Time{}
	}
	return t.Time
}

func (o *ServerAccounts) session(rows *sql.Rows) error {
	var s grants.Session
	var sid []byte
	var host, program, database sql.NullString
	var status string
	var begun, started, ended sql.NullTime
	if err := rows.Scan(&s.ID, &s.Login, &sid, &host, &program, &database, &begun, &started, &ended, &status, &s.OpenTransactions); err != nil {
		return err
	}
	s.SID, s.Host, s.Program, s.Database, s.Begun = upperHex(sid), host.String, program.String, database.String, begun.Time
	s.Running = strings.TrimSpace(status) == "running"
	s.LastActive = started.Time
	if ended.Time.After(s.LastActive) {
		s.LastActive = ended.Time
	}
	o.Sessions = append(o.Sessions, s)
	return nil
}

func (o *ServerAccounts) rights(rows *sql.Rows) error {
	var state, performance, login, connection, definition, security sql.NullInt64
	var collation string
	if err := rows.Scan(&state, &performance, &login, &connection, &definition, &security, &o.Logins.Runner.Login, &o.Own, &o.Now, &collation); err != nil {
		return err
	}
	o.SeesSessions = state.Int64 == 1 || performance.Int64 == 1
	o.Collation = grants.ParseCollation(collation)
	o.MayChange, o.MayEnd = login.Int64 == 1, connection.Int64 == 1
	o.Logins.ServerCollation, o.Logins.LoginsVisible = o.Collation, definition.Int64 == 1 || security.Int64 == 1
	o.SeesLogins, o.modern = o.Logins.LoginsVisible || o.MayChange, security.Valid
	return nil
}

// ToSeeLogins is the statement that lets the runner see logins and their state.
func (o *ServerAccounts) ToSeeLogins() string {
	return o.giving("VIEW ANY DEFINITION", "VIEW ANY SECURITY DEFINITION")
}

// ToSeeSessions is the statement that lets the runner see sessions of others.
func (o *ServerAccounts) ToSeeSessions() string {
	return o.giving("VIEW SERVER STATE", "VIEW SERVER PERFORMANCE STATE")
}

// ToChange and ToEnd let the runner change logins, and end sessions.
func (o *ServerAccounts) ToChange() string { return o.giving("ALTER ANY LOGIN", "ALTER ANY LOGIN") }
func (o *ServerAccounts) ToEnd() string {
	return o.giving("ALTER ANY CONNECTION", "ALTER ANY CONNECTION")
}

// giving gives the runner a permission on the server: one that every version
// has, or the least of those that newer ones have.
func (o *ServerAccounts) giving(permission, least string) string {
	if o.modern {
		permission = least
	}
	return Statement(grants.Remedy{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{permission}, Principal: o.Logins.Runner.Login})
}
