package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
)

// fleetOf is a live server with a database for each name, and a fleet of them
// that works on one site at a time. ann exists and is in every site; ben is a
// new login of South alone, and cid one of all sites.
func fleetOf(t *testing.T, names ...string) (live, *Fleet) {
	l := newLive(t)
	text := fmt.Sprintf("[server.main]\nurl = %q\nuser = \""+runner()+"\"\npassword_env = \"X\"\n[policy]\nmax_loss = 1.0\n[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n", l.url)
	for _, name := range names {
		if err := l.server.Exec(context.Background(), "master", mssql.MakeSite(name, "dbo", []catalog.ViewName{"imvw_site"})); err != nil {
			t.Fatal(err)
		}
		hired(t, l.server, name)
		text += fmt.Sprintf("[[site]]\nname = %q\nserver = \"main\"\ndatabase = %q\n", name, name)
	}
	text += "[[user]]\nname = \"ann\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\n" + person("ben", "South") + person("cid", "*")
	f, err := Open(parsed(t, text), Options{Whole: *whole, Parallel: 1, Password: func(policy.Server) (string, error) { return livePassword, nil }})
	if err != nil {
		t.Fatal(err)
	}
	f.wait = time.Millisecond
	t.Cleanup(f.Close)
	return l, f
}

// master runs statements as administrator, in master.
func (l live) master(statements string) {
	l.Helper()
	if err := l.server.Exec(context.Background(), "master", statements); err != nil {
		l.Fatal(err)
	}
}

// outcomes is a run in short.
func outcomes(results []Result) []string {
	var out []string
	for _, r := range results {
		out = append(out, r.Site+": "+string(r.Outcome))
	}
	return out
}

// TestOneSiteDoesNotKeepTheOthers has a site for each thing that may stand in
// the way of one: the others are done, and each has its own word.
func TestOneSiteDoesNotKeepTheOthers(t *testing.T) {
	l, f := fleetOf(t, "North", "South", "East", "West")
	l.master("USE South;\nGO\nCREATE ROLE Reader AUTHORIZATION dbo;\nGO\nALTER DATABASE East SET OFFLINE;\nGO\nALTER DATABASE West SET READ_ONLY;\nGO\n")
	fp := Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1})
	if fp.Refusal() != nil || fp.AsWanted() || !fp.Sends() {
		t.Errorf("refusal %v, as wanted %v, sends %v", fp.Refusal(), fp.AsWanted(), fp.Sends())
	}
	if s := fp.Sites[1]; s.Site.Name != "South" || !s.Refused() || !s.Stays() || s.Findings.Of("error")[0].Code != "role-not-managed" {
		t.Errorf("South: %v", s.Findings)
	}
	var made []string
	results, err := f.Apply(context.Background(), fp, Events{Login: func(_, login, _ string) error { made = append(made, login); return nil }})
	if d := cmp.Diff([]string{"North: applied", "South: refused", "East: away", "West: read-only"}, outcomes(results)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"cid"}, made); d != "" {
		t.Errorf("the logins of a site that is refused are not made: %s", d)
	}
	for _, want := range []string{
		`site "South" is left as it is: role-not-managed`, `site "East": sqlserver://`, "leave it out with --except East",
		`site "West": database "West" is read-only; make it writable, or leave the site out with --except West: ALTER DATABASE [West] SET READ_WRITE;`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Site != "South" {
		t.Errorf("got %v", refused)
	}
	if got := f.Verify(context.Background(), time.Now(), results...); !got[0].OK() || got[1].Outcome != Refused || got[2].Outcome != Away || got[3].Outcome != ReadOnly {
		t.Errorf("verify said %+v", got)
	}
	if got := f.Verify(context.Background(), time.Now()); got[1].Outcome != "" || got[1].OK() || got[2].Outcome != Away || got[2].Err == nil {
		t.Errorf("verify alone said %+v", got)
	}
}

// TestARuleOfTheRunStopsIt: what rules 1 to 4 find is no site's own affair.
func TestARuleOfTheRunStopsIt(t *testing.T) {
	p := parsed(t, strings.Replace(twoSites, "seats = 2", "seats = 1", 1)+person("ann", "North")+person("ben", "South"))
	fp := Plan(p, readings(p, nil), PlanOptions{ExpectLoss: -1})
	if fp.Refusal() == nil || fp.Sends() || slices.ContainsFunc(fp.Sites, SitePlan.Refused) {
		t.Errorf("refusal %v, sends %v: %v", fp.Refusal(), fp.Sends(), fp.Findings)
	}
}

