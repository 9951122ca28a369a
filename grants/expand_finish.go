package grants

import (
	"cmp"
	"slices"

	"grantree/catalog"
)

// finish reports what the site lacks and puts everything in order.
func (b *builder) finish() *Wanted {
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
	b.w.sort()
	return b.w
}

// sort orders everything by name. Entries go by view, grantee and permission.
func (w *Wanted) sort() {
	slices.Sort(w.Views)
	slices.SortFunc(w.Roles, func(x, y WantedRole) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Users, func(x, y WantedUser) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Members, func(x, y WantedMember) int {
		return cmp.Or(cmp.Compare(x.Role, y.Role), cmp.Compare(x.User, y.User), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Entries, func(x, y WantedEntry) int {
		return cmp.Or(cmp.Compare(x.View, y.View), cmp.Compare(x.Grantee, y.Grantee), cmp.Compare(x.Permission, y.Permission))
	})
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
func sortCauses(causes []Cause) {
	slices.SortFunc(causes, func(x, y Cause) int {
		return cmp.Or(x.Pos.Compare(y.Pos), slices.Compare(x.Node, y.Node), cmp.Compare(x.Level, y.Level), cmp.Compare(x.Note, y.Note))
	})
}
