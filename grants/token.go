package grants

import (
	"cmp"
	"slices"
	"sort"
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
	bySID   map[string]int32 // logins alone
	parents map[int][]int    // the roles that a login or role is a direct member of
	rows    []ServerPermissionRow
	// byGrantee is the same rows by grantee, each one's in the server's order.
	byGrantee []ServerPermissionRow
	heldOn    []int // positions of the logins that there are rows on
	public    int
	// connects is false where no row says who may log in, so that nothing is
	// concluded from a missing one.
	connects bool
	// denies is whether a row denies something on the whole server but to log in.
	denies bool
	// alone are the ids of a login or role that is in nothing but public.
	alone  []int
	spaces map[level][]level // see space
}

func newInstance(s *Snapshot, bySID map[string]int32) *instance {
	x := &instance{logins: s.Logins, byID: make(map[int]int, len(s.Logins)), bySID: bySID, parents: map[int][]int{}, rows: s.ServerPermissions,
		byGrantee: ordered(s.ServerPermissions, func(a, b *ServerPermissionRow) int { return cmp.Compare(a.Grantee, b.Grantee) }), public: 2, spaces: map[level][]level{}}
	for i, l := range s.Logins {
		if l.ID != 0 {
			x.byID[l.ID] = i
		}
		if l.IsRole() && l.Name == "public" {
			x.public = l.ID
		}
	}
	for _, m := range s.ServerMembers {
		x.parents[m.Member] = append(x.parents[m.Member], m.Role)
	}
	held := map[int]bool{}
	for _, row := range x.rows {
		on := x.on(row)
		x.connects = x.connects || row.Name == "CONNECT SQL"
		x.denies = x.denies || on.kind == onServer && row.State == Denied && row.Name != "CONNECT SQL"
		if on.kind == onLogin {
			held[on.id] = true
		}
	}
	for i, l := range s.Logins {
		if held[l.ID] {
			x.heldOn = append(x.heldOn, i)
		}
	}
	return x
}

// twins calls do for each login that another one has the SID of, which a server does
// not have.
func (x *instance) twins(do func(i, twin int)) {
	n := 0
	for i := range x.logins {
		if !x.logins[i].IsRole() && x.logins[i].SID != "" {
			n++
		}
	}
	if n == len(x.bySID) {
		return
	}
	for i, l := range x.logins {
		if at, ok := x.bySID[l.SID]; ok && int(at) != i && !l.IsRole() {
			do(i, int(at))
		}
	}
}

// of are the rows of a login or server role, in the server's order.
func (x *instance) of(id int) []ServerPermissionRow {
	from := sort.Search(len(x.byGrantee), func(i int) bool { return x.byGrantee[i].Grantee >= id })
	to := from
	for to < len(x.byGrantee) && x.byGrantee[to].Grantee == id {
		to++
	}
	return x.byGrantee[from:to:to]
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
	if len(x.parents[id]) == 0 && id != x.public { // as nearly all are
		if len(x.alone) == 0 {
			x.alone = make([]int, 512)
		}
		out := x.alone[:2:2]
		x.alone = x.alone[2:]
		out[0], out[1] = id, x.public
		return out
	}
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
		for _, row := range x.of(id) {
			if row.Name == name && x.on(row) == on {
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
	for _, l := range a.space(level{on.kind, name}) {
		a.judgeLevel(&v, t, on, l)
	}
	return v.allowed()
}

// space is level.space, worked out once.
func (a *Access) space(l level) []level { return a.server.space(l) }

func (x *instance) space(l level) []level {
	known, ok := x.spaces[l]
	if !ok {
		known = l.space()
		x.spaces[l] = known
	}
	return known
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
	for _, p := range t.db {
		for _, row := range a.table.given(at, int(p)) {
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
		case l.kind == onSchema:
			text += " on its schema"
		default:
			text += " on the database"
		}
		return text, self && l == (level{on.kind, name})
	}
	for _, l := range a.space(level{on.kind, name}) {
		at := on
		if l.kind != on.kind {
			at = a.container(on, l.kind)
		}
		if l.kind >= onLogin {
			for i, id := range t.server {
				if slices.ContainsFunc(a.server.of(id), func(row ServerPermissionRow) bool {
					return a.server.on(row) == at && row.Name == l.name && slices.Contains(states, row.State)
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
			if slices.ContainsFunc(a.table.given(at, int(p)), func(row PermissionRow) bool { return row.Name == l.name && slices.Contains(states, row.State) }) {
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

// rowsOn returns the rows on a securable of the database.
func (a *Access) rowsOn(on securable) []PermissionRow { return a.table.on(on) }

// kindOf is what a row is on.
func (a *Access) kindOf(row PermissionRow) (kind, bool) { return a.m.kindOf(row) }
