package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// Peers are everybody of a site whom nothing tells apart when it is decided what
// they may do on a view: they come in alike, are in the same roles, have the same
// rows of their own and can act as nobody. Of peers one is asked, and the answer
// is everybody's; names in its reasons are that one's.
type Peers struct {
	People []Someone // sorted by name
	Roles  []string  // of the site that they are in, however deep, sorted; public aside
	acc    account
	// beside says that they are logins without a user who are somebody here only where
	// they could give themselves something: what guest may is told of guest.
	beside bool
}

// Someone is an account of a site, or a login that comes in without one.
type Someone struct {
	Name     string
	Login    string // that enters as the user, where its name is another
	User     bool   // the site has a user for them
	Inactive bool   // in the policy, and still somebody here
	Group    bool   // of Windows or Entra: who is in it neither the database nor the server lists
}

// Peers are those of whom Who could speak, in the order of the first of each.
func (q *Inquiry) Peers() []Peers {
	k, at := newKin(q.j.s), map[string]int{}
	heads := map[int]bool{} // of roles of the server
	for _, l := range q.j.s.Logins {
		heads[l.Owner] = heads[l.Owner] || l.IsRole()
	}
	var out []Peers
	all, inside := q.accounts()
	for place, acc := range all {
		beside := place >= inside
		key := q.kinship(k, heads, acc)
		if key != "" {
			key = fmt.Sprint(beside, key)
		}
		i, known := at[key]
		if !known || key == "" {
			i = len(out)
			at[key] = i
			out = append(out, Peers{acc: acc, Roles: q.rolesOf(acc), beside: beside})
		}
		_, inactive := q.leaver(acc)
		out[i].People = append(out[i].People, Someone{acc.name, q.j.a.otherLogin(acc), acc.user >= 0, inactive, q.isGroup(acc)})
	}
	return out
}

// Decide is what Explain says of all of these peers, by the site alone; false
// where the site has no such view.
func (q *Inquiry) Decide(c Peers, view string, p catalog.Permissions) (Decision, bool) {
	v, ok := q.j.a.m.view(view)
	if !ok {
		return Decision{}, false
	}
	d := q.decide(c.acc, v, p)
	if c.beside && !d.Has("power") {
		d.Allowed, d.Because = No, nil
	}
	return d, true
}

// accounts are everybody of the site, so many as inside says, and then the logins that
// may come to something without a user.
func (q *Inquiry) accounts() (all []account, inside int) {
	all = slices.Clone(q.j.a.everybody())
	has := map[int]bool{}
	for _, acc := range all {
		has[acc.login] = true
	}
	inside = len(all)
	for i, l := range q.j.s.Logins {
		if !l.IsRole() && l.Type != CertificateUser && l.Type != KeyUser && !has[i] {
			all = append(all, account{name: l.Name, user: -1, login: i})
		}
	}
	return all, inside
}

func (q *Inquiry) isGroup(acc account) bool {
	return acc.user >= 0 && q.j.a.m.principals[acc.user].Type.IsGroup() || acc.login >= 0 && q.j.a.server.logins[acc.login].Type.IsGroup()
}

// rolesOf names the roles of the site that somebody is in.
func (q *Inquiry) rolesOf(acc account) []string {
	var out []string
	if acc.user < 0 {
		return nil
	}
	for _, p := range q.j.a.tokensOf(acc.user) {
		if int(p) != acc.user && p != q.j.a.m.public {
			out = append(out, q.j.a.m.principals[p].Name)
		}
	}
	slices.Sort(out)
	return out
}

// kinship is the same for those whom nothing tells apart, and "" for one who is like
// nobody else: who owns something, can act as somebody, or is what rows are about.
func (q *Inquiry) kinship(k *kin, heads map[int]bool, acc account) string {
	a, f := q.j.a, q.face(acc)
	id, login := -1, -1
	var db []int32 // the roles that they are in themselves: by which way, too, is one of two
	var server []int
	if acc.user >= 0 {
		id, db = a.m.principals[acc.user].ID, slices.Clone(a.m.parents[acc.user])
		if k.owners[id] || slices.Contains(a.usersHeldOn(), acc.user) || id == GuestID {
			return ""
		}
	}
	if acc.login >= 0 {
		l := a.server.logins[acc.login]
		if login = l.ID; l.OwnsDatabase || heads[login] || slices.Contains(a.server.heldOn, acc.login) {
			return ""
		}
		server = slices.Clone(a.server.parents[login])
	}
	if len(f.acts) > 0 {
		return ""
	}
	slices.Sort(db)
	slices.Sort(server)
	as := f.as
	if as == id {
		as = -1
	}
	var why []string
	for _, r := range f.why {
		why = append(why, r.Kind, strings.Join(r.Via, ">"))
	}
	_, inactive := q.leaver(acc)
	return fmt.Sprint(acc.user >= 0, acc.login >= 0, db, server, f.in, as, f.token.dbo, f.token.sysadmin, len(f.token.db), len(f.token.server),
		why, inactive, k.own(id, login))
}

// Roles names the roles of the site that bring something to a view by rows on it, on
// its schema or on the database, sorted; public and the fixed roles are not among them.
func (q *Inquiry) Roles() []string {
	var out []string
	for p, principal := range q.j.a.m.principals {
		if principal.Type != DatabaseRole || principal.ID == PublicID || principal.ID >= DBOwnerID && principal.ID <= LastFixedRoleID {
			continue
		}
		if slices.ContainsFunc(q.j.a.m.cells.of(p), func(c cell) bool { return c != 0 }) {
			out = append(out, principal.Name)
		}
	}
	slices.Sort(out)
	return out
}

// Brings is what a role brings to its members on a view, with the roles that it is in:
// what it may do, where nothing else denies it, and what it denies whatever else they
// are in.
func (q *Inquiry) Brings(role, view string) (may, denied catalog.Permissions) {
	r, okRole := q.j.a.m.principal(role)
	v, okView := q.j.a.m.view(view)
	if !okRole || !okView {
		return catalog.None, catalog.None
	}
	var union cell
	for _, p := range q.j.a.tokensOf(r) {
		if p != q.j.a.m.public {
			union |= q.j.a.m.cells.at(int(p), v)
		}
	}
	for _, one := range catalog.All.Each() {
		if union&(denyBits(one)|denyBits(one)<<aboveShift) != 0 {
			denied |= one
		}
	}
	return union.effective(), denied
}
