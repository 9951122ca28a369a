package sites

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// faultsAll has TestFaults fail an apply at every point, not at a share of them.
var faultsAll = flag.Bool("faults.all", false, "fail an apply at every packet, statement, record and password")

// faultPoints is how many points TestFaults has to try at least.
const faultPoints = 1000

// TestFaults fails an apply at one point after another: the connection is cut at a
// packet, the server refuses a statement or a commit, a disk is full, the runner dies.
// After each every site is exactly before or after, what the journal says of it is so,
// its ledger has a row for each change and for nothing else, every account can be entered
// by the password that was kept for it, and the same command once more converges. A
// runner that dies is one whose journal, password file and connections end at one
// moment; cmd/grantree kills a process.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("it fails an apply at 1,000 points, which -short is there to leave out")
	}
	looksAtPlans(t)
	t.Parallel()
	s := newStage(t)
	for _, k := range faultKinds() {
		s.every(k)
	}
	s.ledgersHold()
	if s.points < faultPoints {
		t.Errorf("%d points, want %d", s.points, faultPoints)
	}
	t.Logf("%d points, after %d of them a site was as before", s.points, s.stayed)
}

// faultKind is a way in which an apply fails at its nth packet, statement, record or
// password.
type faultKind struct {
	name string
	arm  func(s *stage, n int)
	step int // of n, unless every point is tried
	// waits says that it stays until it has happened.
	waits bool
}

// faultKinds are all ways.
func faultKinds() []faultKind {
	var out []faultKind
	for _, at := range []cut{{}, {half: true}, {refuse: true}, {half: true, refuse: true}} {
		for _, answer := range []bool{false, true} {
			at.answer = answer
			out = append(out, faultKind{at.String(), func(s *stage, n int) { at.n = n; s.proxy.arm(at) }, 1, false})
		}
	}
	for _, at := range []cut{{refuse: true}, {refuse: true, half: true}, {refuse: true, answer: true}, {refuse: true, answer: true, half: true}} {
		out = append(out, faultKind{at.String() + ", and the runner dies", func(s *stage, n int) { at.n, at.then = n, s.dies; s.proxy.arm(at) }, 1, false})
	}
	for _, k := range []struct {
		name string
		kind sandbox.FaultKind
	}{{"the session dies", sandbox.FaultDie}, {"deadlock", sandbox.FaultDeadlock}, {"lock time-out", sandbox.FaultLockTimeout}, {"the commit is lost", sandbox.FaultCommit}} {
		out = append(out, faultKind{k.name, func(s *stage, n int) {
			s.server.Inject(sandbox.Fault{Login: faultRunner, App: "grantree", Statement: n, Kind: k.kind})
		}, 6, true})
	}
	for _, how := range []string{"full", "full within", "dies before", "dies within", "dies after"} {
		out = append(out, faultKind{"journal: " + how, func(s *stage, n int) { s.journal.at, s.journal.how = n, how }, 1, false},
			faultKind{"password file: " + how, func(s *stage, n int) { s.kept.at, s.kept.how = n, how }, 1, false})
	}
	return out
}

// faultRunner is the login whose statements fail, sa beside it looks.
const faultRunner = "runner"

// stage is a server with two sites between two policies: from each to the other there
// are roles, rows and DENYs to make and to take away, somebody who comes, with a login in
// one site and a password of its own in the other, and somebody who leaves.
type stage struct {
	*testing.T
	server  *sandbox.Server
	proxy   *cutter
	through [2]*Fleet // that a fault happens to
	looking [2]*Fleet // past it
	at      int       // the policy that the sites are as
	died    bool      // the runner has
	read    []Reading
	rows    map[string]int64 // of ledgers
	tried   map[string]bool  // passwords that let somebody in
	known   map[string][]string

	journal, kept *disk
	said          []string // warnings and errors of the run
	points        int
	stayed        int
}

