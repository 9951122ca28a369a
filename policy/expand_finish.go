package policy

import (
	"cmp"
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// finish reports what the site lacks and puts everything in order.
func (b *builder) finish() *grants.Wanted {
	for key, m := range b.missing {
		if !b.ignored[key] {
			b.findings.Warnf("view-missing", m.pos, b.missingFix(m.name), "site %q has no view %s, which the policy reaches", b.s.Site, m.name)
		}
	}
	for key, e := range b.entries {
		sortCauses(e.Causes)
		allows := b.allows[key]
		sortCauses(allows)
		e.Causes = append(e.Causes, allows...)
		b.w.Entries = append(b.w.Entries, *e)
	}
	b.w.Sort()
	return b.w
}

// missingFix says what to do about a view that the site lacks.
func (b *builder) missingFix(v catalog.ViewName) string {
	fix := `add it to the site's ignore list if that is right`
	if b.p.Catalog.HasView(v) {
		return fix
	}
	return didYouMean(string(v), b.w.Views, fix)
}

// sortCauses orders causes by their lines, then nodes.
func sortCauses(causes []grants.Cause) {
	slices.SortFunc(causes, func(x, y grants.Cause) int {
		return cmp.Or(x.Pos.Compare(y.Pos), slices.Compare(x.Node, y.Node), cmp.Compare(x.Level, y.Level), cmp.Compare(x.Note, y.Note))
	})
}
