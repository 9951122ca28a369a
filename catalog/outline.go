package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Outline says in few words, by node, what a set of permissions on many views
// is: "Work Orders (select, insert)". It is made for the views of a site.
type Outline struct {
	catalog *Catalog
	nodes   []outlined // beside Catalog.Nodes
	places  map[string][]int
	total   int // views that the site has
}

// outlined is a node with all below it: the views that stand for it, which
// are its parents and children or, where it has neither, all that it lists; and
// everything that it reaches.
type outlined struct {
	main, reached map[string]bool
}

// Part is one line of an outline.
type Part struct {
	// Node covers all below it. It is nil for views that no node lists and, with
	// Whole, for every view of the site.
	Node        *Node
	Permissions Permissions
	// Whole says that every view that stands for the node has the permissions.
	Whole bool
	// Views are those that the part speaks of, by their keys, sorted.
	Views []string
}

// Outline prepares a catalog for a site that has these views, by their names
// in the site.
func (c *Catalog) Outline(views []string) *Outline {
	there := map[string]bool{}
	for _, v := range views {
		there[ViewName(v).Key()] = true
	}
	o := &Outline{catalog: c, nodes: make([]outlined, len(c.Nodes)), places: map[string][]int{}, total: len(there)}
	for i := len(c.Nodes) - 1; i >= 0; i-- { // a node stands after the one above it
		n, own := c.Nodes[i], &o.nodes[i]
		own.join(outlinedOf(n, there))
		for _, v := range n.Views {
			if key := v.Site.Key(); there[key] {
				o.places[key] = append(o.places[key], i)
			}
		}
		if n.above != nil {
			o.nodes[n.above.index].join(*own)
		}
	}
	return o
}

// outlinedOf is a node without what is below it.
func outlinedOf(n *Node, there map[string]bool) outlined {
	o := outlined{map[string]bool{}, map[string]bool{}}
	for _, v := range n.Views {
		if key := v.Site.Key(); there[key] {
			o.reached[key] = true
			if v.Level == Parent || v.Level == Child {
				o.main[key] = true
			}
		}
	}
	if len(o.main) == 0 {
		o.main = o.reached
	}
	return o
}

func (o *outlined) join(other outlined) {
	if o.main == nil {
		o.main, o.reached = map[string]bool{}, map[string]bool{}
	}
	for key := range other.main {
		o.main[key] = true
	}
	for key := range other.reached {
		o.reached[key] = true
	}
}

// Of returns a short list of parts that together say which permissions the
// views of got have, by their keys: every view of the site first, then the
// largest nodes that are covered whole, then what is left over at the nodes where
// it stands, then views of no node. The same input gives the same list.
func (o *Outline) Of(got map[string]Permissions) []Part {
	found, rest := map[int]*Part{}, map[string]Permissions{}
	everything := Part{Whole: true}
	// What is written tells nodes apart better than what is looked up.
	for _, one := range []Permissions{Insert, Update, Delete, Select} {
		asked := map[string]bool{}
		for key, p := range got {
			if p.Has(one) {
				asked[key] = true
			}
		}
		if len(asked) == o.total && o.total > 1 {
			everything.Permissions |= one
			everything.Views = slices.Collect(maps.Keys(asked))
			continue
		}
		for key := range o.whole(found, one, asked) {
			rest[key] |= one
		}
	}
	var out []Part
	for _, i := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[i])
	}
	out = append(out, o.leftOver(rest)...)
	for i := range out {
		slices.Sort(out[i].Views)
		out[i].Views = slices.Compact(out[i].Views)
	}
	slices.SortStableFunc(out, func(a, b Part) int { return cmp.Compare(len(b.Views), len(a.Views)) })
	if !everything.Permissions.IsEmpty() {
		slices.Sort(everything.Views)
		out = slices.Insert(out, 0, everything)
	}
	return out
}

