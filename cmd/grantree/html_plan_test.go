package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/report/changes"
	"grantree/sites"

	"github.com/google/go-cmp/cmp"
)

// TestNoConnectionInPage: the page of a plan says neither where a server is nor as whom
// grantree logs in, in a finding or in what a mode leaves undone.
func TestNoConnectionInPage(t *testing.T) {
	fp := &sites.FleetPlan{Policy: &policy.Policy{Catalog: &catalog.Catalog{Name: "app"}, Servers: []policy.Server{{Name: "main", URL: "sqlserver://sql01.example:1433?encrypt=true", User: "deploy"}}}}
	fp.Findings.Errorf("a-code", finding.Pos{File: "p.toml", Line: 3}, "GRANT CONTROL TO [deploy]", `"deploy" may not at sql01.example:1433 (sqlserver://sql01.example:1433?encrypt=true)`)
	var b strings.Builder
	a := &app{now: func() time.Time { return time.Time{} }}
	if err := a.printPlanHTML(&b, fp, false); err != nil {
		t.Fatal(err)
	}
	lines, _ := json.Marshal(undoneTold(&grants.Left{Users: []string{"Deploy", "olga"}, Waiting: []string{`1 permission of "deploy"`}}, runnerHidden(fp)))
	text := b.String() + string(lines)
	for _, no := range []string{"sql01", "sqlserver:", "deploy", "Deploy"} {
		if strings.Contains(text, no) {
			t.Errorf("the page has %q", no)
		}
	}
	for _, want := range []string{"a-code", "p.toml:3", "grantree's own may not at (the server's address)", "olga"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestGrantedRows: what a grantee gains, loses, is denied and is not denied any more is
// told apart, also where a GRANT takes the place of a DENY, and what goes with a role.
func TestGrantedRows(t *testing.T) {
	before := func(s grants.State) []grants.RowBefore {
		return []grants.RowBefore{{Principal: "R", Permission: catalog.Select, State: s}}
	}
	rows := map[string]*grantedRow{}
	for _, c := range []grants.Change{
		{Kind: grants.GrantOn, View: "given", Principals: []string{"R"}, Permissions: catalog.Select},
		{Kind: grants.GrantOn, View: "instead", Principals: []string{"R"}, Permissions: catalog.Select, Before: before(grants.Denied)},
		{Kind: grants.RevokeOn, View: "taken", Principals: []string{"R"}, Permissions: catalog.Select, Before: before(grants.Granted)},
		{Kind: grants.RevokeOn, View: "lifted", Principals: []string{"R"}, Permissions: catalog.Select, Before: before(grants.Denied)},
		{Kind: grants.DenyOn, View: "denied", Principals: []string{"R"}, Permissions: catalog.Select, Before: before(grants.Granted)},
		{Kind: grants.DropRole, Principals: []string{"Old"}, Drops: &grants.Dropped{Rows: []grants.DroppedRow{{View: "gone", Permissions: catalog.Update, State: grants.Granted}}}},
	} {
		countRows(rows, c)
	}
	one := func(names ...string) map[string]catalog.Permissions {
		out := map[string]catalog.Permissions{}
		for _, name := range names {
			out[name] = catalog.Select
		}
		return out
	}
	want := map[string]*grantedRow{"R": {Grant: one("given", "instead"), Revoke: one("taken", "denied"), Deny: one("denied"), Lift: one("instead", "lifted")},
		"Old": {Revoke: map[string]catalog.Permissions{"gone": catalog.Update}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

// pageData reads the parts of the data of a page, by their ids.
func pageData(t *testing.T, page []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, m := range regexp.MustCompile(`(?s)<script type="application/json" id="([a-z0-9-]+)">(.*?)</script>`).FindAllSubmatch(page, -1) {
		out[string(m[1])] = m[2]
	}
	return out
}

// TestPageAgreesWithJSON: the page of the demo's plan says what the JSON says: each
// site's fingerprint, statements and reverses in their order with their lines, whom they
// give what, and what each person gains on which view.
func TestPageAgreesWithJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "demo.toml")
	if err := os.WriteFile(file, demoPolicy, 0o600); err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Sites []struct {
			jsonSite
			Changes []jsonChange `json:"changes"`
			People  struct {
				Effects []jsonEffect `json:"effects"`
			} `json:"people"`
		} `json:"sites"`
	}
	if err := json.Unmarshal(runPlan(t, file, "json"), &parsed); err != nil {
		t.Fatal(err)
	}
	parts := pageData(t, runPlan(t, file, "html"))
	var page changes.Plan
	if err := json.Unmarshal(parts["data"], &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Sites) != len(parsed.Sites) || len(parsed.Sites) != 3 {
		t.Fatalf("%d sites, and %d in JSON", len(page.Sites), len(parsed.Sites))
	}
	for i, s := range parsed.Sites {
		if got := page.Sites[i]; got.Site != s.Site || got.Fingerprint != s.Fingerprint || got.Statements != s.Statements {
			t.Errorf("%s: %+v", s.Site, got)
		}
		if diff := cmp.Diff(changesOf(s.Changes), statementsIn(t, page, parts, i)); diff != "" {
			t.Errorf("%s: %s", s.Site, diff)
		}
		if diff := cmp.Diff(givenIn(s.Changes), grantedIn(page, i)); diff != "" {
			t.Errorf("%s: %s", s.Site, diff)
		}
		said := gainsOf(s.People.Effects) // in short: the most of a node
		for gain := range gainsIn(page, i) {
			if !said[gain] {
				t.Errorf("%s: the page says that %s is gained, and JSON does not", s.Site, gain)
			}
		}
		if diff := cmp.Diff(onViews(said), onViews(gainsIn(page, i))); diff != "" {
			t.Errorf("%s: %s", s.Site, diff)
		}
	}
}

// runPlan is the plan of a policy on an embedded server.
func runPlan(t *testing.T, file, format string) []byte {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "grantree")
	if err := os.Symlink(self, program); err != nil { // see TestMain
		t.Fatal(err)
	}
	c := exec.Command(program, "plan", "-f", file, "--sandbox", "--format", format)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// changesOf are statements, reverses and the first line that asks for each.
func changesOf(list []jsonChange) [][3]string {
	var out [][3]string
	for _, c := range list {
		where := ""
		if len(c.Causes) > 0 {
			where = finding.Pos{File: c.Causes[0].File, Line: c.Causes[0].Line}.String()
		}
		out = append(out, [3]string{c.Statement, c.Reverse, where})
	}
	return out
}

// statementsIn are the same in a page, of a site.
func statementsIn(t *testing.T, page changes.Plan, parts map[string][]byte, site int) [][3]string {
	t.Helper()
	var out [][3]string
	for _, b := range page.Batches {
		if !slices.Contains(b.Sites, site) {
			continue
		}
		var s changes.Statements
		if err := json.Unmarshal(parts[b.ID], &s); err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Changes {
			where := ""
			if len(c.Causes) > 0 {
				where = s.Causes[c.Causes[0]].Where
			}
			out = append(out, [3]string{c.Statement, c.Reverse, where})
		}
	}
	return out
}

// givenIn is what changes grant, by grantee, view and permission.
func givenIn(list []jsonChange) map[string]bool {
	out := map[string]bool{}
	for _, c := range list {
		for _, who := range c.Principals {
			for _, p := range c.Permissions {
				out[who+" "+c.Name+" "+p] = true
			}
		}
	}
	return out
}

// grantedIn is the same in a page, of a site.
func grantedIn(page changes.Plan, site int) map[string]bool {
	out := map[string]bool{}
	for _, g := range page.Grantees {
		if slices.Contains(g.Sites, site) {
			cellsIn(out, page, g.Name, g.Grant)
		}
	}
	return out
}

func cellsIn(out map[string]bool, page changes.Plan, who string, cells int) {
	for v, view := range page.Views {
		for _, p := range page.Cells[cells].On(v).Names() {
			out[who+" "+view+" "+p] = true
		}
	}
}

// gainsOf is what people gain, by person, view and permission.
func gainsOf(effects []jsonEffect) map[string]bool {
	out := map[string]bool{}
	for _, e := range effects {
		for _, who := range e.People {
			for _, part := range e.Gains {
				for _, view := range part.Views {
					for _, p := range part.Permissions {
						out[who+" "+view+" "+p] = true
					}
				}
			}
		}
	}
	return out
}

// gainsIn is the same in a page, of a site.
func gainsIn(page changes.Plan, site int) map[string]bool {
	out := map[string]bool{}
	for _, e := range page.Effects {
		for _, w := range e.Where {
			if slices.Contains(w.Sites, site) {
				for _, p := range w.People {
					cellsIn(out, page, page.People[p], e.Gain)
				}
			}
		}
	}
	return out
}

// onViews leaves the permissions out.
func onViews(gains map[string]bool) map[string]bool {
	out := map[string]bool{}
	for gain := range gains {
		out[gain[:strings.LastIndex(gain, " ")]] = true
	}
	return out
}
