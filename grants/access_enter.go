package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
)

// account is somebody who may enter the site: a user of it, a login, or both.
type account struct {
	name  string
	user  int // position of the user, or -1
	login int // position of the login, or -1
}

// entry is how somebody enters the site (reference C.6).
type entry struct {
	in    Answer
	as    int   // the id of the principal that they are here; public's for nobody in particular
	token token // of one who can log in and not enter: the server's part alone
	why   []Reason
}

// account finds somebody by the name of a user, or else of a login, which has to
// be the same name to the site as well.
func (a *Access) account(name string) (account, bool) {
	if u, ok := a.m.principal(name); ok {
		return a.userAccount(u), true
	}
	if acc, ok := a.accountOf(name); ok && a.s.Collation.Equal(a.server.logins[acc.login].Name, name) {
		return acc, true
	}
	return account{}, false
}

// accountOf finds somebody by the name of a login.
func (a *Access) accountOf(login string) (account, bool) {
	for i, l := range a.server.logins {
		if !l.IsRole() && a.s.ServerCollation.Equal(l.Name, login) {
			return a.loginAccount(i), true
		}
	}
	return account{}, false
}

func (a *Access) userAccount(u int) account {
	p := a.m.principals[u]
	acc := account{name: p.Name, user: u, login: -1}
	if i, ok := a.loginOf.get(u); ok && p.AuthType != AuthNone && p.AuthType != AuthDatabase {
		acc.login = i
	}
	return acc
}

// loginAccount is a login with the user that belongs to it.
func (a *Access) loginAccount(i int) account {
	l := a.server.logins[i]
	if u, ok := a.userOf.get(i); ok {
		return a.userAccount(u)
	}
	return account{name: l.Name, user: -1, login: i}
}

// everybody lists the users of the site, guest where logins enter as it, and
// the logins without a user that can enter all the same, sorted by name.
func (a *Access) everybody() []account {
	if a.all != nil {
		return a.all
	}
	out := make([]account, 0, len(a.users))
	for _, u := range a.users {
		out = append(out, a.userAccount(u))
	}
	if a.guestEnters() {
		out = append(out, account{name: a.m.principals[a.m.byID[GuestID]].Name, user: a.m.byID[GuestID], login: -1})
	}
	for i, l := range a.server.logins {
		_, hasUser := a.userOf.get(i)
		if l.IsRole() || l.Type == CertificateUser || l.Type == KeyUser || hasUser || !a.opensDatabase(i) {
			continue
		}
		out = append(out, account{name: l.Name, user: -1, login: i})
	}
	slices.SortFunc(out, func(x, y account) int { return strings.Compare(x.name, y.name) })
	a.all = out
	return out
}

// opensDatabase reports whether a login without a user enters by itself, as
// the database's owner or by a power over the whole server, or as another login.
func (a *Access) opensDatabase(i int) bool {
	l := a.server.logins[i]
	if a.s.OwnerSID != "" && l.SID == a.s.OwnerSID {
		return true
	}
	ids := a.server.closure(l.ID)
	return a.server.isSysadmin(ids) || a.serverCell(ids) != 0 && a.guestEnters() || a.nameless(ids) || len(a.actsAsLogins(token{server: ids})) > 0
}

// tokenOf is what a database principal, by position, and server principals are
// together; without any it is that of EXECUTE AS USER.
func (a *Access) tokenOf(p int, server []int) token {
	t := token{db: a.tokensOf(p), server: server, sysadmin: a.server.isSysadmin(server)}
	t.dbo = t.sysadmin || a.m.principals[p].ID == DboID
	if server == nil {
		t.barred = a.barred(p)
	}
	return t
}

// barred are the login of a user and its server roles, where a DENY on the server
// may reach them.
func (a *Access) barred(p int) []int {
	if acc := a.userAccount(p); a.server.denies && acc.login >= 0 {
		return a.server.closure(a.server.logins[acc.login].ID)
	}
	return nil
}

