package adoption

import (
	"cmp"
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
				out = append(out, given{node: n, n: x.n, p: got})
			}
		}
	}
	for _, v := range t.Views {
		if n, ok := s.number[s.c.SiteName(v).Key()]; ok && !views[n] {
			out = append(out, given{n: n, p: e.Permissions})
		}
	}
	return out
}

// sum is what givens come to together, less some nodes and views, as a copy has
// it that does without them.
func (s *space) sum(list []given, nodes nodeSet, views map[int]bool) rights {
	out := s.none()
	data := s.dataOf(nodes)
	for _, g := range list {
		if views[g.n] || g.onView && data[g.n] || s.within(g.node, nodes) {
			continue
		}
		out[g.n] = out[g.n].Union(g.p)
	}
	return out
}

// dataOf is the views that hold the data of nodes.
func (s *space) dataOf(nodes nodeSet) map[int]bool {
	out := map[int]bool{}
	for _, n := range s.c.Nodes {
		if !s.within(n, nodes) {
			continue
		}
		for i := range n.Views {
			if at, ok := s.number[n.Views[i].Site.Key()]; ok && s.holdsData(&n.Views[i]) {
				out[at] = true
			}
		}
	}
	return out
}

// shape is a group as it can be written: what it copies, less what, and its own
// lines.
type shape struct {
	copies  string
	without []string
	from    *model
	nodes   nodeSet      // of without
	views   map[int]bool // of without
	allow   []line
	deny    []line
}

// height is how many lines of text it takes beside its name.
func (h shape) height() int {
	n := heightOf(h.allow) + heightOf(h.deny)
	if h.copies != "" {
		n++
	}
	if len(h.without) > 0 {
		n += listHeight("without", h.without)
	}
	return n
}

// shaped writes rights down in the fewest lines: by themselves, or as a copy of
// one of the models. free is what does not matter: on views that no site of the
// group has.
func (s *space) shaped(granted, denied, free rights, models []*model) shape {
	f := folding{s, granted, denied, granted.union(denied).union(free), denied.union(free)}
	best := f.own(s.none(), s.none(), shape{})
	for _, m := range s.nearest(granted, free, models) {
		for _, h := range f.copied(m, best.height()) {
			if h.height() < best.height() {
				best = h
			}
		}
	}
	return best
}

// folding is what one group or person has, and what their lines may come to.
type folding struct {
	*space
	granted, denied  rights
	mayGive, mayTake rights
}

// own adds the lines for what is not given and taken yet.
func (f folding) own(gives, takes rights, h shape) shape {
	h.allow = f.cover(ask{need: f.granted.minus(gives), may: f.mayGive})
	h.deny = f.cover(ask{need: f.denied.minus(takes), may: f.mayTake, deny: true})
	return h
}

// mostModels is how many models are tried: those that come nearest.
const mostModels = 4

// nearest returns the models that give most like what is granted.
func (s *space) nearest(granted, free rights, models []*model) []*model {
	type near struct {
		*model
		apart, same int
	}
	var list []near
	need := bitsOf(granted)
	for _, m := range models {
		has := bitsOf(s.sum(m.gives, nil, nil).minus(free))
		list = append(list, near{m, need.minus(has).len() + has.minus(need).len(), need.overlap(has)})
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.apart, b.apart) })
	var out []*model
	for _, n := range list {
		if len(out) < mostModels && n.same > 0 {
			out = append(out, n.model)
		}
	}
	return out
}

// copied returns the shapes as a copy of a model: less the views on which that
// gives too much, or less the nodes that give too much and nothing else. Those
// that cannot be lower than best are not worked out.
func (f folding) copied(m *model, best int) []shape {
	over, useful, views := nodeSet{}, nodeSet{}, map[int]bool{}
	for _, g := range m.gives {
		switch {
		case !f.mayGive[g.n].Has(g.p):
			over[g.node], views[g.n] = true, true
		case !g.p.Intersect(f.granted[g.n]).IsEmpty():
			useful[g.node] = true
		}
	}
	for _, g := range m.takes {
		if !f.mayTake[g.n].Has(g.p) {
			views[g.n] = true
		}
	}
	ways := []nodeSet{nil}
	if len(views) > 0 {
		delete(over, nil)
		delete(useful, nil)
		ways = append(ways, f.useless(over, useful, func(*catalog.Node) bool { return true }))
	}
	var out []shape
	for _, nodes := range ways {
		if h, ok := f.copy(m, nodes, views); ok && h.height() < best {
			out = append(out, f.own(f.sum(m.gives, h.nodes, h.views), f.sum(m.takes, h.nodes, h.views), h))
		}
	}
	return out
}

// copy is a copy of a model less some nodes, and those of some views on which it
// still gives or takes too much.
func (f folding) copy(m *model, nodes nodeSet, views map[int]bool) (h shape, ok bool) {
	gives, takes := f.sum(m.gives, nodes, nil), f.sum(m.takes, nodes, nil)
	h = shape{copies: m.name, from: m, nodes: nodes, views: map[int]bool{}}
	for n := range views {
		if !f.mayGive[n].Has(gives[n]) || !f.mayTake[n].Has(takes[n]) {
			h.views[n] = true
		}
	}
	h.without, ok = f.except(nodes, h.views)
	return h, ok
}

// modelOf is a group as another may copy it.
func (s *space) modelOf(name string, h shape) *model {
	m := s.model(name, entries(h.allow), entries(h.deny))
	if h.from != nil {
		data := s.dataOf(h.nodes)
		less := func(g given) bool { return h.views[g.n] || g.onView && data[g.n] || s.within(g.node, h.nodes) }
		m.gives = append(m.gives, slices.DeleteFunc(slices.Clone(h.from.gives), less)...)
		m.takes = append(m.takes, slices.DeleteFunc(slices.Clone(h.from.takes), less)...)
	}
	return m
}

// entries are the lines of a shape as the policy will read them.
func entries(lines []line) []policy.Entry {
	var out []policy.Entry
	for _, l := range lines {
		out = append(out, policy.Entry{On: l.on, View: catalog.ViewName(l.view), AllViews: l.all, Permissions: l.permissions, Except: l.except})
	}
	return out
}