// whole finds the nodes that are covered whole by the views that have a
// permission, and returns the views that are left over. Nodes found for another
// permission come first, then those that cover most, and of a node and one below
// it that cover the same the lower one.
func (o *Outline) whole(found map[int]*Part, one Permissions, asked map[string]bool) map[string]bool {
	left := maps.Clone(asked)
	var full []int
	for i, n := range o.nodes {
		if len(n.main) > 0 && overlap(n.main, asked) == len(n.main) {
			full = append(full, i)
		}
	}
	for len(left) > 0 {
		best, most, known := -1, 0, false
		for _, i := range full {
			covers, before := overlap(o.nodes[i].main, left), found[i] != nil
			if covers > 0 && (best < 0 || before && !known || before == known && (covers > most || covers == most && o.under(i, best))) {
				best, most, known = i, covers, before
			}
		}
		if best < 0 {
			break
		}
		if found[best] == nil {
			found[best] = &Part{Node: o.catalog.Nodes[best], Whole: true}
		}
		part := found[best]
		part.Permissions |= one
		for key := range o.nodes[best].reached {
			if asked[key] {
				part.Views = append(part.Views, key)
				delete(left, key)
			}
		}
	}
	return left
}

// under reports whether a node is below another.
func (o *Outline) under(i, above int) bool {
	for n := o.catalog.Nodes[i].above; n != nil; n = n.above {
		if n.index == above {
			return true
		}
	}
	return false
}

// leftOver makes parts of single views: those of one node that have the same
// permissions are one part.
func (o *Outline) leftOver(rest map[string]Permissions) []Part {
	type at struct {
		node int
		p    Permissions
	}
	parts := map[at][]string{}
	for key, p := range rest {
		i := o.home(key)
		parts[at{i, p}] = append(parts[at{i, p}], key)
	}
	var out []Part
	for x, views := range parts {
		part := Part{Permissions: x.p, Views: views}
		if x.node < len(o.nodes) {
			part.Node = o.catalog.Nodes[x.node]
		}
		out = append(out, part)
	}
	slices.SortFunc(out, func(a, b Part) int {
		return cmp.Or(cmp.Compare(o.index(a.Node), o.index(b.Node)), cmp.Compare(a.Permissions, b.Permissions))
	})
	return out
}

// index is a node's place, that of no node behind all others.
func (o *Outline) index(n *Node) int {
	if n == nil {
		return len(o.nodes)
	}
	return n.index
}

// home is the place of the first node where a view stands for the node, else
// of the first that lists it, else that of no node.
func (o *Outline) home(key string) int {
	for _, i := range o.places[key] {
		for _, v := range o.catalog.Nodes[i].Views {
			if v.Site.Key() == key && (v.Level == Parent || v.Level == Child) {
				return i
			}
		}
	}
	if places := o.places[key]; len(places) > 0 {
		return places[0]
	}
	return len(o.nodes)
}

// overlap counts the keys of some that are among others.
func overlap(some, others map[string]bool) int {
	n := 0
	for key := range some {
		if others[key] {
			n++
		}
	}
	return n
}

// Place names what a part speaks of. names has the views' names by their keys.
func (c *Catalog) Place(p Part, names map[string]string) string {
	switch {
	case p.Node == nil && p.Whole:
		return "every view"
	case p.Whole:
		return c.Short(p.Node)
	case len(p.Views) == 1:
		return names[p.Views[0]]
	case p.Node == nil:
		return fmt.Sprintf("%d views in no node", len(p.Views))
	}
	return fmt.Sprintf("%d views of %s", len(p.Views), c.Short(p.Node))
}

// Short returns the shortest name that Resolve takes for a node and all below
// it: the end of its path that no other node, nor an area of other nodes, has.
func (c *Catalog) Short(n *Node) string {
	for i := len(n.Path) - 1; i > 0; i-- {
		name := n.Path[i:].String()
		t, failed := c.Resolve(name)
		if failed == nil && len(t.Nodes) == 1 && t.Nodes[0] == n && len(t.Except)+len(t.Views) == 0 {
			return name
		}
	}
	return n.Path.String()
}
