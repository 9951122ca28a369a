package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"

	driver "github.com/microsoft/go-mssqldb"
)

// TestOnlineLetsTheLicenceGo: an online run over two sites holds the licence's lock
// until everybody who takes a seat is in, and not until the last of its small
// transactions.
func TestOnlineLetsTheLicenceGo(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	f := w.fleet(w.policy(9, member("ann", "*"), member("ben", "*")))
	free := func() bool {
		db, err := mssql.Open(mssql.Address{URL: "sqlserver://" + w.servers[0].Addr().String() + "?encrypt=disable", User: "sa", Password: livePassword, Database: "North"})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		took := false
		err = mssql.WithConn(context.Background(), db, func(conn *sql.Conn) (err error) {
			if took, err = mssql.TakeLicence(context.Background(), conn, 0); err == nil {
				mssql.Discard(conn)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return took
	}
	var mu sync.Mutex
	held, went := 0, 0
	f.Online = &Online{MaxPerSecond: 1, Wait: func(ctx context.Context, _ time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		if !free() {
			held++
			return ctx.Err()
		}
		went++
		if in := w.inside(); len(in["ann"])+len(in["ben"]) != 4 {
			t.Errorf("the lock was let go, and inside are %v", in)
		}
		return ctx.Err()
	}}
	if _, left, err := w.run(f); err != nil || left != nil {
		t.Fatalf("left out %v: %v", left, err)
	}
	if held == 0 || went == 0 {
		t.Errorf("the lock was held %d times and free %d times", held, went)
	}
}

// TestOnlineWithoutTheLicence: where the licence's lock is lost on the way, no small
// transaction that takes a seat is committed any more.
func TestOnlineWithoutTheLicence(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0})
	if _, _, err := w.run(w.fleet(w.policy(1))); err != nil {
		t.Fatal(err)
	}
	f := w.fleet(w.policy(1, member("ann", "North")))
	f.Online = &Online{}
	w.servers[0].Inject(sandbox.Fault{App: mssql.LicenceApp, Statement: 6, Kind: sandbox.FaultDie})
	_, _, err := w.run(f)
	if lost := (*LicenceError)(nil); !errors.As(err, &lost) {
		t.Fatalf("got %v", err)
	}
	if in := w.inside(); len(in) > 0 {
		t.Errorf("let in without the lock: %v", in)
	}
	if _, left, err := w.run(f); err != nil || left != nil {
		t.Errorf("run again: left out %v: %v", left, err)
	}
}

// TestEnteringFirst: sites into which somebody is let are begun before the others.
func TestEnteringFirst(t *testing.T) {
	rows, list := map[string]Row{}, []policy.Site{}
	for _, name := range []string{"quiet", "enters", "away", "enters too"} {
		list = append(list, policy.Site{Name: name})
		row := Row{}
		if name != "away" {
			row.Plan = &SitePlan{facts: &facts{enters: strings.HasPrefix(name, "enters")}}
		}
		rows[name] = row
	}
	enteringFirst(list, rows)
	var got []string
	for _, s := range list {
		got = append(got, s.Name)
	}
	if want := []string{"enters", "enters too", "quiet", "away"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestWhyABusySiteFails: whoever could not have the lock is told who has it.
func TestWhyABusySiteFails(t *testing.T) {
	l := newLive(t)
	f := l.fleet("imvw_site")
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site", App: "another run"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	hold(t, other)
	var session int
	if err := other.QueryRowContext(context.Background(), "SELECT @@SPID").Scan(&session); err != nil {
		t.Fatal(err)
	}
	busy := driver.Error{Number: mssql.LockHeld, Message: "another grantree is changing this site"}
	l.admin("CREATE LOGIN carter WITH PASSWORD = N'" + livePassword + "'; CREATE USER carter FOR LOGIN carter; GRANT CONTROL TO carter;")
	low := l.fleetAs("carter", "imvw_site")
	const unseen = "whose it is cannot be seen: USE master; GRANT VIEW SERVER PERFORMANCE STATE TO [carter];"
	if err := low.why(context.Background(), low.Sites[0], nil, busy); !strings.Contains(err.Error(), unseen) {
		t.Errorf("%v\ndoes not say %q", err, unseen)
	}
	if *least {
		return
	}
	err = f.why(context.Background(), f.Sites[0], nil, busy)
	for _, want := range []string{"another grantree is changing this site", `it is login "sa" on host "`, "connected since 2", fmt.Sprintf("session %d", session)} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
	if err := f.why(context.Background(), f.Sites[0], nil, errors.New("something else")); err.Error() != "something else" {
		t.Errorf("%v", err)
	}
	undone := &mssql.MismatchError{Site: "Site", Reason: "it is not so"}
	if err := f.why(context.Background(), f.Sites[0], []grants.Change{{Kind: grants.GrantOn}}, undone); err != error(undone) {
		t.Errorf("a server without triggers: %v", err)
	}
}

// TestOnlineUnmade: of the users with a password of their own those are told not to be
// made whose small transaction is not in.
func TestOnlineUnmade(t *testing.T) {
	user := func(name string) []grants.Change {
		return []grants.Change{{Kind: grants.CreateUser, Principals: []string{name}, Own: grants.SQLUser}}
	}
	c := course{pieces: [][]grants.Change{user("ann"), user("bob"), user("eve")}, in: 2}
	got := c.unmade([]NewLogin{{Login: "ann"}, {Login: "bob"}, {Login: "eve"}})
	if len(got) != 1 || got[0].Login != "eve" {
		t.Errorf("%+v", got)
	}
}

// TestOnlineSettles: where the answer to a commit was lost, the site says whether the
// small transaction is in: then the course goes on with the next one.
func TestOnlineSettles(t *testing.T) {
	looksAtPlans(t)
	s := newSwapped(t)
	now := s.plan(s.to).Sites[0].Snapshot
	with := func(statement []grants.Change) *grants.Snapshot {
		out, err := now.With(statement)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	other := with([]grants.Change{{Kind: grants.CreateRole, Principals: []string{"Other"}}})
	another := with([]grants.Change{{Kind: grants.CreateRole, Principals: []string{"Another"}}})
	lost := &mssql.CommitError{Site: "Site", Err: errors.New("gone")}
	for _, tt := range []struct {
		name         string
		before, back *grants.Snapshot
		in           int
		says         string
	}{
		{"it is in", other, now, 1, "after a commit: gone"},
		{"it did not arrive", now, other, 0, "the commit did not arrive: gone"},
		{"somebody else", other, another, 0, "somebody has changed the site since"},
	} {
		c := course{f: s.to, written: s.to.scribeOf(&SitePlan{}), sp: SitePlan{Site: s.to.Sites[0]}, fp: &FleetPlan{}, pieces: make([][]grants.Change, 2), now: tt.before, back: tt.back}
		if err := c.settle(context.Background(), lost); err == nil || !strings.Contains(err.Error(), tt.says) || c.in != tt.in {
			t.Errorf("%s: %d, %v", tt.name, c.in, err)
		}
	}
}
