package adoption_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/adoption"
	"grantree/grants"
	"grantree/policy"
	fleets "grantree/sites"
	"grantree/sql/mssql"
)

// day is the day of every import here.
var day = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// fleet is a base of three sites.
const fleet = `
[server.main]
url = "sqlserver://sql01.example:1433?encrypt=true"
user = "grantree"
password_env = "GRANTREE_MAIN_PASSWORD"
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
`

// applied is a site to which a policy was applied.
func applied(t testing.TB, text string) (*policy.Policy, []*grants.Snapshot) {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "before.toml", Data: []byte(text)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	var out []*grants.Snapshot
	for _, site := range p.SitesInUse() {
		s := p.Offline(site)
		for i, u := range p.Users {
			s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: u.Login, SID: fmt.Sprintf("%032X", i+1000), Type: u.Auth.Principal()})
		}
		w, found := p.Wanted(s)
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		after, err := s.After(grants.Diff(s, w, grants.DiffOptions{}))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, after)
	}
	return p, out
}

// seatsFor is the product's own count; sites is a word of these tests.
var seatsFor = fleets.SeatsFor

// imported imports sites, and holds the result to what every import promises.
func imported(t testing.TB, base string, sites ...*grants.Snapshot) *adoption.Result {
	t.Helper()
	in := adoption.Input{Base: policy.Source{File: "fleet.toml", Data: []byte(base)}, File: "grantree.toml", Include: "fleet.toml", Snapshots: sites, Date: day, Statement: mssql.Statement, Made: mssql.MadeLogin}
	in.Seats = func(p *policy.Policy) int { return seatsFor(p, sites, day) }
	got, err := adoption.Import(in)
	if err != nil {
		t.Fatal(err)
	}
	var names []policy.SiteNames
	for _, s := range sites {
		unchanged(t, got, s)
		w, _ := got.Policy.Wanted(s)
		names = append(names, got.Policy.Beyond(s, w))
	}
	listed(t, got)
	if l := got.Policy.License; l.Limited && strings.Contains(string(got.Text), "seats = ") && l.Seats != seatsFor(got.Policy, sites, day) {
		t.Errorf("%d seats are guessed, and the product counts %d\n%s", l.Seats, seatsFor(got.Policy, sites, day), got.Text)
	}
	if err := got.Policy.CheckNames(names, true).Err(); err != nil {
		t.Errorf("%v\n%s", err, got.Text)
	}
	return got
}

// unchanged holds a site to a policy that was made from it: a plan has marks and
// nothing else, and no rule objects.
func unchanged(t testing.TB, got *adoption.Result, s *grants.Snapshot) {
	t.Helper()
	w, found := got.Policy.Wanted(s)
	plan := grants.Diff(s, w, grants.DiffOptions{Adopt: got.Policy.Settings.Adopt, Made: mssql.MadeLogin})
	for _, f := range slices.Concat(found, plan.Findings) {
		if f.Severity == "error" {
			t.Errorf("%s: %s\n%s", s.Site, f, got.Text)
		}
	}
	for _, c := range plan.Changes {
		if c.Kind != grants.Mark {
			t.Errorf("%s: a plan would %s %v %s %s\n%s", s.Site, c.Kind, c.Principals, c.View, c.Role, got.Text)
		}
	}
}

func TestImportOfVendor(t *testing.T) {
	_, sites := applied(t, fleet+`
[policy]
extends = "imaint"
[[user]]
name = "bob"
groups = ["Mechanic"]
sites = ["*"]
[[user]]
name = "ann"
groups = ["Mechanic", "Planner"]
sites = ["*"]
[[user.allow]]
on = "Purchasing"
permissions = ["select", "update"]
`)
	got := imported(t, fleet, sites...)
	t.Log(string(got.Text))
	if strings.Contains(string(got.Text), "[[group]]") {
		t.Error("the vendor's groups are written out")
	}
}
