package catalog

import (
	"grantree/finding"
	"grantree/tomldoc"
)

// Extend reads a file of nodes, views, areas, aliases, outside and ignored views
// and adds them to a catalog, which it takes over and returns. A node that the
// catalog has already gets the file's views besides its own. What the catalog
// says stays: a view that stands at a node, an area, an alias or a name that
// means something in it is not given another meaning, and its name, prefix,
// schema and levels are not set anew. Errors name both places.
//
// Like Parse it gathers every problem; with an error the catalog is not to be
// acted on.
func Extend(base *Catalog, file string, data []byte) (*Catalog, finding.List) {
	var in fileCatalog
	doc, found := tomldoc.Decode(file, data, &in)
	p := parser{doc: doc, findings: found, c: base, widened: map[*Node]finding.Pos{}}
	base.Extension = file
	p.settled(in)
	p.aliases(in.Aliases)
	base.rename()
	base.index()
	p.nodes(in.Nodes)
	base.index()
	base.order()
	base.index()
	p.outside(in.Outside)
	p.ignored(in.Ignored)
	p.areas(in.Areas)
	return base, p.findings
}

// Read reads a catalog file of either kind: one that has a name stands alone
// (Parse), one that has none extends the built-in catalog (Extend).
func Read(file string, data []byte) (*Catalog, finding.List) {
	var in fileCatalog
	if _, found := tomldoc.Decode(file, data, &in); in.Name == "" && !found.HasErrors() {
		return Extend(IMaint(), file, data)
	}
	return Parse(file, data)
}

// Adds reports whether what stands at a place is added by an extension.
func (c *Catalog) Adds(at finding.Pos) bool { return c.Extension != "" && at.File == c.Extension }

// extending reports whether the file extends a catalog.
func (p *parser) extending() bool { return p.c.Extension != "" }

// settled objects to what only the catalog that is extended may say.
func (p *parser) settled(in fileCatalog) {
	for _, k := range []struct {
		key    string
		said   bool
		before string
	}{
		{"name", in.Name != "", p.c.Name},
		{"prefix", in.Prefix != "" && in.Prefix != p.c.Prefix, p.c.Prefix},
		{"schema", in.Schema != "" && in.Schema != p.c.Schema, p.c.Schema},
	} {
		if k.said {
			p.findings.Errorf(finding.BaseSettles, p.doc.At(k.key), "remove it", "the %s of the catalog that this file extends is %q", k.key, k.before)
		}
	}
	if in.Levels != nil {
		p.findings.Errorf(finding.BaseSettles, p.doc.At("levels"), "remove the table", "the levels are those of the catalog %q, which this file extends", p.c.Name)
	}
}

// widen adds the views of entry i to a node of the catalog that is extended.
func (p *parser) widen(n *Node, f fileNode, i int) {
	at := p.doc.At("node", i, "path")
	if before, twice := p.widened[n]; twice {
		p.findings.Errorf(finding.DuplicateNode, at, "write all its views there", "node %q is already at %s", n.Path, before)
		return
	}
	p.widened[n] = p.doc.At("node", i)
	if len(f.Views) == 0 {
		p.findings.Errorf(finding.DuplicateNode, at, "add views to it, or remove it here", "node %q is already at %s", n.Path, n.Pos)
	}
	if f.Note != "" || f.Line != 0 {
		p.findings.Errorf(finding.BaseSettles, at, "give them to the views that are added", "the note and the line of node %q are those at %s", n.Path, n.Pos)
	}
	own := n.Views
	for j, v := range f.Views {
		view, ok := p.view(v, "node", i, "views", j)
		if !ok {
			continue
		}
		if before := standing(own, view.Site); before != nil {
			p.findings.Errorf(finding.DuplicateView, p.doc.At("node", i, "views", j, "name"), "remove it here",
				"view %q is already at node %q, at %s", view.Name, n.Path, before.Pos)
			continue
		}
		n.Views = append(n.Views, view)
	}
}

// standing returns the first of some views that has a name in the site, or nil.
func standing(views []View, site ViewName) *View {
	for i := range views {
		if views[i].Site.Key() == site.Key() {
			return &views[i]
		}
	}
	return nil
}

// takes objects to a new node whose path means something in the catalog that is
// extended: lines that say it would reach something else.
func (p *parser) takes(n *Node, at finding.Pos) bool {
	if a := p.c.areas[n.Path.Key()]; a != nil {
		p.findings.Errorf(finding.DuplicateNode, at, "name it otherwise", "node %q has the name of the area at %s", n.Path, a.Pos)
		return true
	}
	if before := p.meant(n.Path); before != nil {
		p.findings.Errorf(finding.DuplicateNode, at, "name it otherwise, or put it below another node",
			"%q means node %q at %s", n.Path, before.Path, before.Pos)
		return true
	}
	return false
}

// areaTakes is the same of area i.
func (p *parser) areaTakes(name Path, i int) bool {
	before := p.meant(name)
	if before != nil {
		p.findings.Errorf(finding.DuplicateArea, p.doc.At("area", i, "name"), "name it otherwise", "%q means node %q at %s", name, before.Path, before.Pos)
	}
	return before != nil
}

// meant returns the first node of the catalog that is extended whose path ends
// with a name, or nil.
func (p *parser) meant(name Path) *Node {
	for _, n := range p.c.endingWith(name) {
		if !p.c.Adds(n.Pos) {
			return n
		}
	}
	return nil
}

// ofBase reports whether the catalog that is extended lists a view and the file
// does not: no site of ours may have it, and the file may say so.
func (p *parser) ofBase(name ViewName) bool {
	if !p.extending() {
		return false
	}
	for _, place := range p.c.Places(name) {
		if p.c.Adds(place.View.Pos) {
			return false
		}
	}
	for _, o := range p.c.Outside {
		if p.c.Adds(o.Pos) && p.c.SiteName(o.Name).Key() == p.c.SiteName(name).Key() {
			return false
		}
	}
	return true
}
