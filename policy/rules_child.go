package policy

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// subject is who gives more on a child than on its parent: a group, or users
// who have the same access.
type subject struct {
	group string
	users string // quoted, for messages
}

// excess is a child view on which a subject has permissions that it has on no
// parent of the view.
type excess struct {
	subject     subject
	permissions catalog.Permissions
	node        string      // a node where the view is a child
	parents     string      // joined, those that lack them
	where       finding.Pos // the line that gives them, or the deny that takes the parent's
	denied      bool
	byNode      bool   // the line that gives them names a node or an area
	copied      string // the group that has that line by copying another
	vendors     bool   // the group that has it is the vendor's own
	assumed     bool   // that the view is a child is an assumption of the catalog
	view, site  string
}

// childAboveParent is rule 2: "A child view should not allow more access than
// its parent view, unless there are special circumstances" (iMaint Users,
// Groups and Permissions Overview, level two). It is checked for each group by
// itself and for each user's whole access. A permission on a view that is a
// child in some node needs the same permission on at least one view that is
// its parent there, but for what excused says. What a group breaks is not said
// again of its members.
func (m *intended) childAboveParent(w *waivers) []excess {
	var found []excess
	parents := m.parents()
	broken := map[string][]catalog.Permissions{}
	for _, r := range m.w.Roles {
		role := m.key(r.Name)
		broken[role] = make([]catalog.Permissions, len(m.views))
		for _, x := range m.excesses([]string{role}, parents) {
			broken[role][x.view] = x.permissions
			if !w.covers(x.name, []string{r.Group}, "") {
				found = append(found, m.describe(x, subject{group: r.Group}))
				w.need(x.name, r.Group, "")
			}
		}
	}
	for _, c := range m.crowds() {
		found = append(found, m.usersAbove(c, parents, broken, w)...)
	}
	return found
}

// above is an excess by view index, before it is put into words.
type above struct {
	view        int
	name        catalog.ViewName
	permissions catalog.Permissions
	parents     []int
	tokens      []string
}

// excesses returns, by view, what tokens together may do on a child and on
// none of its parents.
func (m *intended) excesses(tokens []string, parents map[int][]int) []above {
	has := m.Of(tokens)
	var out []above
	for view, p := range has {
		of, child := parents[view]
		if !child || p.IsEmpty() {
			continue
		}
		for _, parent := range of {
			p = p.Minus(has[parent])
		}
		p = p.Minus(m.excused(tokens, view, p))
		if !p.IsEmpty() {
			out = append(out, above{view: view, name: catalog.ViewName(m.views[view]), permissions: p, parents: of, tokens: tokens})
		}
	}
	return out
}

// excused returns which permissions on a child need none on a parent of it:
// those that come to tokens by a line that reaches the view at a node where it
// is itself a parent, since there its data stands alone, and those that no line
// asks for, which a look-up gets whatever is granted on its node.
func (m *intended) excused(tokens []string, view int, of catalog.Permissions) catalog.Permissions {
	var out catalog.Permissions
	for _, one := range of.Each() {
		for _, t := range tokens {
			if e := m.entry(t, view, one); e != nil && slices.ContainsFunc(e.Causes, func(c grants.Cause) bool {
				return c.State == grants.Granted && (c.Level == catalog.Parent || c.Node != nil && !m.asked[c.Pos].Has(one))
			}) {
				out = out.Union(one)
			}
		}
	}
	return out
}

// usersAbove returns what a crowd's whole access breaks beyond what one of its
// groups breaks alone.
func (m *intended) usersAbove(c alike, parents map[int][]int, broken map[string][]catalog.Permissions, w *waivers) []excess {
	var groups []string
	for _, role := range c.tokens[:len(c.tokens)-1] {
		groups = append(groups, m.group[role])
	}
	var out []excess
	for _, x := range m.excesses(c.tokens, parents) {
		var users []string
		for _, u := range c.users {
			if !w.covers(x.name, groups, u) {
				users = append(users, u)
			}
		}
		for _, role := range c.tokens {
			if b := broken[role]; b != nil {
				x.permissions = x.permissions.Minus(b[x.view])
			}
		}
		if len(users) > 0 && !x.permissions.IsEmpty() {
			out = append(out, m.describe(x, subject{users: quoted(users, 5)}))
			for _, u := range users {
				w.need(x.name, "", u)
			}
		}
	}
	return out
}

