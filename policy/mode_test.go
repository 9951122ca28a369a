package policy_test

import (
	"testing"

	"grantree/grants"
	"grantree/policy"
)

// TestMode: a site's own mode is above that of the policy, which is all where
// nothing says otherwise, and the line that says it is told.
func TestMode(t *testing.T) {
	site := func(name, more string) string {
		return "[[site]]\nname = \"" + name + "\"\nserver = \"main\"\ndatabase = \"" + name + "\"\n" + more
	}
	sites := "[server.main]\nurl = \"sqlserver://h\"\n" + site("North", "") + site("South", "mode = \"narrow\"\n") + site("East", "mode = \"all\"\n")
	for _, tt := range []struct {
		policy string
		want   [3]grants.Mode
		line   int // of North
	}{
		{"", [3]grants.Mode{grants.All, grants.Narrow, grants.All}, 0},
		{"[policy]\n", [3]grants.Mode{grants.All, grants.Narrow, grants.All}, 0},
		{"[policy]\nmode = \"add\"\n", [3]grants.Mode{grants.Add, grants.Narrow, grants.All}, 2},
	} {
		p, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(tt.policy + sites)}, nil)
		if p == nil || found.HasErrors() {
			t.Fatal(found)
		}
		for i, s := range p.Sites {
			if got, at := p.Mode(s); got != tt.want[i] || i == 0 && at.Line != tt.line {
				t.Errorf("%q: the mode of %s is %q by line %d, want %q", tt.policy, s.Name, got, at.Line, tt.want[i])
			}
		}
	}
}
