package catalog

import (
	"maps"
	"slices"
)

// Views returns the distinct names of the views that a site is expected to
// have, aliases resolved, sorted: those in the tree and those outside it.
func (c *Catalog) Views() []ViewName {
	seen := map[string]ViewName{}
	for key, places := range c.places {
		seen[key] = places[0].View.Site
	}
	for _, o := range c.Outside {
		site := c.SiteName(o.Name)
		if _, ok := seen[site.Key()]; !ok {
			seen[site.Key()] = site
		}
	}
	return sortedNames(seen)
}

// WrittenViews returns the distinct names of the tree's views as the source
// writes them, sorted.
func (c *Catalog) WrittenViews() []ViewName {
	seen := map[string]ViewName{}
	for _, n := range c.Nodes {
		for _, v := range n.Views {
			if _, ok := seen[v.Name.Key()]; !ok {
				seen[v.Name.Key()] = v.Name
			}
		}
	}
	return sortedNames(seen)
}

// HasView reports whether name is a view of the tree or outside it, as written
// or as in the site.
func (c *Catalog) HasView(name ViewName) bool {
	site := c.SiteName(name).Key()
	if len(c.places[site]) > 0 {
		return true
	}
	return c.outside[site]
}

// SiteName returns the name that a view has in the site: name itself, or what
// its alias says. Case is ignored.
func (c *Catalog) SiteName(name ViewName) ViewName {
	if is, ok := c.aliases[name.Key()]; ok {
		return is
	}
	return name
}

// Main returns the views that stand for what a name means, in the tree's order,
// by their names in the site: the parents of its nodes and an area's own views,
// or, where there are neither, all that its nodes list.
func (c *Catalog) Main(t Target) []ViewName {
	var parents, all []ViewName
	for _, n := range c.Under(t.Roots(), t.Except) {
		for i := range n.Views {
			v := &n.Views[i]
			all = append(all, v.Site)
			if v.Level == Parent {
				parents = append(parents, v.Site)
			}
		}
	}
	for _, v := range t.Views {
		parents = append(parents, c.SiteName(v))
	}
	if len(parents) == 0 {
		parents = all
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(parents, func(v ViewName) bool {
		again := seen[v.Key()]
		seen[v.Key()] = true
		return again
	})
}

// Places returns where a view stands in the tree, in document order. The name
// may be as written or as in the site.
func (c *Catalog) Places(name ViewName) []Place {
	return slices.Clone(c.places[c.SiteName(name).Key()])
}

// Parents returns the views that are the parent of a view in some node where
// it is a child, sorted, by their names in the site: every parent of that
// node, or, where the child's level is assumed from its name, the parents
// whose names it extends.
//
// Source: the iMaint document, level two, "this data cannot exist without a
// parent".
func (c *Catalog) Parents(name ViewName) []ViewName {
	seen := map[string]ViewName{}
	for _, place := range c.places[c.SiteName(name).Key()] {
		if place.View.Level != Child {
			continue
		}
		for _, p := range place.Node.At(Parent) {
			if !place.View.Assumed || place.View.Name.Extends(p.Name) {
				seen[p.Site.Key()] = p.Site
			}
		}
	}
	return sortedNames(seen)
}

// AssumedChild reports whether the catalog only assumes that a view is a child:
// no node where it is one has a label that says so.
func (c *Catalog) AssumedChild(name ViewName) bool {
	assumed := false
	for _, p := range c.places[c.SiteName(name).Key()] {
		if p.View.Level == Child && !p.View.Assumed {
			return false
		}
		assumed = assumed || p.View.Level == Child
	}
	return assumed
}

// sortedNames returns the names of a set in the order of their keys.
func sortedNames(set map[string]ViewName) []ViewName {
	out := make([]ViewName, 0, len(set))
	for _, key := range slices.Sorted(maps.Keys(set)) {
		out = append(out, set[key])
	}
	return out
}