// describe finds the line to blame: the deny that takes from the parent what
// is granted there, else the allow on the child.
func (m *intended) describe(x above, s subject) excess {
	out := excess{subject: s, permissions: x.permissions, view: m.views[x.view], site: m.w.Site, assumed: m.p.Catalog.AssumedChild(x.name)}
	for _, place := range m.p.Catalog.Places(x.name) {
		if place.View.Level == catalog.Child {
			out.node = place.Node.String()
			break
		}
	}
	var names []string
	for _, parent := range x.parents {
		names = append(names, m.views[parent])
	}
	if len(names) == 0 { // the site lacks them all
		for _, n := range m.p.Catalog.Parents(x.name) {
			names = append(names, string(n))
		}
	}
	out.parents = strings.Join(names, "\x00")
	for _, one := range x.permissions.Each() {
		for _, parent := range x.parents {
			if deny, ok := m.cause(x.tokens, parent, one, grants.Denied); ok {
				out.where, out.denied = deny.Pos, true
				return out
			}
		}
	}
	allow, _ := m.cause(x.tokens, x.view, x.permissions.Each()[0], grants.Granted)
	out.where, out.byNode = allow.Pos, allow.Node != nil
	switch g := m.p.Group(allow.Group); {
	case g == nil:
	case IsVendor(g.Pos):
		out.copied, out.vendors = g.Name, true
	case slices.ContainsFunc(g.Allow, func(e Entry) bool { return e.From != "" && e.Pos == allow.Pos }):
		out.copied, out.where = g.Name, g.Pos // the line is another's
	}
	return out
}

// cause returns the first line among those of tokens that grants or denies a
// permission on a view.
func (m *intended) cause(tokens []string, view int, one catalog.Permissions, s grants.State) (grants.Cause, bool) {
	var first grants.Cause
	for _, t := range tokens {
		e := m.entry(t, view, one)
		if e == nil || e.State != s {
			continue
		}
		if c, ok := causeOf(e, s); ok && (first.Pos.IsZero() || c.Pos.Compare(first.Pos) < 0) {
			first = c
		}
	}
	return first, !first.Pos.IsZero() || first.State != ""
}

// excessFindings makes one finding of what one line breaks for one subject: of
// all its views, then of all its sites. The first view is the counter-example.
func excessFindings(found []excess) finding.List {
	views, sites := map[excess][]string{}, map[excess][]string{}
	for _, x := range found {
		view := x.view
		x.view = ""
		views[x] = append(views[x], view)
	}
	for x, names := range views {
		slices.Sort(names)
		site := x.site
		x.site, x.view = "", strings.Join(names, "\x00")
		sites[x] = append(sites[x], site)
	}
	var out finding.List
	for x, names := range sites {
		out = append(out, x.finding(names))
	}
	return out
}

// finding puts an excess into words.
func (x excess) finding(sites []string) finding.Finding {
	views, parents := strings.Split(x.view, "\x00"), strings.Split(x.parents, "\x00")
	who := "group " + quote(x.subject.group)
	if x.subject.group == "" {
		who = people(x.subject.users)
	}
	why := ", but on none of its parents " + strings.Join(parents, ", ")
	if len(parents) == 1 {
		why = ", but not on its parent " + parents[0]
	}
	if x.denied {
		why += ", where it is denied at " + x.where.String()
	}
	message := who + " may " + x.permissions.String() + " on the child view " + views[0]
	message += " of " + x.node
	if len(views) > 1 {
		message += " (and on " + more(len(views)-1) + ")"
	}
	message += why + inSites(sites)
	var out finding.List
	if x.assumed {
		out.Warnf(finding.ChildAboveParent, x.where, x.fix(views), "%s; that it is a child is assumed from its name", message)
	} else {
		out.Errorf(finding.ChildAboveParent, x.where, x.fix(views), "%s", message)
	}
	return out[0]
}

// fix says how to give no more on the child than on its parent, or to say that
// it is meant. It never says to give more than the policy does.
func (x excess) fix(views []string) string {
	names := `"` + strings.Join(views, `", "`) + `"` // all of them, to be pasted
	waiver := "group = " + quote(x.subject.group)
	if x.subject.group == "" {
		waiver = `user = "…"`
		if strings.HasPrefix(people(x.subject.users), "user ") {
			waiver = "user = " + x.subject.users
		}
	}
	take := "take " + x.permissions.String() + " out of the line"
	switch {
	case x.denied:
		take = "deny " + x.permissions.String() + " on the child too"
	case x.vendors:
		take = "have a group of your own that copies " + quote(x.copied) + ", with without = [" + names + "]"
	case x.copied != "":
		take = "add " + names + " to without of the group " + quote(x.copied) + ", which copies the line"
	case x.byNode:
		take = "add " + names + " to the line's except list"
	}
	return take + ", or add a [[waiver]] with view = " + quote(views[0]) + ", " + waiver + " and a reason"
}
