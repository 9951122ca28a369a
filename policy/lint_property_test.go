package policy_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/lint"
	"grantree/policy"

	"pgregory.net/rapid"
)

// What package lint claims of a policy is held here to what the policy gives,
// because the random policies are drawn here.

// claim finds the names in a sentence.
var (
	aQuoted  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	andMore  = regexp.MustCompile(` and (\d+) more give the same`)
	inBothOf = regexp.MustCompile(`^users? (.*) (?:is|are) in group ("(?:[^"\\]|\\.)*")`)
)

func quotedIn(t *rapid.T, text string) []string {
	var out []string
	for _, q := range aQuoted.FindAllString(text, -1) {
		name, err := strconv.Unquote(q)
		if err != nil {
			t.Fatal(err, q)
		}
		out = append(out, name)
	}
	return out
}

// access is what everybody may do on each view of each site.
func access(t *rapid.T, p *policy.Policy) map[string]map[string]catalog.Permissions {
	out := map[string]map[string]catalog.Permissions{}
	for _, site := range p.Sites {
		w, found := p.Wanted(withAnotherView(p, site))
		if found.HasErrors() {
			t.Skip("a drawn policy that a site refuses gives nobody anything to compare:", found)
		}
		promise := w.Promise()
		for _, u := range w.Users {
			on := map[string]catalog.Permissions{}
			for i, may := range promise.Of(promise.Tokens(u.Name)) {
				on[w.Views[i]] = may
			}
			out[u.Name+" in "+site.Name] = on
		}
	}
	return out
}

// withAnotherView is a site with the views that lines name, which the vendor's
// catalog does not have, and one more.
func withAnotherView(p *policy.Policy, site policy.Site) *grants.Snapshot {
	s := p.Offline(site)
	for i, name := range []string{"imvw_item", "imvw_count", "imvw_unknown"} {
		if !p.Catalog.HasView(catalog.ViewName(name)) {
			s.Views = append(s.Views, grants.SiteView{ID: 9997 + i, Schema: 1, Name: name, Owner: grants.DboID})
		}
	}
	return s
}

// withoutLines returns a policy without the lines of allow at some places, wherever
// they were copied to.
func withoutLines(p *policy.Policy, places ...finding.Pos) *policy.Policy {
	left := func(lines []policy.Entry) []policy.Entry {
		return slices.DeleteFunc(slices.Clone(lines), func(e policy.Entry) bool { return slices.Contains(places, e.Pos) })
	}
	out := *p
	out.Groups, out.Users = slices.Clone(p.Groups), slices.Clone(p.Users)
	for i, g := range p.Groups {
		h := *g
		h.Allow = left(g.Allow)
		out.Groups[i] = &h
	}
	for i, u := range p.Users {
		v := *u
		v.Allow, v.At = left(u.Allow), slices.Clone(u.At)
		for j := range v.At {
			v.At[j].Allow = left(v.At[j].Allow)
		}
		out.Users[i] = &v
	}
	return &out
}

// outOf returns a policy without some people's membership of a group, where they
// are in another.
func outOf(p *policy.Policy, group string, people []string, other string) *policy.Policy {
	out := *p
	out.Users = slices.Clone(p.Users)
	left := func(names []string) []string {
		is := func(of string) func(string) bool {
			return func(n string) bool { return p.Group(n) == p.Group(of) }
		}
		if !slices.ContainsFunc(names, is(other)) && !p.Group(other).Baseline {
			return names
		}
		return slices.DeleteFunc(slices.Clone(names), is(group))
	}
	for i, u := range p.Users {
		if !slices.Contains(people, u.Name) {
			continue
		}
		v := *u
		v.Groups, v.At = left(u.Groups), slices.Clone(u.At)
		for j := range v.At {
			v.At[j].Groups = left(v.At[j].Groups)
		}
		out.Users[i] = &v
	}
	return &out
}

// rows is what the role of a group is given, and denied, by view and site.
type rows struct {
	may, denied map[string]catalog.Permissions
}

// gives is what every group gives in all sites, by name.
func gives(p *policy.Policy) map[string]rows {
	out := map[string]rows{}
	for _, g := range p.Groups {
		out[g.Name] = rows{map[string]catalog.Permissions{}, map[string]catalog.Permissions{}}
	}
	for _, site := range p.Sites {
		w, _ := p.Wanted(withAnotherView(p, site))
		groups := map[string]string{}
		for _, r := range w.Roles {
			groups[r.Name] = r.Group
		}
		for _, e := range w.Entries {
			switch group, role := groups[e.Grantee]; {
			case !role:
			case e.State == grants.Denied:
				out[group].denied[e.View+" in "+site.Name] |= e.Permission
			default:
				out[group].may[e.View+" in "+site.Name] |= e.Permission
			}
		}
	}
	return out
}

