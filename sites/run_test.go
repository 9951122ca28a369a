package sites

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/ledger"
	"grantree/licensing"
	"grantree/policy"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestFailures is a line for each site that failed, which names it once.
func TestFailures(t *testing.T) {
	if err := Failures([]Reading{{Site: policy.Site{Name: "North"}}}); err != nil {
		t.Errorf("nothing failed: %v", err)
	}
	no, gone := errors.New("no"), &UnreadError{Site: "South", Err: errors.New("gone\x1b[2J")}
	err := Failures([]Reading{{Site: policy.Site{Name: "North"}, Err: no}, {Site: policy.Site{Name: "Middle"}}, {Site: policy.Site{Name: "South"}, Err: gone}})
	if want := "site \"North\": no\nsite \"South\": gone\\u001b[2J; leave it out with --except South"; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	if !errors.Is(err, no) || !errors.Is(err, gone) {
		t.Error("the reasons are not in it")
	}
	if stopped := (&UnreadError{Site: "North", Err: context.Canceled}).Error(); stopped != `site "North": context canceled` {
		t.Errorf("who was stopped by hand is told to leave the site out: %s", stopped)
	}
}

// TestRefusals say how many rules are broken, and which by a site.
func TestRefusals(t *testing.T) {
	broken := func(codes ...string) (l finding.List) {
		for _, c := range codes {
			l = append(l, finding.Finding{Severity: finding.Error, Code: c})
		}
		return append(l, finding.Finding{Severity: finding.Warning, Code: "warned"})
	}
	for want, err := range map[string]*RefusedError{
		"the plan breaks a rule; nothing was sent":  {Findings: broken("b")},
		"the plan breaks 3 rules; nothing was sent": {Findings: broken("b", "a", "b")},
		`site "North" is left as it is: a, b`:       {Site: "North", Findings: broken("b", "a", "b")},
	} {
		if err.Error() != want {
			t.Errorf("%v", err)
		}
	}
}

// TestRows is what a plan says of each site, and of all of them together.
func TestRows(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "*"))
	change := func(s *SitePlan) {
		s.Plan.Changes = []grants.Change{{Kind: grants.CreateRole, Principals: []string{"r"}}}
	}
	warned := func(s *SitePlan) { s.Findings.Warnf("x", finding.Pos{}, "", "x") }
	noted := func(s *SitePlan) { s.Findings.Notef("x", finding.Pos{}, "", "x") }
	refused := func(s *SitePlan) { s.Findings.Errorf("x", finding.Pos{}, "", "x") }
	readOnly := func(s *SitePlan) { s.Obstacles = []*ObstacleError{{Site: s.Site.Name, Outcome: ReadOnly}} }
	noRight := func(s *SitePlan) { s.Obstacles = []*ObstacleError{{Site: s.Site.Name, Outcome: NoRight}} }
	plan := func(edits ...func(*SitePlan)) *FleetPlan {
		fp := &FleetPlan{Policy: p, Sites: []SitePlan{{Site: p.Sites[0], Plan: &grants.Plan{}}, {Site: p.Sites[1], Plan: &grants.Plan{}}}}
		for _, e := range edits {
			e(&fp.Sites[0])
		}
		return fp
	}
	with := func(fp *FleetPlan, edit func(*FleetPlan)) *FleetPlan { edit(fp); return fp }
	unread := func(err error) func(*FleetPlan) {
		return func(fp *FleetPlan) { fp.Sites, fp.Unread = fp.Sites[1:], []Reading{{Site: p.Sites[0], Err: err}} }
	}
	type says struct {
		North                  Outcome
		Empty, AsWanted, Sends bool
		Stays                  bool
		Refusal                string
	}
	for name, tt := range map[string]struct {
		plan *FleetPlan
		want says
	}{
		"nothing to do":                 {plan(), says{Empty: true, AsWanted: true}},
		"a change":                      {plan(change), says{Sends: true}},
		"a warning":                     {plan(warned), says{Empty: true}},
		"a note":                        {plan(noted), says{Empty: true, AsWanted: true}},
		"a site that is refused":        {plan(change, refused), says{North: Refused, Stays: true}},
		"refused, and read-only":        {plan(change, refused, readOnly), says{North: Refused, Stays: true}},
		"a site that is read-only":      {plan(change, readOnly), says{North: ReadOnly, Stays: true}},
		"a runner without a right":      {plan(change, noRight), says{North: NoRight}},
		"a rule of the run":             {with(plan(change), func(fp *FleetPlan) { fp.run.Errorf("x", finding.Pos{}, "", "x") }), says{Refusal: "the plan breaks a rule; nothing was sent"}},
		"a warning of the run":          {with(plan(change), func(fp *FleetPlan) { fp.run.Warnf("x", finding.Pos{}, "", "x") }), says{Sends: true}},
		"a login alone":                 {with(plan(), func(fp *FleetPlan) { fp.Logins = []NewLogin{{}} }), says{}},
		"a login that a site waits for": {with(plan(func(s *SitePlan) { s.Plan.Logins = []grants.NewLogin{{Login: "x"}} }), func(fp *FleetPlan) { fp.Logins = []NewLogin{{Login: "x"}} }), says{Sends: true}},
		"a site that is away":           {with(plan(), unread(errors.New("nobody there"))), says{North: Away, Empty: true}},
		"a site that may not be read":   {with(plan(), unread(&mssql.ServerError{Sentence: "no"})), says{North: NotRead, Empty: true}},
	} {
		rows := tt.plan.Rows()
		if len(rows) != 2 || rows[0].Site.Name != "North" || rows[1].Site.Name != "South" || rows[1].Outcome != "" {
			t.Fatalf("%s: %+v", name, rows)
		}
		got := says{North: rows[0].Outcome, Empty: tt.plan.Empty(), AsWanted: tt.plan.AsWanted(), Sends: tt.plan.Sends()}
		if rows[0].Plan != nil {
			got.Stays = rows[0].Plan.Stays()
		}
		if err := tt.plan.Refusal(); err != nil {
			got.Refusal = err.Error()
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if (rows[0].Err != nil) != (rows[0].Outcome != "") {
			t.Errorf("%s: outcome %q, error %v", name, rows[0].Outcome, rows[0].Err)
		}
	}
	if n := plan().LeftOut(); n != 0 {
		t.Errorf("%d sites left out", n)
	}
	if n := with(plan(), func(fp *FleetPlan) { fp.Sites = fp.Sites[:1] }).LeftOut(); n != 1 {
		t.Errorf("%d sites left out", n)
	}
}

