package adoption

import (
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/policy"
)

// model is a group that another may be a copy of: what each of its lines gives
// and denies, and through which node.
type model struct {
	name  string
	gives []given
	takes []given
}

// given is what a line of a model comes to at one view.
type given struct {
	node   *catalog.Node // nil for a line about views, or by an area itself
	on     string        // the node or area that the line is about
	onView bool          // the line is about a view, or every view
	n      int
	p      catalog.Permissions
}

// model works out what the lines of a group come to, as far as the space has
// their views.
func (s *space) model(name string, allow, deny []policy.Entry) *model {
	m := &model{name: name}
	for _, e := range allow {
		m.gives = append(m.gives, s.expand(e, func(x spot, p catalog.Permissions) catalog.Permissions { return x.gives[p] })...)
	}
	for _, e := range deny {
		m.takes = append(m.takes, s.expand(e, func(x spot, p catalog.Permissions) catalog.Permissions { return x.takes[p] })...)
	}
	return m
}

// expand is what one line comes to.
func (s *space) expand(e policy.Entry, give giving) []given {
	var out []given
	views, nodes := map[int]bool{}, []catalog.Path(nil)
	for _, name := range e.Except {
		if n, ok := s.number[s.c.SiteName(catalog.ViewName(name)).Key()]; ok {
			views[n] = true
		} else if t, failed := s.c.Resolve(name); failed == nil {
			for _, n := range s.c.Under(t.Roots(), t.Except) {
				nodes = append(nodes, n.Path)
			}
		}
	}
	switch {
	case e.AllViews:
		for _, x := range s.targets[0].spots {
			if !views[x.n] {
				out = append(out, given{onView: true, n: x.n, p: e.Permissions})
			}
		}
		return out
	case e.View != "":
		if n, ok := s.number[s.c.SiteName(e.View).Key()]; ok {
			out = append(out, given{onView: true, n: n, p: e.Permissions})
		}
		return out
	}
	t, failed := s.c.Resolve(e.On)
	if failed != nil {
		return nil
	}
	for _, n := range s.c.Under(t.Roots(), slices.Concat(t.Except, nodes)) {
		for _, x := range s.at[n] {
			if got := give(x, e.Permissions); !views[x.n] && !got.IsEmpty() {
				out = append(out, given{node: n, on: e.On, n: x.n, p: got})
			}
		}
	}
	for _, v := range t.Views {
		if n, ok := s.number[s.c.SiteName(v).Key()]; ok && !views[n] {
			out = append(out, given{on: e.On, n: n, p: e.Permissions})
		}
	}
	return out
}

// sum is what givens come to together, as a copy has it that does without some.
func (s *space) sum(list []given, l less) rights {
	out := s.none()
	for _, g := range list {
		if !l.skips(g) {
			out[g.n] = out[g.n].Union(g.p)
		}
	}
	return out
}

// less is what a copy does without, by the names that say so.
type less struct {
	names []string
	nodes map[*catalog.Node]bool
	views map[int]bool
	data  map[int]bool // the views that hold the data of the nodes
}

// skips reports whether a copy does without a given.
func (l less) skips(g given) bool {
	return l.views[g.n] || g.onView && l.data[g.n] || l.nodes[g.node]
}

// without adds a node or an area.
func (s *space) without(l less, name string) less {
	t, failed := s.c.Resolve(name)
	if failed != nil || slices.Contains(l.names, name) {
		return l
	}
	out := less{append(slices.Clone(l.names), name), maps.Clone(l.nodes), maps.Clone(l.views), maps.Clone(l.data)}
	if out.nodes == nil {
		out.nodes, out.views, out.data = map[*catalog.Node]bool{}, map[int]bool{}, map[int]bool{}
	}
	for _, n := range s.c.Under(t.Roots(), t.Except) {
		for _, below := range s.c.Under([]catalog.Path{n.Path}, nil) { // a policy leaves them out as well
			out.nodes[below] = true
		}
		for i := range n.Views {
			if at, ok := s.number[n.Views[i].Site.Key()]; ok && s.holdsData(&n.Views[i]) {
				out.data[at] = true
			}
		}
	}
	for _, v := range t.Views {
		if at, ok := s.number[s.c.SiteName(v).Key()]; ok {
			out.views[at] = true
		}
	}
	return out
}
