package catalog

import (
	"slices"
	"strings"

	"grantree/finding"
)

// Compare says how a site's views differ from the catalog: views of the catalog
// that the site lacks ("view-not-in-site") and views of the site, by the
// catalog's prefix, that are in no node and named by no group
// ("view-in-no-node"). Names in ignore, and those that the
// catalog ignores, are left out. The result is sorted by code and name.
func Compare(c *Catalog, site string, views, ignore []string) finding.List {
	fold := func(s string) string { return strings.ToLower(strings.TrimRight(s, " ")) }
	have, ignored, known := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, v := range views {
		have[fold(v)] = true
	}
	for _, v := range ignore {
		ignored[fold(v)] = true
	}
	for _, v := range c.Ignored {
		ignored[v.Name.Key()] = true
	}
	var out finding.List
	lacks := func(v ViewName, where finding.Pos) {
		name := c.SiteName(v)
		if known[name.Key()] {
			return
		}
		known[name.Key()] = true
		if !have[name.Key()] && !ignored[name.Key()] {
			out.Errorf("view-not-in-site", where, "add an alias to the catalog, or the name to the site's ignore list",
				"site %q has no view %s, which the catalog lists", site, name)
		}
	}
	for _, n := range c.Nodes {
		for _, v := range n.Views {
			lacks(v.Name, v.Pos)
		}
	}
	for _, o := range c.Outside {
		lacks(o.Name, o.Pos)
	}
	for _, v := range slices.Sorted(slices.Values(views)) {
		if strings.HasPrefix(fold(v), fold(c.Prefix)) && !known[fold(v)] && !ignored[fold(v)] {
			out.Errorf("view-in-no-node", finding.Pos{}, "add it to a node of the catalog, or the name to the site's ignore list",
				"site %q has view %s, which is behind no node", site, v)
		}
	}
	return out
}
