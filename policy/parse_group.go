package policy

import "grantree/finding"

// group reads a [[group]]. Where the vendor has a group of the same name, this
// one takes its place: it keeps the vendor's role and its being the baseline
// unless it says otherwise, and its lines are its own (copies = the same name
// starts from the vendor's).
func (p *parser) group(in fileGroup, w place) {
	if in.Name == "" {
		p.missing(w, "name", "a [[group]]", `add name = "…"`)
		return
	}
	g := &Group{Name: in.Name, Role: in.Name, Sites: in.Sites, Copies: in.Copies, Without: in.Without, Was: in.Was, Pos: w.at()}
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
		if IsVendor(g.Pos) && sameName(g.Name, name) {
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
			p.findings.Errorf(finding.OverridesNeedless, at.at("overrides"), "remove it", "a user's own deny always overrides the groups")
		case d.Overrides && d.Reason == "":
			p.findings.Errorf(finding.DenyWithoutReason, at.at("overrides"), `add reason = "…"`,
				"a deny that overrides what other groups grant needs a reason")
		}
		if ok {
			out = append(out, e)
		}
	}
	return out
}
