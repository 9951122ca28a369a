package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/policy"
)

// fleetR1 is a policy of 40 groups and 2,000 users on the built-in catalog and
// 400 views.
func fleetR1(b *testing.B) (*policy.Policy, *grants.Snapshot) {
	var text strings.Builder
	text.WriteString("[policy]\nextends = \"imaint\"\n" + fleet)
	areas := []string{"Work Orders", "Scheduling", "Assets", "Purchasing", "Additional Information", "Projects"}
	for i := range 26 {
		fmt.Fprintf(&text, "[[group]]\nname = \"G%d\"\ncopies = \"Mechanic\"\n[[group.allow]]\non = %q\npermissions = [\"select\", \"insert\"]\n", i, areas[i%len(areas)])
	}
	for i := range 2000 {
		fmt.Fprintf(&text, "[[user]]\nname = \"user%d\"\ngroups = [\"G%d\", \"G%d\", \"Mechanic\"]\nsites = [\"*\"]\n", i, i%26, i/26%26)
	}
	p := parse(b, text.String())
	s := p.Offline(p.Sites[0])
	for i := len(s.Views); i < 400; i++ {
		s.Views = append(s.Views, grants.SiteView{ID: 5000 + i, Schema: 1, Name: fmt.Sprintf("imvw_x%d", i), Owner: grants.DboID})
	}
	return p, s
}

func BenchmarkWantedR1(b *testing.B) {
	p, s := fleetR1(b)
	for b.Loop() {
		p.Wanted(s)
	}
}

func BenchmarkRulesR1(b *testing.B) {
	p, s := fleetR1(b)
	w, _ := p.Wanted(s)
	for b.Loop() {
		policy.Rules(p, []policy.SiteCheck{{Snapshot: s, Wanted: w}}, today)
	}
}
