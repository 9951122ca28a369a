package grants

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// person is somebody who enters the site or acts in it, with what the policy
// gives or accepts of them.
type person struct {
	account
	entry
	wanted  int // place in Wanted.Users, or -1
	also    []string
	own     bool      // the runner
	outside *Outsider // that accepts them
	may     []catalog.Permissions
	beyond  []catalog.Permissions // what they hold as their user, less may
	all     bool                  // whatever they hold is accepted, powers too
}

// gather makes the list of people and who acts as what.
func (j *judge) gather() {
	j.reach = make([][]int, len(j.a.m.principals))
	j.logins, j.selves = newPlaces(len(j.s.Logins)), newPlaces(len(j.a.m.principals))
	j.promise = j.w.Promise()
	all := j.a.everybody()
	j.people = make([]person, 0, len(all))
	for _, acc := range all {
		j.person(acc)
	}
}

// ofLogin is the person of a login, who need not enter here to hold a power
// over the server.
func (j *judge) ofLogin(i int) int {
	if at, ok := j.logins.get(i); ok {
		return at
	}
	return j.person(account{name: j.s.Logins[i].Name, user: -1, login: i})
}

func (j *judge) person(acc account) int {
	p := person{account: acc, entry: j.a.enter(acc), wanted: j.wantedAs(acc)}
	p.own = acc.login >= 0 && j.s.ServerCollation.Equal(j.s.Logins[acc.login].Name, j.s.Runner.Login)
	if p.wanted >= 0 {
		p.also = j.acc.Also[j.w.Users[p.wanted].Name]
	}
	p.outside = j.outsider(acc)
	p.all = p.own || p.outside != nil && p.outside.May.Has(catalog.All) || j.alsoEverything(p)
	at := len(j.people)
	if acc.login >= 0 {
		j.logins[acc.login] = int32(at)
	}
	if acc.user >= 0 {
		j.selves[acc.user] = int32(at)
		j.allow(&p)
	}
	j.people = append(j.people, p)
	if acc.user >= 0 && p.in != No {
		for _, t := range j.a.tokensOf(acc.user) {
			j.reach[t] = append(j.reach[t], at)
		}
	}
	return at
}

// allow fills in what a person may, and what they hold beyond it.
func (j *judge) allow(p *person) {
	key, shared := j.alike(p)
	if known, ok := j.allowed[key]; shared && ok {
		p.may, p.beyond = known.may, known.beyond
		return
	}
	p.may = make([]catalog.Permissions, len(j.views))
	p.beyond = make([]catalog.Permissions, len(j.views))
	tokens := j.a.tokensOf(p.user)
	t := token{db: tokens}
	var promised []catalog.Permissions
	if p.wanted >= 0 {
		promised = j.promised(j.w.Users[p.wanted].Name)
	}
	roles := j.acceptedRoles(tokens)
	for i, v := range j.views {
		may := catalog.None
		switch {
		case p.all:
			may = catalog.All
		case p.outside != nil:
			may = p.outside.May
		case p.wanted >= 0:
			may = promised[i]
		}
		for _, r := range roles {
			may = may.Union(r.May.Intersect(j.through(r.position, v)))
		}
		for _, name := range p.also {
			may = may.Union(j.alsoGives(tokens, name, v))
		}
		p.may[i] = may
		p.beyond[i] = j.a.holdsOn(t, v).Minus(may)
	}
	if shared {
		j.allowed[key] = allowed{p.may, p.beyond}
	}
}

// allowed is what people who are in the same roles may, and hold beyond it.
type allowed struct{ may, beyond []catalog.Permissions }

// alike is the same for people of the policy of whom allow says the same: those who
// are in the same roles, here and by the policy, and have nothing of their own in
// either nor anything that is accepted. It reports false for everybody else.
func (j *judge) alike(p *person) (key string, ok bool) {
	if p.wanted < 0 || p.all || p.outside != nil || len(p.also) > 0 {
		return "", false
	}
	return j.a.alike(p.user, j.promise, j.promise.Tokens(j.w.Users[p.wanted].Name))
}

