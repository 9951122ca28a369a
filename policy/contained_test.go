package policy_test

import (
	"testing"

	"grantree/policy"
)

// TestContainedSites: what a policy says of a contained site is wanted of that
// site alone, and who leaves keeps a password unless logins are dropped.
func TestContainedSites(t *testing.T) {
	const text = `
[server.main]
url = "sqlserver://sql01.example"
user = "g"
password_env = "X"
[[site]]
name = "North"
server = "main"
database = "N"
contained = true
[[site]]
name = "South"
server = "main"
database = "S"
[[group]]
name = "Crew"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[user]]
name = "ann"
groups = ["Crew"]
sites = ["*"]
`
	for rest, keeps := range map[string]bool{"": true, "[policy]\nleavers = \"keep\"\n": true, "[policy]\nleavers = \"drop\"\n": false} {
		p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text + rest)}, nil)
		if found.HasErrors() {
			t.Fatal(found)
		}
		for _, site := range p.Sites {
			w, _ := p.Wanted(p.Offline(site))
			if w.Contained != (site.Name == "North") || w.KeepsPasswords != keeps {
				t.Errorf("%s, %q: contained %t, keeps %t", site.Name, rest, w.Contained, w.KeepsPasswords)
			}
		}
	}
}
