package sandbox_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
	"grantree/sql/sandbox/internal/sysproc"
)

// TestProceduresOfText: every system procedure and function that is written in T-SQL can be read.
func TestProceduresOfText(t *testing.T) {
	for _, name := range slices.Concat(sysproc.Names(), sysproc.Functions()) {
		if p := sysproc.Find(name); p == nil || len(p.Body.Statements) == 0 && p.Query == nil {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// TestProceduresAreKnown: those that run here are those that everybody may call by sys.system_objects, and no others.
func TestProceduresAreKnown(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "")
	a.exec("CREATE USER ann WITHOUT LOGIN")
	rows, err := a.conn.QueryContext(t.Context(), "EXECUTE AS USER = 'ann'; SELECT name, HAS_PERMS_BY_NAME('sys.' + name, 'OBJECT', 'EXECUTE') FROM sys.system_objects WHERE type IN ('P', 'X'); REVERT")
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]bool{}
	for rows.Next() {
		var name string
		var may bool
		if err := rows.Scan(&name, &may); err != nil {
			t.Fatal(err)
		}
		runs[name] = may
	}
	for _, name := range sysproc.Names() {
		if !runs[name] {
			t.Errorf("sys.system_objects has no %s that everybody may call", name)
		}
	}
	for name, may := range runs {
		_, err := a.conn.ExecContext(t.Context(), "EXEC sys."+name)
		var e mssql.Error
		if missing := errors.As(err, &e) && e.Number == 2812; missing == may {
			t.Errorf("%s: everybody may call it: %v, and it is missing: %v", name, may, missing)
		}
	}
}

// TestProceduresByRPC calls procedures of text by RPC: by name and by place, with an output value, a code, and errors that
// tell where they are from.
func TestProceduresByRPC(t *testing.T) {
	a := sa(t, north(t), "North")
	a.exec("sp_addrole", sql.Named("rolename", "crew"))
	a.want("SELECT USER_NAME(principal_id) FROM sys.schemas WHERE name = 'crew'", "crew")
	var code mssql.ReturnStatus
	a.exec("CREATE LOGIN zoe WITH PASSWORD = 'x', CHECK_POLICY = OFF")
	var name sql.NullString
	if _, err := a.conn.ExecContext(t.Context(), "sp_grantdbaccess", sql.Named("loginame", "zoe"), sql.Named("name_in_db", sql.Out{Dest: &name}), &code); err != nil || code != 0 || name.String != "zoe" {
		t.Errorf("sp_grantdbaccess: %q, code %d, %v", name.String, code, err)
	}
	_, err := a.conn.ExecContext(t.Context(), "sys.sp_helprolemember", sql.Named("rolename", "nobody"), &code)
	var e mssql.Error
	if !errors.As(err, &e) || e.Number != 15409 || e.ProcName != "sp_helprolemember" || e.LineNo != 6 || code != 1 {
		t.Errorf("sp_helprolemember: %v, of %s, line %d, code %d", err, e.ProcName, e.LineNo, code)
	}
}
