package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// may answers whether somebody with this token may do p, a single permission,
// on a view by a statement of their own: the permission check, and below the
// view the chain of owners (reference C.1, C.3).
func (a *Access) may(t token, v int, p catalog.Permissions) Answer {
	if !a.holdsOn(t, v).Has(p) {
		return No
	}
	return a.chain(t, a.m.views[v].ID, p)
}

// holdsOn is what a token holds on a view, whatever stands behind it.
func (a *Access) holdsOn(t token, v int) catalog.Permissions {
	if t.dbo || t.sysadmin {
		return catalog.All
	}
	union := a.serverCell(t.server) | a.serverCell(t.barred)&(denyBits(catalog.All)<<aboveShift)
	for _, p := range t.db {
		union |= a.m.cells.at(int(p), v)
	}
	return union.effective()
}

// serverCell is what server permissions bring to every view (reference B.8).
func (a *Access) serverCell(ids []int) cell {
	var out cell
	for _, id := range ids {
		out |= a.serverCellOf(id)
	}
	return out
}

// serverCellOf is what the permissions of one login or server role bring.
func (a *Access) serverCellOf(id int) cell {
	if known, ok := a.serverCells[id]; ok {
		return known
	}
	var out cell
	for _, one := range catalog.All.Each() {
		var v verdict
		for _, l := range a.space(level{onDatabase, one.String()}) {
			if l.kind == onServer {
				a.server.judge(&v, securable{onServer, 0}, l.name, []int{id})
			}
		}
		if v.granted {
			out |= grantBits(one) << aboveShift
		}
		if v.denied {
			out |= denyBits(one) << aboveShift
		}
	}
	a.serverCells[id] = out
	return out
}

// chain answers whether what stands behind an object lets p through: every
// step between two owners needs a permission of the caller's own, or of whom a
// function runs as, and so does what is in another database, which nobody has read.
func (a *Access) chain(t token, id int, p catalog.Permissions) Answer {
	u := a.below(id)
	out := u.inside
	if t.sysadmin {
		return out
	}
	if len(u.outside) > 0 {
		out = out.and(NotVerified)
	}
	if t.dbo || len(u.broken) == 0 {
		return out
	}
	if p == catalog.Select {
		for _, l := range u.broken {
			out = out.and(a.reads(t, l.to))
		}
		return out
	}
	return out.and(a.writes(t, u, p))
}

// reads answers whether a token may read an object by its own rights: where rows
// on some columns say otherwise than for the whole, that is not known.
func (a *Access) reads(t token, id int) Answer {
	if a.objects.byID[id].Type.isScalar() {
		return answer(a.can(t, securable{onObject, id}, "EXECUTE"))
	}
	return a.directly(t, id, "SELECT")
}

func (a *Access) directly(t token, id int, name string) Answer {
	whole := a.can(t, securable{onObject, id}, name)
	if columnPermissions.Has(permission(name)) && !a.owns(t, securable{onObject, id}) {
		for _, row := range a.rowsOn(securable{onObject, id}) {
			given := row.State == Granted || row.State == GrantedWithGrant
			if row.Minor != 0 && row.Name == name && given != whole && a.holds(t, row.Grantee) {
				return NotVerified
			}
		}
	}
	return answer(whole)
}

// writes answers for what changes rows. Where several things stand behind the
// view, which of them the statement changes is its own choice.
func (a *Access) writes(t token, u *under, p catalog.Permissions) Answer {
	all, any := Yes, No
	for _, l := range u.broken {
		if a.objects.byID[l.to].Type.isScalar() {
			all = all.and(a.reads(t, l.to))
			continue
		}
		one := a.directly(t, l.to, p.String())
		any = any.or(one)
		if u.forks {
			one = one.and(a.reads(t, l.to))
		}
		all = all.and(one)
	}
	whole := slices.ContainsFunc(a.tablesOf(u), func(id int) bool { return u.whole[id] })
	if all == Yes || !u.forks || any == No && !whole {
		return all
	}
	return NotVerified
}

func (a *Access) tablesOf(u *under) []int {
	var out []int
	for id := range u.all {
		if a.objects.byID[id].Type == Table {
			out = append(out, id)
		}
	}
	return out
}

// isScalar reports whether an object of this type is executed and not read.
func (t ObjectType) isScalar() bool {
	return t == ScalarFunction || t == CLRFunction || t == Procedure || t == CLRProcedure || t == ExtendedModule
}

// permission is one of the four by name, or none.
func permission(name string) catalog.Permissions { return covers(ClassDatabase, name) }

