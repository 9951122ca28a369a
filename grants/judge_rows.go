package grants

import (
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// powersOf are the permissions, by what they are on, by which somebody can give
// themselves access without having it (reference A.6, B.8).
var powersOf = map[kind][]string{
	onDatabase: {"ALTER", "TAKE OWNERSHIP", "ALTER ANY ROLE", "ALTER ANY USER", "ALTER ANY SCHEMA", "ALTER ANY APPLICATION ROLE",
		"ALTER ANY DATABASE DDL TRIGGER", "ALTER ANY ASSEMBLY"},
	onSchema:  {"ALTER", "TAKE OWNERSHIP"},
	onObject:  {"ALTER", "TAKE OWNERSHIP"},
	onRole:    {"ALTER", "CONTROL", "TAKE OWNERSHIP"},
	onUser:    {"ALTER"},
	onAppRole: {"ALTER", "CONTROL"},
}

// row judges one permission row.
func (j *judge) row(row PermissionRow) {
	p, ok := j.a.m.byID[row.Grantee]
	k, known := j.a.kindOf(row)
	if !ok || !known || row.Grantee == DboID || row.Grantee == 3 || row.Grantee == 4 {
		return
	}
	if row.State == Denied || row.State == Revoked {
		j.denial(row, p)
		return
	}
	on := securable{k, row.Major}
	if slices.Contains(powersOf[k], row.Name) && row.Minor == 0 && j.matters(on) {
		j.power(row, p, on)
	} else if row.Minor == 0 && (k == onObject || k == onSchema) && !j.matters(on) && (row.Name == "ALTER" || row.Name == "CONTROL") {
		j.rewrites(row, p, on)
	}
	switch k {
	case onDatabase:
		if worth := covers(row.Class, row.Name); !worth.IsEmpty() {
			j.wide(finding.DatabaseGrant, row, p, worth, "the database", func(int) bool { return true })
		}
	case onSchema:
		if worth := covers(row.Class, row.Name); !worth.IsEmpty() {
			j.schemaRow(row, p, worth)
		}
	case onObject:
		j.objectRow(row, p)
	case onUser:
		if row.Name == "IMPERSONATE" || row.Name == "CONTROL" {
			j.impersonates(row, p)
		}
	}
}

// power judges a row by which its holders can give themselves access.
func (j *judge) power(row PermissionRow, p int, on securable) {
	if who := j.empowered(p, on, row.Name); len(who) > 0 {
		j.blameRow(finding.PowerGrant, row, p, "can give itself access: it is granted", j.target(on), who)
	}
}

// wide judges a row that reaches many views at once.
func (j *judge) wide(code string, row PermissionRow, p int, worth catalog.Permissions, target string, reaches func(v int) bool) {
	rights := func(v int) catalog.Permissions {
		if reaches(v) {
			return worth
		}
		return catalog.None
	}
	who, _ := j.charged(p, rights)
	if len(j.behind) > 0 {
		who = append(who, j.open(p, worth)...)
	}
	if who = j.orHanding(row, p, who); len(who) > 0 {
		j.blameRow(code, row, p, "is granted", target, who)
	}
}

func (j *judge) schemaRow(row PermissionRow, p int, worth catalog.Permissions) {
	target := j.target(securable{onSchema, row.Major})
	if j.schemas[row.Major] {
		j.wide(finding.SchemaGrant, row, p, worth, target, func(v int) bool { return j.a.m.views[v].Schema == row.Major })
		return
	}
	for _, table := range j.behindSorted() {
		if j.a.objects.schema(table) == row.Major {
			j.blameOpen(finding.TableGrant, row, p, worth, target+", which holds "+j.stands(table))
			return
		}
	}
	for _, id := range j.sides() {
		if j.a.objects.schema(id) == row.Major && !j.a.isModule(j.a.objects.byID[id]) {
			j.blameOpen(finding.BesideGrant, row, p, worth, target+", which holds "+j.side(id))
			return
		}
	}
}

// objectRow judges a row on a view, a table behind one, or what stands beside.
func (j *judge) objectRow(row PermissionRow, p int) {
	worth := covers(row.Class, row.Name)
	if worth.IsEmpty() {
		return
	}
	if v, ok := j.a.m.viewByID[row.Major]; ok {
		if _, ours := j.place[v]; ours {
			j.viewRow(row, p, v, worth)
			return
		}
	}
	switch {
	case len(j.behind[row.Major]) > 0:
		j.blameOpen(finding.TableGrant, row, p, worth, columnsOf(row)+j.stands(row.Major))
	case slices.Contains(j.sides(), row.Major) && !j.a.isModule(j.a.objects.byID[row.Major]):
		j.blameOpen(finding.BesideGrant, row, p, worth, columnsOf(row)+j.side(row.Major))
	}
}

func (j *judge) blameOpen(code string, row PermissionRow, p int, worth catalog.Permissions, target string) {
	if who := j.orHanding(row, p, j.open(p, worth)); len(who) > 0 {
		j.blameRow(code, row, p, "is granted", target, who)
	}
}

// handsOn reports whether a row lets its holders give others what it gives
// them: it changes something even where they have all of it anyway.
func handsOn(row PermissionRow) bool {
	return row.State == GrantedWithGrant || row.Name == "CONTROL"
}

// option is what a row's permission is followed by.
func option(row PermissionRow) string {
	if row.State == GrantedWithGrant {
		return " WITH GRANT OPTION"
	}
	return ""
}

// orHanding adds those who act as p to the ones whom a row concerns, where it
// hands on what it gives and the policy does not accept everything of them.
func (j *judge) orHanding(row PermissionRow, p int, who []int) []int {
	if !handsOn(row) {
		return who
	}
	for _, i := range j.reach[p] {
		if x := j.people[i]; !x.mayAlso("CONTROL") && !j.throughAccepted(x, p, catalog.All) {
			who = append(who, i)
		}
	}
	return who
}

func columnsOf(row PermissionRow) string {
	if row.Minor != 0 {
		return "columns of "
	}
	return ""
}

// viewRow judges a row on a view of the catalog.
func (j *judge) viewRow(row PermissionRow, p, v int, worth catalog.Permissions) {
	name := j.a.m.viewName(v)
	if row.Minor != 0 {
		var who []int
		for _, i := range j.reach[p] {
			if !j.people[i].may[j.place[v]].Has(worth) {
				who = append(who, i)
			}
		}
		if who = j.orHanding(row, p, who); len(who) > 0 {
			j.blameRow(finding.ColumnGrant, row, p, "is granted", "columns of "+name, who)
		}
		return
	}
	wanted := plain(row.Name) && j.want.at(p, v).granted().Has(worth)
	if wanted && !handsOn(row) {
		return
	}
	who, _ := j.charged(p, func(x int) catalog.Permissions {
		if x == v {
			return worth
		}
		return catalog.None
	})
	code := j.onView(row, p)
	if len(who) == 0 && row.State == GrantedWithGrant && plain(row.Name) {
		code = finding.GrantOption
	}
	who = j.orHanding(row, p, who)
	if len(who) == 0 && !(handsOn(row) && j.ours(p)) {
		j.idle(row, p, name)
		return
	}
	key, verb := j.key(code, j.a.m.principals[p].Name), "is granted"
	if j.ours(p) {
		verb = "is granted what the policy does not give it:"
		if c, ok := j.over[entryKey{p, v, worth}]; ok {
			verb = fmt.Sprintf("is still granted, though %s (%s),", c.Note, c.Pos)
			key.who += "\x00" + verb
		}
	}
	f := j.note(key, j.subject(p), j.self(p), verb, row.Name+option(row), name, who)
	if wanted { // of that row the policy takes no more than the option
		f.options = append(f.options, row)
	} else {
		f.rows = append(f.rows, row)
	}
}

func (j *judge) onView(row PermissionRow, p int) string {
	switch {
	case row.Grantee == PublicID:
		return finding.PublicGrant
	case row.Grantee == GuestID:
		return finding.GuestGrant
	case !plain(row.Name):
		return finding.ControlGrant
	case !j.ours(p):
		return finding.UnmanagedGrant
	}
	return finding.ExtraGrant
}

// impersonates judges IMPERSONATE and CONTROL on a user: what matters is what
// the user has that those who may act as it have not.
func (j *judge) impersonates(row PermissionRow, p int) {
	target, ok := j.a.m.byID[row.Major]
	if !ok || j.ownsAll(p) {
		return
	}
	t := j.a.tokenOf(target, nil)
	var who []int
	for _, i := range j.reach[p] {
		x := j.people[i]
		if x.mayAlso("IMPERSONATE") || x.user == target || !j.a.can(token{db: j.a.tokensOf(x.user)}, securable{onUser, row.Major}, "IMPERSONATE") {
			continue
		}
		if j.more(x, t) {
			who = append(who, i)
		}
	}
	if len(who) > 0 {
		j.blameRow(finding.Impersonate, row, p, "may act as another: it is granted", j.target(securable{onUser, row.Major}), who)
	}
}

func (j *judge) ownsAll(p int) bool { return j.a.m.principals[p].ID == DboID }

// idle remarks on a row that opens a view to nobody now.
func (j *judge) idle(row PermissionRow, p int, view string) {
	if len(j.reach[p]) == 0 && !j.ours(p) {
		j.remark(finding.ReachesNobody, "%s%s is granted %s on %s, and nobody can use it now", j.where(false), j.subject(p), row.Name, view)
	}
}
