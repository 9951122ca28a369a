package policy

import (
	"fmt"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
)

// SiteCheck is a site and what the policy wants there.
type SiteCheck struct {
	Snapshot *grants.Snapshot
	Wanted   *grants.Wanted
}

// Rules checks what the policy wants in the sites against rules 1 (permissions
// are cumulative) and 2 (no child above its parent), and against its own, each
// [[never]] and [[confidential]]; rule 4 is checked by
// Parse, rule 3 by licensing and rule 5 by Lockout. What breaks a rule in the
// same way in several sites is one finding that names them. today decides
// which waivers have expired. A waiver is called unused only where sites holds
// every site of the policy.
func Rules(p *Policy, sites []SiteCheck, today time.Time) finding.List {
	w := newWaivers(p, today)
	contradictions := map[contradiction]*taken{}
	breaches, leaks := map[breach]map[string]bool{}, map[leak]map[string]bool{}
	var excesses []excess
	looked := false
	for _, s := range sites {
		if s.Wanted != nil {
			m := newIntended(p, s.Wanted) // of one site at a time
			m.cumulative(contradictions)
			m.never(breaches)
			m.confidential(leaks)
			excesses = append(excesses, m.childAboveParent(w)...)
			looked = true
		}
	}
	out := contradictionFindings(contradictions)
	out = append(out, excessFindings(excesses)...)
	out = append(out, p.neverFindings(breaches)...)
	out = append(out, p.leakFindings(leaks)...)
	out = append(out, w.findings(len(sites) >= len(p.SitesInUse()) && looked)...)
	return out.Sorted()
}

// inSites says in which of the checked sites something holds, or nothing where
// it is the only one.
func inSites(sites []string) string {
	slices.Sort(sites)
	return " in " + siteWord(len(slices.Compact(sites))) + " " + quoted(sites, 5)
}

func siteWord(n int) string {
	if n == 1 {
		return "site"
	}
	return "sites"
}

func more(n int) string { return fmt.Sprintf("%d more", n) }
