package policy

import (
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// reach is what one line gives on one view through one node. Node is nil for a
// line that names the view itself.
type reach struct {
	View        catalog.ViewName // by its name in the site
	Permissions catalog.Permissions
	Node        catalog.Path
	Level       catalog.Level
	Note        string // the reason of a cap that took something away
}

// The limits of what all lines of a policy reach in the catalog: from how many
// reaches on no more are kept, since what other lines reach can be worked out
// when it is needed; and how many permissions they may come to, each line
// counted, and each reach for one more. Beyond that the sites do not fit into
// memory beside the largest catalog.
const (
	maxKept = 50_000
	maxRows = 1_000_000
)

// expandAll works out once what the lines of the policy reach, and objects to
// the line that makes it too much.
func (p *parser) expandAll() {
	kept, rows, views := 0, 0, len(p.p.Catalog.Views())
	add := func(lines []Entry, deny bool) {
		for i := 0; i < len(lines) && rows <= maxRows; i++ {
			e := &lines[i]
			reached := p.p.expand(*e, deny)
			if kept < maxKept {
				e.reach, kept = reached, kept+len(reached)
			}
			if e.AllViews {
				rows += views * (1 + e.Permissions.Len())
			}
			for _, r := range reached {
				rows += 1 + r.Permissions.Len()
			}
			if rows > maxRows {
				p.findings.Errorf(finding.TooLarge, e.Pos, "", "the lines of the policy up to here reach views with more than %d permissions", maxRows)
			}
		}
	}
	for _, g := range p.p.Groups {
		add(g.Allow, false)
		add(g.Deny, true)
	}
	for _, u := range p.p.Users {
		add(u.Allow, false)
		add(u.Deny, true)
		for _, a := range u.At {
			add(a.Allow, false)
			add(a.Deny, true)
		}
	}
}

// expand returns what a line reaches, in the catalog's order; never nil. A
// line for every view reaches nothing here: which views there are is for the
// site to say.
//
// An allow on a node gives each view of the node and of all below it what the
// catalog's level table says, within its cap. A deny on a node denies what it
// names on the views that the node's data is in: those whose level passes on
// what is granted (parents and children). It leaves look-ups alone, both those
// of other levels and those that a cap holds to SELECT, because other nodes
// need them.
func (p *Policy) expand(e Entry, deny bool) []reach {
	out := []reach{}
	switch {
	case e.View != "" && slices.ContainsFunc(e.less, func(l *less) bool { return p.skips(l, e.View) }):
		return out
	case e.View != "":
		return append(out, reach{View: p.Catalog.SiteName(e.View), Permissions: e.Permissions})
	case e.On == "":
		return out
	}
	t, failed := p.Catalog.Resolve(e.On)
	if failed != nil {
		return out
	}
	skipped := p.skippedViews(e, grants.Collation{}.Key)
	nodes := p.Catalog.Under(t.Roots(), append(p.exceptPaths(e, t), t.Except...))
	views := len(t.Views)
	for _, n := range nodes {
		views += len(n.Views)
	}
	out = slices.Grow(out, views)
	for _, n := range nodes {
		for i := range n.Views {
			if r := p.through(n, &n.Views[i], e.Permissions, deny); !r.Permissions.IsEmpty() && !skipped[r.View.Key()] {
				out = append(out, r)
			}
		}
	}
	for _, v := range t.Views {
		if site := p.Catalog.SiteName(v); !skipped[site.Key()] {
			out = append(out, reach{View: site, Permissions: e.Permissions, Level: catalog.Parent, Note: "part of the area " + t.Area.Name})
		}
	}
	return out
}

// through returns what permissions asked for at a node give on one of its
// views.
func (p *Policy) through(n *catalog.Node, v *catalog.View, asked catalog.Permissions, deny bool) reach {
	r := reach{View: v.Site, Node: n.Path, Level: v.Level}
	if deny {
		if p.Catalog.Levels[v.Level].Granted && !isLookUp(v) {
			r.Permissions = asked
		}
		return r
	}
	r.Permissions = p.Catalog.Reaches(n, v, asked)
	if v.Cap != nil && p.Catalog.Levels[v.Level].Granted && r.Permissions != asked {
		r.Note = "capped to " + v.Cap.Permissions.String() + ": " + v.Cap.Reason
	}
	return r
}

// isLookUp reports whether a node passes on nothing but SELECT to a view.
func isLookUp(v *catalog.View) bool {
	return v.Cap != nil && catalog.Select.Has(v.Cap.Permissions)
}

// exceptPaths returns the nodes that a line leaves out.
func (p *Policy) exceptPaths(e Entry, t catalog.Target) []catalog.Path {
	var out []catalog.Path
	for _, name := range e.Except {
		if p.looksLikeView(name) {
			continue
		}
		if x, failed := p.resolveWithin(name, t); failed == nil {
			for _, n := range p.Catalog.Under(x.Roots(), x.Except) {
				out = append(out, n.Path)
			}
		}
	}
	for _, l := range e.less {
		out = append(out, l.nodes...)
	}
	return out
}

// skippedViews returns the views that a line leaves out, folded by key.
func (p *Policy) skippedViews(e Entry, key func(string) string) map[string]bool {
	out := map[string]bool{}
	for _, name := range e.Except {
		if p.looksLikeView(name) {
			out[key(string(p.Catalog.SiteName(catalog.ViewName(name))))] = true
		}
	}
	for _, l := range e.less {
		views := l.views
		if e.AllViews {
			views = slices.Concat(l.views, l.inNodes)
		}
		for _, v := range views {
			out[key(string(p.Catalog.SiteName(v)))] = true
		}
	}
	return out
}

// reaches returns what a line reaches, from Parse or worked out now.
func (p *Policy) reaches(e Entry, deny bool) []reach {
	if e.reach != nil {
		return e.reach
	}
	return p.expand(e, deny)
}

// Reach is what a line that allows something gives, by view: of a node, what it and all
// below it are in the catalog today. A line for every view gives what the site has: nil.
func (p *Policy) Reach(allow Entry) map[catalog.ViewName]catalog.Permissions {
	if allow.AllViews {
		return nil
	}
	out := map[catalog.ViewName]catalog.Permissions{}
	for _, r := range p.reaches(allow, false) {
		out[r.View] = out[r.View].Union(r.Permissions)
	}
	return out
}
