package grants

import (
	"cmp"
	"slices"
)

// The fixed names of the server (reference A.5, A.7).
const sysadmin = "sysadmin"

// token is what the engine checks somebody by in the site: the principals they
// act as, in the database and on the server (reference C.1, step 3). Under EXECUTE
// AS USER those of the server are only there to be denied (reference C.6).
type token struct {
	dbo      bool    // nothing binds them in this database
	sysadmin bool    // nothing binds them on the server
	db       []int32 // positions of principals, themselves first; public last
	server   []int   // ids of logins and server roles, themselves first
	barred   []int   // the same under EXECUTE AS USER: their DENYs alone count
}

// securable is one thing that a permission is on.
type securable struct {
	kind kind
	id   int
}

// instance is the server's part of a snapshot, by id.
type instance struct {
	logins  []Login
	byID    map[int]int
	bySID   map[string]int // logins alone
	parents map[int][]int  // the roles that a login or role is a direct member of
	rows    map[securable][]ServerPermissionRow
	given   map[given][]ServerPermissionRow // the same rows, by grantee too
	// byGrantee is the same rows in the server's order, by grantee alone.
	byGrantee map[int][]ServerPermissionRow
	heldOn    []int // positions of the logins that there are rows on
	public    int
	// connects is false where no row says who may log in, so that nothing is
	// concluded from a missing one.
	connects bool
	// denies is whether a row denies something on the whole server but to log in.
	denies bool
}

func newInstance(s *Snapshot) *instance {
	x := &instance{logins: s.Logins, byID: map[int]int{}, bySID: map[string]int{}, parents: map[int][]int{}, rows: map[securable][]ServerPermissionRow{},
		given: make(map[given][]ServerPermissionRow, len(s.ServerPermissions)), byGrantee: make(map[int][]ServerPermissionRow, len(s.ServerPermissions)), public: 2}
	for i, l := range s.Logins {
		if l.ID != 0 {
			x.byID[l.ID] = i
		}
		switch {
		case l.IsRole() && l.Name == "public":
			x.public = l.ID
		case !l.IsRole() && l.SID != "":
			x.bySID[l.SID] = i
		}
	}
	for _, m := range s.ServerMembers {
		x.parents[m.Member] = append(x.parents[m.Member], m.Role)
	}
	for _, row := range s.ServerPermissions {
		on := x.on(row)
		x.byGrantee[row.Grantee] = append(x.byGrantee[row.Grantee], row)
		x.rows[on] = append(x.rows[on], row)
		x.given[given{on, row.Grantee}] = append(x.given[given{on, row.Grantee}], row)
		x.connects = x.connects || row.Name == "CONNECT SQL"
		x.denies = x.denies || on.kind == onServer && row.State == Denied && row.Name != "CONNECT SQL"
	}
	for i, l := range s.Logins {
		if len(x.rows[securable{onLogin, l.ID}]) > 0 {
			x.heldOn = append(x.heldOn, i)
		}
	}
	return x
}

// on is what a row of the server is on.
func (x *instance) on(row ServerPermissionRow) securable {
	if row.Class == ClassServerPrincipal {
		return securable{x.kindOf(row.Major), row.Major}
	}
	return securable{onServer, 0}
}

// kindOf tells a login from a server role.
func (x *instance) kindOf(id int) kind {
	if i, ok := x.byID[id]; ok && x.logins[i].IsRole() {
		return onServerRole
	}
	return onLogin
}

// name is that of a login or server role.
func (x *instance) name(id int) string {
	if i, ok := x.byID[id]; ok {
		return x.logins[i].Name
	}
	return ""
}

