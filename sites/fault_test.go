package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// live is a sandbox with one small site.
type live struct {
	*testing.T
	server *sandbox.Server
	url    string
}

const livePassword = "Live-Password-1"

func newLive(t *testing.T) live {
	l := administered(t)
	hired(t, l.server, "Site")
	return l
}

// administered is one that has no other runner than its administrator.
func administered(t *testing.T) live {
	s, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	script := mssql.MakeSite("Site", "dbo", []catalog.ViewName{"imvw_site", "imvw_asset", "imvw_part"}) + "CREATE LOGIN ann WITH PASSWORD = N'Kj3-lkj2-Lkj9';\nGO\n"
	if err := s.Exec(context.Background(), "master", script); err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return live{T: t, server: s, url: fmt.Sprintf("sqlserver://%s?encrypt=disable", s.Addr())}
}

// fleet opens the site with a policy in which the group Reader has some views.
func (l live) fleet(views ...string) *Fleet { l.Helper(); return l.fleetAs(runner(), views...) }

// fleetAs is the same for somebody else who has sa's password.
func (l live) fleetAs(runner string, views ...string) *Fleet {
	l.Helper()
	text := "[[group]]\nname = \"Reader\"\n"
	for _, v := range views {
		text += fmt.Sprintf("[[group.allow]]\nview = %q\npermissions = [\"select\", \"update\"]\n", v)
	}
	return l.policyFleet(runner, text+"[[user]]\nname = \"ann\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\n")
}

