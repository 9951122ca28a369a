package seal_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/seal"
)

// TestMoved: what of a plan made again was not sealed, and what it may lack.
func TestMoved(t *testing.T) {
	other := []string{"CREATE ROLE [Crew] AUTHORIZATION [dbo];\nEXEC x;", "GRANT DELETE ON [dbo].[v] TO [Crew];"}
	tests := []struct {
		name string
		edit func(*seal.Plan)
		want string // of the move, or nothing
	}{
		{"nothing", func(p *seal.Plan) {}, ""},
		{"the state, and nothing that comes of it", func(p *seal.Plan) { p.Sites[0].Fingerprint = "other" }, ""},
		{"a site is done", func(p *seal.Plan) { p.Sites[0].Plan, p.Sites[0].Effects = "", "" }, ""},
		{"a site was not read", func(p *seal.Plan) { p.Sites = p.Sites[:1] }, ""},
		{"a login is there", func(p *seal.Plan) { p.Servers[0].Logins = nil }, ""},
		{"a login more", func(p *seal.Plan) { p.Servers[0].Logins = append(p.Servers[0].Logins, `login "eve"`) }, `main login "eve" is to be made now`},
		{"a login is to be changed", func(p *seal.Plan) { p.Servers[0].Statements[0] = "DROP LOGIN [bob];" }, "main +DROP LOGIN [bob];"},
		{"another server", func(p *seal.Plan) { p.Servers[0].Name = "far" }, `far login "ann" is to be made now +ALTER LOGIN [bob] DISABLE;`},
		{"a site more", func(p *seal.Plan) { p.Sites[0].Name = "East" }, "East it is not in the sealed plan"},
		{"a statement", func(p *seal.Plan) {
			p.Sites[0].Plan = seal.Digest(other)
			p.Plans = append(p.Plans, seal.Statements{Digest: seal.Digest(other), Statements: other})
		}, "North +GRANT DELETE ON [dbo].[v] TO [Crew]; -GRANT SELECT ON [dbo].[v] TO [Crew];"},
		{"the order", func(p *seal.Plan) {
			back := slices.Clone(p.Plans[0].Statements)
			slices.Reverse(back)
			p.Sites[0].Plan = seal.Digest(back)
			p.Plans = append(p.Plans, seal.Statements{Digest: seal.Digest(back), Statements: back})
		}, "North its statements have another order"},
		{"a finding more", func(p *seal.Plan) { p.Sites[1].Findings = []string{"error: x: y"} }, "South found now: error: x: y"},
		{"a finding less", func(p *seal.Plan) { p.Sites[0].Findings = p.Sites[0].Findings[:1] }, "North not found any more: warning: b: b"},
		{"people", func(p *seal.Plan) { p.Sites[0].Effects, p.Sites[0].Lose = "x", 3 }, "North other people gain or lose: 0 gain, 3 lose and 0 are locked out, where 0, 0 and 0 were to"},
		{"fewer people than are said", func(p *seal.Plan) { p.Sites[0].LockedOut = 1 }, "North other people gain or lose: 0 gain, 0 lose and 1 are locked out, where 0, 0 and 0 were to"},
		{"why it needs an approval", func(p *seal.Plan) { p.Approval = []string{"it denies"} }, `why it needs an approval was [] and is ["it denies"]`},
		{"what stops it", func(p *seal.Plan) { p.Sites[0].Outcome = "refused" }, `North what stops it was nothing and is "refused"`},
	}
	for _, test := range tests {
		now := planned()
		test.edit(&now)
		var got []string
		for _, m := range planned().Moved(now) {
			line := append(strings.Fields(m.Site+m.Server), m.What...)
			for _, s := range m.More {
				line = append(line, "+"+s)
			}
			for _, s := range m.Done {
				line = append(line, "-"+s)
			}
			got = append(got, strings.Join(line, " "))
		}
		if strings.Join(got, "\n") != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestOther: another policy, another catalog, and a plan of tomorrow.
func TestOther(t *testing.T) {
	p := planned()
	at := seal.Bound{Policy: "p1", Catalog: "c1", Now: p.Made.Add(time.Hour)}
	if other := p.Other(at); len(other) > 0 {
		t.Errorf("the same: %q", other)
	}
	for _, b := range []seal.Bound{{Policy: "p2", Catalog: "c1", Now: at.Now}, {Policy: "p1", Catalog: "c2", Now: at.Now}, {Policy: "p1", Catalog: "c1", Now: p.Made.Add(-time.Hour)}} {
		if other := p.Other(b); len(other) != 1 {
			t.Errorf("%+v: %q", b, other)
		}
	}
}
