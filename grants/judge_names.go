package grants

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// remark adds a note.
func (j *judge) remark(code, format string, args ...any) {
	j.remarks.Notef(code, finding.Pos{}, "", format, args...)
}

// doubt adds something that is not verified, about this site.
func (j *judge) doubt(code string, do advice, format string, args ...any) {
	do.advise(j.unsure.Warnf(code, finding.Pos{}, "", "%s%s", j.where(false), fmt.Sprintf(format, args...)), j.write)
}

// mismatch adds one that is no charge against a principal.
func (j *judge) mismatch(code string, at finding.Pos, do advice, format string, args ...any) {
	do.advise(j.mismatches.Warnf(code, at, "", "%s%s", j.where(false), fmt.Sprintf(format, args...)), j.write)
}

// target names a securable for a sentence.
func (j *judge) target(on securable) string {
	switch on.kind {
	case onDatabase:
		return "the database"
	case onSchema:
		return "the schema " + j.a.m.schemaName(on.id)
	case onRole:
		return fmt.Sprintf("the role %q", j.a.principalName(on.id))
	case onUser:
		return fmt.Sprintf("the user %q", j.a.principalName(on.id))
	case onAppRole:
		return fmt.Sprintf("the application role %q", j.a.principalName(on.id))
	case onLogin:
		return fmt.Sprintf("the login %q", j.a.server.name(on.id))
	case onServerRole:
		return fmt.Sprintf("the server role %q", j.a.server.name(on.id))
	case onServer:
		return "the server"
	}
	if len(j.behind[on.id]) > 0 {
		return j.stands(on.id)
	}
	return j.a.objects.name(on.id)
}

// stands says behind which views a table stands.
func (j *judge) stands(table int) string {
	var views []string
	for _, v := range j.behind[table] {
		views = append(views, j.a.m.viewName(v))
	}
	return fmt.Sprintf("%s, which stands behind %s", j.a.objects.name(table), some(views, 3))
}

// side says what stands beside the catalog, and what it reaches.
func (j *judge) side(id int) string {
	o := j.a.objects.byID[id]
	what := "a view outside the catalog"
	switch {
	case o.Type == Synonym:
		what = "a synonym"
	case o.Type.IsModule():
		what = "a module"
	}
	return fmt.Sprintf("%s, %s that reaches %s", o.name, what, some(j.reaches(id), 3))
}

// reaches names the views and the tables behind them that something beside the
// catalog reaches by an unbroken chain of owners.
func (j *judge) reaches(id int) []string {
	var out []string
	for target := range j.a.below(id).whole {
		v, isView := j.a.m.viewByID[target]
		_, ours := j.place[v]
		switch {
		case isView && ours:
			out = append(out, j.a.objects.name(target))
		case len(j.behind[target]) > 0:
			out = append(out, j.stands(target))
		}
	}
	slices.Sort(out)
	return out
}

// sides lists everything beside the catalog that reaches a view or a table
// behind one, in order of name.
func (j *judge) sides() []int {
	if j.beside == nil {
		found := map[int]bool{}
		for _, v := range j.views {
			for _, id := range j.a.ways(j.a.m.views[v].ID) {
				found[id] = true
			}
		}
		j.beside = j.sorted(found)
	}
	return j.beside
}

// behindSorted lists the tables behind views, in order of name.
func (j *judge) behindSorted() []int {
	if j.tables == nil {
		found := map[int]bool{}
		for id := range j.behind {
			found[id] = true
		}
		j.tables = j.sorted(found)
	}
	return j.tables
}

func (j *judge) sorted(set map[int]bool) []int {
	return slices.SortedFunc(maps.Keys(set), func(x, y int) int { return strings.Compare(j.a.objects.name(x), j.a.objects.name(y)) })
}

// permissionList joins names of permissions, sorted.
func permissionList(list []string) string {
	return strings.Join(slices.Compact(sortPermissions(slices.Clone(list))), ", ")
}

// sortPermissions sorts names of permissions, the four in their usual order
// first.
func sortPermissions(list []string) []string {
	rank := func(name string) int { return slices.Index(append(catalog.All.Names(), "CONTROL", name), name) }
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b)) })
	return list
}

// some joins sorted names, the first few by name and the rest by number.
func some(list []string, limit int) string {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > limit+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:limit], ", "), len(list)-limit)
	}
	return strings.Join(list, ", ")
}
