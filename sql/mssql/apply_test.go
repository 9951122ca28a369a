package mssql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/sandbox"
)

// pool is the pool that a test's site is changed through.
func pool(t *testing.T, server *sandbox.Server) *sql.DB {
	t.Helper()
	db, err := Open(Address{URL: "sqlserver://" + server.Addr().String() + "?encrypt=disable", User: "sa", Password: livePassword, Database: "North"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestApplyIsAllOrNothing: whatever ends an apply before its commit, the site
// is as it was, the error says what it was, and the next one can begin.
func TestApplyIsAllOrNothing(t *testing.T) {
	no := errors.New("no")
	good := []grants.Change{{Kind: grants.CreateRole, Principals: []string{"Crew"}}, {Kind: grants.GrantOn, Schema: "dbo", View: "v", Permissions: catalog.Select, Principals: []string{"Crew"}}}
	tests := []struct {
		name string
		job  func(*Job)
		is   func(error) bool
		says string
	}{
		{"a site that moved", func(j *Job) { j.Fingerprint = "another" }, func(err error) bool { return as[*StaleError](err) }, `site "North" changed since the plan was made; nothing was sent to it: plan again`},
		{"a statement that is refused", func(j *Job) {
			j.Changes = append(j.Changes, grants.Change{Kind: grants.DropRole, Principals: []string{"Nobody"}})
		},
			func(err error) bool { return as[*StatementError](err) && Number(err) == 15151 }, `site "North": the server refused DROP ROLE [Nobody]; and everything was rolled back: `},
		{"an end that was not promised", func(j *Job) { j.Check = func(*grants.Snapshot) error { return no } }, func(err error) bool { return as[*MismatchError](err) },
			`site "North" was not what the plan promises after its statements, so all of them were rolled back: no`},
		{"a commit that somebody forbids", func(j *Job) { j.BeforeCommit = func(context.Context) error { return no } }, func(err error) bool { return err == no }, "no"},
		{"a commit that somebody allows", func(j *Job) { j.BeforeCommit = func(context.Context) error { return nil } }, func(err error) bool { return err == nil }, ""},
		{"nothing", func(j *Job) { j.Changes = []grants.Change{{Kind: grants.DropRole, Principals: []string{"Crew"}}} }, func(err error) bool { return err == nil }, ""},
	}
	server, _ := liveSite(t)
	db := pool(t, server)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, err := Look(context.Background(), db, "North", "main")
			if err != nil {
				t.Fatal(err)
			}
			var promised *grants.Snapshot
			job := Job{Site: "North", Server: "main", Before: before, Fingerprint: before.Fingerprint(), Changes: good,
				Check: func(s *grants.Snapshot) error { promised = s; return nil }}
			tt.job(&job)
			after, err := Apply(context.Background(), db, job)
			if !tt.is(err) || err != nil && !strings.HasPrefix(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
			now, lookErr := Look(context.Background(), db, "North", "main")
			if lookErr != nil {
				t.Fatal(lookErr)
			}
			if err != nil && (after != nil || now.Fingerprint() != before.Fingerprint()) {
				t.Errorf("the site changed: %v", after)
			}
			if err == nil && (after != promised || now.Fingerprint() != after.Fingerprint() || now.Fingerprint() == before.Fingerprint()) {
				t.Errorf("what was read back is not what there is")
			}
		})
	}
}

// as reports whether an error is of a kind.
func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// TestLookLeavesNothingBehind: no transaction and no lock.
func TestLookLeavesNothingBehind(t *testing.T) {
	server, connect := liveSite(t)
	db := pool(t, server)
	s, err := Look(context.Background(), db, "North", "main")
	if err != nil || s.Site != "North" || s.Server != "main" || s.Database != "North" || len(s.Views) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	db.SetMaxOpenConns(1)
	open := -1
	if err := db.QueryRowContext(context.Background(), "SELECT @@TRANCOUNT;").Scan(&open); err != nil || open != 0 {
		t.Errorf("%d transactions are left open, %v", open, err)
	}
	conn := connect("sa")
	var code int
	if err := conn.QueryRowContext(context.Background(), `BEGIN TRANSACTION; DECLARE @c int; EXEC @c = sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = 0; SELECT @c;`).Scan(&code); err != nil || code != 0 {
		t.Errorf("the lock is still held: %d, %v", code, err)
	}
	blind, err := Open(Address{URL: "sqlserver://" + server.Addr().String() + "?encrypt=disable", User: "ann", Password: livePassword, Database: "North"})
	if err != nil {
		t.Fatal(err)
	}
	defer blind.Close()
	if _, err := conn.ExecContext(context.Background(), "ROLLBACK TRANSACTION;"); err != nil {
		t.Fatal(err)
	}
	if _, err := Look(context.Background(), blind, "North", "main"); err == nil || err.Error() != `site "North": lock and read: database: login "ann" may not see the permissions of database "North": it needs VIEW DEFINITION on it: USE [North]; GRANT VIEW DEFINITION TO [ann]` {
		t.Errorf("somebody who may not look: %v", err)
	}
}

// TestCommitThatIsLost: a server that does not answer a commit leaves open what
// happened; one that was never sent does not.
func TestCommitThatIsLost(t *testing.T) {
	sandboxed(t, func(ctx context.Context, _ *sql.DB, conn *sql.Conn) {
		err := commit(ctx, conn, "North") // there is no transaction: the server objects
		var lost *CommitError
		if !errors.As(err, &lost) || Number(err) != 3902 || !strings.HasPrefix(err.Error(), `site "North": the commit was sent and its answer was lost: `) {
			t.Errorf("%v", err)
		}
		stopped, stop := context.WithCancel(ctx)
		stop()
		if err := commit(stopped, conn, "North"); !errors.Is(err, context.Canceled) || errors.As(err, &lost) || !strings.HasPrefix(err.Error(), `site "North": before the commit: `) {
			t.Errorf("%v", err)
		}
	})
}

// TestConnectionAfterAnError is thrown away; after none it is kept.
func TestConnectionAfterAnError(t *testing.T) {
	sandboxed(t, func(ctx context.Context, db *sql.DB, _ *sql.Conn) {
		no := errors.New("no")
		session := func(fail error) (id int) {
			t.Helper()
			if err := WithConn(ctx, db, func(conn *sql.Conn) error {
				if err := conn.QueryRowContext(ctx, "SELECT @@SPID;").Scan(&id); err != nil {
					t.Fatal(err)
				}
				return fail
			}); err != fail {
				t.Errorf("%v", err)
			}
			return id
		}
		first := session(nil)
		if again := session(no); again != first {
			t.Errorf("session %d was not kept: %d", first, again)
		}
		if n := db.Stats().Idle; n != 0 {
			t.Errorf("%d connections were kept after an error", n)
		}
	})
	sandboxed(t, func(ctx context.Context, db *sql.DB, _ *sql.Conn) {
		db.Close()
		if err := WithConn(ctx, db, func(*sql.Conn) error { t.Error("there is no connection"); return nil }); err == nil {
			t.Error("no error")
		}
	})
}

// TestLicenceLock: one session has it, another waits and is told, and whoever
// lost it is told too.
func TestLicenceLock(t *testing.T) {
	sandboxed(t, func(ctx context.Context, db *sql.DB, one *sql.Conn) {
		two, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer two.Close()
		if err := HasLicence(ctx, one); err == nil || err.Error() != "the session no longer holds it" {
			t.Errorf("before it is taken: %v", err)
		}
		for range 2 { // the second time it has it already
			if got, err := TakeLicence(ctx, one, time.Second); err != nil || !got {
				t.Fatalf("%t, %v", got, err)
			}
		}
		if err := HasLicence(ctx, one); err != nil {
			t.Error(err)
		}
		if got, err := TakeLicence(ctx, two, 10*time.Millisecond); err != nil || got {
			t.Errorf("somebody else took it too: %t, %v", got, err)
		}
		if err := HasLicence(ctx, two); err == nil {
			t.Error("two sessions hold it")
		}
		two.Close()
		if got, err := TakeLicence(ctx, two, time.Second); err == nil || got || !strings.HasPrefix(err.Error(), "the licence's lock: ") {
			t.Errorf("on a connection that is closed: %t, %v", got, err)
		}
		if err := HasLicence(ctx, two); err == nil {
			t.Error("a connection that is closed holds it")
		}
	})
}

// TestNewLoginsSayWhoseFailed: one that is refused or there already does not keep
// the others from being made, more than one call takes.
func TestNewLoginsSayWhoseFailed(t *testing.T) {
	sandboxed(t, func(ctx context.Context, db *sql.DB, conn *sql.Conn) {
		if _, err := conn.ExecContext(ctx, "CREATE LOGIN there WITH PASSWORD = N'Kj3-lkj2-Lkj9';"); err != nil {
			t.Fatal(err)
		}
		one := func(name string) Login { return Login{Name: name, Password: "Kj3-lkj2-Lkj9'", SID: NewSID()} }
		logins := []Login{one("ann"), one("there"), {Name: "refused", Password: "Kj3-lkj2-Lkj9", SID: grants.SASID}, one("o'h]ara @login"), {Name: `domain\who`, Type: grants.WindowsUser}}
		for i := range 300 {
			logins = append(logins, one(fmt.Sprintf("p%03d", i)))
		}
		got, err := NewLogins(ctx, db, logins, PasswordRules{MustChange: true, Policy: true, Expiration: true})
		if err != nil || len(got) != len(logins) {
			t.Fatalf("%d answers, %v", len(got), err)
		}
		for i, want := range []struct {
			made   bool
			number int32
		}{{true, 0}, {false, 0}, {false, 15433}, {true, 0}, {true, 0}, {true, 0}} {
			if got[i].Made != want.made || Number(got[i].Err) != want.number || got[i].Err != nil && !strings.HasPrefix(got[i].Err.Error(), fmt.Sprintf("login %q: ", logins[i].Name)) {
				t.Errorf("%s: %+v", logins[i].Name, got[i])
			}
		}
		names := []string{}
		for _, l := range logins {
			names = append(names, l.Name)
		}
		sids, err := LoginSIDs(ctx, db, append(names, names...))
		if err != nil || len(sids) != 2*len(names) || len(sids) <= LoginsAtOnce {
			t.Fatalf("%d SIDs, %v", len(sids), err)
		}
		for i, l := range logins {
			if l.SID != "" && sids[i] == l.SID != got[i].Made || got[i].Made && (sids[i] != got[i].SID || sids[i] == "") || sids[i] != sids[i+len(names)] {
				t.Errorf("%s: made %t, SID %s, wanted %s", l.Name, got[i].Made, sids[i], l.SID)
			}
		}
		if _, err := NewLogins(ctx, db, []Login{{Name: "ann", SID: "no hexadecimal"}}, PasswordRules{}); err == nil || !strings.HasPrefix(err.Error(), `login "ann": `) {
			t.Errorf("%v", err)
		}
		db.Close()
		if _, err := LoginSIDs(ctx, db, names); err == nil || !strings.HasPrefix(err.Error(), `login "ann": `) {
			t.Errorf("%v", err)
		}
		if got, err := NewLogins(ctx, db, logins, PasswordRules{}); err == nil || got[0] != nil {
			t.Errorf("%v, %v", got[0], err)
		}
	})
}
