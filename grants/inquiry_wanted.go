package grants

import (
	"slices"

	"grantree/catalog"
)

// GroupOf is the group of the policy whose role in this site has that name, or "": the
// same name can be another group's in another site, or nobody's.
func (q *Inquiry) GroupOf(role string) string {
	i := slices.IndexFunc(q.j.w.Roles, func(r WantedRole) bool { return q.j.w.Collation.Equal(r.Name, role) })
	if i < 0 {
		return ""
	}
	return q.j.w.Roles[i].Group
}

// OwnLines tells what the policy wants granted to people themselves: the user, the
// view, and a single permission.
func (q *Inquiry) OwnLines(tell func(user, view string, p catalog.Permissions)) {
	users := map[string]bool{}
	for _, u := range q.j.w.Users {
		users[q.j.w.Collation.Key(u.Name)] = true
	}
	for _, e := range q.j.w.Entries {
		if e.State == Granted && users[q.j.w.Collation.Key(e.Grantee)] {
			tell(e.Grantee, e.View, e.Permission)
		}
	}
}
