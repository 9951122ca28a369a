package adoption

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
)

// A fold asks for lines that together give at least need, and nothing outside
// of may. Between the two is what does not matter: what a deny of the same group
// takes away again.
type ask struct {
	need, may rights
	deny      bool
}

// giving is what comes of permissions at a spot: granted or denied.
type giving func(x spot, p catalog.Permissions) catalog.Permissions

// nodeSet is some nodes, each with all below it.
type nodeSet map[*catalog.Node]bool

// candidates returns the lines that give something that is asked for and
// nothing that is not: on every node and area, with every set of permissions,
// less what would be too much; and of each view by its name.
func (s *space) candidates(a ask) []line {
	var out []line
	for i := range s.targets {
		for p := catalog.Permissions(1); p <= catalog.All; p++ {
			out = append(out, s.onTarget(&s.targets[i], p, a)...)
		}
	}
	for n, need := range a.need {
		if !need.IsEmpty() {
			l := line{view: s.views[n], permissions: need, at: s.order[n], gives: s.none()}
			l.gives[n] = need
			out = append(out, l)
		}
	}
	return s.best(out, a)
}

// onTarget returns the lines on one target with some permissions, which may
// leave out what is too much in three ways: by the views, by the nodes, and by
// nodes where a node gives nothing that is needed.
func (s *space) onTarget(t *target, p catalog.Permissions, a ask) []line {
	give := func(x spot, p catalog.Permissions) catalog.Permissions { return x.gives[p] }
	if a.deny {
		give = func(x spot, p catalog.Permissions) catalog.Permissions { return x.takes[p] }
	}
	useful, over := false, false
	for _, x := range t.spots {
		got := give(x, p)
		useful = useful || !got.Intersect(a.need[x.n]).IsEmpty()
		over = over || !a.may[x.n].Has(got)
	}
	if !useful {
		return nil
	}
	base := line{on: t.name, all: t.all, permissions: p, at: t.at}
	if !over {
		base.gives = s.given(t, p, give, nil, nil)
		return []line{base}
	}
	var out []line
	for _, way := range []func(*target, catalog.Permissions, giving, ask) (nodeSet, map[int]bool, bool){s.byView, s.byNode, s.byBoth} {
		nodes, views, ok := way(t, p, give, a)
		if !ok {
			continue
		}
		l := base
		if l.except, ok = s.except(nodes, views); !ok {
			continue
		}
		if l.gives = s.given(t, p, give, nodes, views); !l.gives.isEmpty() && l.gives.within(a.may) {
			out = append(out, l)
		}
	}
	return out
}

// given is what a line gives less some nodes, with all below them, and views.
func (s *space) given(t *target, p catalog.Permissions, give giving, nodes nodeSet, views map[int]bool) rights {
	out := s.none()
	for _, x := range t.spots {
		if !views[x.n] && !s.within(x.node, nodes) {
			out[x.n] = out[x.n].Union(give(x, p))
		}
	}
	return out
}

// within reports whether a node is one of some, or below one.
func (s *space) within(n *catalog.Node, some nodeSet) bool {
	for ; n != nil && len(some) > 0; n = s.above[n] {
		if some[n] {
			return true
		}
	}
	return false
}

// byView leaves out every view on which the line would give too much.
func (s *space) byView(t *target, p catalog.Permissions, give giving, a ask) (nodeSet, map[int]bool, bool) {
	views := map[int]bool{}
	for _, x := range t.spots {
		if !a.may[x.n].Has(give(x, p)) {
			views[x.n] = true
		}
	}
	return nil, views, true
}

// byNode leaves out every node at which the line would give too much.
func (s *space) byNode(t *target, p catalog.Permissions, give giving, a ask) (nodeSet, map[int]bool, bool) {
	nodes, views := nodeSet{}, map[int]bool{}
	for _, x := range t.spots {
		switch {
		case a.may[x.n].Has(give(x, p)):
		case x.node == nil:
			views[x.n] = true
		case s.isRoot(t, x.node):
			return nil, nil, false
		default:
			nodes[x.node] = true
		}
	}
	return nodes, views, !t.all
}

