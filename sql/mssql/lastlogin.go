package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"grantree/audit"
)

// LastLogins asks a server, source by source, when each of its logins last logged
// in, and from when on it would know. Times are by the server's clock, which now
// is. The default trace knows of no log-in that succeeded.
func LastLogins(ctx context.Context, db *sql.DB) (list []audit.LastLogins, now time.Time, err error) {
	var utc time.Time
	err = each(ctx, db, func(rows *sql.Rows) error { return rows.Scan(&now, &utc) }, "SELECT GETDATE(), GETUTCDATE();")
	if err != nil {
		return nil, now, fmt.Errorf("the server's clock: %w", err)
	}
	of := func(s audit.Source, read func(*audit.LastLogins) error) {
		l := audit.LastLogins{}
		state := source(s, func(*audit.Reading) error { return read(&l) })
		l.Source, l.State = s, state.State
		if state.Why != "" {
			l.Why = state.Why
		}
		list = append(list, l)
	}
	of(audit.ErrorLog, func(l *audit.LastLogins) error { return lastInErrorLogs(ctx, db, l) })
	of(audit.Audit, func(l *audit.LastLogins) error { return lastInAudits(ctx, db, l, now.Sub(utc).Round(time.Minute)) })
	return list, now, nil
}

// lastInErrorLogs reads the lines about log-ins that succeeded, a log at a time,
// and keeps the last of each login.
func lastInErrorLogs(ctx context.Context, db *sql.DB, out *audit.LastLogins) error {
	var r audit.LogReading
	for n := range maxLogs {
		err := r.File(func(take func(audit.LogLine)) error {
			return each(ctx, db, func(rows *sql.Rows) error {
				var l audit.LogLine
				var process, text sql.NullString
				if err := rows.Scan(&l.At, &process, &text); err != nil {
					return err
				}
				l.Process, l.Text = process.String, text.String
				take(l)
				return nil
			}, "EXEC sys.sp_readerrorlog @p1 = @log, @p2 = 1, @p3 = N'Login succeeded for user';", sql.Named("log", n))
		})
		if err != nil && n == 0 {
			return err
		}
		if err != nil { // there are no more
			break
		}
	}
	*out = r.LastLogins
	if level := auditLevel(ctx, db); level == "none" || level == "failure" {
		out.Why = fmt.Sprintf("the server's login auditing is %q: log-ins that succeed are not written down", level)
		out.Since = time.Time{}
	}
	return nil
}

// auditLevel is the server's "login auditing", or "" where it may not be asked.
func auditLevel(ctx context.Context, db *sql.DB) string {
	level := ""
	err := each(ctx, db, func(rows *sql.Rows) error {
		var name, value sql.NullString
		err := rows.Scan(&name, &value)
		level = value.String
		return err
	}, "EXEC sys.xp_loginconfig 'audit level';")
	if err != nil {
		return ""
	}
	return level
}

// lastInAudits reads the files of the audits that are turned on. One is whole
// where it has no filter and its server takes every log-in that succeeds.
func lastInAudits(ctx context.Context, db *sql.DB, out *audit.LastLogins, local time.Duration) error {
	type file struct {
		pattern string
		whole   bool
	}
	var files []file
	err := each(ctx, db, func(rows *sql.Rows) error {
		var path, name string
		var f file
		if err := rows.Scan(&path, &name, &f.whole); err != nil {
			return err
		}
		stem, _, _ := strings.Cut(name, ".")
		f.pattern = path + stem + "*"
		files = append(files, f)
		return nil
	}, `SELECT f.log_file_path, f.log_file_name, CAST(CASE WHEN f.predicate IS NULL AND EXISTS (
           SELECT 1 FROM sys.server_audit_specifications AS s
           JOIN sys.server_audit_specification_details AS d ON d.server_specification_id = s.server_specification_id
           WHERE s.audit_guid = f.audit_guid AND s.is_state_enabled = 1 AND d.audit_action_name = N'SUCCESSFUL_LOGIN_GROUP') THEN 1 ELSE 0 END AS bit)
FROM sys.server_file_audits AS f
WHERE f.is_state_enabled = 1;`)
	switch {
	case err != nil:
		return err
	case len(files) == 0:
		return errNotKept
	}
	whole := false
	for _, f := range files {
		of := audit.AuditFiles{Whole: f.whole}
		whole = whole || f.whole
		err := each(ctx, db, func(rows *sql.Rows) error {
			var action string
			var login sql.NullString
			var first, last time.Time
			if err := rows.Scan(&action, &login, &first, &last); err != nil {
				return err
			}
			first, last = clockOf(first, local), clockOf(last, local)
			if strings.TrimSpace(action) == "AUSC" {
				of.Changed = last
				return nil
			}
			out.Note(login.String, last)
			if of.Oldest.IsZero() || first.Before(of.Oldest) {
				of.Oldest = first
			}
			return nil
		}, `SELECT a.action_id, CASE WHEN a.action_id = 'LGIS' THEN a.server_principal_name END, MIN(a.event_time), MAX(a.event_time)
FROM sys.fn_get_audit_file(@pattern, DEFAULT, DEFAULT) AS a
WHERE a.action_id IN ('LGIS', 'AUSC')
GROUP BY a.action_id, CASE WHEN a.action_id = 'LGIS' THEN a.server_principal_name END;`, sql.Named("pattern", f.pattern))
		if err != nil {
			return err
		}
		out.Covered(of.Covers())
	}
	if !whole {
		out.Why = "none that is turned on takes every log-in that succeeds"
	}
	return nil
}

// clockOf is a time in UTC by a server's clock that is so far ahead of it.
func clockOf(utc time.Time, ahead time.Duration) time.Time {
	return time.Date(utc.Year(), utc.Month(), utc.Day(), utc.Hour(), utc.Minute(), utc.Second(), utc.Nanosecond(), time.UTC).Add(ahead)
}
