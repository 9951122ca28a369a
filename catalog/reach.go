package catalog

// Under returns the nodes that a grant on roots covers, in document order: the
// roots and all below them, less the nodes of except and all below those. A
// root or exception that is in no node covers nothing.
func (c *Catalog) Under(roots []Path, except []Path) []*Node {
	var out []*Node
	for _, n := range c.Nodes {
		if coveredBy(n.Path, roots) && !coveredBy(n.Path, except) {
			out = append(out, n)
		}
	}
	return out
}

// coveredBy reports whether one of roots is p or above it.
func coveredBy(p Path, roots []Path) bool {
	for _, r := range roots {
		if r.Covers(p) {
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