// ofSomeSites has some groups of a policy be of some of its sites.
func ofSomeSites(t *rapid.T, p *policy.Policy) {
	if rapid.IntRange(0, 1).Draw(t, "all groups in all sites") == 0 {
		return
	}
	for _, g := range p.Groups {
		if n := rapid.IntRange(0, 2*len(p.Sites)).Draw(t, "site of "+g.Name); n < len(p.Sites) {
			g.Sites = []string{p.Sites[n].Name}
		}
	}
}

func (r rows) equal(other rows) bool {
	return maps.Equal(r.may, other.may) && maps.Equal(r.denied, other.denied)
}

// lineEnds reports whether a group has a line that ends.
func lineEnds(g *policy.Group) bool {
	return slices.ContainsFunc(slices.Concat(g.Allow, g.Deny), func(e policy.Entry) bool { return !e.Until.IsZero() })
}

func subset(a, b map[string]catalog.Permissions) bool {
	for v, p := range a {
		if !b[v].Has(p) {
			return false
		}
	}
	return true
}

// TestLintIsRight: for random policies, what lint says of groups is so by what they
// are expanded to, and what it calls needless, one by one and all together, takes
// nothing from anybody when it goes.
func TestLintIsRight(t *testing.T) {
	seen, drawn := map[string]int{}, 0
	check := func(rt *rapid.T) {
		drawn++
		p := keptApart(rt)
		ofSomeSites(rt, p)
		was, gives := access(rt, p), gives(p)
		same := func(now *policy.Policy, why string) {
			if got := access(rt, now); !maps.EqualFunc(was, got, maps.Equal) {
				rt.Fatalf("%s: was\n%v\nis\n%v", why, was, got)
			}
		}
		found := lint.Policy(p, today)
		var gone []finding.Pos
		twins := map[[2]string]bool{}
		for _, f := range found {
			seen[f.Code]++
			switch names := quotedIn(rt, f.Message); f.Code {
			case finding.GroupTwin:
				if m := andMore.FindStringSubmatch(f.Message); m != nil { // of many the first are named
					n := len(names)
					for _, g := range p.Groups {
						if !slices.Contains(names, g.Name) && !lineEnds(g) && gives[g.Name].equal(gives[names[0]]) {
							names = append(names, g.Name)
						}
					}
					if more := fmt.Sprint(len(names) - n); more != m[1] {
						rt.Fatalf("%s: there are %s more", f, more)
					}
				}
				for _, a := range names {
					for _, b := range names {
						if !gives[a].equal(gives[b]) {
							rt.Fatalf("%s: %v and %v", f, gives[a], gives[b])
						}
						twins[[2]string{a, b}] = true
					}
				}
			case finding.GroupSubset:
				a := gives[names[0]]
				for _, name := range names[1 : len(names)-1] { // the last is said again
					if b := gives[name]; !subset(a.may, b.may) || !subset(a.denied, b.denied) || a.equal(b) {
						rt.Fatalf("%s: %v and %v", f, a, b)
					}
				}
			case finding.GroupGivesNothing:
				if all := gives[names[0]]; len(all.may)+len(all.denied) > 0 {
					rt.Fatalf("%s: %v", f, all)
				}
			case finding.LineNeedless, finding.LineDenied:
				gone = append(gone, f.Where)
				same(withoutLines(p, f.Where), f.String())
			case finding.MemberNeedless:
				m := inBothOf.FindStringSubmatch(f.Message)
				people := quotedIn(rt, m[1])
				same(outOf(p, quotedIn(rt, m[2])[0], people, names[len(people)+1]), f.String())
			case finding.UserGetsNothing:
				for _, u := range names {
					for _, site := range names {
						base := ""
						if g := p.BaselineIn(site); g != nil {
							base = g.Name
						}
						for view, may := range was[u+" in "+site] {
							if !gives[base].may[view+" in "+site].Has(may) {
								rt.Fatalf("%s: %s on %s", f, may, view)
							}
						}
					}
				}
			}
		}
		same(withoutLines(p, gone...), fmt.Sprint(gone))
		for _, a := range p.Groups { // and none is left unsaid
			for _, b := range p.Groups {
				if a != b && !lineEnds(a) && !lineEnds(b) && len(gives[a.Name].may)+len(gives[a.Name].denied) > 0 && gives[a.Name].equal(gives[b.Name]) && !twins[[2]string{a.Name, b.Name}] {
					rt.Fatalf("%q and %q are twins, which is not said: %v", a.Name, b.Name, found)
				}
			}
		}
	}
	rapid.Check(t, check)
	if len(seen) == 0 {
		t.Error("no policy was drawn of which there is something to say")
	}
	for _, code := range []string{finding.GroupTwin, finding.GroupSubset, finding.MemberNeedless, finding.LineNeedless, finding.LineDenied} {
		if seen[code] == 0 && drawn >= 1000 { // of fewer a rare one may be missing
			t.Errorf("no policy was drawn that has %s", code)
		}
	}
}
