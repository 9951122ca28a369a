package mssql

import (
	"context"
	"database/sql"
	_ "embed" // the query files
	"errors"
	"regexp"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/audit"
)

//go:embed queries/trace_acts.sql
var traceActsQuery string

//go:embed queries/audit_acts.sql
var auditActsQuery string

// Acts asks a server what it wrote down of changes to principals and
// permissions: its default trace, and the files of its audits that are on. Each
// source says for itself whether it is there and may be read, and from when on it
// has rows.
func Acts(ctx context.Context, db *sql.DB) []audit.Record {
	return []audit.Record{
		recordOf(audit.DefaultTrace, func() ([]audit.Act, time.Time, error) { return traceActs(ctx, db) }),
		recordOf(audit.Audit, func() ([]audit.Act, time.Time, error) { return auditActs(ctx, db) }),
	}
}

// recordOf reads one source.
func recordOf(of audit.Source, read func() ([]audit.Act, time.Time, error)) audit.Record {
	var out audit.Record
	out.Reading = source(of, func(r *audit.Reading) (err error) {
		out.Acts, r.Since, err = read()
		return err
	})
	return out
}

// traceActs reads the default trace.
func traceActs(ctx context.Context, db *sql.DB) ([]audit.Act, time.Time, error) {
	path := ""
	err := each(ctx, db, func(rows *sql.Rows) error { return rows.Scan(&path) }, "SELECT t.path FROM sys.traces AS t WHERE t.is_default = 1 AND t.status = 1;")
	if err != nil {
		return nil, time.Time{}, err
	}
	if path == "" {
		return nil, time.Time{}, errNotKept
	}
	var list []audit.TraceRow
	var since time.Time
	take := func(rows *sql.Rows) error {
		var x audit.TraceRow
		var sub, success, columns, permissions sql.NullInt64
		var texts [11]sql.NullString
		to := []*string{&x.Login, &x.Session, &x.TargetLogin, &x.TargetUser, &x.Role, &x.Object, &x.Parent, &x.Data, &x.Host, &x.Program, &x.Database}
		into := []any{&x.At, &x.Class, &sub, &success, &columns, &permissions}
		for i := range texts {
			into = append(into, &texts[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i := range texts {
			*to[i] = texts[i].String
		}
		x.SubClass, x.Failed, x.Columns, x.Permissions = int(sub.Int64), success.Valid && success.Int64 == 0, columns.Int64 == 1, permissions.Int64
		if since.IsZero() || x.At.Before(since) {
			since = x.At
		}
		list = append(list, x)
		return nil
	}
	err = each(ctx, db, take, traceActsQuery, sql.Named("path", allFiles(path)))
	var refused mssql.Error
	if errors.As(err, &refused) && !lacking(refused.Number) && refused.Number != 8189 {
		list, since = nil, time.Time{}
		err = each(ctx, db, take, traceActsQuery, sql.Named("path", path))
	}
	return audit.ActsOfTrace(list, Deeds), since, err
}

// numbered is how the files of a trace are called after the first one.
var numbered = regexp.MustCompile(`_\d+(\.trc)$`)

// allFiles is the name by which every file of a trace is read, the oldest first:
// that of the file that it writes to now, without its number.
func allFiles(path string) string { return numbered.ReplaceAllString(path, "$1") }

// client are the columns about who is behind a session that SQL Server 2016 does
// not have.
const client = "a.client_ip, a.application_name"

// auditActs reads the files of the audits that are on.
func auditActs(ctx context.Context, db *sql.DB) ([]audit.Act, time.Time, error) {
	files, err := auditFiles(ctx, db)
	if err == nil && len(files) == 0 {
		err = errNotKept
	}
	var list []audit.AuditRow
	var since time.Time
	take := func(rows *sql.Rows) error {
		x, err := scanAct(rows)
		if err == nil && (since.IsZero() || x.At.Before(since)) {
			since = x.At
		}
		list = append(list, x)
		return err
	}
	for _, pattern := range files {
		before := len(list)
		err = each(ctx, db, take, strings.ReplaceAll(auditActsQuery, "CLIENT", client), sql.Named("pattern", pattern))
		var refused mssql.Error
		if errors.As(err, &refused) && refused.Number == 207 {
			list = list[:before]
			err = each(ctx, db, take, strings.ReplaceAll(auditActsQuery, "CLIENT", "NULL, NULL"), sql.Named("pattern", pattern))
		}
		if err != nil {
			break
		}
	}
	return audit.ActsOfAudit(list, Deeds), since, err
}

// scanAct reads a row of an audit. Its times are in UTC.
func scanAct(rows *sql.Rows) (audit.AuditRow, error) {
	var x audit.AuditRow
	var texts [11]sql.NullString
	to := []*string{&x.Principal, &x.Session, &x.Target, &x.User, &x.Class, &x.Database, &x.Schema, &x.Object, &x.Statement, &x.Client, &x.Program}
	into := []any{&x.At, &x.Action, &x.Succeeded}
	for i := range texts {
		into = append(into, &texts[i])
	}
	if err := rows.Scan(into...); err != nil {
		return x, err
	}
	for i := range texts {
		*to[i] = texts[i].String
	}
	x.At = time.Date(x.At.Year(), x.At.Month(), x.At.Day(), x.At.Hour(), x.At.Minute(), x.At.Second(), x.At.Nanosecond(), time.UTC)
	return x, nil
}
