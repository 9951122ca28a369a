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
func (j *judge) remark(code, format string, args ...any) *finding.Finding {
	j.remarks.Notef(code, finding.Pos{}, "", format, args...)
	return &j.remarks[len(j.remarks)-1]
}

// doubt adds something that is not verified, about this site.
func (j *judge) doubt(code string, do advice, format string, args ...any) *finding.Finding {
	found := j.unsure.Warnf(code, finding.Pos{}, "", "%s%s", j.where(false), fmt.Sprintf(format, args...))
	do.advise(found, j.write, j.s.Database)
	return found
}

// mismatch adds one that is no charge against a principal.
func (j *judge) mismatch(code, about string, at finding.Pos, do advice, format string, args ...any) {
	found := j.mismatches.Warnf(code, at, "", "%s%s", j.where(false), fmt.Sprintf(format, args...))
	found.About = about
	do.advise(found, j.write, j.s.Database)
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
	return fmt.Sprintf("%s, which stands behind %s", j.a.objects.name(table), some(j.viewsOver(table), 3))
}

// viewsOver names the catalog views over a table.
func (j *judge) viewsOver(table int) []string {
	var out []string
	for _, v := range j.behind[table] {
		out = append(out, j.a.m.viewName(v))
	}
	return out
}

// side says what stands beside the catalog, and what it reaches.
func (j *judge) side(id int) string {
	o := j.a.objects.byID[id]
	what := "a view outside the catalog"
	switch {
	case o.Type == Synonym:
		what = "a synonym"
	case j.a.isModule(o):
		what = "a module"
	}
	return fmt.Sprintf("%s, %s that reaches %s", o.name, what, some(j.reaches(id), 3))
}

// reaches names what something beside the catalog reaches, whatever its caller may.
func (j *judge) reaches(id int) []string {
	return j.reachedOf(j.a.targets(j.a.objects.byID[id], j.asked))
}

// reachedOf names the views among some objects, and of the tables behind views those
// whose views are not.
func (j *judge) reachedOf(targets map[int]bool) []string {
	var out, tables []string
	for target := range targets {
		v, isView := j.a.m.viewByID[target]
		if _, ours := j.place[v]; isView && ours {
			out = append(out, j.a.objects.name(target))
		}
	}
	for target := range targets {
		if over := j.viewsOver(target); len(over) > 0 && !slices.ContainsFunc(over, func(v string) bool { return slices.Contains(out, v) }) {
			tables = append(tables, j.stands(target))
		}
	}
	out = append(out, tables...)
	slices.Sort(out)
	return out
}

// sides lists everything beside the catalog that reaches a view or a table
// behind one, in order of name.
func (j *judge) sides() []int {
	if j.beside == nil {
		found := map[int]bool{}
		for _, v := range j.views {
			maps.Copy(found, j.a.reaching(j.a.m.views[v].ID))
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
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(permissionRank(a), permissionRank(b)), strings.Compare(a, b))
	})
	return list
}

// permissionRank is the place of what a text begins with among the four and
// CONTROL.
func permissionRank(text string) int {
	names := append(catalog.All.Names(), "CONTROL")
	if i := slices.IndexFunc(names, func(name string) bool {
		return text == name || strings.HasPrefix(text, name+",") || strings.HasPrefix(text, name+" WITH")
	}); i >= 0 {
		return i
	}
	return len(names)
}

// agree puts a verb into the singular for one thing.
func agree(list []string, one, many string) string {
	if distinct := slices.Compact(slices.Sorted(slices.Values(list))); len(distinct) == 1 {
		return one
	}
	return many
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
