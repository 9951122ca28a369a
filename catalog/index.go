package catalog

import (
	"slices"

	"grantree/namefold"
)

// index makes the look-ups anew from the nodes, after their order, their views
// or the aliases have changed.
func (c *Catalog) index() {
	c.byName, c.places = map[string][]*Node{}, map[string][]Place{}
	for i, n := range c.Nodes {
		n.index = i
		c.indexNode(n)
	}
}

// indexNode puts a node, the last so far, with its views into the look-ups.
func (c *Catalog) indexNode(n *Node) {
	last := namefold.Rule{}.Key(n.Path.Name())
	c.byName[last] = append(c.byName[last], n)
	for i := range n.Views {
		v := &n.Views[i]
		c.places[v.Site.Key()] = append(c.places[v.Site.Key()], Place{Node: n, View: v})
	}
}

// rename gives every view that was read the name in the site that the aliases
// say now.
func (c *Catalog) rename() {
	for _, n := range c.Nodes {
		for i := range n.Views {
			n.Views[i].Site = c.SiteName(n.Views[i].Name)
		}
	}
	clear(c.outside)
	for _, o := range c.Outside {
		c.outside[c.SiteName(o.Name).Key()] = true
	}
	for _, a := range c.Areas {
		for i, v := range a.Views {
			a.Views[i] = c.SiteName(v)
		}
	}
}

// order puts each node behind the one above it and what is below that already:
// new nodes stand where a reader of the tree looks for them.
func (c *Catalog) order() {
	out := make([]*Node, 0, len(c.Nodes))
	var walk func(*Node)
	walk = func(n *Node) {
		out = append(out, n)
		for _, below := range n.below {
			walk(below)
		}
	}
	for _, n := range c.Nodes {
		if n.above == nil {
			walk(n)
		}
	}
	c.Nodes = out
	c.Outside = slices.DeleteFunc(c.Outside, func(o OutsideView) bool { return len(c.places[c.SiteName(o.Name).Key()]) > 0 })
}
