package catalog

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// Lint says what is assumed, misspelt, capped or missing in a catalog, in the
// order of its file. Nothing that it says is an error: the catalog is usable.
//
//	assumed-level       (note) the source labels no level at a node
//	capped-view         (note) a node passes on less than its level allows
//	two-levels          (note) a view stands at one node at several levels
//	marked-view         (note) the source sets a mark at a name
//	alias               (note) a name is corrected by an alias
//	outside-view        (note) views that only groups name
//	no-views            (warning) a node and all below it reach no view
//	area-without-views  (warning) an area reaches no view
//	unused-alias        (warning) no node has the name of an alias
//	similar-names       (warning) two names that may be one view
//	spelling            (warning) a view is spelt unlike its node
func Lint(c *Catalog) finding.List {
	l := linter{c: c}
	l.aliases()
	l.similarNames()
	l.outside()
	for _, a := range c.Areas {
		l.area(a)
	}
	l.countBelow()
	for _, n := range c.Nodes {
		l.reach(n)
		l.assumed(n)
		l.twoLevels(n)
		for i := range n.Views {
			l.view(n, &n.Views[i])
		}
	}
	return l.found.Sorted()
}

// linter gathers the findings of one catalog.
type linter struct {
	c     *Catalog
	found finding.List
	nodes []int // by the node's index, how many are below it
	views []int // by the node's index, how many views it and all below it have
}

// countBelow counts the nodes and views of every subtree, from the leaves up:
// a node stands after the one above it.
func (l *linter) countBelow() {
	l.nodes, l.views = make([]int, len(l.c.Nodes)), make([]int, len(l.c.Nodes))
	for _, n := range slices.Backward(l.c.Nodes) {
		l.views[n.index] += len(n.Views)
		if n.above != nil {
			l.nodes[n.above.index] += l.nodes[n.index] + 1
			l.views[n.above.index] += l.views[n.index]
		}
	}
}

// area reports an area that reaches no view.
func (l *linter) area(a Area) {
	for _, n := range l.c.Under(a.Nodes, a.Except) {
		if len(n.Views) > 0 {
			return
		}
	}
	if len(a.Views) > 0 {
		return
	}
	why := ""
	if a.Reason != "" {
		why = ": " + a.Reason
	}
	l.found.Warnf(finding.AreaWithoutViews, a.Pos, "", "area %q reaches no view%s", a.Name, why)
}

// reach reports a node that reaches no view, once for the topmost one.
func (l *linter) reach(n *Node) {
	if l.views[n.index] > 0 || n.above != nil && l.views[n.above.index] == 0 {
		return
	}
	below := ""
	if count := l.nodes[n.index]; count > 0 {
		below = fmt.Sprintf(" (nor do the %d below it)", count)
	}
	l.found.Warnf(finding.NoViews, n.Pos, "", "node %q reaches no view%s", n.Path, below)
}

// assumed reports the levels of a node that the source does not state.
func (l *linter) assumed(n *Node) {
	var of []string
	for _, v := range n.Views {
		if v.Assumed {
			of = append(of, fmt.Sprintf("%s %s", v.Name, v.Level))
		}
	}
	if len(of) > 0 {
		l.found.Notef(finding.AssumedLevel, n.Pos, "", "node %q has no level labels; assumed: %s", n.Path, strings.Join(of, ", "))
	}
}

// twoLevels reports views that stand at a node more than once.
func (l *linter) twoLevels(n *Node) {
	levels := map[string][]string{}
	for _, v := range n.Views {
		levels[v.Site.Key()] = append(levels[v.Site.Key()], string(v.Level))
	}
	for _, v := range n.Views {
		if at := levels[v.Site.Key()]; len(at) > 1 {
			l.found.Notef(finding.TwoLevels, v.Pos, "", "view %q stands at node %q as %s; it gets what the widest of them gets",
				v.Site, n.Path, strings.Join(at, " and "))
			delete(levels, v.Site.Key())
		}
	}
}

// view reports what is odd about one view at one node.
func (l *linter) view(n *Node, v *View) {
	if v.Cap != nil {
		l.found.Notef(finding.CappedView, v.Pos, "", "view %q (%s) is capped to %s at node %q: %s", v.Name, v.Level, v.Cap.Permissions, n.Path, v.Cap.Reason)
	}
	if v.Mark != "" {
		l.found.Notef(finding.MarkedView, v.Pos, "", "the source marks view %q at node %q with %q", v.Name, n.Path, v.Mark)
	}
	l.spelling(n, v)
}