// alike is the same for accounts who are in the same roles, here and by a promise,
// whose tokens these are, and have nothing of their own in either. It reports false
// for everybody else.
func (a *Access) alike(u int, p *Promise, promised []string) (key string, ok bool) {
	if len(promised) == 0 || p.HasRows(promised[len(promised)-1]) || slices.ContainsFunc(a.m.cells.of(u), func(c cell) bool { return c != 0 }) {
		return "", false
	}
	b := make([]byte, 0, 128)
	for _, t := range a.tokensOf(u)[1:] {
		b = binary.BigEndian.AppendUint32(b, uint32(t))
	}
	b = append(b, "\xff\xff\xff\xff"...) // no position
	for _, role := range promised[:len(promised)-1] {
		b = append(append(b, 0), role...)
	}
	return string(b), true
}

// accepted is what the people of the policy may do by name.
func (j *judge) accepted() Accepted {
	out := Accepted{place: make(map[string]int, len(j.views)), may: make(map[string][]catalog.Permissions, len(j.people))}
	for at, v := range j.views {
		out.place[j.a.m.viewName(v)] = at
	}
	for _, x := range j.people {
		if x.wanted >= 0 && x.may != nil {
			out.may[x.name] = x.may
		}
	}
	return out
}

// brings is what a principal brings to a view with every role that it is in.
func (j *judge) brings(p, v int) catalog.Permissions {
	return j.a.holdsOn(token{db: j.a.m.tokens(int32(p))}, v)
}

// through is what a role brings to a view by itself and every role that it is in.
// What public has comes to its members through public, whatever the role is.
func (j *judge) through(role, v int) catalog.Permissions {
	public := j.a.m.public
	tokens := j.a.m.tokens(int32(role))
	if int32(role) != public {
		tokens = slices.DeleteFunc(tokens, func(t int32) bool { return t == public })
	}
	return j.a.holdsOn(token{db: tokens}, v)
}

type acceptedRole struct {
	*Outsider
	position int
}

// acceptedRoles are those of a token that the policy accepts.
func (j *judge) acceptedRoles(tokens []int32) []acceptedRole {
	var out []acceptedRole
	for _, t := range tokens[1:] {
		if o := j.named(j.a.m.principals[t].Name, j.s.Collation); o != nil {
			out = append(out, acceptedRole{o, int(t)})
		}
	}
	return out
}

// alsoGives is what a role of the database that a person may also be in is
// worth, where they are in it.
func (j *judge) alsoGives(tokens []int32, name string, v int) catalog.Permissions {
	out := catalog.None
	for _, t := range tokens[1:] {
		if p := j.a.m.principals[t]; j.s.Collation.Equal(p.Name, name) {
			out = out.Union(j.through(int(t), v))
		}
	}
	return out
}

// alsoEverything reports whether a person holds one of the powers that give
// everything, and the policy says that they may.
func (j *judge) alsoEverything(p person) bool {
	for _, name := range p.also {
		switch {
		case sameWord(name, sysadmin):
			if p.login >= 0 && j.a.server.isSysadmin(j.a.server.closure(j.s.Logins[p.login].ID)) {
				return true
			}
		case sameWord(name, "CONTROL SERVER"):
			if p.login >= 0 && j.a.can(token{server: j.a.server.closure(j.s.Logins[p.login].ID)}, securable{onServer, 0}, "CONTROL SERVER") {
				return true
			}
		case sameWord(name, "db_owner"), sameWord(name, "CONTROL"):
			if p.user >= 0 && j.a.can(token{db: j.a.tokensOf(p.user)}, securable{onDatabase, 0}, "CONTROL") {
				return true
			}
		}
	}
	return false
}

// sameWord compares what a policy writes with a word of the engine's.
func sameWord(a, b string) bool { return Collation{}.Equal(a, b) }

// mayAlso reports whether the policy lets a person be this beyond the rest.
func (p person) mayAlso(name string) bool {
	return p.all || slices.ContainsFunc(p.also, func(x string) bool { return sameWord(x, name) })
}