// TestChooseNothing: a policy without sites is not one whose sites were left out.
func TestChooseNothing(t *testing.T) {
	p := parsed(t, twoSites)
	if _, err := Choose(p, nil, []string{"North", "South"}); err == nil {
		t.Error("every site is left out")
	}
	p.Sites = nil
	if got, err := Choose(p, nil, nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestUnsaid: what a plan says of somebody in its own words is not said again.
func TestUnsaid(t *testing.T) {
	f := func(code, message string) finding.Finding { return finding.Finding{Code: code, Message: message} }
	judged := finding.List{f("orphan", `user "ann" has no login`), f("orphan", `user "ben" has no login`), f("other", `user "ann" is otherwise`)}
	for name, tt := range map[string]struct {
		planned finding.List
		left    int
	}{
		"nothing planned":   {nil, 3},
		"the same person":   {finding.List{f("orphan", `site "North": user "ann" waits for a login`)}, 2},
		"another code":      {finding.List{f("third", `user "ann" waits`)}, 3},
		"another person":    {finding.List{f("orphan", `user "cid" waits`)}, 3},
		"nobody in special": {finding.List{f("orphan", `"ann" waits`)}, 3},
		"both":              {finding.List{f("orphan", `user "ann" waits`), f("orphan", `user "ben" waits`)}, 1},
	} {
		if got := unsaid(judged, tt.planned); len(got) != tt.left {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(judged) != 3 {
		t.Error("the judgement itself was changed")
	}
}

// TestSeatsUncertain is who has to wait for a seat, and what makes it uncertain.
func TestSeatsUncertain(t *testing.T) {
	line := func(name string, now, then int, leaving bool) licensing.Line {
		return licensing.Line{Name: name, Seats: then, SeatsNow: now, Leaving: leaving, Sites: []string{"North"}}
	}
	count := func(used, limit int, lines ...licensing.Line) licensing.Count {
		return licensing.Count{Used: used, Limit: limit, Limited: true, Lines: lines}
	}
	tests := []struct {
		name    string
		seats   Seats
		waiting []string
		why     string
	}{
		{"no limit", Seats{New: []string{"ann"}}, nil, ""},
		{"nobody new", Seats{Count: count(3, 2)}, nil, ""},
		{"a seat for each", Seats{Count: count(2, 2), Counted: true, New: []string{"ann"}}, nil, ""},
		{"a site away", Seats{Count: count(1, 9), New: []string{"ann"}, Unread: []string{"South"}}, []string{"ann"}, `site "South" could not be read, and may hold as many people as there are seats left`},
		{"sites away", Seats{Count: count(1, 9), New: []string{"ann"}, Unread: []string{"South", "East"}}, []string{"ann"}, `sites "South", "East" could not be read, and may hold as many people as there are seats left`},
		{"a leaver still in", Seats{Count: count(3, 2, line("old", 1, 1, true), line("ann", 0, 1, false), line("ben", 0, 1, false)), Counted: true, New: []string{"ann", "ben"}}, []string{"ben"},
			`every seat is used as long as people who leave can still enter sites that this plan does not change: "old" in site "North"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			waiting, why := tt.seats.uncertain()
			if d := cmp.Diff(tt.waiting, waiting); d != "" || why != tt.why {
				t.Errorf("%s%s", d, why)
			}
		})
	}
}

// TestOverTheLicenceIsSaid where all sites were counted, though nobody is new.
func TestOverTheLicenceIsSaid(t *testing.T) {
	p := parsed(t, strings.Replace(twoSites, "seats = 2", "seats = 1", 1)+member("ann", "North")+member("ben", "North"))
	held := map[string][]grants.Principal{"North": {{Name: "ann"}, {Name: "ben"}}}
	for all, want := range map[bool]bool{true: true, false: false} {
		r := readings(p, held)
		if !all {
			r = r[:1] // the sum is not that of the whole licence
		}
		fp := Plan(p, r, PlanOptions{ExpectLoss: -1})
		if got := slices.ContainsFunc(fp.Findings, func(f finding.Finding) bool { return f.Code == finding.OverLicence }); got != want || fp.Seats.Counted != all {
			t.Errorf("all %t: counted %t, %v", all, fp.Seats.Counted, fp.Findings)
		}
	}
}

// TestRetry tries what may succeed a few times, waits longer each time, and says
// so; what will not change fails at once.
func TestRetry(t *testing.T) {
	site := policy.Site{Name: "North"}
	for name, tt := range map[string]struct {
		errs   []error // one each time; nil after them
		tries  int
		warned int
		failed bool
	}{
		"done at once":              {nil, 1, 0, false},
		"done the second time":      {[]error{driver.ErrBadConn}, 2, 1, false},
		"done the last time":        {[]error{driver.ErrBadConn, driver.ErrBadConn, driver.ErrBadConn}, 4, 3, false},
		"never done":                {[]error{driver.ErrBadConn, driver.ErrBadConn, driver.ErrBadConn, driver.ErrBadConn, driver.ErrBadConn}, 4, 3, true},
		"what is refused for good":  {[]error{errors.New("no")}, 1, 0, true},
		"what says by itself":       {[]error{&mssql.StaleError{Site: "North"}}, 1, 0, true},
		"one that somebody changed": {[]error{driver.ErrBadConn, &mssql.MismatchError{Site: "North"}}, 2, 1, true},
	} {
		warned, tries := 0, 0
		f := &Fleet{attempts: 4, wait: 2, options: Options{Warn: func(format string, args ...any) {
			warned++
			if want := fmt.Sprintf("site %q: attempt %d of 4: ", "North", warned); !strings.HasPrefix(fmt.Sprintf(format, args...), want) {
				t.Errorf("%s: said %s", name, fmt.Sprintf(format, args...))
			}
		}}}
		err := f.retry(context.Background(), site, func() error {
			tries++
			if tries <= len(tt.errs) {
				return tt.errs[tries-1]
			}
			return nil
		})
		if tries != tt.tries || warned != tt.warned || (err != nil) != tt.failed {
			t.Errorf("%s: %d tries, %d warnings, %v", name, tries, warned, err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	tries := 0
	f := &Fleet{attempts: 4, wait: time.Hour, options: Options{Warn: func(string, ...any) { stop() }}}
	err := f.retry(ctx, site, func() error { tries++; return driver.ErrBadConn })
	if again := f.retry(ctx, site, func() error { tries++; return driver.ErrBadConn }); err == nil || again == nil || tries != 2 {
		t.Errorf("stopped: %d tries, %v, %v", tries, err, again)
	}
}

// TestMerged is two passes over a fleet as one run.
func TestMerged(t *testing.T) {
	was, is, no := &grants.Snapshot{Site: "was"}, &grants.Snapshot{Site: "is"}, errors.New("no")
	first := []Result{{Site: "A", Outcome: Applied, Statements: 2, After: was}, {Site: "B", Outcome: NoChange, After: was}, {Site: "C", Outcome: Failed, Err: no}, {Site: "D", Outcome: Applied, Statements: 1, After: was}}
	got := merged(first, []Result{{Site: "A", Outcome: NoChange}, {Site: "B", Outcome: Applied, Statements: 3, After: is}, {Site: "D", Outcome: Failed, Err: no}, {Site: "E", Outcome: Applied}})
	want := []Result{{Site: "A", Outcome: Applied, Statements: 2, After: was}, {Site: "B", Outcome: Applied, Statements: 3, After: is}, {Site: "C", Outcome: Failed, Err: no}, {Site: "D", Outcome: Failed, Statements: 1, After: was, Err: no}}
	if d := cmp.Diff(want, got, cmpopts.EquateErrors(), cmp.Comparer(func(a, b *grants.Snapshot) bool { return a == b })); d != "" {
		t.Error(d)
	}
	if first[1].Outcome != NoChange {
		t.Error("the first pass was changed")
	}
}

// TestToldOnce: a site of two passes is told of once, when it is known.
func TestToldOnce(t *testing.T) {
	var told []string
	ev := Events{Site: func(r Result) { told = append(told, r.Site+" "+string(r.Outcome)) }}
	first := quiet(ev, true, nil)
	results := []Result{{Site: "A", Outcome: Applied}, {Site: "B", Outcome: NoChange}, {Site: "C", Outcome: NoChange}}
	for _, r := range results {
		first.Site(r)
	}
	second := quiet(ev, false, results)
	for _, r := range []Result{{Site: "A", Outcome: NoChange}, {Site: "B", Outcome: Applied}, {Site: "C", Outcome: NoChange}} {
		second.Site(r)
	}
	if d := cmp.Diff([]string{"A applied", "B applied", "C no change"}, told); d != "" {
		t.Error(d)
	}
	told = nil
	ev.unchanged(results)
	if d := cmp.Diff([]string{"B no change", "C no change"}, told); d != "" {
		t.Error(d)
	}
	Events{}.unchanged(results) // nobody is told
	if quiet(Events{}, true, nil).Site != nil {
		t.Error("nobody is told, but by somebody")
	}
}

// TestWhyJoined and who is left out.
func TestWhyJoined(t *testing.T) {
	for _, tt := range [][3]string{{"", "", ""}, {"a", "", "a"}, {"", "b", "b"}, {"a", "a", "a"}, {"a", "b", "a; b"}} {
		if got := joinWhy(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q and %q are %q", tt[0], tt[1], got)
		}
	}
	if leftOut(nil, "x") != nil {
		t.Error("nobody is left out")
	}
	for want, names := range map[string][]string{`"ann" is left out for want of a seat: full`: {"ann"}, `"ann", "ben" are left out for want of a seat: full`: {"ann", "ben"}} {
		if err := leftOut(names, "full"); err == nil || err.Error() != want {
			t.Errorf("%v", err)
		}
	}
}

// TestUnseated is in the policy's order, of those who are asked about.
func TestUnseated(t *testing.T) {
	at := func(line int) finding.Pos { return finding.Pos{File: "p", Line: line} }
	c := licensing.Count{Lines: []licensing.Line{{Name: "ann", Pos: at(3)}, {Name: "ben", Pos: at(2)}, {Name: "cid", Pos: at(1), SeatsNow: 1}, {Name: "dan", Pos: at(4)}}}
	if d := cmp.Diff([]string{"ben", "ann"}, unseated(c, []string{"ann", "ben", "cid"})); d != "" {
		t.Error(d)
	}
}

// TestStoppedBeforeTheLogins: a run that was told to stop makes no login.
func TestStoppedBeforeTheLogins(t *testing.T) {
	_, f := fleetOf(t, "North", "South")
	fp := Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1})
	ctx, stop := context.WithCancel(context.Background())
	stop()
	results, err := f.Apply(ctx, fp, Events{Login: func(_, login, _ string) error { t.Errorf("login %s is made", login); return nil }})
	if d := cmp.Diff([]string{"North: stopped", "South: stopped"}, outcomes(results)); d != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("%s%v", d, err)
	}
}

// TestHomeThatCannotBeReached is said with the reason.
func TestHomeThatCannotBeReached(t *testing.T) {
	text := strings.Replace(twoSites, "[license]", "[license]\nhome = \"South\"", 1)
	text = strings.Replace(text, "name = \"South\"\nserver = \"main\"", "name = \"South\"\nserver = \"other\"", 1)
	text += "[server.other]\nurl = \"sqlserver://sql02.example\"\nuser = \"grantree\"\npassword_env = \"Y\"\n"
	f, err := Open(parsed(t, text), Options{Only: []string{"North"}, Password: func(s policy.Server) (string, error) {
		if s.Name == "other" {
			return "", errors.New("Y is not set")
		}
		return "x", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lock, err := f.takeLicence(context.Background())
	var le *LicenceError
	if lock != nil || !errors.As(err, &le) || le.Busy || err.Error() != `the licence's lock in site "South", its home: server "other": Y is not set` {
		t.Errorf("%v, %v", lock, err)
	}
	f.Policy.License.Home = "Gone"
	if _, err := f.takeLicence(context.Background()); err == nil || err.Error() != `the licence's lock in site "Gone", its home: there is no such site in use` {
		t.Errorf("%v", err)
	}
}

// TestLookingThatFails leaves it open what became of a commit.
func TestLookingThatFails(t *testing.T) {
	f, err := Open(parsed(t, strings.ReplaceAll(twoSites, "sqlserver://sql01.example", "sqlserver://127.0.0.1:1?encrypt=disable")), Options{Password: func(policy.Server) (string, error) { return "x", nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.attempts = 1
	_, err = f.settle(context.Background(), &FleetPlan{Policy: f.Policy}, SitePlan{Site: f.Sites[0], Plan: &grants.Plan{}}, &mssql.CommitError{}, ledger.Last{})
	var unknown *UnknownError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "the answer was lost, and looking failed: ") || !strings.HasSuffix(err.Error(), "see what happened with: grantree plan --site North -f p.toml") {
		t.Errorf("%v", err)
	}
}

// TestLeftOutTwice: who was left out before stays so when others are.
func TestLeftOutTwice(t *testing.T) {
	looksAtPlans(t)
	p := parsed(t, strings.Replace(twoSites, "seats = 2", "seats = 9", 1)+person("ann", "North")+person("ben", "North")+person("cid", "North"))
	fp := Plan(p, readings(p, nil), PlanOptions{ExpectLoss: -1})
	fp.Seats.LeftOut, fp.Seats.Why = []string{"ann"}, "first"
	out := fp.without([]string{"ben"})
	var made []string
	for _, c := range out.Sites[0].Plan.Changes {
		if c.Kind == grants.CreateUser {
			made = append(made, c.Principals...)
		}
	}
	if d := cmp.Diff([]string{"cid"}, made); d != "" || out.Seats.Why != "first" || len(out.Seats.LeftOut) != 1 {
		t.Errorf("%s%+v", d, out.Seats)
	}
	if d := cmp.Diff([]string{"cid"}, out.Seats.New); d != "" {
		t.Error(d)
	}
	if len(fp.Policy.Users[0].Sites) == 0 {
		t.Error("the policy itself was changed")
	}
}

// TestDenialsInTheRunnersWay: a DENY beats db_owner, where it is the runner's and
// the plan needs what it denies.
func TestDenialsInTheRunnersWay(t *testing.T) {
	p := parsed(t, twoSites)
	snapshot := func(edit func(*grants.Snapshot)) *grants.Snapshot {
		s := p.Offline(p.Sites[0])
		s.Principals = append(s.Principals, grants.Principal{ID: 5, Name: "runner", Type: grants.SQLUser, AuthType: 1, SID: "AA"}, grants.Principal{ID: 6, Name: "crew", Type: grants.DatabaseRole, Owner: 1},
			grants.Principal{ID: 7, Name: "others", Type: grants.DatabaseRole, Owner: 1})
		s.Members = append(s.Members, grants.Member{Role: 6, Member: 5})
		s.Runner = grants.Runner{Login: "runner", User: "runner", UserID: 5, CanControl: true, CanLogin: true}
		edit(s)
		return s
	}
	deny := func(name string, grantee int) func(*grants.Snapshot) {
		return func(s *grants.Snapshot) {
			s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: grantee, Grantor: 1, Name: name, State: grants.Denied})
		}
	}
	user, role, row := grants.Change{Kind: grants.CreateUser, Principals: []string{"x"}}, grants.Change{Kind: grants.AddMember, Role: "r", Principals: []string{"x"}}, grants.Change{Kind: grants.GrantOn, View: "v", Principals: []string{"x"}}
	reason := func(permission, grantee string) string {
		return fmt.Sprintf(`site "North": login "runner" needs %s in database "N", which is denied to %q, and a DENY beats db_owner; run grantree as another login, or take that back: USE [N]; REVOKE %s FROM [%s];`, permission, grantee, permission, grantee)
	}
	tests := []struct {
		name   string
		site   *grants.Snapshot
		change grants.Change
		want   string
	}{
		{"nothing denied", snapshot(func(*grants.Snapshot) {}), user, ""},
		{"to the runner", snapshot(deny("ALTER ANY USER", 5)), user, reason("ALTER ANY USER", "runner")},
		{"to a role of the runner's", snapshot(deny("ALTER ANY USER", 6)), user, reason("ALTER ANY USER", "crew")},
		{"to everybody", snapshot(deny("ALTER ANY ROLE", 0)), role, reason("ALTER ANY ROLE", "public")},
		{"to a role of others", snapshot(deny("ALTER ANY USER", 7)), user, ""},
		{"to somebody whom nobody shows", snapshot(deny("ALTER ANY USER", 99)), user, ""},
		{"what the plan does not need", snapshot(deny("ALTER ANY USER", 5)), role, ""},
		{"what no plan needs", snapshot(deny("SHOWPLAN", 5)), user, ""},
		{"roles, for a row", snapshot(deny("ALTER ANY ROLE", 5)), row, ""},
		{"granted", snapshot(func(s *grants.Snapshot) {
			deny("ALTER ANY USER", 5)(s)
			s.Permissions[len(s.Permissions)-1].State = grants.Granted
		}), user, ""},
		{"on something else", snapshot(func(s *grants.Snapshot) {
			deny("ALTER ANY USER", 5)(s)
			s.Permissions[len(s.Permissions)-1].Class = grants.ClassPrincipal
		}), user, ""},
		{"a sysadmin", snapshot(func(s *grants.Snapshot) { deny("ALTER ANY USER", 5)(s); s.Runner.SysAdmin = true }), user, ""},
		{"dbo", snapshot(func(s *grants.Snapshot) { deny("ALTER ANY USER", 0)(s); s.Runner.UserID = grants.DboID }), user, ""},
		{"no CONTROL", snapshot(func(s *grants.Snapshot) { s.Runner.CanControl = false }), user, `site "North": login "runner" lacks ALTER ANY USER on the database, in "N", which CREATE USER takes; give it that: USE [N]; GRANT ALTER ANY USER TO [runner];`},
		{"read-only", snapshot(func(s *grants.Snapshot) { s.ReadOnly = true }), user, `site "North": database "N" is read-only; make it writable, or leave the site out with --except North: ALTER DATABASE [N] SET READ_WRITE;`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, o := range obstacles(SitePlan{Site: p.Sites[0], Snapshot: tt.site, Plan: &grants.Plan{Changes: []grants.Change{tt.change}}}) {
				got += o.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if o := obstacles(SitePlan{Site: p.Sites[0], Snapshot: tt.site, Plan: &grants.Plan{}}); o != nil {
				t.Errorf("where nothing is to be done: %v", o)
			}
		})
	}
}

// TestVerifySaysWhatIsMissing: a view of the policy that a site lacks. Of a site
// that has almost none of the catalog's that is said, and not view by view.
func TestVerifySaysWhatIsMissing(t *testing.T) {
	l := newLive(t)
	f := l.policyFleet(runner(), "[[group]]\nname = \"Reader\"\n[[group.allow]]\non = \"Work Orders\"\npermissions = [\"select\"]\n")
	v := f.Verify(context.Background(), time.Now())[0]
	if len(v.Missing) > 0 || v.Err != nil || !slices.ContainsFunc(v.Mismatches, func(m finding.Finding) bool { return m.Code == finding.NotTheApplication }) {
		t.Errorf("%v, %v, %v", v.Missing, v.Mismatches, v.Err)
	}
	for _, view := range []string{"asset_group", "asset_location", "priority", "craft", "shift", "tool", "task", "project", "reason", "schedule"} {
		l.admin("CREATE VIEW dbo.imvw_" + view + " AS SELECT 1 AS id")
	}
	v = f.Verify(context.Background(), time.Now())[0]
	if len(v.Missing) == 0 || v.Err != nil {
		t.Errorf("%v, %v", v.Missing, v.Err)
	}
	for _, m := range v.Missing {
		if m.Code != finding.ViewMissing {
			t.Errorf("%v", m)
		}
	}
}

// TestNobodyEntersWithoutALock: a plan that lets nobody in asks for none, and
// still says who was left out of it.
func TestNobodyEntersWithoutALock(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "North"))
	for name, tt := range map[string]struct {
		seats Seats
		says  string
	}{
		"nobody":            {Seats{Count: licensing.Count{Limited: true}}, ""},
		"nobody, one waits": {Seats{Count: licensing.Count{Limited: true}, LeftOut: []string{"ann"}, Why: "full"}, `"ann" is left out for want of a seat: full`},
		"no limit":          {Seats{Count: licensing.Count{Lines: []licensing.Line{{Name: "ann", Seats: 1, Sites: []string{"North"}}}}}, ""},
	} {
		passes := 0
		f := &Fleet{Policy: p} // without a connection to anywhere
		fp := &FleetPlan{Policy: p, Seats: tt.seats}
		_, err := f.givingSeats(context.Background(), fp, Events{}, func(_ context.Context, got *FleetPlan, _ Events) ([]Result, error) {
			if passes++; got != fp || got.licence != nil {
				t.Errorf("%s: another plan is carried out", name)
			}
			return nil, nil
		})
		if passes != 1 || tt.says == "" != (err == nil) || err != nil && err.Error() != tt.says {
			t.Errorf("%s: %d passes, %v", name, passes, err)
		}
	}
}

// TestTestsHearTheServer, and the model where the server could not be asked.
func TestTestsHearTheServer(t *testing.T) {
	p := parsed(t, twoSites)
	s := p.Offline(p.Sites[0])
	s.Views = []grants.SiteView{{ID: 100, Schema: 1, Name: "v", Owner: 1}, {ID: 101, Schema: 1, Name: "w", Owner: 1}}
	s.Permissions = nil
	for i, name := range []string{"ann", "ben"} {
		s.Principals = append(s.Principals, grants.Principal{ID: 5 + i, Name: name, Type: grants.SQLUser, AuthType: 1, SID: name})
		for _, v := range s.Views {
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: v.ID, Grantee: 5 + i, Grantor: 1, Name: "UPDATE", State: grants.Granted})
		}
	}
	hear := heard(grants.NewAccess(s), s.Collation, "dbo", []grants.Reply{{User: "Ann", May: map[string]catalog.Permissions{"DBO.V": catalog.Select}}, {User: "ben", Refused: "no"}}, []string{"dbo.W"})
	for _, tt := range []struct {
		user, view string
		want       catalog.Permissions
	}{
		{"ann", "v", catalog.Select}, // as the server said
		{"ann", "w", catalog.Update}, // which has too long a name to ask
		{"ben", "v", catalog.Update}, // as whom nobody could ask
		{"nobody", "v", catalog.None},
		{"ann", "x", catalog.None},
	} {
		if got := hear("North", tt.user, tt.view); got != tt.want {
			t.Errorf("%s on %s: %s, want %s", tt.user, tt.view, got, tt.want)
		}
	}
}

// TestLoginsThatOthersCouldRead stops each site that wants one, on each server
// whose connections are open.
func TestLoginsThatOthersCouldRead(t *testing.T) {
	text := strings.Replace(twoSites, "name = \"South\"\nserver = \"main\"", "name = \"South\"\nserver = \"other\"", 1) +
		"[server.other]\nurl = \"sqlserver://sql02.example?encrypt=false\"\nuser = \"grantree\"\npassword_env = \"Y\"\n" + person("ann", "*")
	for _, tt := range []struct {
		url  string
		want []string
	}{
		{"sqlserver://sql01.example", []string{"South"}},
		{"sqlserver://sql01.example?encrypt=disable", []string{"North", "South"}},
		{"sqlserver://sql01.example?encrypt=false", []string{"North", "South"}},
		{"sqlserver://127.0.0.1?encrypt=disable", []string{"South"}},
		{"sqlserver://127.0.0.1?encrypt=false", []string{"North", "South"}},
	} {
		p := parsed(t, strings.Replace(text, "sqlserver://sql01.example", tt.url, 1))
		fp := Plan(p, readings(p, nil), PlanOptions{ExpectLoss: -1})
		var got []string
		for _, o := range readableLogins(fp) {
			got = append(got, o.Site)
			if o.Outcome != NoRight || !strings.Contains(o.Error(), `login "ann" would get its password over a connection`) {
				t.Errorf("%v", o)
			}
		}
		slices.Sort(got)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", tt.url, d)
		}
	}
}