// TestAFailedLoginStopsWhoWantsIt: a login that cannot be kept stops the sites
// that want it, and no other.
func TestAFailedLoginStopsWhoWantsIt(t *testing.T) {
	_, f := fleetOf(t, "North", "South")
	results, err := f.Apply(context.Background(), Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1}), Events{Login: func(_, login, _ string) error {
		if login == "ben" {
			return errors.New("the disk is full")
		}
		return nil
	}})
	if d := cmp.Diff([]string{"North: applied", "South: failed"}, outcomes(results)); d != "" {
		t.Error(d)
	}
	if err == nil || !strings.Contains(err.Error(), "the disk is full; nothing was sent to the site") {
		t.Errorf("got %v", err)
	}
}

// TestStoppedBetweenSites ends a run once the first site is done.
func TestStoppedBetweenSites(t *testing.T) {
	_, f := fleetOf(t, "North", "South", "East")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	results, err := f.Apply(ctx, Plan(f.Policy, f.Read(ctx), PlanOptions{ExpectLoss: -1}), Events{Site: func(Result) { stop() }})
	if d := cmp.Diff([]string{"North: applied", "South: stopped", "East: stopped"}, outcomes(results)); d != "" {
		t.Error(d)
	}
	if err == nil || !strings.Contains(err.Error(), `site "South": stopped before its turn; nothing was sent to it`) || strings.Contains(err.Error(), "North") {
		t.Errorf("got %v", err)
	}
	if now := Plan(f.Policy, f.Read(context.Background()), PlanOptions{ExpectLoss: -1}); !now.Sites[0].Empty() || now.Sites[1].Empty() {
		t.Error("North is done and South is not")
	}
}

// TestStoppedBeforeTheCommit: whoever stops a run before the commit is sent
// stops the change, though all of it was carried out.
func TestStoppedBeforeTheCommit(t *testing.T) {
	looksAtPlans(t)
	l := newLive(t)
	f := l.fleet("imvw_site")
	site := l.plan(f).Sites[0]
	p := site.Plan
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	job := mssql.Job{Site: "Site", Server: "main", Before: site.Snapshot, Fingerprint: p.Fingerprint, Changes: p.Changes, Check: func(*grants.Snapshot) error { stop(); return nil }}
	if _, err := mssql.Apply(ctx, f.pools["Site"], job); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if now, err := mssql.Look(context.Background(), f.pools["Site"], "Site", "main"); err != nil || now.Fingerprint() != p.Fingerprint {
		t.Errorf("the site was changed (%v)", err)
	}
}

// TestARefusedSiteFreesNoSeat: a site that is refused keeps whom it holds.
func TestARefusedSiteFreesNoSeat(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "North"))
	for refused, want := range map[bool]int{false: 1, true: 2} {
		r := readings(p, map[string][]grants.Principal{"South": {{Name: "old", Managed: true}}})
		if refused {
			s := r[1].Snapshot
			s.Principals = append(s.Principals, grants.Principal{ID: grants.FirstUserID + 9, Name: "Reader", Type: grants.DatabaseRole, Owner: grants.DboID})
		}
		fp := Plan(p, r, PlanOptions{ExpectLoss: 1})
		if fp.Sites[1].Refused() != refused || fp.Seats.Used != want {
			t.Errorf("refused %v: %d seats, want %d: %v", refused, fp.Seats.Used, want, fp.Findings)
		}
	}
}

func TestChooseLeavesOut(t *testing.T) {
	p := parsed(t, twoSites)
	tests := []struct {
		name         string
		only, except []string
		want, err    string
	}{
		{"nothing said", nil, nil, "North South", ""},
		{"one left out, in other letters", nil, []string{"NORTH"}, "South", ""},
		{"one of those named", []string{"North", "South"}, []string{"South"}, "North", ""},
		{"a name that is none", nil, []string{"Noth"}, "", `did you mean "North"?`},
		{"all", nil, []string{"North", "South"}, "", "no site is left"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			chosen, err := Choose(p, tt.only, tt.except)
			var got []string
			for _, s := range chosen {
				got = append(got, s.Name)
			}
			if strings.Join(got, " ") != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestArgumentCanBePasted(t *testing.T) {
	for in, want := range map[string]string{"North": "North", "Tank Farm": `"Tank Farm"`, "a/b.toml": "a/b.toml", `$x"`: `"\$x\""`, "Zürich": "Zürich", "": `""`} {
		if got := finding.Argument(in); got != want {
			t.Errorf("%q became %s, want %s", in, got, want)
		}
	}
}
