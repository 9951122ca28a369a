package catalog

import (
	"slices"

	"grantree/finding"
)

// What to do about a view that a site lacks, and about one beyond the catalog.
const (
	lacksFix  = "add an alias to the catalog, or the name to an ignore list, the catalog's or the site's"
	beyondFix = "add it to a node of the catalog, or the name to an ignore list, the catalog's or the site's"
)

// Foreign reports whether a database that has so few of the expected views is no
// database of the application: fewer than one in twenty. Of ten views or fewer
// nothing is concluded.
func Foreign(expected, there int) bool { return expected > 10 && there*20 < expected }

// NotTheApplication is what is said of a site that is Foreign.
func (c *Catalog) NotTheApplication(site string, expected, there int) finding.Finding {
	var out finding.List
	out.Errorf(finding.NotTheApplication, finding.Pos{}, "is this the application's database? correct its name, or the policy's [catalog]",
		"site %q: %d of the %d views of the catalog %q are there", site, there, expected, c.Name)
	return out[0]
}

// Compare says how a site's views differ from the catalog: views of the catalog
// that the site lacks ("view-not-in-site") and views of the site, by the
// catalog's prefix, that are in no node and named by no group
// ("view-in-no-node"). Names in ignore, and those that the
// catalog ignores, are left out. The result is sorted by code and name. Of a site
// that has almost none of the views it says that ("not-the-application") and no
// more.
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
	expected, there := 0, 0
	lacks := func(v ViewName, where finding.Pos) {
		name := c.SiteName(v)
		folded := key(string(name))
		if known[folded] {
			return
		}
		known[folded] = true
		switch {
		case ignored[folded]:
			return
		case have[folded]:
			there++
		default:
			out.Errorf(finding.ViewNotInSite, where, lacksFix, "site %q has no view %s, which the catalog lists", site, name)
			out[len(out)-1].About = string(name)
		}
		expected++
	}
	for _, n := range c.Nodes {
		for _, v := range n.Views {
			lacks(v.Name, v.Pos)
		}
	}
	for _, o := range c.Outside {
		lacks(o.Name, o.Pos)
	}
	if Foreign(expected, there) {
		return finding.List{c.NotTheApplication(site, expected, there)}
	}
	for _, v := range slices.Sorted(slices.Values(views)) {
		if ViewName(v).HasPrefix(c.Prefix) && !known[key(v)] && !ignored[key(v)] {
			out.Errorf(finding.ViewInNoNode, finding.Pos{}, beyondFix, "site %q has view %s, which is behind no node", site, v)
			out[len(out)-1].About = v
		}
	}
	return out
}
