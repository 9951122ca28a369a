package policy

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// breach is how some people have both of what a [[never]] keeps apart.
type breach struct {
	never         int // of Policy.Nevers
	first, second way // the same group and line of both where that brings both
	ways          int // that there are besides
	site          string
}

// way is a permission that people have, and the line that gives it to them.
type way struct {
	may   catalog.Permissions
	view  string
	group string // or "" for a person's own line
	line  finding.Pos
}

// duty is one side of a [[never]] as some people have it: by token, what each of
// the side's views is granted there.
type duty map[string][]way

// never finds the people who have both of what a [[never]] keeps apart: some of
// its permissions on a view of the one side and some on one of the other. The
// witness is the smallest that there is: one group, or own line, that brings
// both, else two. Members of a group that is excepted are left out.
func (m *intended) never(found map[breach]map[string]bool) {
	if len(m.p.Nevers) == 0 {
		return
	}
	for _, c := range m.crowds() {
		has := m.Of(c.tokens)
		for i, n := range m.p.Nevers {
			if slices.ContainsFunc(c.tokens, func(t string) bool { return m.p.among(m.group[t], n.Except) }) {
				continue
			}
			first, second := m.duty(c, has, n.On, n.Permissions), m.duty(c, has, n.WithOn, n.With)
			if b, broken := witness(c.tokens, first, second); broken {
				b.never, b.site = i, m.w.Site
				if found[b] == nil {
					found[b] = map[string]bool{}
				}
				for _, u := range c.users {
					found[b][u] = true
				}
			}
		}
	}
}

// duty returns by which tokens a crowd, which has these permissions, has those that
// are asked on the views of a side.
func (m *intended) duty(c alike, has []catalog.Permissions, on string, asked catalog.Permissions) duty {
	out := duty{}
	for _, name := range m.p.dutyViews(on) {
		view, ok := m.Place(string(name))
		if !ok {
			continue
		}
		for _, t := range c.tokens {
			if w := m.way(t, view, has[view].Intersect(asked)); !w.may.IsEmpty() {
				out[t] = append(out[t], w)
			}
		}
	}
	return out
}

// way returns which of some permissions a token is granted on a view, and by
// which line the first of them.
func (m *intended) way(token string, view int, of catalog.Permissions) way {
	w := way{view: m.views[view], group: m.group[token]}
	for _, one := range of.Each() {
		e := m.entry(token, view, one)
		if e == nil || e.State != grants.Granted {
			continue
		}
		if w.may.IsEmpty() {
			allow, _ := causeOf(e, grants.Granted)
			w.line = allow.Pos
		}
		w.may = w.may.Union(one)
	}
	return w
}

// witness returns the first of the smallest sets of tokens that bring both sides,
// and how many others there are: a token that brings both alone, or two of which
// neither does.
func witness(tokens []string, first, second duty) (b breach, broken bool) {
	alone := map[string]bool{}
	add := func(x, y way) {
		if b.ways++; !broken {
			b.first, b.second, broken = x, y, true
		}
	}
	for _, t := range tokens {
		if x, y, both := apart(first[t], second[t]); both {
			alone[t] = true
			add(x, y)
		}
	}
	for _, s := range tokens {
		for _, t := range tokens {
			if x, y, both := apart(first[s], second[t]); both && !alone[s] && !alone[t] {
				add(x, y)
			}
		}
	}
	b.ways--
	return b, broken
}

// apart returns one permission of each list that are not the same one: having a
// permission is not having it twice.
func apart(first, second []way) (x, y way, ok bool) {
	for _, x := range first {
		for _, y := range second {
			switch {
			case x.view != y.view:
				return x, y, true
			case x.may != y.may || x.may.Len() > 1:
				x.may, y.may = differing(x.may, y.may)
				return x, y, true
			}
		}
	}
	return way{}, way{}, false
}

// differing takes from two sets of permissions on one view what they share, as
// long as something is left of each.
func differing(x, y catalog.Permissions) (catalog.Permissions, catalog.Permissions) {
	shared := x.Intersect(y)
	switch {
	case !x.Minus(shared).IsEmpty() && !y.Minus(shared).IsEmpty():
		return x.Minus(shared), y.Minus(shared)
	case !x.Minus(shared).IsEmpty():
		return x.Minus(shared), y
	case !y.Minus(shared).IsEmpty():
		return x, y.Minus(shared)
	}
	one := x.Each()[0]
	return one, y.Minus(one)
}

// neverFindings makes one finding of the people and sites that break a [[never]]
// in the same way.
func (p *Policy) neverFindings(found map[breach]map[string]bool) finding.List {
	sites := sitesAlike(found, func(b breach) (breach, string) {
		site := b.site
		b.site = ""
		return b, site
	})
	var out finding.List
	for k, names := range sites {
		n := p.Nevers[k.what.never]
		besides := ""
		if k.what.ways > 0 {
			besides = ", and by " + counted(k.what.ways, "other way", "other ways")
		}
		out.Errorf(finding.NeverBroken, n.Pos, p.neverFix(k.what),
			"%s may %s%s%s, which nobody may together: %s", people(k.users), k.what.words(), besides, inSites(names), n.Reason)
	}
	return out
}

// words says what somebody may do by what.
func (b breach) words() string {
	if b.first.group == b.second.group && b.first.line == b.second.line {
		return b.first.what() + " and " + b.second.what() + " " + b.first.by()
	}
	return b.first.what() + " " + b.first.by() + " and " + b.second.what() + " " + b.second.by()
}

func (w way) what() string { return w.may.String() + " on " + w.view }

func (w way) by() string {
	if w.group == "" {
		return "by a line of their own (" + w.line.String() + ")"
	}
	return "by group " + quote(w.group) + " (" + w.line.String() + ")"
}

// neverFix says how to take one of the two away, or to say that it is meant.
func (p *Policy) neverFix(b breach) string {
	x, y := b.first, b.second
	baseline := func(w way) bool { g := p.Group(w.group); return g != nil && g.Baseline }
	var fixes []string
	switch {
	case x.group == "" || y.group == "":
		own, other := x, y
		if x.group != "" {
			own, other = y, x
		}
		fixes = append(fixes, "remove the line "+own.line.String())
		if other.group != "" && !baseline(other) {
			fixes = append(fixes, "take them out of "+quote(other.group))
		}
	case x.group == y.group:
		fixes = append(fixes, p.takeFrom(x, y))
	case baseline(x):
		fixes = append(fixes, "take them out of "+quote(y.group))
	case baseline(y):
		fixes = append(fixes, "take them out of "+quote(x.group))
	default:
		fixes = append(fixes, "take them out of "+quote(x.group)+" or of "+quote(y.group))
	}
	return strings.Join(append(fixes, `name in except = ["…"] a group whose members may do both`), ", or ")
}

// takeFrom says how a group that brings both gives one of them up.
func (p *Policy) takeFrom(x, y way) string {
	if g := p.Group(x.group); IsVendor(g.Pos) {
		return copyWithout(g.Name, y.view)
	}
	return "take " + y.what() + " out of the group, or " + x.what()
}

// copyWithout is the group to write that takes the place of a vendor's and does
// without some views.
func copyWithout(group string, views ...string) string {
	return "add a [[group]] with name = " + quote(group) + ", copies = " + quote(group) + `, without = ["` + strings.Join(views, `", "`) + `"]`
}

// quotedSet lists the names of a set for a message.
func quotedSet(names map[string]bool, most int) string {
	var list []string
	for n := range names {
		list = append(list, n)
	}
	return quoted(list, most)
}
