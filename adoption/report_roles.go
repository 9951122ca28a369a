package adoption

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// roles tells which roles are not the same group in all sites.
func (r *reporter) roles() {
	variants := map[string][]*group{}
	for _, g := range r.draft.groups {
		variants[fold(g.roleName())] = append(variants[fold(g.roleName())], g)
	}
	for _, g := range r.draft.groups {
		list := variants[fold(g.roleName())]
		if list[0] != g {
			continue
		}
		for _, other := range list[1:] {
			r.note(nil, finding.Warning, finding.ImportDiffers, "make them alike, and import again; or keep the groups apart", nil, nil, nil, "the role %q holds %s in %s than in %s: there it is the group %q",
				g.roleName(), differs(g, other), words(names(other.sites), "", ""), words(names(g.sites), "", ""), other.name)
		}
		if len(g.in) > 0 {
			r.elsewhere(list)
		}
	}
}

// elsewhere tells of the sites where a role is no group: another principal of its
// name stands there, or none.
func (r *reporter) elsewhere(list []*group) {
	g, rest := list[0], []*site(nil)
	taken := false
	for _, x := range r.im.sites {
		if slices.ContainsFunc(list, func(g *group) bool { return g.isIn(x) }) {
			continue
		}
		h := x.called(g.roleName())
		switch {
		case h == nil:
			rest = append(rest, x)
		case h.isRole():
			taken = true
			fix := "mend that, and import again"
			if h.unfit == holdsNothing {
				fix = "give it there what the group has, if it is to be the same, and import again"
			}
			r.note(nil, finding.Warning, finding.ImportDiffers, fix, nil, nil, nil, "the role %q is no group in %q: %s", g.roleName(), x.Name, h.unfit)
		default:
			taken = true
			r.note(nil, finding.Note, finding.ImportDiffers, "", nil, nil, nil, "the role %q cannot be in %q, where a %s has its name", g.roleName(), x.Name, kindOf(h))
		}
	}
	switch {
	case len(rest) == 0:
	case taken || len(list) > 1:
		r.note(nil, finding.Note, finding.ImportDiffers, "", nil, nil, nil, "the role %q is not in %s", g.roleName(), words(names(rest), "site", "sites"))
	default:
		r.note(nil, finding.Note, finding.ImportDiffers, "leave sites out of the [[group]] to have it everywhere: a plan then makes it there"+r.joining(g, rest), nil, nil, nil,
			"the role %q is in %s alone", g.roleName(), words(names(g.sites), "site", "sites"))
	}
}

// joining says whom a plan would put into a group in further sites: people whose
// line names it, and who are there.
func (r *reporter) joining(g *group, sites []*site) string {
	var people []string
	for _, u := range r.draft.users {
		if slices.Contains(u.groups, g.name) && slices.ContainsFunc(u.sites, func(x *site) bool { return slices.Contains(sites, x) }) {
			people = append(people, u.name)
		}
	}
	if len(people) == 0 {
		return ""
	}
	return fmt.Sprintf(" and puts %s into it, %s", counted(len(people), "person", "people"), words(people, "", ""))
}

// called finds a principal of a site by its name, however it is spelt.
func (x *site) called(name string) *holder {
	for _, h := range x.by {
		if x.snap.Collation.Equal(h.Name, name) {
			return h
		}
	}
	return nil
}

// differs says what the second of two groups has more and less, on views that both
// know.
func differs(g, o *group) string {
	var more, less, denied, open int
	for n := range g.granted {
		if g.free[n].IsEmpty() && o.free[n].IsEmpty() {
			more, less = more+o.granted[n].Minus(g.granted[n]).Len(), less+g.granted[n].Minus(o.granted[n]).Len()
			denied, open = denied+o.denied[n].Minus(g.denied[n]).Len(), open+g.denied[n].Minus(o.denied[n]).Len()
		}
	}
	var out []string
	for _, x := range []struct {
		n               int
		one, many, than string
	}{{more, "permission", "permissions", "more"}, {less, "permission", "permissions", "less"}, {denied, "DENY", "DENYs", "more"}, {open, "DENY", "DENYs", "less"}} {
		if x.n > 0 {
			out = append(out, counted(x.n, x.one, x.many)+" "+x.than)
		}
	}
	switch n := len(out); n {
	case 0:
		return "neither more nor less"
	case 1:
		return out[0]
	default:
		return strings.Join(out[:n-1], ", ") + " and " + out[n-1]
	}
}
