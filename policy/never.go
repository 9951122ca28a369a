package policy

import (
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// Never is a [[never]], a separation of duties: nobody has one of Permissions on
// On and one of With on WithOn.
type Never struct {
	Permissions catalog.Permissions
	On          string // a view, a node or an area
	With        catalog.Permissions
	WithOn      string
	Except      []string // groups whose members may have both, as written
	Reason      string
	Pos         finding.Pos
}

// never reads a [[never]].
func (p *parser) never(in fileNever, w place) {
	n := Never{On: in.On, WithOn: in.WithOn, Except: in.Except, Reason: in.Reason, Pos: w.at()}
	n.Permissions = p.neverSide(in.Permissions, "permissions", in.On, "on", w)
	n.With = p.neverSide(in.With, "with", in.WithOn, "with_on", w)
	if in.Reason == "" {
		p.missing(w, "reason", "a [[never]]", "say why nobody may have both")
	}
	if n.Permissions.IsEmpty() || n.With.IsEmpty() {
		return // objected to
	}
	if on, with := p.p.dutyViews(n.On), p.p.dutyViews(n.WithOn); len(on) == 1 && len(with) == 1 && on[0].Key() == with[0].Key() && n.Permissions == n.With && n.With.Len() == 1 {
		p.findings.Errorf(finding.BadNever, w.at(), "name two different duties", "both sides of this [[never]] are %s on %s", n.With, with[0])
		return
	}
	p.p.Nevers = append(p.p.Nevers, n)
	p.neverAt = append(p.neverAt, w)
}

// neverSide reads one of the two duties: the permissions, if the side is one that
// somebody can have.
func (p *parser) neverSide(words []string, key, on, onKey string, w place) catalog.Permissions {
	may := p.permissions(words, key, w)
	switch {
	case on == "":
		p.missing(w, onKey, "a [[never]]", "add "+onKey+` = "…", a view, a node or an area`)
		return catalog.None
	case len(words) == 0:
		p.missing(w, key, "a [[never]]", "add "+key+` = ["insert"]`)
		return catalog.None
	case p.p.looksLikeView(on):
		p.viewName(catalog.ViewName(on), w.at(onKey))
		return may
	}
	t, failed := p.p.Catalog.Resolve(on)
	if failed != nil {
		p.lookup(failed, w.at(onKey))
		return catalog.None
	}
	if len(p.p.Catalog.Main(t)) == 0 {
		p.findings.Errorf(finding.BadNever, w.at(onKey), "name a view, or a node with views", "%q reaches no view, so nobody could break this", on)
		return catalog.None
	}
	return may
}

// checkNevers objects to groups that a [[never]] excepts and the policy lacks.
func (p *parser) checkNevers() {
	for i, n := range p.p.Nevers {
		p.listedGroups(n.Except, "a [[never]] excepts", "except", p.neverAt[i])
	}
}

// listedGroups objects to the groups of a list that the policy lacks.
func (p *parser) listedGroups(names []string, who, key string, w place) {
	for i, name := range names {
		if p.p.Group(name) == nil {
			p.findings.Errorf(finding.UnknownGroup, w.at(key, i), p.didYouMean(name, p.groupNames(), p.listGroups()), "%s the group %q, which does not exist", who, name)
		}
	}
}

// dutyViews returns the views that one side of a [[never]] is about, by their
// names in the site: the view itself, or what "grantree who" asks of a node.
func (p *Policy) dutyViews(on string) []catalog.ViewName {
	if p.looksLikeView(on) {
		return []catalog.ViewName{p.Catalog.SiteName(catalog.ViewName(on))}
	}
	t, failed := p.Catalog.Resolve(on)
	if failed != nil {
		return nil
	}
	return p.Catalog.Main(t)
}

// among reports whether a group is one of a list's.
func (p *Policy) among(group string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		g := p.Group(n)
		return g != nil && g.Name == group
	})
}