// TestNothingReadIsNoSite: where no site was read nothing is said of who
// administers them.
func TestNothingReadIsNoSite(t *testing.T) {
	p := parsed(t, twoSites)
	for read, want := range map[bool]bool{true: true, false: false} {
		r := readings(p, nil)
		if !read {
			for i := range r {
				r[i].Snapshot = nil
			}
		}
		if got := len(found(Plan(p, r, PlanOptions{ExpectLoss: -1}), finding.NoAdministrators)) > 0; got != want {
			t.Errorf("read %t: said %t", read, got)
		}
	}
}

// TestWhoMayNotMakeLogins is stopped in each site that wants one.
func TestWhoMayNotMakeLogins(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "North")+member("ben", "South"))
	for may, want := range map[bool]string{true: "", false: `site "North": login "grantree" may not make login "ann" on server "main"; give it that: USE master; GRANT ALTER ANY LOGIN TO [grantree]; Or make the login first`} {
		r := readings(p, map[string][]grants.Principal{"South": {{Name: "ben"}}})
		for _, x := range r {
			x.Snapshot.Runner = grants.Runner{Login: "grantree", User: "dbo", UserID: grants.DboID, CanControl: true, CanLogin: may}
		}
		got := ""
		for _, s := range Plan(p, r, PlanOptions{ExpectLoss: -1}).Sites {
			for _, o := range s.Obstacles {
				got += o.Error()
			}
		}
		if got != want {
			t.Errorf("may %t: %s", may, got)
		}
	}
}