// wantedAs finds the policy's person: by the user, or by the login.
func (j *judge) wantedAs(acc account) int {
	if acc.user >= 0 {
		if i, ok := j.users.get(acc.user); ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(j.w.Users, func(u WantedUser) bool { return j.s.ServerCollation.Equal(u.login(), acc.name) })
}

// login is the login's name: that of the user unless it says otherwise.
func (u WantedUser) login() string {
	if u.Login == "" {
		return u.Name
	}
	return u.Login
}

// outsider finds the acceptance of an account, by its user's or its login's
// name.
func (j *judge) outsider(acc account) *Outsider {
	if acc.login >= 0 {
		if o := j.named(j.s.Logins[acc.login].Name, j.s.ServerCollation); o != nil {
			return o
		}
	}
	return j.named(acc.name, j.s.Collation)
}

func (j *judge) named(name string, c Collation) *Outsider {
	for i, o := range j.acc.Outsiders {
		if c.Equal(o.Name, name) {
			return &j.acc.Outsiders[i]
		}
	}
	return nil
}

// ofServer reports whether a login is one that the server made for itself.
func (j *judge) ofServer(l Login) bool { return j.s.OwnLogin(l) }

// OwnLogin reports whether a login is one that the server made for itself. A
// name alone is none: those of services belong to Windows, and those between
// ## are disabled, as the server makes them.
func (s *Snapshot) OwnLogin(l Login) bool {
	windows := l.Type == WindowsUser || l.Type == WindowsGroup
	return l.SID == SASID || windows && strings.HasPrefix(l.Name, `NT SERVICE\`) || l.Disabled && strings.HasPrefix(l.Name, "##MS_") ||
		s.Linux && windows && l.Name == `BUILTIN\Administrators`
}

// subject names a principal of the database, with what it is to the policy.
func (j *judge) subject(p int) string {
	principal := j.a.m.principals[p]
	kind, which := "user", "which"
	switch {
	case isBuiltIn(principal.ID):
		return principal.Name
	case principal.Type == DatabaseRole:
		kind = "role"
	case principal.Type == ApplicationRole:
		kind = "application role"
	case principal.Type.IsGroup():
		kind = principal.Type.login()
	default:
		which = "whom"
	}
	text := fmt.Sprintf("the %s %q", kind, principal.Name)
	if _, leaves := j.leavers()[p]; leaves {
		text += ", who is inactive,"
	} else if !j.ours(p) {
		text += ", " + j.stranger(principal, which) + ","
	}
	return text
}

// stranger is what somebody is to the policy that it does not want here: nobody,
// an accepted outsider, or one of its people by another name or in another site.
func (j *judge) stranger(p Principal, which string) string {
	if j.named(p.Name, j.s.Collation) != nil {
		return "an outsider of the policy"
	}
	if !isAccount(p) {
		return which + " the policy does not name"
	}
	if j.called == nil {
		j.called = map[string]string{}
		for _, u := range j.w.Users {
			j.called["login "+j.s.ServerCollation.Key(u.login())] = u.Name
			if u.Was != "" {
				j.called["was "+j.s.Collation.Key(u.Was)] = u.Name
			}
		}
	}
	if now := j.called["was "+j.s.Collation.Key(p.Name)]; now != "" {
		return fmt.Sprintf("who is to be %q", now)
	}
	if own := j.table.nameOf(p.SID); p.SID != "" && own != "" {
		if now := j.called["login "+j.s.ServerCollation.Key(own)]; now != "" {
			return fmt.Sprintf("whom the policy calls %q", now)
		}
	}
	if j.acc.Named != nil && j.acc.Named(p.Name) {
		return "whom the policy does not have in this site"
	}
	return which + " the policy does not name"
}

// leavers are the accounts of people who are inactive in the policy, by
// position.
func (j *judge) leavers() map[int]Leaver {
	if j.gone == nil {
		j.gone = map[int]Leaver{}
		for _, l := range slices.Concat(j.w.Leavers, j.w.Absent) {
			for _, acc := range j.accountsOf(l) {
				if acc.user >= 0 {
					j.gone[acc.user] = l
				}
			}
		}
	}
	return j.gone
}

// self is the person that a principal is, or -1.
func (j *judge) self(p int) int {
	if i, ok := j.selves.get(p); ok {
		return i
	}
	return -1
}