// serverDenied is what the DENYs of barred take from a user who does not own the
// view.
func (a *Access) serverDenied(p int) catalog.Permissions {
	return catalog.Permissions(a.serverCell(a.barred(p)) >> (denyShift + aboveShift))
}

// enter says whether and as whom somebody enters.
func (a *Access) enter(acc account) entry {
	if acc.user < 0 {
		return a.enterLogin(acc, false)
	}
	p := a.m.principals[acc.user]
	as := entry{in: Yes, as: p.ID, token: a.tokenOf(acc.user, nil)}
	switch {
	case p.Type == CertificateUser || p.Type == KeyUser:
		as.refuse("login", "the user %q is that of a certificate or a key: nobody enters as it", p.Name)
	case p.ID == DboID || !isAccount(p) && p.ID != GuestID:
		return as
	case p.ID == GuestID:
		if !a.guestEnters() {
			as.refuse("connect", "guest holds no CONNECT: nobody enters as it")
		}
		return as
	case acc.login >= 0:
		return a.enterLogin(acc, false)
	case a.s.ContainedOff && (p.AuthType == AuthDatabase || a.s.Contained && p.AuthType == AuthWindows):
		as.refuse("login", "the server lets nobody into contained databases without a login: its option %q is off", ContainedOption)
	case p.AuthType == AuthDatabase, p.SID == "" && p.AuthType != AuthNone, p.AuthType == AuthExternal, p.AuthType == AuthWindows && a.s.Contained:
		return a.connect(as, p.Name)
	case p.AuthType == AuthNone && p.Type == SQLUser:
		as.refuse("login", "the user %q has no login: nobody enters as it, they can only act as it", p.Name)
	case p.Type != SQLUser:
		as.doubt("login", "the server has no login %q: whether a group lets it in could not be read", p.Name)
	case !a.s.LoginsVisible:
		as.doubt("login", "the login of %q could not be read", p.Name)
	default:
		as.refuse("login", "the user %q has no login on the server: nobody can enter as it", p.Name)
	}
	return as
}

// refuse and doubt note why somebody does not enter, or may not.
func (e *entry) refuse(kind, format string, args ...any) {
	e.in, e.why = No, []Reason{{Kind: kind, Text: fmt.Sprintf(format, args...)}}
}

func (e *entry) doubt(kind, format string, args ...any) {
	e.refuse(kind, format, args...)
	e.in = NotVerified
}

// enterLogin lets a login in: as dbo where it is sysadmin or owns the
// database, as its user, as guest, or as a nameless member of public. One that
// is acted as need not be able to log in.
func (a *Access) enterLogin(acc account, acted bool) entry {
	l := a.server.logins[acc.login]
	ids := a.server.closure(l.ID)
	boss := a.server.isSysadmin(ids)
	var e entry
	if !acted && !a.logsIn(&e, l, ids, boss) {
		return e
	}
	e.in = Yes
	switch {
	case boss:
		e.as, e.token = DboID, a.tokenOf(a.m.byID[DboID], ids)
		e.why = []Reason{{Kind: "server_role", Via: a.server.path(l.ID, sysadmin), Text: fmt.Sprintf("the login %s is in sysadmin%s, so it is dbo here, and no DENY binds it", l.Name, a.server.through(l.ID, sysadmin))}}
		return e
	case a.s.OwnerSID != "" && l.SID == a.s.OwnerSID:
		e.as, e.token = DboID, a.tokenOf(a.m.byID[DboID], ids)
		e.why = []Reason{{Kind: "database_owner", Text: fmt.Sprintf("the login %s owns the database, so it is dbo here, and no DENY binds it", l.Name)}}
		return e
	case acc.user >= 0:
		e.as, e.token = a.m.principals[acc.user].ID, a.tokenOf(acc.user, ids)
		return a.connect(e, a.m.principals[acc.user].Name)
	case a.guestEnters():
		e.as, e.token = GuestID, a.tokenOf(a.m.byID[GuestID], ids)
		e.why = []Reason{{Kind: "guest", Text: fmt.Sprintf("the login %s has no user here and enters as guest", l.Name)}}
		return e
	}
	e.as, e.token = PublicID, a.tokenOf(int(a.m.public), ids)
	if !a.nameless(ids) {
		e.refuse("connect", "the login %s has no user here", l.Name)
		e.token = token{server: ids}
	}
	return e
}