func newStage(t *testing.T) *stage {
	server, err := sandbox.New(sandbox.Options{SAPassword: livePassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	views := []catalog.ViewName{"imvw_site", "imvw_asset", "imvw_part"}
	script := mssql.MakeSite("North", "dbo", views) + mssql.MakeSite("South", "dbo", views) + mssql.Contain("South") +
		"CREATE LOGIN " + faultRunner + " WITH PASSWORD = N'" + livePassword + "';\nALTER SERVER ROLE sysadmin ADD MEMBER " + faultRunner + ";\n"
	if err := server.Exec(context.Background(), "master", script); err != nil {
		t.Fatal(err)
	}
	if err := server.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s := &stage{T: t, server: server, proxy: newCutter(t, server.Addr().String()), rows: map[string]int64{}, tried: map[string]bool{}, known: map[string][]string{}, kept: &disk{}}
	for i := range 2 {
		s.through[i] = s.fleet(i, s.proxy.Addr().String(), faultRunner)
		s.looking[i] = s.fleet(i, server.Addr().String(), "sa")
	}
	s.at = 1
	s.read = s.look()
	if failed := s.converge(0); failed != nil {
		t.Fatal(failed)
	}
	return s
}

// fleet opens the sites by one of the two policies.
func (s *stage) fleet(i int, address, login string) *Fleet {
	s.Helper()
	nodes := "name = \"small\"\nprefix = \"imvw_\"\n[[node]]\npath = \"All\"\nviews = [{ name = \"imvw_site\", level = \"parent\" }, { name = \"imvw_asset\", level = \"parent\" }, { name = \"imvw_part\", level = \"parent\" }]\n"
	text := fmt.Sprintf("[catalog]\nfile = \"c.toml\"\n[ledger]\ntable = \"grantree.ledger\"\n[server.main]\nurl = \"sqlserver://%s?encrypt=disable\"\nuser = %q\npassword_env = \"X\"\n"+
		"[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"North\"\n[[site]]\nname = \"South\"\nserver = \"main\"\ndatabase = \"South\"\ncontained = true\n"+
		"[policy]\nmax_loss = 1.0\nleavers = \"drop\"\n", address, login)
	group := func(name string, allow, deny string) {
		text += fmt.Sprintf("[[group]]\nname = %q\n", name)
		for _, view := range strings.Fields(allow) {
			text += fmt.Sprintf("[[group.allow]]\nview = %q\npermissions = [\"select\", \"update\"]\n", view)
		}
		text += fmt.Sprintf("[[group.deny]]\nview = %q\npermissions = [\"delete\"]\nreason = \"never\"\n", deny)
	}
	group("Reader", [2]string{"imvw_site imvw_asset", "imvw_asset imvw_part"}[i], [2]string{"imvw_part", "imvw_site"}[i])
	group([2]string{"Early", "Late"}[i], "imvw_site", "imvw_asset")
	for _, name := range []string{"ann", [2]string{"cid", "gil"}[i]} {
		text += fmt.Sprintf("[[user]]\nname = %q\ngroups = [\"Reader\", %q]\nsites = [\"*\"]\nnew_login = true\n", name, [2]string{"Early", "Late"}[i])
	}
	p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(nodes), nil })
	if err := found.Err(); err != nil {
		s.Fatal(err)
	}
	return s.open(p)
}

// open begins a run with connections of its own.
func (s *stage) open(p *policy.Policy) *Fleet {
	s.Helper()
	f, err := Open(p, Options{Whole: *whole, Parallel: 1, Password: func(policy.Server) (string, error) { return livePassword, nil },
		Warn: func(format string, args ...any) { s.said = append(s.said, fmt.Sprintf(format, args...)) }})
	if err != nil {
		s.Fatal(err)
	}
	f.wait = time.Microsecond
	s.Cleanup(f.Close)
	return f
}

// dies has the runner reach nothing any more.
func (s *stage) dies() {
	s.died, s.journal.dead, s.kept.dead = true, true, true
	s.proxy.end()
}

// every tries one kind of fault at one point after another, in turn in both directions,
// until neither has another point.
func (s *stage) every(k faultKind) {
	s.Helper()
	step := k.step
	if *faultsAll {
		step = 1
	}
	next := [2]int{1, 1 + step/2}
	for over := [2]bool{}; over != [2]bool{true, true} && !s.Failed(); {
		to := 1 - s.at
		n := next[to]
		next[to] += step
		reached := s.fails(k, n, to)
		over[to] = over[to] || !reached
	}
}