// closure returns a login or role, every server role it is in, and public.
func (x *instance) closure(id int) []int {
	out := []int{id}
	for i := 0; i < len(out); i++ {
		for _, role := range x.parents[out[i]] {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	if !slices.Contains(out, x.public) {
		out = append(out, x.public)
	}
	return out
}

// isSysadmin reports whether a list of server principals holds sysadmin, or
// the login that is always in it.
func (x *instance) isSysadmin(ids []int) bool {
	return slices.ContainsFunc(ids, func(id int) bool {
		i, ok := x.byID[id]
		return ok && (x.logins[i].Name == sysadmin && x.logins[i].IsRole() || x.logins[i].SID == SASID)
	})
}

// verdict is what the rows on a permission space say.
type verdict struct{ granted, denied bool }

func (v verdict) allowed() bool { return v.granted && !v.denied }

func (v *verdict) add(state State) {
	switch state {
	case Granted, GrantedWithGrant:
		v.granted = true
	case Denied:
		v.denied = true
	}
}

// judge adds what the server's rows and fixed roles say of one level.
func (x *instance) judge(v *verdict, on securable, name string, ids []int) {
	for _, id := range ids {
		for _, row := range x.given[given{on, id}] {
			if row.Name == name {
				v.add(row.State)
			}
		}
		v.granted = v.granted || on.kind == onServer && slices.Contains(fixedServerPowers(x.name(id)), name)
	}
}

// can is the permission check of reference C.1 for any securable: whoever is
// sysadmin or dbo is asked nothing, an owner neither; else a DENY of anything
// that covers the permission refuses, else a GRANT allows.
func (a *Access) can(t token, on securable, name string) bool {
	if t.sysadmin || t.dbo && on.kind < onLogin || a.owns(t, on) {
		return true
	}
	var v verdict
	for _, l := range (level{on.kind, name}).space() {
		a.judgeLevel(&v, t, on, l)
	}
	return v.allowed()
}

func (a *Access) judgeLevel(v *verdict, t token, on securable, l level) {
	at := on
	if l.kind != on.kind {
		at = a.container(on, l.kind)
	}
	if l.kind >= onLogin {
		a.server.judge(v, at, l.name, t.server)
		var barred verdict
		a.server.judge(&barred, at, l.name, t.barred)
		v.denied = v.denied || barred.denied
		return
	}
	a.rowsOn(at) // made when first asked for
	for _, p := range t.db {
		for _, row := range a.given[given{at, a.m.principals[p].ID}] {
			if row.Name == l.name && row.Minor == 0 {
				v.add(row.State)
			}
		}
	}
	if l.kind != onDatabase {
		return
	}
	for _, p := range t.db {
		grant, deny := fixedPowers(a.m.principals[p].ID)
		v.granted = v.granted || slices.Contains(grant, l.name)
		v.denied = v.denied || slices.Contains(deny, l.name)
	}
}

// container returns the securable of a kind that another is in.
func (a *Access) container(on securable, k kind) securable {
	if k == onSchema && on.kind == onObject {
		return securable{onSchema, a.objects.schema(on.id)}
	}
	return securable{k, 0}
}

// owns reports whether a token holds the owner of a securable or of its
// schema.
func (a *Access) owns(t token, on securable) bool {
	switch on.kind {
	case onObject:
		return a.holds(t, a.objects.owner(on.id)) || a.owns(t, securable{onSchema, a.objects.schema(on.id)})
	case onSchema:
		i, ok := a.m.schemaByID[on.id]
		return ok && a.holds(t, a.m.schemas[i].Owner)
	case onRole:
		p, ok := a.m.byID[on.id]
		return ok && a.m.principals[p].Owner != 0 && a.holds(t, a.m.principals[p].Owner)
	case onServerRole:
		i, ok := a.server.byID[on.id]
		return ok && !a.server.logins[i].Fixed && slices.Contains(t.server, a.server.logins[i].Owner)
	}
	return false
}

// giver says which of a token's rows or fixed roles gives it a permission, for a
// parenthesis: the one on the securable itself first.
func (a *Access) giver(t token, on securable, name string) string {
	text, _ := a.source(t, on, name, "granted", Granted, GrantedWithGrant)
	return cmp.Or(text, "an owner")
}

// denier says which of a token's rows denies it a permission, for a parenthesis
// with a space before it; nothing where it is a plain row of its own.
func (a *Access) denier(t token, on securable, name string) string {
	text, plain := a.source(t, on, name, "denied", Denied)
	if text == "" || plain {
		return ""
	}
	return " (" + text + ")"
}

// source finds the row, in one of these states, or the fixed role by which a
// token has a permission or lacks it. plain is a row of its own of that very
// permission.
func (a *Access) source(t token, on securable, name, verb string, states ...State) (text string, plain bool) {
	words := func(who string, self bool, l level) (string, bool) {
		text := verb + " " + l.name
		if !self {
			text = who + " is " + text
		}
		switch {
		case l.kind == on.kind:
		case l.kind == onServer:
			text += " on the server"
		default:
			text += " on the database"
		}
		return text, self && l == (level{on.kind, name})
	}
	a.rowsOn(on) // made when first asked for
	for _, l := range (level{on.kind, name}).space() {
		at := on
		if l.kind != on.kind {
			at = a.container(on, l.kind)
		}
		if l.kind >= onLogin {
			for i, id := range t.server {
				if slices.ContainsFunc(a.server.given[given{at, id}], func(row ServerPermissionRow) bool {
					return row.Name == l.name && slices.Contains(states, row.State)
				}) {
					return words("the server role "+a.server.name(id), i == 0, l)
				}
			}
			continue
		}
		for i, p := range t.db {
			principal := a.m.principals[p]
			fixed, _ := fixedPowers(principal.ID)
			if l.kind == onDatabase && slices.Contains(states, Granted) && slices.Contains(fixed, l.name) {
				return "a member of " + principal.Name, false
			}
			if slices.ContainsFunc(a.given[given{at, principal.ID}], func(row PermissionRow) bool { return row.Name == l.name && slices.Contains(states, row.State) }) {
				return words("the role "+principal.Name, i == 0, l)
			}
		}
	}
	return "", false
}

// holds reports whether a database principal is in the token, by id.
func (a *Access) holds(t token, id int) bool {
	p, ok := a.m.byID[id]
	return ok && slices.Contains(t.db, int32(p))
}

// given finds the rows of one grantee on one securable.
type given struct {
	on      securable
	grantee int
}

// rowsOn returns the rows on a securable of the database.
func (a *Access) rowsOn(on securable) []PermissionRow {
	if a.rows == nil {
		a.rows = grouped(a.s.Permissions, func(row PermissionRow) (securable, bool) {
			k, ok := a.kindOf(row)
			return securable{k, row.Major}, ok
		})
		a.given = grouped(a.s.Permissions, func(row PermissionRow) (given, bool) {
			k, ok := a.kindOf(row)
			return given{securable{k, row.Major}, row.Grantee}, ok
		})
	}
	return a.rows[on]
}

// grouped is rows by key, in their order; those without one are left out. The lists
// stand in one: most are short, and there are thousands.
func grouped[K comparable, R any](rows []R, key func(R) (K, bool)) map[K][]R {
	many, total := map[K]int{}, 0
	for _, row := range rows {
		if k, ok := key(row); ok {
			many[k]++
			total++
		}
	}
	all, out := make([]R, total), make(map[K][]R, len(many))
	for _, row := range rows {
		k, ok := key(row)
		if !ok {
			continue
		}
		list, begun := out[k]
		if !begun {
			list, all = all[:0:many[k]], all[many[k]:]
		}
		out[k] = append(list, row)
	}
	return out
}

// kindOf is what a row is on.
func (a *Access) kindOf(row PermissionRow) (kind, bool) {
	switch row.Class {
	case ClassDatabase:
		return onDatabase, true
	case ClassObject:
		return onObject, true
	case ClassSchema:
		return onSchema, true
	case ClassPrincipal:
		p, ok := a.m.byID[row.Major]
		switch {
		case ok && a.m.principals[p].Type == DatabaseRole:
			return onRole, true
		case ok && a.m.principals[p].Type == ApplicationRole:
			return onAppRole, true
		}
		return onUser, ok
	}
	return 0, false
}
