package mssql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"strings"
	"testing"
	"time"

	"grantree/audit"

	mssql "github.com/microsoft/go-mssqldb"
)

// recorded answers queries by what stands in them, as a server once did.
type recorded []answered

// answered is what comes of a query that holds all of some words: rows, or an
// error.
type answered struct {
	holds []string
	rows  [][]driver.Value
	more  [][][]driver.Value // result sets that follow
	err   error
}

func (r recorded) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r recorded) Driver() driver.Driver                        { return nil }
func (r recorded) Prepare(string) (driver.Stmt, error)          { return nil, io.ErrClosedPipe }
func (r recorded) Close() error                                 { return nil }
func (r recorded) Begin() (driver.Tx, error)                    { return nil, io.ErrClosedPipe }

func (r recorded) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	for _, a := range args {
		query += " " + a.Name + "="
		switch v := a.Value.(type) {
		case int64:
			query += string(rune('0' + v))
		case string:
			query += v
		}
	}
	for _, a := range r {
		found := true
		for _, h := range a.holds {
			found = found && strings.Contains(query, h)
		}
		if found {
			return &recordedRows{a.rows, a.more}, a.err
		}
	}
	return nil, mssql.Error{Number: 208, Message: "Invalid object name."}
}

type recordedRows struct {
	rows [][]driver.Value
	more [][][]driver.Value
}

func (r *recordedRows) HasNextResultSet() bool { return len(r.more) > 0 }
func (r *recordedRows) NextResultSet() error {
	if len(r.more) == 0 {
		return io.EOF
	}
	r.rows, r.more = r.more[0], r.more[1:]
	return nil
}

func (r *recordedRows) Columns() []string {
	if len(r.rows) == 0 {
		return []string{""}
	}
	return make([]string, len(r.rows[0]))
}
func (r *recordedRows) Close() error { return nil }
func (r *recordedRows) Next(to []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(to, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// TestLastLogins reads error logs and audits with the columns of Microsoft's pages.
func TestLastLogins(t *testing.T) {
	now := time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC) // two hours ahead of UTC
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	line := func(login string, days int) []driver.Value {
		return []driver.Value{ago(days), "Logon", "Login succeeded for user '" + login + "'. Connection made using SQL Server authentication. [CLIENT: 10.0.0.6]"}
	}
	clock := answered{holds: []string{"GETUTCDATE"}, rows: [][]driver.Value{{now, now.Add(-2 * time.Hour)}}}
	logs := []answered{
		{holds: []string{"sp_readerrorlog", "log=0"}, rows: [][]driver.Value{line("bob", 3), line("ann", 1)}},
		{holds: []string{"sp_readerrorlog", "log=1"}, rows: [][]driver.Value{line("bob", 40), line("ann", 70)}},
		{holds: []string{"sp_readerrorlog", "log=2"}, err: mssql.Error{Number: 22004, Message: "no such log"}},
	}
	level := func(l string) answered {
		return answered{holds: []string{"xp_loginconfig"}, rows: [][]driver.Value{{"audit level", l}}}
	}
	files := func(whole bool) answered {
		return answered{holds: []string{"sys.server_file_audits"}, rows: [][]driver.Value{{`D:\Audit\`, "logins_1A.sqlaudit", whole}}}
	}
	rows := func(changed int) answered {
		return answered{holds: []string{"fn_get_audit_file", `pattern=D:\Audit\logins_1A*`}, rows: [][]driver.Value{
			{"LGIS", "bob", ago(90).Add(-2 * time.Hour), ago(9).Add(-2 * time.Hour)}, {"AUSC", nil, ago(100), ago(changed).Add(-2 * time.Hour)}}}
	}
	for name, tt := range map[string]struct {
		server     recorded
		log, audit audit.LastLogins
	}{
		"both": {append(recorded{clock, level("all"), files(true), rows(95)}, logs...),
			audit.LastLogins{State: audit.Read, Since: ago(70), Last: map[string]time.Time{"bob": ago(3)}},
			audit.LastLogins{State: audit.Read, Since: ago(90), Last: map[string]time.Time{"bob": ago(9)}}},
		"the audit was off": {append(recorded{clock, files(true), rows(2)}, logs...),
			audit.LastLogins{State: audit.Read, Since: ago(70), Last: map[string]time.Time{"bob": ago(3)}},
			audit.LastLogins{State: audit.Read, Since: ago(2), Last: map[string]time.Time{"bob": ago(9)}}},
		"neither tells of all": {append(recorded{clock, level("failure"), files(false), rows(95)}, logs...),
			audit.LastLogins{State: audit.Read, Why: `the server's login auditing is "failure": log-ins that succeed are not written down`, Last: map[string]time.Time{"bob": ago(3)}},
			audit.LastLogins{State: audit.Read, Why: "none that is turned on takes every log-in that succeeds", Last: map[string]time.Time{"bob": ago(9)}}},
		"not allowed, and none": {recorded{clock, {holds: []string{"sp_readerrorlog"}, err: mssql.Error{Number: 229, Message: "denied"}}, {holds: []string{"sys.server_file_audits"}}},
			audit.LastLogins{State: audit.NotAllowed, Why: "denied"}, audit.LastLogins{State: audit.NotThere, Why: "the server has none that is turned on"}},
		"nothing of the kind": {recorded{clock}, audit.LastLogins{State: audit.NotThere, Why: "Invalid object name."}, audit.LastLogins{State: audit.NotThere, Why: "Invalid object name."}},
	} {
		db := sql.OpenDB(tt.server)
		list, at, err := LastLogins(context.Background(), db)
		if err != nil || len(list) != 2 || !at.Equal(now) {
			t.Fatalf("%s: %v, %v, %v", name, list, at, err)
		}
		for i, want := range []audit.LastLogins{tt.log, tt.audit} {
			got := list[i]
			if got.State != want.State || got.Why != want.Why || !got.Since.Equal(want.Since) || !got.Last["bob"].Equal(want.Last["bob"]) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
		db.Close()
	}
	if _, _, err := LastLogins(context.Background(), sql.OpenDB(recorded{})); err == nil {
		t.Error("a server without a clock was believed")
	}
}