// policyFleet opens the site as somebody with a policy of these groups and users.
func (l live) policyFleet(runner, text string) *Fleet {
	l.Helper()
	text = fmt.Sprintf("[server.main]\nurl = %q\nuser = %q\npassword_env = \"X\"\n[[site]]\nname = \"Site\"\nserver = \"main\"\ndatabase = \"Site\"\n[policy]\nmax_loss = 1.0\n", l.url, runner) + text
	f, err := Open(parsed(l.T, text), Options{Whole: *whole, Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		l.Fatal(err)
	}
	f.wait = time.Millisecond
	l.Cleanup(f.Close)
	return f
}

// plan reads and plans.
func (l live) plan(f *Fleet) *FleetPlan {
	l.Helper()
	r := f.Read(context.Background())
	if err := Failures(r); err != nil {
		l.Fatal(err)
	}
	return Plan(f.Policy, r, PlanOptions{ExpectLoss: -1})
}

// apply plans and applies.
func (l live) apply(f *Fleet) error {
	_, err := f.Apply(context.Background(), l.plan(f), Events{})
	return err
}

// admin runs a statement as administrator, in the site.
func (l live) admin(statement string) {
	l.Helper()
	if err := l.server.Exec(context.Background(), "Site", statement); err != nil {
		l.Fatal(err)
	}
}

// TestApplyIsAllOrNothing lets a session die, be chosen as deadlock victim, run
// into a lock time-out and fail its commit, at every statement of an apply. The
// site is what it was or what it shall be, never between, and where the apply
// says it succeeded it is what it shall be.
func TestApplyIsAllOrNothing(t *testing.T) {
	l := newLive(t)
	from, to := l.fleet("imvw_site", "imvw_asset"), l.fleet("imvw_asset", "imvw_part")
	for kind, name := range map[sandbox.FaultKind]string{
		sandbox.FaultDie: "die", sandbox.FaultDeadlock: "deadlock", sandbox.FaultLockTimeout: "lock time-out", sandbox.FaultCommit: "commit",
	} {
		for n := 1; n <= 36; n += 5 {
			t.Run(fmt.Sprintf("%s at statement %d", name, n), func(t *testing.T) {
				l := live{T: t, server: l.server, url: l.url}
				if err := l.apply(from); err != nil {
					t.Fatal(err)
				}
				l.server.Inject(sandbox.Fault{App: "grantree", Statement: n, Kind: kind})
				err := l.apply(to)
				before, after := l.plan(from).Empty(), l.plan(to).Empty()
				switch {
				case err == nil && !after:
					t.Error("apply succeeded and the site is not what it shall be")
				case err != nil && !before && !after:
					t.Errorf("half applied: %v", err)
				}
			})
		}
	}
}

func TestApplyRefusesASiteThatMoved(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_site")
	fp := l.plan(f)
	l.admin("CREATE ROLE [Somebody else's] AUTHORIZATION dbo;")
	_, err := f.Apply(context.Background(), fp, Events{})
	var stale *mssql.StaleError
	if !errors.As(err, &stale) {
		t.Fatalf("got %v", err)
	}
	if l.plan(f).Empty() {
		t.Error("something was sent")
	}
}

// TestApplyWaitsForTheLock holds grantree's lock as another administrator would
// and wants an apply to stand in line for it.
func TestApplyWaitsForTheLock(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_site")
	fp := l.plan(f)
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	hold(t, other)
	done := make(chan error, 1)
	go func() {
		_, err := f.Apply(context.Background(), fp, Events{})
		done <- err
	}()
	for waiting := 0; waiting == 0; {
		select {
		case err := <-done:
			t.Fatalf("apply did not wait for the lock: %v", err)
		default:
		}
		const query = "SELECT COUNT(*) FROM sys.dm_tran_locks WHERE resource_type = N'APPLICATION' AND request_status = N'WAIT';"
		if err := other.QueryRowContext(context.Background(), query).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	other.Close()
	db.Close() // lets the lock go
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// hold takes grantree's lock as another administrator would.
func hold(t *testing.T, conn *sql.Conn) {
	t.Helper()
	_, err := conn.ExecContext(context.Background(), "BEGIN TRANSACTION; EXEC sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Exclusive';")
	if err != nil {
		t.Fatal(err)
	}
}

// TestApplyReadsBack sends a plan that lacks a statement, as where the server
// takes one and does nothing (reference B.7): the rest is rolled back.
func TestApplyReadsBack(t *testing.T) {
	looksAtPlans(t)
	l := newLive(t)
	f := l.fleet("imvw_site")
	fp := l.plan(f)
	p := fp.Sites[0].Plan
	p.Changes = p.Changes[:len(p.Changes)-1]
	results, err := f.Apply(context.Background(), fp, Events{})
	var mismatch *mssql.MismatchError
	if !errors.As(err, &mismatch) || results[0].Outcome != Failed {
		t.Fatalf("got %q, %v", results[0].Outcome, err)
	}
	if now := l.plan(f).Sites[0].Plan; now.Fingerprint != p.Fingerprint {
		t.Error("the site is not as it was")
	}
}

// TestRefusedStatementIsQuoted has a runner who is db_owner and is denied
// ALTER ANY USER. The plan says so; where it could not have known, the refused
// statement is quoted, with what it needs.
func TestRefusedStatementIsQuoted(t *testing.T) {
	l := newLive(t)
	l.admin("CREATE LOGIN carter WITH PASSWORD = N'" + livePassword + "';")
	l.admin("CREATE USER carter FOR LOGIN carter;\nALTER ROLE db_owner ADD MEMBER carter;\nCREATE ROLE Temps AUTHORIZATION dbo;\nALTER ROLE Temps ADD MEMBER carter;\nDENY ALTER ANY USER TO Temps;")
	f := l.fleetAs("carter", "imvw_site")
	fp := l.plan(f)
	for _, known := range []bool{true, false} {
		want := []string{"needs ALTER ANY USER in database", `denied to "Temps"`, "REVOKE ALTER ANY USER FROM [Temps]"}
		outcome := NoRight
		if !known {
			fp.Sites[0].Obstacles = nil
			want = []string{"refused CREATE USER [ann] FOR LOGIN [ann]; …", "needs ALTER ANY USER in the database", "unless a DENY takes it away", "error 15247"}
			outcome = Failed
		}
		results, err := f.Apply(context.Background(), fp, Events{})
		if err == nil || results[0].Outcome != outcome {
			t.Fatalf("got %+v, want %q", results, outcome)
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%v\ndoes not say %q", err, w)
			}
		}
	}
}

// TestStoppedIsNotUnanswered: where a run was stopped, that the server's answer
// did not come says nothing of the server.
func TestStoppedIsNotUnanswered(t *testing.T) {
	f, site := &Fleet{attempts: 4, address: map[string]mssql.Address{}}, policy.Site{Name: "North"}
	ctx, stop := context.WithCancel(context.Background())
	late := errors.New("did not get cancellation confirmation from the server")
	err := f.retry(ctx, site, func() error { stop(); return late })
	if !errors.Is(err, context.Canceled) || !errors.Is(err, late) || !strings.Contains(err.Error(), "stopped before the server answered") {
		t.Errorf("got %v", err)
	}
}
