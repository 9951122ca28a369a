package mssql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"grantree/grants"
)

// TestAccounts: what a server says of logins and passwords, and what unlocking
// and a new password make of it.
func TestAccounts(t *testing.T) {
	sandboxed(t, func(ctx context.Context, db *sql.DB, conn *sql.Conn) {
		must := func(text string) {
			t.Helper()
			if _, err := conn.ExecContext(ctx, text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		must("CREATE LOGIN ann WITH PASSWORD = N'First-Word-1', CHECK_POLICY = ON, CHECK_EXPIRATION = OFF")
		must("CREATE LOGIN ben WITH PASSWORD = N'First-Word-1' MUST_CHANGE, CHECK_POLICY = ON, CHECK_EXPIRATION = ON")
		must("CREATE LOGIN cid WITH PASSWORD = N'First-Word-1', CHECK_POLICY = OFF; ALTER LOGIN cid DISABLE")
		must(`CREATE LOGIN [X\dan] FROM WINDOWS`)
		account := func(name string) grants.Account {
			t.Helper()
			all, err := Accounts(ctx, conn)
			if err != nil {
				t.Fatal(err)
			}
			if !all.SeesSessions || !all.MayChange || !all.MayEnd || all.Own == 0 || all.Now.IsZero() {
				t.Errorf("rights of sa: %+v", all)
			}
			for _, a := range all.Accounts {
				if a.Name == name {
					return a
				}
			}
			t.Fatalf("no login %s in %+v", name, all.Accounts)
			return grants.Account{}
		}
		for name, want := range map[string]grants.Status{"ann": grants.StatusActive, "ben": grants.StatusPending, "cid": grants.StatusDisabled, `X\dan`: grants.StatusActive} {
			if got := account(name).Status(); got != want {
				t.Errorf("%s is %s, want %s", name, got, want)
			}
		}
		if a := account("ann"); a.Password == nil || a.Password.Set.IsZero() || !a.Password.LockedAt.IsZero() || !a.Password.Policy || a.Password.Expiration {
			t.Errorf("the password of ann: %+v", a.Password)
		}
		if a := account(`X\dan`); a.Password != nil {
			t.Errorf("an account of Windows has a password here: %+v", a.Password)
		}
		for range 10 {
			enters(t, db, "ann", "wrong")
		}
		if a := account("ann"); a.Status() != grants.StatusLocked || a.Password.Bad == 0 || a.Password.LockedAt.IsZero() || a.Password.LastBad.IsZero() {
			t.Fatalf("after wrong passwords ann is %s: %+v", a.Status(), a.Password)
		}
		if err := Unlock(ctx, conn, account("ann")); err != nil {
			t.Fatal(err)
		}
		if a := account("ann"); a.Status() != grants.StatusActive || a.Password.Bad != 0 {
			t.Errorf("unlocked, ann is %s: %+v", a.Status(), a.Password)
		}
		if err := enters(t, db, "ann", "First-Word-1"); err != nil {
			t.Errorf("unlocked with the same password: %v", err)
		}
		if err := SetPassword(ctx, conn, "ann", "Second-Word-2", PasswordRules{MustChange: true, Policy: true, Expiration: true}); err != nil {
			t.Fatal(err)
		}
		if a := account("ann"); a.Status() != grants.StatusPending || !a.Password.Expiration {
			t.Errorf("with a password to change ann is %s: %+v", a.Status(), a.Password)
		}
		if err := SetPassword(ctx, conn, "ann", "Third-Word-3", PasswordRules{Policy: true}); err != nil {
			t.Fatal(err)
		}
		if a := account("ann"); a.Status() != grants.StatusActive || a.Password.Expiration {
			t.Errorf("with a password of another kind ann is %s: %+v", a.Status(), a.Password)
		}
		if err := enters(t, db, "ann", "Third-Word-3"); err != nil {
			t.Error(err)
		}
		if err := Unlock(ctx, conn, account("cid")); err == nil {
			t.Error("a login under no policy was unlocked")
		}
	})
}

// TestEndSession ends the session that was seen, and no other of its number.
func TestEndSession(t *testing.T) {
	sandboxed(t, func(ctx context.Context, db *sql.DB, conn *sql.Conn) {
		other, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		var id int
		if err := other.QueryRowContext(ctx, "SELECT @@SPID").Scan(&id); err != nil {
			t.Fatal(err)
		}
		seen := func() (grants.Session, bool) {
			all, err := Accounts(ctx, conn)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range all.Sessions {
				if s.ID == id {
					return s, true
				}
			}
			return grants.Session{}, false
		}
		s, there := seen()
		if !there || s.Login != "sa" || s.Begun.IsZero() || s.LastActive.IsZero() || s.Running || s.OpenTransactions != 0 {
			t.Fatalf("the session is seen as %+v", s)
		}
		wrong := s
		wrong.Login = "ann"
		if ended, err := EndSession(ctx, conn, wrong, true); ended || err != nil {
			t.Errorf("the session of somebody else was ended: %t, %v", ended, err)
		}
		if _, err := other.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
			t.Fatal(err)
		}
		if ended, err := EndSession(ctx, conn, s, false); ended || err == nil || !strings.Contains(err.Error(), "has begun something since") {
			t.Errorf("work that was begun since was thrown away: %t, %v", ended, err)
		}
		if ended, err := EndSession(ctx, conn, s, true); !ended || err != nil {
			t.Fatalf("ended %t, %v", ended, err)
		}
		if _, there := seen(); there {
			t.Error("the session is still there")
		}
		if _, err := other.ExecContext(ctx, "SELECT 1"); err == nil {
			t.Error("the session still answers")
		}
	})
}

// enters tries to log in on the server of a pool.
func enters(t *testing.T, db *sql.DB, user, password string) error {
	t.Helper()
	var port int
	if err := db.QueryRow("SELECT CAST(CONNECTIONPROPERTY('local_tcp_port') AS int)").Scan(&port); err != nil {
		t.Fatal(err)
	}
	as, err := Open(Address{URL: fmt.Sprintf("sqlserver://127.0.0.1:%d?encrypt=disable", port), User: user, Password: password, Database: "tempdb"})
	if err != nil {
		t.Fatal(err)
	}
	defer as.Close()
	return as.Ping()
}
