package policy

import (
	"cmp"
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// ignoreFix is what to do where a site lacks a view and that is right.
const ignoreFix = "add it to the site's ignore list if that is right"

// finish reports what the site lacks and puts everything in order.
func (b *builder) finish() *grants.Wanted {
	if len(b.missing) > 0 {
		b.checkApplication()
	}
	for key, m := range b.missing {
		if !b.ignored[key] && b.p.Catalog.HasView(m.name) { // other names are for CheckNames to judge
			b.findings.Warnf(finding.ViewMissing, m.pos, ignoreFix, "site %q has no view %s, which the policy reaches", b.s.Site, m.name).About = string(m.name)
		}
	}
	for i := range b.w.Entries {
		if causes := b.w.Entries[i].Causes; len(causes) > 1 {
			sortCauses(causes)
		}
	}
	if len(b.w.Entries) < cap(b.w.Entries)/2 { // lines gave the same
		b.w.Entries = slices.Clone(b.w.Entries)
	}
	b.views, b.places, b.reached, b.at = nil, nil, nil, nil // beside them there may be no room to sort
	b.w.Sort()
	return b.w
}

// checkApplication objects once to a site that has so few of the catalog's views
// that it is another application's, instead of to each view that it lacks.
func (b *builder) checkApplication() {
	expected, there := b.catalogViews()
	if !catalog.Foreign(expected, there) {
		return
	}
	found := b.p.Catalog.NotTheApplication(b.s.Site, expected, there)
	if site, ok := b.p.Site(b.s.Site); ok {
		found.Where = site.Pos
	}
	b.findings = append(b.findings, found)
	b.missing = nil
}

// catalogViews counts the views of the catalog that the site does not ignore, and
// those of them that it has.
func (b *builder) catalogViews() (expected, there int) {
	for _, v := range b.p.Catalog.Views() {
		key := b.s.Collation.Key(string(v))
		if b.ignored[key] {
			continue
		}
		expected++
		if _, ok := b.views[key]; ok {
			there++
		}
	}
	return expected, there
}

// sortCauses orders causes: the denies, then the allows, each by their lines,
// then nodes.
func sortCauses(causes []grants.Cause) {
	slices.SortFunc(causes, func(x, y grants.Cause) int {
		if by := cmp.Or(cmp.Compare(x.State, y.State), x.Pos.Compare(y.Pos)); by != 0 {
			return by
		}
		return cmp.Or(slices.Compare(x.Node, y.Node), cmp.Compare(x.Level, y.Level), cmp.Compare(x.Note, y.Note))
	})
}
