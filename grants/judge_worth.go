package grants

import (
	"slices"

	"grantree/catalog"
)

// worth is what an identity can reach, by whatever way: the one notion of it,
// for somebody whom another can act as and for a role that another can join.
type worth struct {
	views  []catalog.Permissions // on the catalog's views or some of their columns, by place
	beside catalog.Permissions   // on tables behind them, and on what stands beside
	power  bool                  // it can give itself access, or act as somebody who has more
}

// empty reports whether there is nothing to be had.
func (x worth) empty() bool {
	return x.beside.IsEmpty() && !x.power && !slices.ContainsFunc(x.views, func(p catalog.Permissions) bool { return !p.IsEmpty() })
}

// more reports whether a token reaches more than a person may.
func (j *judge) more(x person, t token) bool {
	has := j.worthOf(t)
	for at := range j.views {
		may := catalog.None
		if x.may != nil {
			may = x.may[at]
		}
		if !has.views[at].Minus(may).IsEmpty() {
			return true
		}
	}
	return has.power || !has.beside.IsEmpty() && !(x.outside != nil && x.outside.May.Has(has.beside))
}

// worthOfPrincipal is the worth of a principal of the database with every role
// that it is in.
func (j *judge) worthOfPrincipal(p int) worth {
	known, ok := j.worths[p]
	if !ok {
		known = j.worthOf(j.a.tokenOf(p, nil))
		j.worths[p] = known
	}
	return known
}

// worthOf adds to what a token reaches by itself that it can become somebody,
// or join a role, that reaches something, and from there go on.
func (j *judge) worthOf(t token) worth {
	out := j.alone(t)
	todo, seen := j.becomes(t), map[int]bool{}
	for i := 0; i < len(todo) && !out.power; i++ {
		p := todo[i]
		if seen[p] {
			continue
		}
		seen[p] = true
		next := j.a.tokenOf(p, nil)
		out.power = j.wantedOrManaged(p) || !j.alone(next).empty()
		todo = append(todo, j.becomes(next)...)
	}
	return out
}

// alone is the worth of a token that becomes nobody else.
func (j *judge) alone(t token) worth {
	out := worth{views: make([]catalog.Permissions, len(j.views)), power: t.dbo || t.sysadmin || j.hasPower(t)}
	for at, v := range j.views {
		out.views[at] = j.a.holdsOn(t, v).Union(j.columnsHeld(t, v)).Intersect(j.asked)
	}
	for _, one := range j.asked.Each() {
		if slices.ContainsFunc(j.opens(), func(id int) bool { return j.a.directly(t, id, one.String()) != No }) {
			out.beside = out.beside.Union(one)
		}
	}
	return out
}

// becomes lists whom a token can act as or give another login, and the roles
// that it can join, by position.
func (j *judge) becomes(t token) []int {
	var out []int
	j.eachPower(t, func(on securable) bool {
		if on.kind == onRole || on.kind == onUser {
			out = append(out, j.a.m.byID[on.id])
		}
		return false
	})
	return out
}

// wantedOrManaged reports whether who is or becomes this principal gets what
// the policy gives, though nobody may have it yet.
func (j *judge) wantedOrManaged(p int) bool {
	principal := j.a.m.principals[p]
	if j.asked != catalog.All {
		return principal.ID == DboID || j.gets(p)
	}
	return j.ours(p) || principal.ID == DboID || principal.Type == DatabaseRole && principal.Managed
}

// opens lists what is open by itself: the tables behind the views, and the
// views and synonyms beside them.
func (j *judge) opens() []int {
	if j.openIDs == nil {
		j.openIDs = slices.Clone(j.behindSorted())
		for _, id := range j.sides() {
			if !j.a.isModule(j.a.objects.byID[id]) {
				j.openIDs = append(j.openIDs, id)
			}
		}
	}
	return j.openIDs
}

// columnsHeld is what a token holds on some columns of a view.
func (j *judge) columnsHeld(t token, v int) catalog.Permissions {
	out := catalog.None
	for _, row := range j.a.column[v] {
		if (row.state == Granted || row.state == GrantedWithGrant) && slices.Contains(t.db, int32(row.grantee)) {
			out = out.Union(row.permission)
		}
	}
	return out
}

// hasPower reports whether a token can give itself access by a permission on
// the database, a schema, a view or what stands behind or beside it.
func (j *judge) hasPower(t token) bool {
	if slices.ContainsFunc(powersOf[onDatabase], func(name string) bool { return j.a.can(t, securable{onDatabase, 0}, name) }) {
		return true
	}
	return j.eachPower(t, func(on securable) bool {
		return (on.kind == onObject || on.kind == onSchema) && (j.matters(on) || j.rewritable(t, on))
	})
}

// eachPower finds a securable that a token has power over, by a row or as its
// owner, of which yes says so.
func (j *judge) eachPower(t token, yes func(on securable) bool) bool {
	for _, p := range t.db {
		for _, row := range j.rowsOf()[j.a.m.principals[p].ID] {
			k, _ := j.a.kindOf(row)
			if on := (securable{k, row.Major}); j.a.can(t, on, row.Name) && yes(on) {
				return true
			}
		}
	}
	return slices.ContainsFunc(j.owned(), func(on securable) bool { return j.a.owns(t, on) && yes(on) })
}

// rowsOf are the rows that give power, by the id of their grantee.
func (j *judge) rowsOf() map[int][]PermissionRow {
	if j.rows == nil {
		j.rows = map[int][]PermissionRow{}
		for _, row := range j.s.Permissions {
			k, ok := j.a.kindOf(row)
			power := row.Name == "CONTROL" || slices.Contains(powersOf[k], row.Name) || k == onUser && row.Name == "IMPERSONATE"
			if ok && power && row.Minor == 0 && (row.State == Granted || row.State == GrantedWithGrant) {
				j.rows[row.Grantee] = append(j.rows[row.Grantee], row)
			}
		}
	}
	return j.rows
}

// owned are the roles and schemas that belong to somebody other than dbo.
func (j *judge) owned() []securable {
	if j.ownedBy == nil {
		j.ownedBy = []securable{}
		for _, p := range j.a.m.principals {
			if p.Type == DatabaseRole && !isBuiltIn(p.ID) && p.Owner != DboID && p.Owner != 0 {
				j.ownedBy = append(j.ownedBy, securable{onRole, p.ID})
			}
		}
		for _, x := range j.a.m.schemas {
			if x.Owner != DboID {
				j.ownedBy = append(j.ownedBy, securable{onSchema, x.ID})
			}
		}
	}
	return j.ownedBy
}

// matters reports whether a power over a securable is one over the catalog's
// views or over who may reach them.
func (j *judge) matters(on securable) bool {
	switch on.kind {
	case onObject:
		v, isView := j.a.m.viewByID[on.id]
		_, ours := j.place[v]
		return isView && ours || len(j.behind[on.id]) > 0 || slices.Contains(j.sides(), on.id)
	case onSchema:
		in := func(id int) bool { return j.a.objects.schema(id) == on.id }
		return j.schemas[on.id] || slices.ContainsFunc(j.behindSorted(), in) || slices.ContainsFunc(j.sides(), in)
	case onRole, onUser:
		p := j.a.m.byID[on.id]
		return j.wantedOrManaged(p) || !j.worthOfPrincipal(p).empty()
	}
	return true
}
