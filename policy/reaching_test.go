package policy

import (
	"testing"

	"grantree/grants"
)

// TestReaching: of a policy with errors its sites are reached, and nothing is wanted of
// them; approvals that it asks for count.
func TestReaching(t *testing.T) {
	text := `[server.main]
url = "sqlserver://h"
user = "u"
password_env = "P"
[[site]]
name = "North"
server = "main"
database = "N"
[policy]
max_loss = 0.1
[approval]
needs = ["deny"]
[[user]]
name = "bob"
groups = ["Nobody"]
sites = ["North"]
`
	p, findings := Parse(Source{File: "p.toml", Data: []byte(text)}, nil)
	if findings.Err() == nil {
		t.Fatal("it has no errors")
	}
	r := p.Reaching()
	if site, ok := r.Site("North"); !ok || site.Database != "N" || len(r.Servers) != 1 || len(r.SitesInUse()) != 1 || len(r.Approval.Needs) != 1 {
		t.Fatalf("it reaches %v of %v", r.Sites, r.Servers)
	}
	w, _ := r.Wanted(&grants.Snapshot{Site: "North"})
	if len(w.Roles)+len(w.Users)+len(w.Members)+len(w.Entries) > 0 || r.License.Limited || r.Guard(-1).MaxLoss != 1 {
		t.Errorf("it wants %v, %v", w.Roles, w.Users)
	}
	if p, _ := Parse(Source{File: "p.toml", Data: []byte("[[site]")}, nil); p.Reaching() != nil {
		t.Error("a policy that cannot be read reaches something")
	}
}
