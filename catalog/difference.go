package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// Change is one thing in which a catalog differs from an earlier one.
type Change struct {
	// Node is where the views are that change; empty of an area, and of what holds
	// for the whole tree.
	Node Path
	// What is the view, area or level that changes; "" where the node itself comes
	// or goes.
	What string
	// Before and After say what it was and is, "" where it was or is not there.
	Before, After string
	// Pos is where it stands in the later catalog, or in the earlier where it is no
	// longer there.
	Pos finding.Pos
}

// Changes lists in what the catalog b differs from a: nodes that come and go,
// views at nodes and how they belong there, areas, and what the levels give. What
// differs in words alone (notes, lines, marks, reasons) is no change. Nodes are in
// the order of b, those that are in a alone behind them.
func Changes(a, b *Catalog) []Change {
	var out []Change
	out = append(out, levelChanges(a, b)...)
	for _, n := range b.Nodes {
		out = append(out, nodeChanges(a.byPath[n.Path.Key()], n)...)
	}
	for _, n := range a.Nodes {
		if b.byPath[n.Path.Key()] == nil {
			out = append(out, nodeChanges(n, nil)...)
		}
	}
	return append(out, areaChanges(a, b)...)
}

// levelChanges compares what is given to the views of each level.
func levelChanges(a, b *Catalog) []Change {
	var out []Change
	for _, l := range EveryLevel() {
		if before, after := a.Levels[l], b.Levels[l]; before != after {
			out = append(out, Change{What: string(l), Before: before.String(), After: after.String()})
		}
	}
	return out
}

// nodeChanges compares a node of two catalogs. One of them may be nil.
func nodeChanges(a, b *Node) []Change {
	before, after := viewsOf(a), viewsOf(b)
	var out []Change
	node := b
	switch {
	case a == nil:
		out = append(out, Change{Node: b.Path, After: countViews(b), Pos: b.Pos})
	case b == nil:
		node = a
		out = append(out, Change{Node: a.Path, Before: countViews(a), Pos: a.Pos})
	}
	for _, key := range after.order {
		is := after.by[key]
		was, there := before.by[key]
		if !there || was.belongs != is.belongs {
			out = append(out, Change{Node: node.Path, What: is.name, Before: was.belongs, After: is.belongs, Pos: is.pos})
		}
	}
	for _, key := range before.order {
		if _, there := after.by[key]; !there {
			was := before.by[key]
			out = append(out, Change{Node: node.Path, What: was.name, Before: was.belongs, Pos: was.pos})
		}
	}
	return out
}

func countViews(n *Node) string {
	if len(n.Views) == 1 {
		return "1 view"
	}
	return fmt.Sprintf("%d views", len(n.Views))
}

// standingViews are the views of a node by their names in the site.
type standingViews struct {
	order []string
	by    map[string]standingView
}

// standingView is a view at a node and how it belongs there, which it may more
// than once.
type standingView struct {
	name, belongs string
	pos           finding.Pos
}

func viewsOf(n *Node) standingViews {
	out := standingViews{by: map[string]standingView{}}
	if n == nil {
		return out
	}
	how := map[string][]string{}
	for i := range n.Views {
		v := &n.Views[i]
		key := v.Site.Key()
		if _, again := out.by[key]; !again {
			out.order = append(out.order, key)
			out.by[key] = standingView{name: string(v.Site), pos: v.Pos}
		}
		how[key] = append(how[key], v.belongs())
	}
	for key, l := range how {
		slices.Sort(l)
		v := out.by[key]
		v.belongs = strings.Join(slices.Compact(l), " and ")
		out.by[key] = v
	}
	return out
}

// belongs says how a view belongs to its node, as far as that gives something.
func (v *View) belongs() string {
	text := string(v.Level)
	if v.Level == Special && v.Gives != nil {
		text += ", gives " + cmp.Or(v.Gives.String(), "nothing")
	}
	if v.Cap != nil {
		text += ", at most " + cmp.Or(v.Cap.Permissions.String(), "nothing")
	}
	return text
}

// areaChanges compares what areas cover.
func areaChanges(a, b *Catalog) []Change {
	var out []Change
	for i := range b.Areas {
		is := &b.Areas[i]
		was := a.areas[areaKey(is.Name)]
		if was == nil || was.covers() != is.covers() {
			out = append(out, Change{What: is.Name, Before: was.covers(), After: is.covers(), Pos: is.Pos})
		}
	}
	for i := range a.Areas {
		if was := &a.Areas[i]; b.areas[areaKey(was.Name)] == nil {
			out = append(out, Change{What: was.Name, Before: was.covers(), Pos: was.Pos})
		}
	}
	return out
}

// areaKey is an area's name folded as parse_names.go folds it.
func areaKey(name string) string {
	path, _ := ParsePath(name) // an area of a name that is none is not among the areas
	return path.Key()
}

// covers says what an area reaches; "" of nil.
func (x *Area) covers() string {
	if x == nil {
		return ""
	}
	var parts []string
	for _, p := range x.Nodes {
		parts = append(parts, p.String())
	}
	for _, v := range x.Views {
		parts = append(parts, string(v))
	}
	slices.Sort(parts)
	text := "the area of " + cmp.Or(strings.Join(parts, "; "), "nothing")
	var less []string
	for _, p := range x.Except {
		less = append(less, p.String())
	}
	if slices.Sort(less); len(less) > 0 {
		text += ", less " + strings.Join(less, "; ")
	}
	return text
}

// String says what a level gives.
func (r LevelRule) String() string {
	text := "what is granted"
	switch {
	case !r.Granted && r.Always.IsEmpty():
		text = "nothing"
	case !r.Granted:
		text = r.Always.String()
	case !r.Always.IsEmpty():
		text += ", and " + r.Always.String()
	}
	if r.Entry {
		text += ", or what its entry says"
	}
	return text
}
