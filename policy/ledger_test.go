package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// TestLedger: a policy that asks for a ledger wants its table in each site, and its
// names are compared as the sites compare theirs; one that does not wants none.
func TestLedger(t *testing.T) {
	const sites = "[server.main]\nurl = \"sqlserver://h\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n"
	for text, want := range map[string]*grants.WantedLedger{
		"": nil,
		"[ledger]\ntable = \"grantree.ledger\"\n":                {Schema: "grantree", Table: "ledger"},
		"[ledger]\ntable = \"Our log.of 'it'\"\nengine = true\n": {Schema: "Our log", Table: "of 'it'", Engine: true},
	} {
		p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(text + sites)}, nil)
		if p == nil || found.HasErrors() {
			t.Fatal(found)
		}
		if want != nil {
			want.Cause = grants.Cause{Pos: finding.Pos{File: "p.toml", Line: 1, Column: 1}, Note: "the site's record of its changes"}
			if names := p.Names(); !slices.Contains(names, want.Schema) || !slices.Contains(names, want.Table) {
				t.Errorf("%q: the names are %q", text, names)
			}
		}
		wanted, _ := p.Wanted(&grants.Snapshot{Site: "North"})
		if diff := cmp.Diff(want, wanted.Ledger); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