// fails has an apply of one of the policies fail, and returns whether it came that far.
func (s *stage) fails(k faultKind, n, to int) (reached bool) {
	s.Helper()
	f := s.through[to]
	fp := s.plan(to)
	before := s.read
	s.said, s.journal = nil, &disk{}
	s.journal.die, s.kept.die = s.dies, s.dies
	f.attempts = 1 + 3*(s.points/2%2)
	k.arm(s, n)
	kept := len(s.kept.lines)
	err := s.apply(f, fp)
	reached = err != nil || len(s.said) > 0 || s.proxy.happened() || s.journal.done || s.kept.done
	reached = s.mended(to, reached, k)
	s.holds(fmt.Sprintf("to policy %d, %s, %d", to, k.name, n), to, kept, before, err)
	if reached {
		s.points++
	}
	if failed := s.converge(to); failed != nil {
		s.Errorf("to policy %d, %s, %d: the same command again: %v", to, k.name, n, failed)
	}
	return reached
}

// mended takes a fault away, also one that did not come about, and reports whether it did.
func (s *stage) mended(to int, reached bool, k faultKind) bool {
	s.Helper()
	s.proxy.arm(cut{})
	s.journal.alive()
	s.kept.alive()
	if s.died {
		s.died = false
		s.through[to].Close()
		s.through[to] = s.open(s.through[to].Policy)
	}
	if reached || !k.waits {
		return reached
	}
	waited := false
	for range 120 { // more than an apply sends
		conn, err := s.through[to].pools["North"].Conn(context.Background())
		if err == nil {
			_, err = conn.ExecContext(context.Background(), "BEGIN TRANSACTION; CREATE ROLE passing; DROP ROLE passing; COMMIT")
			conn.Close()
		}
		waited = waited || err != nil
	}
	return !waited // else nothing had to be said of it
}

// plan is what one of the policies wants of the sites as they were read last.
func (s *stage) plan(i int) *FleetPlan {
	s.Helper()
	return Plan(s.through[i].Policy, s.read, PlanOptions{ExpectLoss: -1})
}

// apply carries a plan out with journal and password file.
func (s *stage) apply(f *Fleet, fp *FleetPlan) error {
	f.Run = Run{ID: "run", Journal: s.journal}
	_, err := f.Apply(context.Background(), fp, Events{
		Login: func(place, login, password string) error {
			return s.kept.add(place + "\t" + login + "\t" + password)
		},
		NotMade: func(place, login string, unknown bool, why error) error {
			return s.kept.add(fmt.Sprintf("# %s\t%s\t%t", place, login, unknown))
		},
	})
	if err != nil {
		s.said = append(s.said, err.Error())
	}
	return err
}

// look reads the sites when nobody is at work on them.
func (s *stage) look() []Reading {
	s.Helper()
	f := s.looking[s.at]
	var out []Reading
	for _, site := range f.Sites {
		now, err := mssql.Look(context.Background(), f.pools[site.Name], site.Name, site.Server)
		if err != nil {
			s.Fatal(err)
		}
		out = append(out, Reading{Site: site, Snapshot: now})
	}
	return out
}

// converge is the same command again: nothing is left to do after it.
func (s *stage) converge(to int) error {
	s.Helper()
	s.journal = &disk{}
	f := s.through[to]
	f.attempts = 4
	fp := s.plan(to)
	if s.at = to; fp.Empty() {
		return nil
	}
	for _, p := range fp.Sites {
		if !p.Empty() {
			s.rows[p.Site.Name]++
		}
	}
	if err := s.apply(f, fp); err != nil {
		return err
	}
	s.noPassword(0)
	s.remember(s.journal.run(s.T))
	s.read = s.look()
	if fp := s.plan(to); !fp.Empty() {
		return fmt.Errorf("%d statements are left, and %d logins to make", len(fp.Sites[0].Plan.Changes)+len(fp.Sites[1].Plan.Changes), len(fp.Logins))
	}
	return nil
}

// bare is a site without the server's logins, which change before and after it does.
func bare(s *grants.Snapshot) string {
	c := *s
	c.Logins, c.ServerMembers, c.ServerPermissions = nil, nil, nil
	return c.Fingerprint()
}
