package adoption

import (
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// rights is what somebody has on each view of a space, by the view's number.
type rights []catalog.Permissions

// space numbers the application's views that a fold is about, and knows what a
// line on each node, area or view would give on them.
type space struct {
	c       *catalog.Catalog
	views   []string       // by number, as sites or the catalog spell them
	number  map[string]int // by key
	order   []int          // by number: where the view first stands in the tree
	targets []target
	at      map[*catalog.Node][]spot        // the views at a node
	above   map[*catalog.Node]*catalog.Node // nil for a root
	names   map[*catalog.Node]string        // see nameOf
	covers  map[string][]line               // see cover
}

// target is what a line can be about: a node, an area, or every view.
type target struct {
	name  string
	all   bool // views = "*"
	at    int  // where it first stands in the tree
	root  []catalog.Path
	spots []spot
}

// spot is a view behind a target, through a node or, where that is nil, by the
// area itself or by its name.
type spot struct {
	node  *catalog.Node
	n     int // number of the view
	gives *effect
	takes *effect // by a deny
}

// effect is what comes of each set of permissions that a line may name.
type effect [catalog.All + 1]catalog.Permissions

// newSpace numbers views: those of a list, in its order.
func newSpace(c *catalog.Catalog, views []string) *space {
	s := &space{c: c, views: views, number: map[string]int{}, order: make([]int, len(views)), at: map[*catalog.Node][]spot{}, above: map[*catalog.Node]*catalog.Node{}, names: map[*catalog.Node]string{}, covers: map[string][]line{}}
	for i, v := range views {
		s.number[catalog.ViewName(v).Key()] = i
		s.order[i] = len(c.Nodes)
	}
	place, byPath := map[*catalog.Node]int{}, map[string]*catalog.Node{}
	for i, n := range c.Nodes {
		place[n], byPath[n.Path.Key()] = i, n
		s.above[n] = byPath[n.Path.Parent().Key()]
		for k := range n.Views {
			if at, ok := s.number[n.Views[k].Site.Key()]; ok {
				s.order[at] = min(s.order[at], i)
				s.at[n] = append(s.at[n], s.spot(n, &n.Views[k], at))
			}
		}
	}
	s.everyView()
	for i := range c.Areas {
		s.area(&c.Areas[i], place)
	}
	for i, n := range c.Nodes {
		if name := s.nameOf(n); name != "" {
			s.target(target{name: name, at: i, root: []catalog.Path{n.Path}}, catalog.Target{Nodes: []*catalog.Node{n}})
		}
	}
	return s
}

// everyView adds views = "*".
func (s *space) everyView() {
	t := target{all: true, at: -1}
	for i, v := range s.views {
		if s.c.Prefix == "" || catalog.ViewName(v).HasPrefix(s.c.Prefix) {
			t.spots = append(t.spots, s.spot(nil, nil, i))
		}
	}
	s.targets = append(s.targets, t)
}

// area adds an area, if its name still means it.
func (s *space) area(a *catalog.Area, place map[*catalog.Node]int) {
	of, failed := s.c.Resolve(a.Name)
	if failed != nil || of.Area != a {
		return
	}
	t := target{name: a.Name, at: len(s.c.Nodes), root: of.Roots()}
	for _, n := range of.Nodes {
		t.at = min(t.at, place[n])
	}
	s.target(t, of)
}

// target fills in the views of a target, and keeps it where there are any and no
// other means the same.
func (s *space) target(t target, of catalog.Target) {
	for _, n := range s.c.Under(of.Roots(), of.Except) {
		t.spots = append(t.spots, s.at[n]...)
	}
	for _, v := range of.Views {
		if at, ok := s.number[s.c.SiteName(v).Key()]; ok {
			t.spots = append(t.spots, s.spot(nil, nil, at))
		}
	}
	same := func(x target) bool { return !x.all && slices.EqualFunc(x.spots, t.spots, spot.same) }
	if len(t.spots) > 0 && !slices.ContainsFunc(s.targets, same) {
		s.targets = append(s.targets, t)
	}
}

// spot works out what lines come to at a place, as package policy expands them: a
// deny is about the views that hold a node's own data.
func (s *space) spot(n *catalog.Node, v *catalog.View, at int) spot {
	x := spot{node: n, n: at, gives: &effect{}, takes: &effect{}}
	for p := catalog.None; p <= catalog.All; p++ {
		x.gives[p], x.takes[p] = p, p
		if v != nil {
			x.gives[p] = s.c.Reaches(n, v, p)
		}
		if v != nil && !s.holdsData(v) {
			x.takes[p] = catalog.None
		}
	}
	return x
}

// same reports whether two spots are one.
func (x spot) same(o spot) bool { return x.node == o.node && x.n == o.n && *x.gives == *o.gives }

// nameOf is the shortest name that means a node with all below it and nothing
// else, be it an area's; "" where there is none.
func (s *space) nameOf(n *catalog.Node) string {
	name, ok := s.names[n]
	if !ok {
		name = s.findName(n)
		s.names[n] = name
	}
	return name
}

func (s *space) findName(n *catalog.Node) string {
	for k := 1; k <= len(n.Path); k++ {
		name := n.Path[len(n.Path)-k:].String()
		t, failed := s.c.Resolve(name)
		if failed == nil && len(t.Nodes) == 1 && t.Nodes[0] == n && len(t.Except)+len(t.Views) == 0 {
			return name
		}
	}
	return ""
}

// holdsData reports whether a node's own data is in a view, so that a deny and a
// "without" of the node are about it.
func (s *space) holdsData(v *catalog.View) bool {
	return s.c.Levels[v.Level].Granted && !(v.Cap != nil && catalog.Select.Has(v.Cap.Permissions))
}

// none returns rights on nothing.
func (s *space) none() rights { return make(rights, len(s.views)) }

// isEmpty reports whether there are no rights.
func (r rights) isEmpty() bool {
	return !slices.ContainsFunc(r, func(p catalog.Permissions) bool { return !p.IsEmpty() })
}

// count returns how many permissions there are, and on how many views.
func (r rights) count() (permissions, views int) {
	for _, p := range r {
		if permissions += p.Len(); !p.IsEmpty() {
			views++
		}
	}
	return permissions, views
}

// union, minus and within compare two lists of one space.
func (r rights) union(o rights) rights {
	out := slices.Clone(r)
	for i, p := range o {
		out[i] = out[i].Union(p)
	}
	return out
}

func (r rights) minus(o rights) rights {
	out := slices.Clone(r)
	for i, p := range o {
		out[i] = out[i].Minus(p)
	}
	return out
}

func (r rights) within(o rights) bool {
	for i, p := range r {
		if !o[i].Has(p) {
			return false
		}
	}
	return true
}

// fold is the key by which the policy compares its own names.
func fold(name string) string { return grants.Collation{}.Key(name) }