// identity is somebody whom another is or can act as, with the way there.
type identity struct {
	name  string
	token token
	out   bool     // a login that does not enter the site, and may become one that does
	via   []string // those acted as, nearest first
	by    []string // what lets each be acted as
}

// way says, for a sentence, as whom one acts and by what.
func (id identity) way() string {
	return strings.Join(id.via, ", then as ") + " by EXECUTE AS (" + strings.Join(id.by, ", then ") + ")"
}

// key tells a login from a user of the same name.
func (id identity) key() string { return fmt.Sprint(len(id.token.server) > 0, id.name) }

// as is may for an identity.
func (a *Access) as(id identity, v int, p catalog.Permissions) Answer {
	if id.out {
		return No
	}
	return a.may(id.token, v, p)
}

// acts lists whom somebody can act as by EXECUTE AS, and as whom these can in
// turn, nearest first. Whoever is dbo already is told nothing more. A login
// that cannot enter can still become another that does.
func (a *Access) acts(e entry) []identity {
	if e.in == No && len(e.token.server) == 0 {
		return nil
	}
	out := []identity{{token: e.token, out: e.in == No}}
	seen := map[string]bool{}
	for i := 0; i < len(out); i++ {
		for _, next := range a.actsAs(out[i]) {
			if seen[next.key()] {
				continue
			}
			seen[next.key()] = true
			next.via, next.by = append(slices.Clone(out[i].via), next.name), append(slices.Clone(out[i].by), next.by...)
			out = append(out, next)
		}
	}
	return out[1:]
}

// actsAs is one step of acts: users by IMPERSONATE or CONTROL on them or on
// the database, logins by the server's permissions.
func (a *Access) actsAs(id identity) []identity {
	t := id.token
	switch {
	case t.dbo || t.sysadmin:
		return nil
	case id.out:
		return a.actsAsLogins(t)
	}
	out := a.actsAsLogins(t)
	as := func(p int) {
		principal := a.m.principals[p]
		out = append(out, identity{name: principal.Name, token: a.tokenOf(p, nil), by: []string{a.giver(t, securable{onUser, principal.ID}, "IMPERSONATE")}})
	}
	if a.can(t, securable{onUser, DboID}, "IMPERSONATE") {
		as(a.m.byID[DboID])
		return out
	}
	some := a.usersHeldOn()
	if a.can(t, securable{onDatabase, 0}, "CONTROL") {
		some = positions(len(a.m.principals))
	}
	for _, p := range some {
		if principal := a.m.principals[p]; a.canBeActedAs(principal) && a.can(t, securable{onUser, principal.ID}, "IMPERSONATE") {
			as(p)
		}
	}
	return out
}

// usersHeldOn are the positions of the principals that there are rows on, as
// users; nobody acts as another by less, but for CONTROL of the database.
func (a *Access) usersHeldOn() []int {
	if a.heldOn == nil {
		a.heldOn = []int{}
		for p, principal := range a.m.principals {
			if len(a.rowsOn(securable{onUser, principal.ID})) > 0 {
				a.heldOn = append(a.heldOn, p)
			}
		}
	}
	return a.heldOn
}

// positions are 0 to n-1.
func positions(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// canBeActedAs reports whether EXECUTE AS USER takes a principal: a single
// account that is no orphan (reference C.6).
func (a *Access) canBeActedAs(p Principal) bool {
	if p.ID == GuestID {
		return true
	}
	if !isAccount(p) || p.Type.IsGroup() {
		return false
	}
	_, known := a.server.bySID[p.SID]
	return p.AuthType != AuthLogin || known || p.SID == "" || !a.s.LoginsVisible
}

// actsAsLogins is whom somebody can act as by the server's permissions.
func (a *Access) actsAsLogins(t token) []identity {
	if len(t.server) == 0 {
		return nil
	}
	some := a.server.heldOn
	if a.can(t, securable{onServer, 0}, "IMPERSONATE ANY LOGIN") {
		some = positions(len(a.server.logins))
	}
	var out []identity
	for _, i := range some {
		l := a.server.logins[i]
		on := securable{onLogin, l.ID}
		if l.ID == t.server[0] || l.Type != SQLUser && l.Type != WindowsUser || !a.can(t, on, "IMPERSONATE") {
			continue
		}
		acc := a.loginAccount(i)
		e := a.admitted(acc, a.enterLogin(acc, true))
		out = append(out, identity{name: l.Name, token: e.token, out: e.in == No, by: []string{a.giver(t, on, "IMPERSONATE")}})
	}
	return out
}
