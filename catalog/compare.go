package catalog

import (
	"slices"

	"grantree/finding"
)

// Compare says how a site's views differ from the catalog: views of the catalog
// that the site lacks ("view-not-in-site") and views of the site, by the
// catalog's prefix, that are in no node and named by no group
// ("view-in-no-node"). Names in ignore, and those that the
// catalog ignores, are left out. The result is sorted by code and name.
//
// key folds a name as the site compares names.
func Compare(c *Catalog, site string, key func(string) string, views, ignore []string) finding.List {
	have, ignored, known := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, v := range views {
		have[key(v)] = true
	}
	for _, v := range ignore {
		ignored[key(v)] = true
	}
	for _, v := range c.Ignored {
		ignored[key(string(v.Name))] = true
	}
	var out finding.List
	lacks := func(v ViewName, where finding.Pos) {
		name := c.SiteName(v)
		folded := key(string(name))
		if known[folded] {
			return
		}
		known[folded] = true
		if !have[folded] && !ignored[folded] {
			out.Errorf(finding.ViewNotInSite, where, "add an alias to the catalog, or the name to the site's ignore list",
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
		if ViewName(v).HasPrefix(c.Prefix) && !known[key(v)] && !ignored[key(v)] {
			out.Errorf(finding.ViewInNoNode, finding.Pos{}, "add it to a node of the catalog, or the name to the site's ignore list",
				"site %q has view %s, which is behind no node", site, v)
		}
	}
	return out
}
