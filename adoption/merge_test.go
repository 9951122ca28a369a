package adoption_test

import (
	"slices"
	"testing"

	"grantree/grants"
	"grantree/policy"

	"pgregory.net/rapid"
)

// TestMergeChangesNothing draws sites that were one once, and imports them as one
// policy: the same that an import of one promises, in each of them.
func TestMergeChangesNothing(t *testing.T) {
	p, _ := policy.Parse(policy.Source{File: "fleet.toml", Data: []byte(three)}, nil)
	rapid.Check(t, func(rt *rapid.T) {
		var sites []*grants.Snapshot
		first := drawSite(rt, p, "North")
		for _, site := range p.Sites {
			s := drawSite(rt, p, site.Name)
			if rapid.IntRange(0, 3).Draw(rt, "like North") > 0 {
				s = drift(rt, first, site)
			}
			sites = append(sites, s)
		}
		got := imported(tb{t, rt}, three, sites...)
		for _, s := range sites {
			complete(tb{t, rt}, got, s)
			judged(tb{t, rt}, got, s)
		}
	})
}

// drift is a site as another one was, with a few edits since.
func drift(rt *rapid.T, from *grants.Snapshot, site policy.Site) *grants.Snapshot {
	s := *from
	s.Site, s.Database = site.Name, site.Database
	s.Permissions, s.Members = slices.Clone(s.Permissions), slices.Clone(s.Members)
	for range rapid.IntRange(0, 3).Draw(rt, "edits") {
		if n := len(s.Permissions); n > 0 && rapid.Bool().Draw(rt, "a row") {
			i := rapid.IntRange(0, n-1).Draw(rt, "which row")
			s.Permissions = slices.Delete(s.Permissions, i, i+1)
		}
		if n := len(s.Members); n > 0 && rapid.Bool().Draw(rt, "a member") {
			i := rapid.IntRange(0, n-1).Draw(rt, "which member")
			s.Members = slices.Delete(s.Members, i, i+1)
		}
	}
	return &s
}
