package catalog

import (
	"cmp"
	"slices"
)

// Under returns the nodes that a grant on roots covers, in document order: the
// roots and all below them, less the nodes of except and all below those. A
// root or exception that is in no node covers nothing. It looks at the nodes
// below the roots and no others.
func (c *Catalog) Under(roots []Path, except []Path) []*Node {
	left := map[*Node]bool{}
	for _, p := range except {
		if n := c.byPath[p.Key()]; n != nil {
			left[n] = true
		}
	}
	seen := map[*Node]bool{}
	var out, next []*Node
	for _, p := range roots {
		if n := c.byPath[p.Key()]; n != nil && !c.within(n, left) {
			next = append(next, n)
		}
	}
	for len(next) > 0 {
		n := next[len(next)-1]
		next = next[:len(next)-1]
		if seen[n] || left[n] {
			continue
		}
		seen[n] = true
		out = append(out, n)
		next = append(next, n.below...)
	}
	slices.SortFunc(out, func(a, b *Node) int { return cmp.Compare(a.index, b.index) })
	return out
}

// within reports whether a node is one of some, or below one.
func (c *Catalog) within(n *Node, some map[*Node]bool) bool {
	for ; n != nil && len(some) > 0; n = n.above {
		if some[n] {
			return true
		}
	}
	return false
}

// Reaches returns what the view v at node n gets when asked is granted on n:
// the rule of its level, limited by its cap. It is None when asked is.
func (c *Catalog) Reaches(_ *Node, v *View, asked Permissions) Permissions {
	got := c.Levels[v.Level].reach(v, asked)
	if v.Cap != nil {
		got = got.Intersect(v.Cap.Permissions)
	}
	return got
}