// TestPowersAreSorted by where they are, each named once for a server.
func TestPowersAreSorted(t *testing.T) {
	p := parsed(t, twoSites)
	c := census{p: p}
	for _, site := range []policy.Site{p.Sites[1], p.Sites[0]} {
		s := house()
		s.Permissions = append(s.Permissions, connectRow(grants.GuestID, "CONNECT", grants.Granted))
		s.Logins = append(s.Logins, grants.Login{ID: 300, Name: "zed", SID: "C1", Type: grants.SQLUser}, grants.Login{ID: 301, Name: "amy", SID: "C2", Type: grants.SQLUser})
		for _, id := range []int{300, 301} {
			s.ServerPermissions = append(s.ServerPermissions, sqlRow(id, grants.Granted), grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: id, Name: "CONNECT ANY DATABASE", State: grants.Granted})
		}
		c.site(site, s, s)
	}
	var got []string
	for _, u := range c.tally().Uncounted {
		got = append(got, u.Where+": "+u.Name)
	}
	if d := cmp.Diff([]string{"North: guest", "South: guest", "server main: amy", "server main: sa", "server main: zed"}, got); d != "" {
		t.Error(d)
	}
}

// TestNotMadeIsWrittenDown, and where it cannot be that is said as well.
func TestNotMadeIsWrittenDown(t *testing.T) {
	l := NewLogin{Server: "main", Login: "ann"}
	why := errors.New("why")
	if err := (&Fleet{}).notMade(Events{}, l, false, why); err != nil {
		t.Errorf("nobody is told: %v", err)
	}
	for _, fails := range []error{nil, errors.New("the disk is full")} {
		err := (&Fleet{}).notMade(Events{NotMade: func(server, login string, unknown bool, got error) error {
			if server != "main" || login != "ann" || !unknown || got != why {
				t.Errorf("%s, %s, %t, %v", server, login, unknown, got)
			}
			return fails
		}}, l, true, why)
		if (err == nil) != (fails == nil) || err != nil && err.Error() != `login "ann" on server "main" was not made, but that could not be written beside its password: the disk is full` {
			t.Errorf("%v", err)
		}
	}
}
