package policy_test

import (
	"slices"
	"testing"

	"grantree/finding"
	"grantree/policy"
)

// fleetOfTwo has a role that holds one thing in North and another in South.
const fleetOfTwo = fleet + `
[[group]]
name = "Crew"
sites = ["North"]
[[group.allow]]
view = "imvw_asset"
permissions = ["select", "update"]
[[group]]
name = "Crew South"
role = "Crew"
sites = ["South"]
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
`

func TestGroupsOfSites(t *testing.T) {
	p := parse(t, fleetOfTwo+`
[[user]]
name = "bob"
groups = ["Crew", "Crew South"]
sites = ["North", "South"]
`)
	for site, want := range map[string]string{"North": "SELECT UPDATE", "South": "SELECT"} {
		s, _ := p.Site(site)
		w, found := p.Wanted(p.Offline(s))
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		if len(w.Roles) != 1 || w.Roles[0].Name != "Crew" || len(w.Members) != 1 {
			t.Errorf("%s: roles %v, members %v", site, w.Roles, w.Members)
		}
		got := ""
		for _, e := range w.Entries {
			got += " " + e.Permission.String()
		}
		if got != " "+want {
			t.Errorf("%s: %s, want %s", site, got, want)
		}
	}
	one, _ := p.Site("North")
	two, _ := p.Site("South")
	c := policy.NewCompiler(p) // which makes what sites want once for those that want the same
	a, _ := c.Wanted(p.Offline(one))
	b, _ := c.Wanted(p.Offline(two))
	if len(a.Entries) == len(b.Entries) {
		t.Error("the compiler takes the sites for alike")
	}
	if got := p.GroupsIn(p.User("bob"), "South"); !slices.Equal(got, []string{"Crew South"}) {
		t.Errorf("in South: %v", got)
	}
}

func TestGroupsOfSitesRules(t *testing.T) {
	tests := []struct{ name, text, code string }{
		{"a role of two groups in one site", "[[group]]\nname = \"Other\"\nrole = \"Crew\"\nsites = [\"south\"]\n", finding.DuplicateRole},
		{"a role of a group of every site", "[[group]]\nname = \"Other\"\nrole = \"Crew\"\n", finding.DuplicateRole},
		{"a site that is none", "[[group]]\nname = \"Other\"\nsites = [\"Nowhere\"]\n", finding.UnknownSite},
		{"a person without a group in one site", "[[user]]\nname = \"bob\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\n", finding.UserWithoutGroup},
		{"a person without a group in an at", "[[user]]\nname = \"bob\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\n[[user.at]]\nsites = [\"South\"]\ngroups = [\"Crew\"]\n", finding.UserWithoutGroup},
		{"two baselines of one site", "[[group]]\nname = \"A\"\nbaseline = true\nsites = [\"North\"]\n[[group]]\nname = \"B\"\nbaseline = true\n", finding.DuplicateBaseline},
		{"an outsider of the role's site", "[[outsider]]\nname = \"Crew\"\nsites = [\"South\"]\nreason = \"r\"\n", finding.OutsiderIsUser},
		{"baselines of two sites", "[[group]]\nname = \"A\"\nbaseline = true\nsites = [\"North\"]\n[[group]]\nname = \"B\"\nbaseline = true\nsites = [\"South\"]\n", ""},
		{"an outsider where somebody is no user", "[[user]]\nname = \"bob\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\n[[outsider]]\nname = \"bob\"\nsites = [\"South\"]\nreason = \"r\"\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(fleetOfTwo + tt.text)}, nil)
			if tt.code == "" && found.HasErrors() {
				t.Error(found)
			}
			if tt.code != "" && !slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Code == tt.code }) {
				t.Errorf("no %s: %v", tt.code, found)
			}
		})
	}
}
