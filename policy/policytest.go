package policy

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
)

// TestResult is how one policy test came out in one site.
type TestResult struct {
	Test   Test
	Site   string
	Views  []string // the views looked at, sorted
	Pass   bool
	Detail string // why it failed: "bob may SELECT imvw_pay_type"
}

// RunTests runs the policy's tests against what the policy wants in the sites,
// each test in those of its sites that are given, in the policy's order.
//
// "always" holds when the user has all of its permissions on every view that
// is looked at, "never" when they have none of its permissions on any. A test
// on a view looks at that view; one on a node or an area looks at the parent
// and child views there and below, since look-ups belong to other nodes too.
// A view that the site lacks gives nothing to anyone. A test that finds no
// view to look at fails.
func (p *Policy) RunTests(sites []SiteCheck) []TestResult {
	promises := map[string]*grants.Promise{}
	for _, s := range sites {
		if s.Wanted != nil && len(p.Tests) > 0 {
			promises[s.Wanted.Site] = s.Wanted.Promise()
		}
	}
	return p.RunTestsWith(sites, func(site, user, view string) catalog.Permissions { return promises[site].On(user, view) })
}

// RunTestsWith runs the policy's tests like RunTests and asks may what a user
// may do on a view of a site, so that the live site can answer.
func (p *Policy) RunTestsWith(sites []SiteCheck, may func(site, user, view string) catalog.Permissions) []TestResult {
	var out []TestResult
	for _, t := range p.Tests {
		in := p.testSites(t)
		user := t.User
		if u := p.User(t.User); u != nil {
			user = u.Name
		}
		for _, s := range sites {
			if s.Wanted == nil || !slices.Contains(in, s.Wanted.Site) {
				continue
			}
			r := TestResult{Test: t, Site: s.Wanted.Site, Views: p.testViews(t)}
			r.Detail = p.nothingToLookAt(r, s.Wanted)
			if r.Detail == "" {
				r.Detail = verdict(r, func(view string) catalog.Permissions { return may(r.Site, user, view) })
			}
			r.Pass = r.Detail == ""
			out = append(out, r)
		}
	}
	return out
}

// testSites returns the names of the sites that a test is about.
func (p *Policy) testSites(t Test) []string {
	var sites []Site
	if len(t.Sites) > 0 {
		sites = p.namedSites(t.Sites)
	} else if u := p.User(t.User); u != nil {
		sites = p.SitesOf(u)
	}
	var out []string
	for _, s := range sites {
		out = append(out, s.Name)
	}
	return out
}

// testViews returns the views that a test looks at.
func (p *Policy) testViews(t Test) []string {
	e := Entry{On: t.On, Permissions: catalog.Select}
	if p.looksLikeView(t.On) {
		e = Entry{View: catalog.ViewName(t.On), Permissions: catalog.Select}
	}
	var out []string
	for _, r := range p.expand(e, true) {
		out = append(out, string(r.View))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nothingToLookAt says that a test finds no view in a site, or "": one that the
// site ignores is found, and gives nothing.
func (p *Policy) nothingToLookAt(r TestResult, w *grants.Wanted) string {
	if len(r.Views) == 0 {
		return r.Test.On + " reaches no view"
	}
	there := map[string]bool{}
	for _, v := range w.Views {
		there[w.Collation.Key(v)] = true
	}
	for _, v := range p.ignored(w.Site) {
		there[w.Collation.Key(string(v))] = true
	}
	if slices.ContainsFunc(r.Views, func(v string) bool { return there[w.Collation.Key(v)] }) {
		return ""
	}
	return "there is no view " + r.Test.On + " to look at"
}

// verdict returns why a test fails, or "".
func verdict(r TestResult, may func(view string) catalog.Permissions) string {
	var wrong []string
	for _, view := range r.Views {
		has := may(view)
		if lacks := r.Test.Always.Minus(has); !lacks.IsEmpty() {
			wrong = append(wrong, r.Test.User+" may not "+lacks.String()+" "+view)
		}
		if over := r.Test.Never.Intersect(has); !over.IsEmpty() {
			wrong = append(wrong, r.Test.User+" may "+over.String()+" "+view)
		}
	}
	const most = 3
	if len(wrong) > most {
		return strings.Join(wrong[:most], "; ") + "; and " + more(len(wrong)-most)
	}
	return strings.Join(wrong, "; ")
}
