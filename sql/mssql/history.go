package mssql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/audit"
)

// maxLogs is how many error logs a server keeps, unless it is told to keep more.
const maxLogs = 7

// History asks a server, source by source, what it wrote down about a login.
// Each source says for itself whether it is there and may be read.
func History(ctx context.Context, db *sql.DB, login string) []audit.Reading {
	return []audit.Reading{
		source(audit.ErrorLog, func(r *audit.Reading) error { return readErrorLogs(ctx, db, login, r) }),
		source(audit.DefaultTrace, func(r *audit.Reading) error { return readTrace(ctx, db, r) }),
		source(audit.Audit, func(r *audit.Reading) error { return readAudits(ctx, db, login, r) }),
	}
}

// errNotKept says that a source is there and holds nothing.
var errNotKept = errors.New("the server has none that is turned on")

// source reads one source. An error says in which state it is.
func source(of audit.Source, read func(*audit.Reading) error) audit.Reading {
	r := audit.Reading{Source: of, State: audit.Read}
	err := read(&r)
	var refused mssql.Error
	switch {
	case err == nil:
	case errors.Is(err, errNotKept):
		r.State, r.Why = audit.NotThere, err.Error()
	case errors.As(err, &refused) && slices.Contains([]int32{208, 2812, 40510, 40517}, refused.Number):
		r.State, r.Why = audit.NotThere, refused.Message
	case errors.As(err, &refused) && (lacking(refused.Number) || refused.Number == 8189 || refused.Number == 22004 || refused.Number == 33204):
		r.State, r.Why = audit.NotAllowed, refused.Message
	default:
		r.State, r.Why = audit.Failed, err.Error()
	}
	for _, e := range r.Events {
		if r.Since.IsZero() || e.At.Before(r.Since) {
			r.Since = e.At
		}
	}
	return r
}

// each runs a query and hands each row over. Every source has a connection of
// its own, since an error may leave one unfit.
func each(ctx context.Context, db *sql.DB, row func(*sql.Rows) error, query string, args ...any) error {
	return WithConn(ctx, db, func(conn *sql.Conn) error {
		rows, err := conn.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// readErrorLogs reads the lines with the login's name out of every error log
// that the server keeps, the newest first.
func readErrorLogs(ctx context.Context, db *sql.DB, login string, r *audit.Reading) error {
	var lines []audit.LogLine
	for n := range maxLogs {
		err := each(ctx, db, func(rows *sql.Rows) error {
			var l audit.LogLine
			var process, text sql.NullString
			if err := rows.Scan(&l.At, &process, &text); err != nil {
				return err
			}
			l.Process, l.Text = process.String, text.String
			lines = append(lines, l)
			return nil
		}, "EXEC sys.sp_readerrorlog @p1 = @log, @p2 = 1, @p3 = @login;", sql.Named("log", n), sql.Named("login", login))
		if err != nil && n == 0 {
			return err
		}
		if err != nil { // there are no more
			break
		}
	}
	var others int
	r.Events, others = audit.FromErrorLog(lines)
	if others > 0 {
		r.Why = fmt.Sprintf("%d lines with this name are in words that are not known here", others)
	}
	if level := auditLevel(ctx, db); level == "none" || level == "failure" {
		r.Why = joined(r.Why, fmt.Sprintf("the server's login auditing is %q: log-ins that succeed are not written down", level))
	}
	return nil
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// readTrace reads the default trace's rows about accounts.
func readTrace(ctx context.Context, db *sql.DB, r *audit.Reading) error {
	path := ""
	err := each(ctx, db, func(rows *sql.Rows) error { return rows.Scan(&path) }, "SELECT t.path FROM sys.traces AS t WHERE t.is_default = 1 AND t.status = 1;")
	if err != nil {
		return err
	}
	if path == "" {
		return errNotKept
	}
	var list []audit.TraceRow
	err = each(ctx, db, func(rows *sql.Rows) error {
		var x audit.TraceRow
		var sub sql.NullInt64
		var texts [8]sql.NullString
		if err := rows.Scan(&x.At, &x.Class, &sub, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &texts[6], &texts[7]); err != nil {
			return err
		}
		x.SubClass = int(sub.Int64)
		for i, to := range []*string{&x.Login, &x.Session, &x.TargetLogin, &x.TargetUser, &x.Role, &x.Object, &x.Data, &x.Host} {
			*to = texts[i].String
		}
		list = append(list, x)
		return nil
	}, `SELECT t.StartTime, t.EventClass, t.EventSubClass, t.LoginName, t.SessionLoginName, t.TargetLoginName, t.TargetUserName, t.RoleName, t.ObjectName,
       CAST(t.TextData AS nvarchar(4000)), t.HostName
FROM sys.fn_trace_gettable(@path, DEFAULT) AS t
WHERE t.EventClass IN (20, 104, 106, 107, 108, 109, 110) AND t.StartTime IS NOT NULL;`, sql.Named("path", path))
	r.Events = audit.FromTrace(list)
	return err
}

// readAudits reads the files of the audits that are turned on, for the rows of
// one login.
func readAudits(ctx context.Context, db *sql.DB, login string, r *audit.Reading) error {
	files, err := auditFiles(ctx, db)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errNotKept
	}
	var list []audit.AuditRow
	for _, pattern := range files {
		err := each(ctx, db, func(rows *sql.Rows) error {
			var x audit.AuditRow
			var texts [6]sql.NullString
			if err := rows.Scan(&x.At, &x.Action, &x.Succeeded, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5]); err != nil {
				return err
			}
			for i, to := range []*string{&x.Principal, &x.Session, &x.Target, &x.User, &x.Object, &x.Statement} {
				*to = texts[i].String
			}
			x.At = time.Date(x.At.Year(), x.At.Month(), x.At.Day(), x.At.Hour(), x.At.Minute(), x.At.Second(), x.At.Nanosecond(), time.UTC)
			list = append(list, x)
			return nil
		}, `SELECT a.event_time, a.action_id, a.succeeded, a.server_principal_name, a.session_server_principal_name, a.target_server_principal_name,
       a.target_database_principal_name, a.object_name, a.statement
FROM sys.fn_get_audit_file(@pattern, DEFAULT, DEFAULT) AS a
WHERE @login IN (a.server_principal_name, a.session_server_principal_name, a.target_server_principal_name, a.target_database_principal_name);`,
			sql.Named("pattern", pattern), sql.Named("login", login))
		if err != nil {
			return err
		}
	}
	r.Events = audit.FromAudit(list)
	return nil
}

// auditFiles are the patterns of the files of the audits that are turned on.
func auditFiles(ctx context.Context, db *sql.DB) ([]string, error) {
	var files []string
	err := each(ctx, db, func(rows *sql.Rows) error {
		var path, name string
		if err := rows.Scan(&path, &name); err != nil {
			return err
		}
		stem, _, _ := strings.Cut(name, ".")
		files = append(files, path+stem+"*")
		return nil
	}, "SELECT f.log_file_path, f.log_file_name FROM sys.server_file_audits AS f WHERE f.is_state_enabled = 1;")
	return files, err
}
