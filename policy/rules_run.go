package policy

import (
	"cmp"
	"fmt"
	"maps"
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
	var list []Reviewed
	for _, s := range sites {
		if s.Wanted == nil {
			list = append(list, Reviewed{})
			continue
		}
		list = append(list, Review(p, s.Wanted, today))
	}
	return Reviews(p, list, today)
}

// Reviewed is what Rules finds in one site, and all that it has to remember of it.
// The zero Reviewed is a site that was not looked at.
type Reviewed struct {
	contradictions map[contradiction]*taken
	breaches       map[breach]map[string]bool
	leaks          map[leak]map[string]bool
	accepted       map[accepted]reached
	excesses       []excess
	waivers        *waivers // with those that were needed
}

// Review looks at what the policy wants in one site.
func Review(p *Policy, w *grants.Wanted, today time.Time) Reviewed {
	out := Reviewed{contradictions: map[contradiction]*taken{}, breaches: map[breach]map[string]bool{}, leaks: map[leak]map[string]bool{}, accepted: map[accepted]reached{}, waivers: newWaivers(p, today)}
	m := newIntended(p, w)
	m.cumulative(out.contradictions)
	m.never(out.breaches)
	m.confidential(out.leaks)
	m.accepted(out.accepted, today)
	out.excesses = m.childAboveParent(out.waivers)
	return out
}

// affect takes over who is affected by what.
func affect[K comparable](into, from map[K]map[string]bool) {
	for k, people := range from {
		if into[k] == nil {
			into[k] = map[string]bool{}
		}
		maps.Copy(into[k], people)
	}
}

// whoBreaks is what is broken, and by whom.
type whoBreaks[K comparable] struct {
	what  K
	users string
}

// sitesAlike gathers the sites in which the same people break the same. apart takes the
// site out of what is broken.
func sitesAlike[K comparable](found map[K]map[string]bool, apart func(K) (K, string)) map[whoBreaks[K]][]string {
	out := map[whoBreaks[K]][]string{}
	for x, users := range found {
		what, site := apart(x)
		k := whoBreaks[K]{what, quotedSet(users, 5)}
		out[k] = append(out[k], site)
	}
	return out
}

// Reviews says what was found in some sites, as Rules does of all of them.
func Reviews(p *Policy, sites []Reviewed, today time.Time) finding.List {
	w := newWaivers(p, today)
	contradictions := map[contradiction]*taken{}
	breaches, leaks := map[breach]map[string]bool{}, map[leak]map[string]bool{}
	accept := map[accepted]reached{}
	var excesses []excess
	looked := false
	for _, s := range sites {
		maps.Copy(contradictions, s.contradictions) // each names its site
		affect(breaches, s.breaches)
		affect(leaks, s.leaks)
		for a, r := range s.accepted {
			if _, known := accept[a]; !known {
				accept[a] = reached{map[string]bool{}, map[string]bool{}}
			}
			maps.Copy(accept[a].views, r.views)
			maps.Copy(accept[a].sites, r.sites)
		}
		excesses = append(excesses, s.excesses...)
		if s.waivers != nil {
			w.note(s.waivers)
			looked = true
		}
	}
	out := contradictionFindings(contradictions)
	out = append(out, excessFindings(excesses)...)
	out = append(out, p.neverFindings(breaches)...)
	out = append(out, p.leakFindings(leaks)...)
	out = append(out, acceptedFindings(accept)...)
	out = append(out, w.findings(len(sites) >= len(p.SitesInUse()) && looked)...)
	return out.Sorted()
}

// Waivable returns the waivers that would make every child view that gives more
// than its parents in these sites an exception of rule 2: one for each view and
// group, or person, sorted. A child that the catalog only assumes needs none.
func Waivable(p *Policy, sites []SiteCheck, today time.Time) []Waiver {
	w := newWaivers(p, today)
	for _, s := range sites {
		if s.Wanted != nil {
			newIntended(p, s.Wanted).childAboveParent(w)
		}
	}
	slices.SortFunc(w.needed, func(a, b Waiver) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.User, b.User), cmp.Compare(a.View, b.View))
	})
	return slices.Compact(w.needed)
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
