package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const homes = `
[server.main]
url = "sqlserver://sql01.example?encrypt=true"
integrated = true
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[user]]
name = "ann"
groups = ["Reader"]
sites = ["*"]
`

const retired = "[[site]]\nname = \"Old\"\nserver = \"main\"\ndatabase = \"O\"\nretired = true\nreason = \"sold\"\n"

func aSite(name string) string {
	return "[[site]]\nname = \"" + name + "\"\nserver = \"main\"\ndatabase = \"" + name + "\"\n"
}

func TestHome(t *testing.T) {
	tests := []struct {
		name, license, sites, included string
		want                           string
		codes                          []string
	}{
		{"the first site", "", aSite("North") + aSite("South"), "", "North", nil},
		{"not a retired one", "", retired + aSite("South"), "", "South", nil},
		{"of the main file", "", aSite("South"), aSite("North"), "South", nil},
		{"else the first of all", "", "", aSite("North") + aSite("South"), "North", nil},
		{"the one that is named", "home = \"south\"\n", aSite("North") + aSite("South"), "", "South", nil},
		{"none that does not exist", "home = \"Sout\"\n", aSite("North") + aSite("South"), "", "", []string{"unknown-site"}},
		{"none that is retired", "home = \"Old\"\n", retired + aSite("South"), "", "", []string{"home-retired"}},
		{"a name", "home = \"\"\n", aSite("South"), "", "South", []string{"name-invalid"}},
		{"retired without a reason", "", aSite("Old") + "retired = true\n" + aSite("South"), "", "South", []string{"missing-key"}},
		{"a reason without retired", "", aSite("Old") + "reason = \"sold\"\n", "", "Old", []string{"missing-key"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := "include = [\"more.toml\"]\n[license]\nseats = 3\n" + tt.license + homes + tt.sites
			p, found := Parse(Source{File: "p.toml", Data: []byte(text)}, func(string) ([]byte, error) { return []byte(tt.included), nil })
			var codes []string
			for _, f := range found.Of("error") {
				codes = append(codes, f.Code)
			}
			if d := cmp.Diff(tt.codes, codes); d != "" {
				t.Errorf("%s\n%v", d, found)
			}
			if home, ok := p.Home(); home.Name != tt.want && tt.want != "" || ok != (tt.want != "") {
				t.Errorf("home is %q, %t", home.Name, ok)
			}
		})
	}
}

func TestNobodyEntersARetiredSite(t *testing.T) {
	p, found := Parse(Source{File: "p.toml", Data: []byte(homes + retired + aSite("South"))}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	if in := p.UserSites(p.Users[0]); len(in) != 1 || in[0].Name != "South" {
		t.Errorf("ann enters %v", in)
	}
	if in := p.SitesInUse(); len(in) != 1 || in[0].Name != "South" {
		t.Errorf("in use are %v", in)
	}
}
