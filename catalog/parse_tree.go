package catalog

import (
	"maps"
	"slices"

	"grantree/finding"
)

// nodes reads the tree. The node above each must stand before it.
func (p *parser) nodes(in []fileNode) {
	for i, f := range in {
		path, ok := p.path(f.Path, "node", i, "path")
		if !ok {
			continue
		}
		if p.names += len(path); p.names > maxNames {
			p.findings.Errorf(finding.TooLarge, p.doc.At("node", i), "", "the paths of the nodes up to here have more than %d names", maxNames)
			return
		}
		if base := p.c.byPath[path.Key()]; base != nil && p.extending() && !p.c.Adds(base.Pos) {
			p.widen(base, f, i)
			continue
		}
		n := &Node{Path: path, Note: f.Note, Line: f.Line, Pos: p.doc.At("node", i)}
		if !p.placed(n, i) {
			continue
		}
		for j, v := range f.Views {
			if view, ok := p.view(v, "node", i, "views", j); ok {
				n.Views = append(n.Views, view)
			}
		}
		p.add(n)
	}
}

// placed checks that a node is new and that the one above it is known.
func (p *parser) placed(n *Node, i int) bool {
	at := p.doc.At("node", i, "path")
	if twin := p.c.byPath[n.Path.Key()]; twin != nil {
		p.findings.Errorf(finding.DuplicateNode, at, "", "node %q is already at %s", n.Path, twin.Pos)
		return false
	}
	if above := n.Path.Parent(); above != nil && p.c.byPath[above.Key()] == nil {
		p.findings.Errorf(finding.UnknownNode, at, "add the node above it before it", "node %q stands under %q, which is no node before it",
			n.Path, above)
		return false
	}
	return !p.extending() || !p.takes(n, at)
}

// add puts a node with its views into the catalog and its indexes.
func (p *parser) add(n *Node) {
	n.index = len(p.c.Nodes)
	p.c.Nodes = append(p.c.Nodes, n)
	p.c.byPath[n.Path.Key()] = n
	if above := p.c.byPath[n.Path.Parent().Key()]; above != nil {
		n.above, above.below = above, append(above.below, n)
	}
	p.c.indexNode(n)
}

// view reads one view of a node.
func (p *parser) view(f fileView, key ...any) (View, bool) {
	under := func(names ...any) []any { return append(slices.Clone(key), names...) }
	name, ok := p.viewName(f.Name, under("name")...)
	if !ok {
		return View{}, false
	}
	level, ok := p.level(f.Level, under("level")...)
	if !ok {
		return View{}, false
	}
	v := View{
		Name: name, Site: p.c.SiteName(name), Level: level, Assumed: f.Assumed,
		Mark: f.Mark, Note: f.Note, Line: f.Line, Pos: p.doc.At(key...),
	}
	if f.Cap != nil {
		v.Cap = &Cap{Permissions: p.permissions(f.Cap.Permissions, under("cap", "permissions")...), Reason: f.Cap.Reason}
		if f.Cap.Reason == "" {
			p.findings.Errorf(finding.MissingReason, p.doc.At(under("cap")...), `add reason = "…"`, "the cap on %q has no reason", name)
		}
	}
	if f.Gives != nil {
		p.gives(&v, *f.Gives, under("gives")...)
	}
	return v, true
}

// gives reads what the entry of a view says it gets; the rule of its level
// must allow an entry to say so.
func (p *parser) gives(v *View, words []string, key ...any) {
	if !p.c.Levels[v.Level].Entry {
		p.findings.Errorf(finding.GivesLevel, p.doc.At(key...), "use a cap, or level = \"special\"",
			"view %q says what it gives, but the rule of level %q does not ask its entry", v.Name, v.Level)
		return
	}
	gives := p.permissions(words, key...)
	v.Gives = &gives
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
