package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"errors"
	"fmt"
	"slices"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/grants"
	"grantree/hardening"
)

//go:embed queries/settings.sql
var settingsQuery string

// auditedQuery asks which of them an audit takes that is on.
const auditedQuery = `SELECT DISTINCT d.audit_action_name
FROM sys.server_audit_specifications AS s
JOIN sys.server_audits AS a ON a.audit_guid = s.audit_guid
JOIN sys.server_audit_specification_details AS d ON d.server_specification_id = s.server_specification_id
WHERE s.is_state_enabled = 1 AND a.is_state_enabled = 1
ORDER BY d.audit_action_name;`

// auditsSeen asks whether the runner sees audits at all: without the right the
// views are empty (reference E.4).
const auditsSeen = `SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY SERVER AUDIT') = 1 OR HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION') = 1
       OR HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY SECURITY DEFINITION') = 1 THEN 1 ELSE 0 END;`

// Settings reads how a server is set up, in two round trips.
func Settings(ctx context.Context, conn *sql.Conn) (hardening.Settings, error) {
	var out hardening.Settings
	err := readSets(ctx, conn, settingsQuery, []resultSet{
		{"settings", func(r *sql.Rows) error { return readSettings(r, &out) }},
		{"databases", func(r *sql.Rows) error { return readSetDatabase(r, &out) }},
	})
	if err != nil {
		return out, fmt.Errorf("settings: %w", err)
	}
	out.LoginsAudited, out.Why = audited(ctx, conn)
	return out, nil
}

func readSettings(rows *sql.Rows, s *hardening.Settings) error {
	var windows, chaining, contained, databases sql.NullInt64
	var machine sql.NullString
	if err := rows.Scan(&windows, &machine, &chaining, &contained, &databases); err != nil {
		return err
	}
	s.WindowsOnly, s.Chaining, s.ContainedLogins = answer(windows), answer(chaining), answer(contained)
	s.Machine, s.SeesDatabases = machine.String, databases.Int64 == 1
	return nil
}

// answer is what a number of the server says, which NULL says nothing.
func answer(n sql.NullInt64) grants.Answer {
	switch {
	case !n.Valid:
		return grants.NotVerified
	case n.Int64 == 0:
		return grants.No
	}
	return grants.Yes
}

func readSetDatabase(rows *sql.Rows, s *hardening.Settings) error {
	var d hardening.Database
	var owner []byte
	var trustworthy, chaining, closes sql.NullBool
	var containment sql.NullInt64
	if err := rows.Scan(&d.Name, &owner, &trustworthy, &chaining, &containment, &closes); err != nil {
		return err
	}
	d.OwnerSID, d.Trustworthy, d.Chaining = upperHex(owner), trustworthy.Bool, chaining.Bool
	d.Contained, d.ClosesAlone = containment.Int64 != 0, closes.Bool
	s.Databases = append(s.Databases, d)
	return nil
}

// audited reports whether an audit takes every log-in, and why nobody knows.
func audited(ctx context.Context, conn *sql.Conn) (grants.Answer, string) {
	var sees int
	err := conn.QueryRowContext(ctx, auditsSeen).Scan(&sees)
	if err == nil && sees != 1 {
		return grants.NotVerified, "it needs VIEW ANY DEFINITION, or ALTER ANY SERVER AUDIT"
	}
	var taken []string
	if err == nil {
		taken, err = auditActions(ctx, conn)
	}
	var refused mssql.Error
	switch {
	case errors.As(err, &refused) && slices.Contains([]int32{208, 40510, 40517}, refused.Number):
		return grants.NotVerified, "the server has no views of audits"
	case errors.As(err, &refused):
		return grants.NotVerified, refused.Message
	case err != nil:
		return grants.NotVerified, err.Error()
	case slices.ContainsFunc(loginGroups, func(g string) bool { return !slices.Contains(taken, g) }):
		return grants.No, ""
	}
	return grants.Yes, ""
}

func auditActions(ctx context.Context, conn *sql.Conn) ([]string, error) {
	rows, err := conn.QueryContext(ctx, auditedQuery)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}