// nameless reports whether a login without a user enters as a member of public:
// the server lets it into every database, which a CONNECT of public does not
// (reference C.6).
func (a *Access) nameless(server []int) bool {
	return a.can(token{server: server}, securable{onServer, 0}, "CONNECT ANY DATABASE") && a.can(a.tokenOf(int(a.m.public), server), securable{onDatabase, 0}, "CONNECT")
}

// logsIn reports whether a login can connect to the server at all.
func (a *Access) logsIn(e *entry, l Login, ids []int, boss bool) bool {
	e.as = PublicID
	switch v := a.server.connectSQL(ids); {
	case l.Disabled:
		e.refuse("login", "the login %s is disabled", l.Name)
	case boss:
		return true
	case v.denied:
		e.refuse("login", "the login %s is denied CONNECT SQL%s", l.Name, a.denier(token{server: ids}, securable{onServer, 0}, "CONNECT SQL"))
	case l.ID == 0:
		return true
	case !v.granted && a.server.connects && a.s.LoginsVisible:
		e.refuse("login", "the login %s lacks CONNECT SQL", l.Name)
	default:
		return true
	}
	return false
}

// connect adds whether a user holds CONNECT on the database.
func (a *Access) connect(e entry, name string) entry {
	if !a.connects || a.can(e.token, securable{onDatabase, 0}, "CONNECT") {
		return e
	}
	var v verdict
	for _, l := range a.space(level{onDatabase, "CONNECT"}) {
		a.judgeLevel(&v, e.token, securable{onDatabase, 0}, l)
	}
	if v.denied {
		e.refuse("connect", "%s is denied CONNECT on the database%s", name, a.denier(e.token, securable{onDatabase, 0}, "CONNECT"))
	} else {
		e.refuse("connect", "%s lacks CONNECT on the database", name)
	}
	e.token = token{server: e.token.server}
	return e
}

// guestEnters reports whether logins without a user enter as guest: guest
// holds CONNECT (reference A.5).
func (a *Access) guestEnters() bool {
	guest, ok := a.m.byID[GuestID]
	var v verdict
	for _, row := range a.rowsOn(securable{onDatabase, 0}) {
		if ok && row.Name == "CONNECT" && (row.Grantee == GuestID || row.State == Denied && a.holds(a.tokenOf(guest, nil), row.Grantee)) {
			v.add(row.State)
		}
	}
	return v.allowed()
}

// connectSQL is what the server's rows say of logging in.
func (x *instance) connectSQL(ids []int) verdict {
	var v verdict
	for _, l := range x.space(level{onServer, "CONNECT SQL"}) {
		x.judge(&v, securable{onServer, 0}, l.name, ids)
	}
	return v
}

// path returns the server roles from a login to one of its roles, nearest
// first.
func (x *instance) path(id int, role string) []string {
	type step struct {
		id  int
		via []string
	}
	todo := []step{{id: id}}
	seen := map[int]bool{id: true}
	for i := 0; i < len(todo); i++ {
		if x.name(todo[i].id) == role {
			return todo[i].via
		}
		for _, up := range x.parents[todo[i].id] {
			if !seen[up] {
				seen[up] = true
				todo = append(todo, step{up, append(slices.Clone(todo[i].via), x.name(up))})
			}
		}
	}
	return nil
}

// through names the roles between a login and one of its roles, for a
// sentence.
func (x *instance) through(id int, role string) string {
	via := x.path(id, role)
	if len(via) < 2 {
		return ""
	}
	return fmt.Sprintf(" (through %s)", strings.Join(via[:len(via)-1], ", then "))
}