// byBoth leaves out the nodes at which, and below which, the line would give too
// much and nothing that is needed, and of the others the views.
func (s *space) byBoth(t *target, p catalog.Permissions, give giving, a ask) (nodeSet, map[int]bool, bool) {
	over, useful := nodeSet{}, nodeSet{}
	for _, x := range t.spots {
		got := give(x, p)
		if !a.may[x.n].Has(got) {
			over[x.node] = true
		} else if !got.Intersect(a.need[x.n]).IsEmpty() {
			useful[x.node] = true
		}
	}
	nodes := s.useless(over, useful, func(n *catalog.Node) bool { return !s.isRoot(t, n) && s.strictlyWithin(t, n) })
	views := map[int]bool{}
	for _, x := range t.spots {
		if !s.within(x.node, nodes) && !a.may[x.n].Has(give(x, p)) {
			views[x.n] = true
		}
	}
	return nodes, views, len(nodes) > 0
}

// useless returns the topmost nodes of those allowed that have something over at
// or below them, and nothing useful.
func (s *space) useless(over, useful nodeSet, allowed func(*catalog.Node) bool) nodeSet {
	above := func(set nodeSet) nodeSet { // with all above
		out := nodeSet{}
		for n := range set {
			for ; n != nil; n = s.above[n] {
				out[n] = true
			}
		}
		return out
	}
	over, useful = above(over), above(useful)
	out := nodeSet{}
	for _, n := range s.c.Nodes { // those above come first
		if over[n] && !useful[n] && allowed(n) && !s.within(n, out) {
			out[n] = true
		}
	}
	return out
}

// strictlyWithin reports whether a node is below a root of a target.
func (s *space) strictlyWithin(t *target, n *catalog.Node) bool {
	return slices.ContainsFunc(t.root, func(p catalog.Path) bool { return len(p) < len(n.Path) && slices.Equal(p, n.Path[:len(p)]) })
}

func (s *space) isRoot(t *target, n *catalog.Node) bool {
	return slices.ContainsFunc(t.root, func(p catalog.Path) bool { return slices.Equal(p, n.Path) })
}

// maxExcept is how many names a line leaves out at most: a longer list is no
// line that a person would write.
const maxExcept = 24

// except names what a line leaves out, in the order of the tree.
func (s *space) except(nodes nodeSet, views map[int]bool) ([]string, bool) {
	type named struct {
		name string
		at   int
	}
	var list []named
	if len(nodes)+len(views) > 4*maxExcept { // those within others do not count
		return nil, false
	}
	for i, n := range s.c.Nodes {
		if !nodes[n] || s.within(s.above[n], nodes) {
			continue
		}
		name := s.nameOf(n)
		if name == "" {
			return nil, false
		}
		list = append(list, named{name, i})
	}
	for v := range views {
		list = append(list, named{s.views[v], len(s.c.Nodes) + s.order[v]})
	}
	slices.SortFunc(list, func(a, b named) int { return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.name, b.name)) })
	var out []string
	for _, x := range list {
		out = append(out, x.name)
	}
	return out, len(out) <= maxExcept
}

// best leaves out the lines that another one is as good as: which gives at least
// as much of what is needed in no more lines of text.
func (s *space) best(lines []line, a ask) []line {
	type rated struct {
		line
		needed            set
		gain, all, height int
	}
	need := bitsOf(a.need)
	list := make([]rated, len(lines))
	for i, l := range lines {
		gives := bitsOf(l.gives)
		for w := range gives {
			gives[w] &= need[w]
		}
		all, _ := l.gives.count()
		list[i] = rated{l, gives, gives.len(), all, l.height()}
	}
	slices.SortStableFunc(list, func(x, y rated) int {
		return cmp.Or(cmp.Compare(x.height, y.height), cmp.Compare(len(x.except), len(y.except)), cmp.Compare(y.gain, x.gain), cmp.Compare(x.all, y.all), cmp.Compare(x.permissions.Len(), y.permissions.Len()), compareLines(x.line, y.line))
	})
	var kept []rated
	var out []line
	for _, l := range list {
		if !slices.ContainsFunc(kept, func(o rated) bool { return l.needed.within(o.needed) }) {
			kept, out = append(kept, l), append(out, l.line)
		}
	}
	return out
}
