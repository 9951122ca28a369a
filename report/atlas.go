package report

import (
	"slices"

	"grantree/catalog"
)

// Atlas is an application as a page shows it: the catalog's tree, its views, and those
// that sites have beside, each by its number.
type Atlas struct {
	Tree  []Node
	Views []string
	at    map[string]int // by the folded name
}

// NewAtlas is that of a catalog, with the views of sites after the catalog's own.
func NewAtlas(c *catalog.Catalog, sites ...[]string) *Atlas {
	a := &Atlas{Tree: []Node{}, Views: []string{}, at: map[string]int{}}
	for _, v := range c.Views() {
		a.add(v)
	}
	for _, views := range sites {
		for _, name := range views {
			a.add(catalog.ViewName(name))
		}
	}
	for _, n := range c.Nodes {
		a.Tree = append(a.Tree, a.node(n))
	}
	return a
}

// View is the number of a view by its name, or -1.
func (a *Atlas) View(name string) int {
	if i, known := a.at[catalog.ViewName(name).Key()]; known {
		return i
	}
	return -1
}

func (a *Atlas) add(v catalog.ViewName) {
	if _, known := a.at[v.Key()]; !known {
		a.at[v.Key()] = len(a.Views)
		a.Views = append(a.Views, string(v))
	}
}

// node is one of the tree, each view of it once at each level.
func (a *Atlas) node(n *catalog.Node) Node {
	out := Node{Path: n.Path}
	for i := range n.Views {
		v := &n.Views[i]
		if p := (Placed{a.at[v.Site.Key()], string(v.Level)}); !slices.Contains(out.Views, p) {
			out.Views = append(out.Views, p)
		}
	}
	return out
}
