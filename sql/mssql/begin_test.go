package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"grantree/sql/sandbox"
)

// sandboxed lends a connection to an empty sandbox.
func sandboxed(t *testing.T, do func(ctx context.Context, db *sql.DB, conn *sql.Conn)) {
	t.Helper()
	const password = "Live-Password-1"
	s, err := sandbox.New(sandbox.Options{SAPassword: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	db, err := Open(Address{URL: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr()), User: "sa", Password: password, Database: "tempdb"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := WithConn(context.Background(), db, func(conn *sql.Conn) error { do(context.Background(), db, conn); return nil }); err != nil {
		t.Fatal(err)
	}
}

// TestApplyEndsWithItsCommit: where sessions begin transactions by themselves
// (sp_configure 'user options'), one COMMIT still ends what an apply began,
// and inside another transaction it does not begin.
func TestApplyEndsWithItsCommit(t *testing.T) {
	sandboxed(t, func(ctx context.Context, _ *sql.DB, conn *sql.Conn) {
		open := -1
		for _, text := range []string{"SET IMPLICIT_TRANSACTIONS ON;", beginQuery, "COMMIT TRANSACTION;"} {
			if _, err := conn.ExecContext(ctx, text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		if err := conn.QueryRowContext(ctx, "SELECT @@TRANCOUNT;").Scan(&open); err != nil || open != 0 {
			t.Errorf("%d transactions are open after the commit, %v", open, err)
		}
	})
	sandboxed(t, func(ctx context.Context, _ *sql.DB, conn *sql.Conn) {
		if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION;"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(ctx, beginQuery); err == nil || Number(err) != 50003 {
			t.Errorf("an apply began inside a transaction: %v", err)
		}
	})
}

// TestNewLoginIsCommitted: a login lasts though its session began a
// transaction by itself, and is not made inside one.
func TestNewLoginIsCommitted(t *testing.T) {
	login := Login{Name: "a", Password: "Kj3-lkj2-Lkj9", SID: "6772616E747265650B94AA837C0AA840"}
	sandboxed(t, func(ctx context.Context, db *sql.DB, conn *sql.Conn) {
		if _, err := conn.ExecContext(ctx, "SET IMPLICIT_TRANSACTIONS ON;"); err != nil {
			t.Fatal(err)
		}
		batch, args, err := newLoginsBatch([]Login{login}, PasswordRules{Policy: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(ctx, batch, args...); err != nil {
			t.Fatal(err)
		}
		conn.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK;")
		if sid, err := loginSID(ctx, db, "a"); err != nil || sid == "" {
			t.Errorf("the login is gone: %q, %v", sid, err)
		}
	})
	sandboxed(t, func(ctx context.Context, db *sql.DB, _ *sql.Conn) {
		for _, want := range []bool{true, false} {
			if got, err := NewLogins(ctx, db, []Login{login}, PasswordRules{}); err != nil || got[0].Made != want || got[0].Err != nil {
				t.Fatalf("made %+v, %v", got[0], err)
			}
		}
		if sid, err := loginSID(ctx, db, "A"); err != nil || sid != login.SID {
			t.Errorf("sid %q, %v", sid, err)
		}
	})
}

// TestScriptsLoginIsOneThatCanBeMade: the server takes what a script makes up,
// for names of any length and kind.
func TestScriptsLoginIsOneThatCanBeMade(t *testing.T) {
	sandboxed(t, func(ctx context.Context, db *sql.DB, conn *sql.Conn) {
		for _, name := range []string{"a", "F", "-", "É", "o'hara]", "ab\tcd", "0123456789abcdef"} {
			text, err := loginScript(ScriptLogin{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time it is there
				if _, err := conn.ExecContext(ctx, text); err != nil {
					t.Fatalf("%q: %v", name, err)
				}
			}
			if sid, err := loginSID(ctx, db, name); err != nil || !strings.HasPrefix(sid, sidPrefix) || len(sid) != 32 {
				t.Errorf("%q: sid %q, %v", name, sid, err)
			}
		}
	})
}

// loginSID is the SID of one login.
func loginSID(ctx context.Context, db *sql.DB, login string) (string, error) {
	sids, err := LoginSIDs(ctx, db, []string{login})
	if err != nil {
		return "", err
	}
	return sids[0], nil
}
