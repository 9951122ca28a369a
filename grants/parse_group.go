package grants

import (
	"grantree/catalog"
	"grantree/finding"
)

// group reads a [[group]]. Where the vendor has a group of the same name, this
// one takes its place: it keeps the vendor's role and its being the baseline
// unless it says otherwise, and its lines are its own (copies = the same name
// starts from the vendor's).
func (p *parser) group(in fileGroup, w place) {
	if in.Name == "" {
		p.missing(w, "name", "a [[group]]", `add name = "…"`)
		return
	}
	g := &Group{Name: in.Name, Role: in.Name, Copies: in.Copies, Pos: w.at()}
	if old := p.takePlace(in.Name); old != nil {
		g.Role, g.Baseline = old.Role, old.Baseline
	}
	if in.Role != nil {
		g.Role = *in.Role
	}
	if in.Baseline != nil {
		g.Baseline = *in.Baseline
	}
	switch ok := p.validName(g.Name, "group", w.at("name")); {
	case in.Role != nil:
		p.validPrincipal(g.Role, "role", w.at("role"))
	case ok:
		p.validPrincipal(g.Role, "role", w.at("name"))
	}
	g.Allow = p.allows(in.Allow, w)
	g.Deny = p.denies(in.Deny, w, true)
	p.p.Groups = append(p.p.Groups, g)
	p.groupAt[g] = w
}

// takePlace removes the vendor's group of this name and returns it.
func (p *parser) takePlace(name string) *Group {
	for i, g := range p.p.Groups {
		if isVendor(g.Pos) && sameName(g.Name, name) {
			p.p.Groups = append(p.p.Groups[:i:i], p.p.Groups[i+1:]...)
			p.replaced = append(p.replaced, g)
			return g
		}
	}
	return nil
}

// allows reads the allow lines of a group or user.
func (p *parser) allows(in []fileAllow, w place) []Entry {
	var out []Entry
	for i, a := range in {
		if e, ok := p.entry(a, w.in("allow", i)); ok {
			out = append(out, e)
		}
	}
	return out
}

// denies reads the deny lines of a group or user.
func (p *parser) denies(in []fileDeny, w place, ofGroup bool) []Entry {
	var out []Entry
	for i, d := range in {
		at := w.in("deny", i)
		e, ok := p.entry(d.fileAllow, at)
		e.Overrides = d.Overrides
		switch {
		case d.Overrides && !ofGroup:
			p.findings.Errorf("overrides-needless", at.at("overrides"), "remove it", "a user's own deny always overrides the groups")
		case d.Overrides && d.Reason == "":
			p.findings.Errorf("deny-without-reason", at.at("overrides"), `add reason = "…"`,
				"a deny that overrides what other groups grant needs a reason")
		}
		if ok {
			out = append(out, e)
		}
	}
	return out
}

// entry reads one line. ok is false where it has no single target, and then
// the line is not to be used.
func (p *parser) entry(in fileAllow, w place) (e Entry, ok bool) {
	e = Entry{On: in.On, View: catalog.ViewName(in.View), AllViews: in.Views == "*",
		Except: in.Except, Reason: in.Reason, Source: in.Source, Pos: w.at()}
	e.Permissions = p.permissions(in.Permissions, "permissions", w)
	if len(in.Permissions) == 0 && !w.broken("permissions") {
		p.findings.Errorf("empty-permissions", w.at(), `add permissions = ["select"]`, "this line names no permissions")
	}
	switch n := count(in.On != "", in.View != "", in.Views != ""); {
	case n == 0 && !w.broken("on") && !w.broken("view") && !w.broken("views"):
		p.findings.Errorf("entry-without-target", w.at(), `add on = "NODE", view = "VIEW" or views = "*"`, "this line does not say on what")
		return e, false
	case n > 1:
		p.findings.Errorf("entry-two-targets", w.at(), "make a line of each", "this line has more than one of on, view and views")
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
			p.findings.Errorf("except-needless", w.at("except"), "remove it", "a line for one view has nothing to except")
		}
		return p.viewName(catalog.ViewName(in.View), w.at("view"))
	case in.Views != "*":
		p.findings.Errorf("bad-views", w.at("views"), `write views = "*", or name one view with view = "…"`, "views must be \"*\", not %q", in.Views)
		return false
	}
	return p.excepts(in.Except, nil, w)
}

// excepts checks the except list of a line on the target t, or on every view
// where t is nil.
func (p *parser) excepts(names []string, t *catalog.Target, w place) bool {
	ok := true
	for i, name := range names {
		at := w.at("except", i)
		if p.p.looksLikeView(name) {
			ok = p.viewName(catalog.ViewName(name), at) && ok
			continue
		}
		if t == nil {
			p.findings.Errorf("except-not-a-view", at, "name views", "a line for every view can leave out views only, not %q", name)
			ok = false
			continue
		}
		x, failed := p.p.resolveWithin(name, *t)
		if failed != nil {
			p.lookup(failed, at)
			ok = false
			continue
		}
		if reached := p.p.Catalog.Under(t.Roots(), t.Except); len(reached) > 0 && len(p.p.Catalog.Under(x.Roots(), x.Except)) > 0 && !overlap(reached, p.p.Catalog.Under(x.Roots(), x.Except)) {
			p.findings.Warnf("except-reaches-nothing", at, "remove it", "%q is not part of what this line covers, so leaving it out changes nothing", name)
		}
	}
	return ok
}

// overlap reports whether the lists share a node.
func overlap(a, b []*catalog.Node) bool {
	in := map[*catalog.Node]bool{}
	for _, n := range a {
		in[n] = true
	}
	for _, n := range b {
		if in[n] {
			return true
		}
	}
	return false
}

// lookup reports a name that is no node's or several nodes'.
func (p *parser) lookup(failed *catalog.LookupError, at finding.Pos) {
	switch {
	case failed.Ambiguous():
		p.findings.Errorf("ambiguous-node", at, "write more of the path", "%v", failed)
	case failed.Nearest != "":
		p.findings.Errorf("unknown-node", at, "", "%v", failed)
	default:
		p.findings.Errorf("unknown-node", at, `"grantree catalog tree" lists the nodes`, "%v", failed)
	}
}

// permissions reads the words of a list of permissions.
func (p *parser) permissions(words []string, key string, w place) catalog.Permissions {
	var out catalog.Permissions
	for i, word := range words {
		one, err := catalog.ParsePermission(word)
		if err != nil {
			p.findings.Errorf("unknown-permission", w.at(key, i), "", "%v", err)
		}
		out = out.Union(one)
	}
	return out
}

// viewName checks that a view could be the application's.
func (p *parser) viewName(v catalog.ViewName, at finding.Pos) bool {
	if err := checkLength(string(v)); err != "" {
		p.findings.Errorf("name-too-long", at, "", "the view name %s %s", quote(shorten(string(v))), err)
		return false
	}
	if p.p.looksLikeView(string(v)) {
		return true
	}
	p.findings.Errorf("view-outside-prefix", at, didYouMean(string(v), p.p.viewNames(), "grantree manages the application's views only; write the name without its schema"),
		"view %q does not start with %q", v, p.p.Catalog.Prefix)
	return false
}
