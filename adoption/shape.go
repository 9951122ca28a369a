package adoption

import (
	"cmp"
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/policy"
)

// shape is a group as it can be written: what it copies, less what, and its own
// lines.
type shape struct {
	copies  string
	without []string
	from    *model
	less    less
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
		has := bitsOf(s.sum(m.gives, less{}).minus(free))
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

// mostWays is how many ways of doing without something are worked out for a model.
const mostWays = 3

// copied returns the shapes as a copy of a model: less the views on which that
// gives too much, less the nodes that give too much and nothing else, or less one
// or more of the places that its lines are about. Those that cannot be lower than
// best are not worked out.
func (f folding) copied(m *model, best int) []shape {
	type way struct {
		shape
		gives, takes rights
		promise      int
	}
	var ways []way
	for _, l := range f.ways(m) {
		h, ok := f.copy(m, l)
		if !ok || h.height() >= best {
			continue
		}
		w := way{h, f.sum(m.gives, h.less), f.sum(m.takes, h.less), 0}
		_, missing := f.granted.minus(w.gives).count()
		w.promise = h.height() + missing/2
		ways = append(ways, w)
	}
	slices.SortStableFunc(ways, func(a, b way) int { return cmp.Compare(a.promise, b.promise) })
	var out []shape
	for _, w := range ways[:min(len(ways), mostWays)] {
		out = append(out, f.own(w.gives, w.takes, w.shape))
	}
	return out
}

// ways are what a copy of a model may do without, beside views.
func (f folding) ways(m *model) []less {
	over, useful, wrong := nodeSet{}, nodeSet{}, map[string]bool{}
	for _, g := range m.gives {
		switch {
		case !f.mayGive[g.n].Has(g.p):
			over[g.node], wrong[g.on] = true, true
		case !g.p.Intersect(f.granted[g.n]).IsEmpty():
			useful[g.node] = true
		}
	}
	out := []less{{}}
	delete(over, nil)
	delete(useful, nil)
	if len(over) == 0 {
		return out
	}
	bare, topmost := less{}, f.useless(over, useful, func(*catalog.Node) bool { return true })
	for _, n := range f.c.Nodes {
		if topmost[n] {
			bare = f.without(bare, f.nameOf(n))
		}
	}
	out = append(out, bare)
	delete(wrong, "")
	all := less{}
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		all = f.without(all, name)
		out = append(out, f.without(less{}, name), f.without(bare, name))
	}
	return append(out, all)
}

// copy is a copy of a model without something, and without the views on which it
// still gives or takes too much.
func (f folding) copy(m *model, l less) (h shape, ok bool) {
	gives, takes := f.sum(m.gives, l), f.sum(m.takes, l)
	views := map[int]bool{}
	for n := range gives {
		if !f.mayGive[n].Has(gives[n]) || !f.mayTake[n].Has(takes[n]) {
			views[n] = true
		}
	}
	names, ok := f.except(nil, views)
	all := map[int]bool{}
	maps.Copy(all, l.views)
	maps.Copy(all, views)
	return shape{copies: m.name, from: m, without: slices.Concat(l.names, names), less: less{l.names, l.nodes, all, l.data}}, ok
}

// modelOf is a group as another may copy it.
func (s *space) modelOf(name string, h shape) *model {
	m := s.model(name, entries(h.allow), entries(h.deny))
	if h.from != nil {
		m.gives = append(m.gives, slices.DeleteFunc(slices.Clone(h.from.gives), h.less.skips)...)
		m.takes = append(m.takes, slices.DeleteFunc(slices.Clone(h.from.takes), h.less.skips)...)
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
