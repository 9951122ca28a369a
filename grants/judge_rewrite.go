package grants

import (
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// rewrites judges a row by which its holders can put a text of their own under
// an owner whose chain reaches the catalog's data, and use it: such as a view
// that has nothing to do with it yet (reference C.3).
func (j *judge) rewrites(row PermissionRow, p int, on securable) {
	who := slices.DeleteFunc(j.empowered(p, on, row.Name), func(i int) bool { return !j.rewritable(j.a.tokenOf(j.people[i].user, nil), on) })
	if len(who) > 0 {
		j.blameRow(finding.PowerGrant, row, p, "can give itself access: it is granted", j.target(on)+", whose owner's views and tables those of the catalog are", who)
	}
}

// rewritable reports whether a token can change something on a securable, or
// make something in it, that belongs to an owner of the catalog's data, and use
// it. On a table that is a trigger.
func (j *judge) rewritable(t token, on securable) bool {
	uses := func(on securable) bool { // what only reads can be made to read, and no more
		return j.asked.Has(catalog.Select) && j.a.can(t, on, "SELECT") ||
			slices.ContainsFunc([]string{"INSERT", "UPDATE", "DELETE", "EXECUTE"}, func(name string) bool { return j.a.can(t, on, name) })
	}
	if on.kind == onObject {
		return j.ownsData()[j.a.objects.owner(on.id)] && uses(on)
	}
	i, ok := j.a.m.schemaByID[on.id]
	makes := slices.ContainsFunc([]string{"CREATE VIEW", "CREATE PROCEDURE", "CREATE FUNCTION", "CREATE SYNONYM", "CREATE TABLE"}, func(name string) bool {
		return j.a.can(t, securable{onDatabase, 0}, name)
	})
	if ok && makes && j.ownsData()[j.a.m.schemas[i].Owner] && uses(on) {
		return true
	}
	for id, o := range j.a.objects.byID {
		if o.Schema == on.id && j.rewritable(t, securable{onObject, id}) {
			return true
		}
	}
	return false
}

// ownsData are the ids of the owners of the tables behind the catalog's views,
// and of the views where the chain of owners below them holds.
func (j *judge) ownsData() map[int]bool {
	if j.dataOwners == nil {
		j.dataOwners = map[int]bool{}
		for _, v := range j.views {
			if view := j.a.m.views[v]; len(j.a.below(view.ID).broken) == 0 {
				j.dataOwners[view.Owner] = true
			}
		}
		for _, id := range j.behindSorted() {
			j.dataOwners[j.a.objects.owner(id)] = true
		}
	}
	return j.dataOwners
}
