package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
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
