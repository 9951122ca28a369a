package policy

import (
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// The words for how a person stands in the policy.
const (
	StandsActive   = "active"
	StandsInactive = "inactive"
	StandsPast     = "past until"
)

// Standing says how a person stands in the policy, as it is at a moment: see At.
// What their login is on a server, the policy does not know.
func (u *User) Standing() string {
	switch {
	case u.Past:
		return StandsPast
	case u.Inactive:
		return StandsInactive
	}
	return StandsActive
}

// Override is a line of one person's, beyond or below their groups.
type Override struct {
	Deny  bool
	Line  Entry
	Sites []string // where it holds; nil: in all of the person's
}

// Overrides returns a person's own lines, those of single sites last.
func (u *User) Overrides() []Override {
	var out []Override
	add := func(deny bool, lines []Entry, sites []string) {
		for _, e := range lines {
			out = append(out, Override{deny, e, sites})
		}
	}
	add(false, u.Allow, nil)
	add(true, u.Deny, nil)
	for _, a := range u.At {
		add(false, a.Allow, a.Sites)
		add(true, a.Deny, a.Sites)
	}
	return out
}

// Target is what a line is about, as the policy writes it.
func (e Entry) Target() string {
	switch {
	case e.AllViews:
		return "every view"
	case e.View != "":
		return string(e.View)
	}
	return e.On
}

// Member is a person who is in a group, and the sites where they are.
type Member struct {
	User  *User
	Sites []string
}

// Members returns who is in a group, active or not, in the policy's order. Those
// who are in it nowhere, because the sites are retired, are left out.
func (p *Policy) Members(g *Group) []Member {
	var out []Member
	for _, u := range p.Users {
		m := Member{User: u}
		for _, s := range p.SitesOf(u) {
			if g.Baseline && p.isIn(g, s.Name) || slices.ContainsFunc(p.GroupsIn(u, s.Name), func(n string) bool { return p.Group(n) == g }) {
				m.Sites = append(m.Sites, s.Name)
			}
		}
		if len(m.Sites) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// WithPresets returns the policy with the presets among its groups, so that one
// can be looked at like any other. It is not to be applied.
func (p *Policy) WithPresets() *Policy {
	out := *p
	out.Groups, out.groupNames = slices.Clone(p.Groups), names{}
	for _, g := range p.Presets() {
		if p.Group(g.Name) == nil {
			g.Role = g.Name
			out.Groups = append(out.Groups, g)
		}
	}
	return &out
}

// Everywhere returns the policy with each group in every site, with a role of its
// own name where it is one of some sites, so that all can be looked at at once. It
// is not to be applied.
func (p *Policy) Everywhere() *Policy {
	out := *p
	out.Groups = slices.Clone(p.Groups)
	for i, g := range out.Groups {
		if len(g.Sites) > 0 {
			one := *g
			one.Sites, one.Role = nil, g.Name
			out.Groups[i] = &one
		}
	}
	return &out
}

// GroupMay is what a group's role may do on the views of a site, without what a
// DENY of its own takes.
func GroupMay(w *grants.Wanted, g *Group) map[string]catalog.Permissions {
	out, denied := map[string]catalog.Permissions{}, map[string]catalog.Permissions{}
	for _, e := range w.Entries {
		switch {
		case !w.Collation.Equal(e.Grantee, g.Role):
		case e.State == grants.Denied:
			denied[e.View] = denied[e.View].Union(e.Permission)
		default:
			out[e.View] = out[e.View].Union(e.Permission)
		}
	}
	for view := range out {
		out[view] = out[view].Minus(denied[view])
	}
	return out
}

// InsertOnly returns the views that a group may insert into and not read back,
// sorted. An INSERT with an OUTPUT clause needs SELECT, and so does a form that
// shows the row that it has made.
func InsertOnly(w *grants.Wanted, g *Group) []string {
	var out []string
	for view, may := range GroupMay(w, g) {
		if may.Has(catalog.Insert) && !may.Has(catalog.Select) {
			out = append(out, view)
		}
	}
	slices.Sort(out)
	return out
}

// IsPreset reports whether a group is one that can be copied and nothing else.
func (g *Group) IsPreset() bool { return g.Pos.File == presetFile }

// Difference is a view on which one group gives what another does not.
type Difference struct {
	View   string
	Node   catalog.Path // through which the line reaches it that gives it, if by a node
	First  catalog.Permissions
	Second catalog.Permissions
}

// Compare returns what each of two groups gives that the other does not, by node
// and view.
func Compare(w *grants.Wanted, first, second *Group) []Difference {
	nodes := map[string]catalog.Path{}
	for _, e := range w.Entries {
		if !w.Collation.Equal(e.Grantee, first.Role) && !w.Collation.Equal(e.Grantee, second.Role) {
			continue
		}
		for _, c := range e.Causes {
			if c.Node != nil && nodes[e.View] == nil {
				nodes[e.View] = c.Node
			}
		}
	}
	a, b := GroupMay(w, first), GroupMay(w, second)
	var out []Difference
	for _, view := range w.Views {
		d := Difference{View: view, Node: nodes[view], First: a[view].Minus(b[view]), Second: b[view].Minus(a[view])}
		if !d.First.IsEmpty() || !d.Second.IsEmpty() {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(x, y Difference) int { return slices.Compare(x.Node, y.Node) })
	return out
}

// Without returns a list without some names, whatever their case.
func Without(names, without []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return slices.ContainsFunc(without, func(w string) bool { return sameName(n, w) })
	})
}

// LineOn returns the line with what it is about: a view, where the name looks
// like one, else a node or an area.
func (p *Policy) LineOn(name string, line Entry) Entry {
	if line.On = name; p.looksLikeView(name) {
		line.On, line.View = "", catalog.ViewName(name)
	}
	return line
}
