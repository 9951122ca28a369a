package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// kinds is a policy of sites each of which wants something else, but for two.
const kinds = `
[server.main]
url = "sqlserver://sql01.example:1433"
[[site]]
name = "A"
server = "main"
database = "A"
[[site]]
name = "Like A"
server = "main"
database = "B"
[[site]]
name = "Other groups"
server = "main"
database = "C"
[[site]]
name = "Ignores"
server = "main"
database = "D"
ignore = ["imvw_site"]
[[site]]
name = "One more"
server = "main"
database = "E"
[[site]]
name = "Another at"
server = "main"
database = "F"
[[group]]
name = "Crew"
[[group.allow]]
on = "Work Orders"
permissions = ["select"]
[[group]]
name = "Desk"
[[group.allow]]
on = "Purchasing"
permissions = ["select", "update"]
[[user]]
name = "ann"
groups = ["Crew"]
sites = ["*"]
[[user.at]]
sites = ["Other groups"]
groups = ["Desk"]
[[user.at]]
sites = ["Another at"]
groups = ["Desk"]
[[user.at.allow]]
view = "imvw_site"
permissions = ["select"]
[[user]]
name = "ben"
groups = ["Crew"]
sites = ["One more"]
[[user]]
name = "cid"
groups = ["Desk"]
sites = ["Ignores"]
inactive = true
`

// TestCompiler: of every site it wants what the policy wants, whoever asked
// before, and sites that want the same share it.
func TestCompiler(t *testing.T) {
	p := parse(t, kinds)
	var sites []*grants.Snapshot
	for _, s := range p.Sites {
		sites = append(sites, p.Offline(s))
	}
	also := func(edit func(*grants.Snapshot)) {
		s := p.Offline(p.Sites[0])
		edit(s)
		sites = append(sites, s)
	}
	also(func(s *grants.Snapshot) { s.Views = slices.Clone(s.Views[1:]) })
	also(func(s *grants.Snapshot) {
		s.Views = append(slices.Clone(s.Views), grants.SiteView{ID: 9000, Schema: 1, Name: "imvw_ours"})
	})
	also(func(s *grants.Snapshot) { s.Views[0].Name = strings.ToUpper(s.Views[0].Name) })
	also(func(s *grants.Snapshot) { s.Views = slices.Clone(s.Views); slices.Reverse(s.Views) }) // as A
	also(func(s *grants.Snapshot) { s.Collation = grants.ParseCollation("Latin1_General_BIN2") })
	also(func(s *grants.Snapshot) { s.ServerCollation = grants.ParseCollation("Latin1_General_CS_AS") })
	also(func(s *grants.Snapshot) { s.Collation.Same = map[string]string{"crew": "x", "desk": "x"} })
	for n := range uint64(3) {
		order := rand.New(rand.NewPCG(n, 1)).Perm(len(sites))
		c := policy.NewCompiler(p)
		got, firsts := make([]*grants.Wanted, len(sites)), map[*grants.WantedEntry][]int{}
		for _, i := range order {
			s := sites[i]
			want, wantFound := p.Wanted(s)
			w, found := c.Wanted(s)
			if d := cmp.Diff(want, w); d != "" {
				t.Errorf("site %d, %s: %s", i, s.Site, d)
			}
			if d := cmp.Diff(wantFound, found); d != "" {
				t.Errorf("site %d, %s: %s", i, s.Site, d)
			}
			got[i] = w
		}
		for i, w := range got {
			firsts[&w.Entries[0]] = append(firsts[&w.Entries[0]], i)
		}
		var shared [][]int
		for _, list := range firsts {
			if len(list) > 1 {
				shared = append(shared, list)
			}
		}
		if d := cmp.Diff([][]int{{0, 1, 9}}, shared); d != "" {
			t.Errorf("sites that share what is wanted: %s", d)
		}
	}
}
