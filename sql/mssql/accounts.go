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

// ServerAccounts is the logins of a server and who is connected.
type ServerAccounts struct {
	Accounts []grants.Account
	Sessions []grants.Session
	// SeesSessions is false where the runner sees no session but its own
	// (reference E.2), MayChange and MayEnd where it may not change logins or
	// end sessions.
	SeesSessions, MayChange, MayEnd bool
	Own                             int // the session that asked
	Collation                       grants.Collation
	Now                             time.Time // by the server's clock, as the other times are
}

// Accounts reads the logins of a server. Times are by the server's clock,
// without a zone.
func Accounts(ctx context.Context, conn *sql.Conn) (*ServerAccounts, error) {
	rows, err := conn.QueryContext(ctx, accountsQuery)
	if err != nil {
		return nil, fmt.Errorf("logins: %w", err)
	}
	defer rows.Close()
	out := &ServerAccounts{}
	for _, set := range []func(*sql.Rows) error{out.account, out.session, out.rights} {
		for rows.Next() {
			if err := set(rows); err != nil {
				return nil, fmt.Errorf("logins: %w", err)
			}
		}
		if rows.Err() == nil {
			rows.NextResultSet()
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("logins: %w", err)
	}
	for i, a := range out.Accounts {
		for _, s := range out.Sessions {
			if s.SID == a.SID && a.SID != "" {
				out.Accounts[i].Sessions = append(out.Accounts[i].Sessions, s)
			}
		}
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
	var state, performance, login, connection sql.NullInt64
	var collation string
	if err := rows.Scan(&state, &performance, &login, &connection, &o.Own, &o.Now, &collation); err != nil {
		return err
	}
	o.SeesSessions = state.Int64 == 1 || performance.Int64 == 1
	o.Collation = grants.ParseCollation(collation)
	o.MayChange, o.MayEnd = login.Int64 == 1, connection.Int64 == 1
	return nil
}
