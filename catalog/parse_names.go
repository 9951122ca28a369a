package catalog

import (
	"slices"
	"strings"

	"grantree/finding"
)

// aliases reads the names that stand for other names.
func (p *parser) aliases(in []fileAlias) {
	for i, f := range in {
		at := p.doc.At("alias", i)
		name, is := ViewName(f.Name), ViewName(f.Is)
		switch {
		case name == "" || is == "":
			p.findings.Errorf(finding.MissingKey, at, `write name = "…" and is = "…"`, "an alias needs a name and what it is")
			continue
		case name.Key() == is.Key() || p.c.SiteName(is) != is:
			p.findings.Errorf(finding.BadAlias, at, "", "alias %q does not lead to the name of a view", name)
			continue
		case p.c.SiteName(name) != name:
			p.findings.Errorf(finding.DuplicateAlias, at, "", "%q already has an alias, at %s", name, p.aliasOf(name, Alias.name).Pos)
			continue
		case p.aliasOf(name, Alias.is) != nil:
			before := p.aliasOf(name, Alias.is)
			p.findings.Errorf(finding.BadAlias, at, "let each lead to the name in the site", "%q is what alias %q at %s leads to", name, before.Name, before.Pos)
			continue
		case f.Reason == "":
			p.findings.Errorf(finding.MissingReason, at, `add reason = "…"`, "alias %q has no reason", name)
		}
		if _, ok := p.viewName(f.Is, "alias", i, "is"); ok {
			p.c.Aliases = append(p.c.Aliases, Alias{Name: name, Is: is, Reason: f.Reason, Pos: at})
			p.c.aliases[name.Key()] = is
		}
	}
}

// aliasOf returns the alias that has a name as one of its two, or nil.
func (p *parser) aliasOf(name ViewName, part func(Alias) ViewName) *Alias {
	for i, a := range p.c.Aliases {
		if part(a).Key() == name.Key() {
			return &p.c.Aliases[i]
		}
	}
	return nil
}

// outside reads the views that only groups name.
func (p *parser) outside(in []fileOutside) {
	for i, f := range in {
		name, ok := p.viewName(f.Name, "outside", i, "name")
		if !ok {
			continue
		}
		if p.c.HasView(name) {
			p.findings.Errorf(finding.DuplicateView, p.doc.At("outside", i, "name"), "remove it here",
				"view %q is listed already", name)
			continue
		}
		p.c.outside[p.c.SiteName(name).Key()] = true
		p.c.Outside = append(p.c.Outside, OutsideView{Name: name, Groups: f.Groups, Pos: p.doc.At("outside", i)})
	}
}

// ignored reads the views of the site that the catalog leaves out.
func (p *parser) ignored(in []fileIgnored) {
	for i, f := range in {
		name, ok := p.viewName(f.Name, "ignore", i, "name")
		if !ok {
			continue
		}
		if p.c.HasView(name) && !p.ofBase(name) {
			p.findings.Errorf(finding.DuplicateView, p.doc.At("ignore", i, "name"), "remove it here",
				"view %q is ignored, but the catalog lists it", name)
			continue
		}
		if f.Reason == "" {
			p.findings.Errorf(finding.MissingReason, p.doc.At("ignore", i), `add reason = "…"`, "ignored view %q has no reason", name)
		}
		p.c.Ignored = append(p.c.Ignored, IgnoredView{Name: name, Reason: f.Reason, Pos: p.doc.At("ignore", i)})
	}
}

// areas reads the areas; their nodes are full paths of the tree.
func (p *parser) areas(in []fileArea) {
	p.c.Areas = slices.Grow(p.c.Areas, len(in))
	for i, f := range in {
		name, ok := p.path(f.Name, "area", i, "name")
		if !ok {
			continue
		}
		if twin := p.c.areas[name.Key()]; twin != nil {
			p.findings.Errorf(finding.DuplicateArea, p.doc.At("area", i, "name"), "", "area %q is already at %s", name, twin.Pos)
			continue
		}
		if p.extending() && p.areaTakes(name, i) {
			continue
		}
		a := Area{Name: name.String(), Reason: f.Reason, Pos: p.doc.At("area", i)}
		a.Nodes = p.nodePaths(f.Nodes, "area", i, "nodes")
		a.Except = p.nodePaths(f.Except, "area", i, "except")
		a.Views = p.areaViews(f.Views, i)
		if len(f.Nodes)+len(f.Views) == 0 && strings.TrimSpace(f.Reason) == "" {
			p.findings.Errorf(finding.MissingReason, a.Pos, `add nodes, or reason = "…"`, "area %q names no node and gives no reason", name)
		}
		p.c.Areas = append(p.c.Areas, a)
		p.c.areas[name.Key()] = &p.c.Areas[len(p.c.Areas)-1]
	}
}

// nodePaths reads the full paths that stand at key.
func (p *parser) nodePaths(in []string, key ...any) []Path {
	var out []Path
	for i, s := range in {
		if path, ok := p.nodePath(s, append(key[:len(key):len(key)], i)...); ok {
			out = append(out, path)
		}
	}
	return out
}

// areaViews reads the views of area i that no node of it lists.
func (p *parser) areaViews(in []string, i int) []ViewName {
	var out []ViewName
	for j, s := range in {
		if name := ViewName(s); p.c.HasView(name) {
			out = append(out, p.c.SiteName(name))
			continue
		}
		p.findings.Errorf(finding.UnknownView, p.doc.At("area", i, "views", j), "", "no node lists view %q", s)
	}
	return out
}
