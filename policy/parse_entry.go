package policy

import (
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// entry reads one line. ok is false where it has no single target, and then
// the line is not to be used.
func (p *parser) entry(in fileAllow, w place) (e Entry, ok bool) {
	e = Entry{On: in.On, View: catalog.ViewName(in.View), AllViews: in.Views == "*",
		Except: in.Except, Reason: in.Reason, Source: in.Source, Until: in.Until, Pos: w.at()}
	e.Permissions = p.permissions(in.Permissions, "permissions", w)
	if len(in.Permissions) == 0 && !w.broken("permissions") {
		p.findings.Errorf(finding.EmptyPermissions, w.at(), `add permissions = ["select"]`, "this line names no permissions")
	}
	switch n := count(in.On != "", in.View != "", in.Views != ""); {
	case n == 0 && !w.broken("on") && !w.broken("view") && !w.broken("views"):
		p.findings.Errorf(finding.EntryWithoutTarget, w.at(), `add on = "NODE", view = "VIEW" or views = "*"`, "this line does not say on what")
		return e, false
	case n > 1:
		p.findings.Errorf(finding.EntryTwoTargets, w.at(), "make a line of each", "this line has more than one of on, view and views")
		return e, false
	case n == 0:
		return e, false
	}
	return e, p.target(in, w)
}

// target checks that what a line names exists.
func (p *parser) target(in fileAllow, w place) bool {
	switch {
	case in.On != "":
		t, failed := p.p.Catalog.Resolve(in.On)
		if failed != nil {
			p.lookup(failed, w.at("on"))
			return false
		}
		return p.excepts(in.Except, &t, w)
	case in.View != "":
		if len(in.Except) > 0 {
			p.findings.Errorf(finding.ExceptNeedless, w.at("except"), "remove it", "a line for one view has nothing to except")
		}
		return p.viewName(catalog.ViewName(in.View), w.at("view"))
	case in.Views != "*":
		p.findings.Errorf(finding.BadViews, w.at("views"), `write views = "*", or name one view with view = "…"`, "views must be \"*\", not %q", in.Views)
		return false
	}
	return p.excepts(in.Except, nil, w)
}

// excepts checks the except list of a line on the target t, or on every view
// where t is nil. It reports whether every name is one that can be left out.
func (p *parser) excepts(names []string, t *catalog.Target, w place) bool {
	ok := true
	for i, name := range names {
		ok = p.except(name, t, w.at("except", i)) && ok
	}
	return ok
}

// except checks one name that a line leaves out.
func (p *parser) except(name string, t *catalog.Target, at finding.Pos) bool {
	if p.p.looksLikeView(name) {
		return p.viewName(catalog.ViewName(name), at)
	}
	if t == nil {
		p.findings.Errorf(finding.ExceptNotAView, at, "name views", "a line for every view can leave out views only, not %q", name)
		return false
	}
	x, failed := p.p.resolveWithin(name, *t)
	if failed != nil {
		p.lookup(failed, at)
		return false
	}
	covered, left := p.p.Catalog.Under(t.Roots(), t.Except), p.p.Catalog.Under(x.Roots(), x.Except)
	if len(covered) > 0 && len(left) > 0 && !overlap(covered, left) {
		p.findings.Warnf(finding.ExceptReachesNothing, at, "remove it", "%q is not part of what this line covers, so leaving it out changes nothing", name)
	}
	return true
}

// overlap reports whether the lists share a node.
func overlap(a, b []*catalog.Node) bool {
	return slices.ContainsFunc(a, func(n *catalog.Node) bool { return slices.Contains(b, n) })
}

// lookup reports a name that is no node's or several nodes'.
func (p *parser) lookup(failed *catalog.LookupError, at finding.Pos) {
	switch {
	case failed.Ambiguous():
		p.findings.Errorf(finding.AmbiguousNode, at, "write more of the path", "%v", failed)
	case failed.Nearest != "":
		p.findings.Errorf(finding.UnknownNode, at, "", "%v", failed)
	default:
		p.findings.Errorf(finding.UnknownNode, at, `"grantree catalog tree" lists the nodes`, "%v", failed)
	}
}

// permissions reads the words of a list of permissions.
func (p *parser) permissions(words []string, key string, w place) catalog.Permissions {
	var out catalog.Permissions
	for i, word := range words {
		one, err := catalog.ParsePermission(word)
		if err != nil {
			p.findings.Errorf(finding.UnknownPermission, w.at(key, i), "", "%v", err)
		}
		out = out.Union(one)
	}
	return out
}

// viewName checks that a view could be the application's.
func (p *parser) viewName(v catalog.ViewName, at finding.Pos) bool {
	if err := checkLength(string(v)); err != "" {
		p.findings.Errorf(finding.NameTooLong, at, "", "the view name %s %s", quote(shorten(string(v))), err)
		return false
	}
	if p.p.Catalog.Prefix == "" || p.p.looksLikeView(string(v)) {
		return true // whether there is such a view is for CheckNames to judge
	}
	p.findings.Errorf(finding.ViewOutsidePrefix, at, p.didYouMean(string(v), p.p.viewNames(), "grantree manages the application's views only; write the name without its schema"),
		"view %q does not start with %q", v, p.p.Catalog.Prefix)
	return false
}
