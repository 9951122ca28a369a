package adoption

import (
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// found is the most that somebody of a site comes to on some view, by whatever they
// have: their rows, roles, logins, what they own, and whom they may act as or join.
// An [[outsider]] of the draft accepts no more. Of a grant option it is the
// permission, of the power to join a role what the role has: less than all four,
// with which alone a policy accepts them.
func (x *site) found(name string) catalog.Permissions {
	f := finder{x: x, seen: map[int]bool{}, logins: map[int]bool{}}
	out := catalog.None
	for _, h := range x.by {
		if h.Name == name {
			out = out.Union(f.principal(h))
		}
	}
	if login, ok := x.loginNamed(name); ok {
		out = out.Union(f.login(login))
	}
	return out
}

// finder is a search that meets everybody once, by id.
type finder struct {
	x            *site
	seen, logins map[int]bool
}

// principal is what one of the database has, with the roles that it is in.
func (f finder) principal(h *holder) catalog.Permissions {
	if h == nil || f.seen[h.ID] {
		return catalog.None
	}
	f.seen[h.ID] = true
	out := f.x.reach(h).Union(f.owned(h))
	for _, i := range h.odd {
		out = out.Union(f.row(f.x.snap.Permissions[i]))
	}
	for _, id := range h.in {
		out = out.Union(f.principal(f.x.by[id]))
	}
	if login, ok := f.x.loginOf(h.SID); ok {
		out = out.Union(f.login(login))
	}
	return out
}

// row is what a row brings beside the views themselves: on what stands behind or
// beside them, and over other principals.
func (f finder) row(row grants.PermissionRow) catalog.Permissions {
	_, way := f.x.wayOf(row.Major)
	above := slices.Contains([]string{"CONTROL", "ALTER", "TAKE OWNERSHIP"}, row.Name)
	p, err := catalog.ParsePermission(row.Name)
	switch {
	case row.State != grants.Granted && row.State != grants.GrantedWithGrant:
	case row.Class == grants.ClassPrincipal && (above || row.Name == "IMPERSONATE"):
		return f.principal(f.x.by[row.Major])
	case row.Class == grants.ClassObject && !way, row.Class == grants.ClassSchema && !f.x.holdsWays(row.Major):
	case row.Class != grants.ClassObject && row.Class != grants.ClassSchema:
	case above:
		return catalog.All
	case err == nil:
		return p
	}
	return catalog.None
}

// owned is what belongs to a principal: everything, of a view, of what stands
// behind or beside one, and of a schema that holds them; of a role what it has.
func (f finder) owned(h *holder) catalog.Permissions {
	out := catalog.None
	if h.ID == grants.DboID {
		return out
	}
	for _, v := range f.x.snap.Views {
		_, ours := f.x.views[v.ID]
		if _, way := f.x.wayOf(v.ID); v.Owner == h.ID && (ours || way) {
			return catalog.All
		}
	}
	for _, o := range f.x.snap.Objects {
		if _, way := f.x.wayOf(o.ID); o.Owner == h.ID && way {
			return catalog.All
		}
	}
	for _, s := range f.x.snap.Schemas {
		if s.Owner == h.ID && (f.x.reaching[s.ID] || f.x.holdsWays(s.ID)) {
			return catalog.All
		}
	}
	for _, r := range f.x.by {
		if r.isRole() && r.Owner == h.ID {
			out = out.Union(f.principal(r))
		}
	}
	return out
}

// login is what a login has, or a server role, with the roles that it is in.
func (f finder) login(l grants.Login) catalog.Permissions {
	if f.logins[l.ID] {
		return catalog.None
	}
	f.logins[l.ID] = true
	snap, out := f.x.snap, serverWorth(l.Name, l.IsRole())
	if l.SID != "" && l.SID == snap.OwnerSID {
		return catalog.All
	}
	for _, row := range snap.ServerPermissions {
		switch {
		case row.Grantee != l.ID || row.State == grants.Denied:
		case row.Class == grants.ClassServer:
			out = out.Union(serverWorth(row.Name, true))
		default:
			out = out.Union(f.loginByID(row.Major))
		}
	}
	for _, m := range snap.ServerMembers {
		if m.Member == l.ID {
			out = out.Union(f.loginByID(m.Role))
		}
	}
	for _, h := range f.x.by {
		if h.SID == l.SID && l.SID != "" {
			out = out.Union(f.principal(h))
		}
	}
	return out
}

func (f finder) loginByID(id int) catalog.Permissions {
	i := slices.IndexFunc(f.x.snap.Logins, func(l grants.Login) bool { return l.ID == id })
	if i < 0 {
		return catalog.None
	}
	return f.login(f.x.snap.Logins[i])
}

// serverWorth is what a fixed role or permission of the server brings to every view:
// all, where its holder could give it to themselves.
func serverWorth(word string, power bool) catalog.Permissions {
	opens := grants.Opens(word)
	switch {
	case !power:
		return catalog.None
	case !opens.IsEmpty():
		return opens
	case word == "CONNECT ANY DATABASE", word == "##MS_DatabaseConnector##", !slices.Contains(grants.Powers(), word):
		return catalog.None
	}
	return catalog.All
}

// wayOf is way before the report has looked for them.
func (x *site) wayOf(id int) (way, bool) {
	if x.ways == nil {
		x.ways = append([]way{}, x.findWays()...)
	}
	return x.way(id)
}

// holdsWays reports whether a schema holds what stands behind or beside the views.
func (x *site) holdsWays(schema int) bool {
	x.wayOf(0)
	return slices.ContainsFunc(x.ways, func(w way) bool { return w.on.Schema == x.schema(schema) })
}
