package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/sql/tsql"
)

// reserved refuses people of the policy whose login is the server's own
// administrator, whatever it is called: it can have no user (error 15405).
func (j *judge) reserved() { j.mismatches = append(j.mismatches, ReservedLogins(j.s, j.w)...) }

// ReservedLogins reports, as errors, the people of the policy whose login has
// SID 0x01: the server's own administrator, which is dbo everywhere and can
// have no user.
func ReservedLogins(s *Snapshot, w *Wanted) finding.List {
	var out finding.List
	for _, u := range w.Users {
		for _, l := range s.Logins {
			if l.SID == SASID && s.ServerCollation.Equal(l.Name, u.login()) {
				out.Errorf("login-is-sa", u.Cause.Pos, "give them a login of their own", "the login %q of %q is the server's own administrator: it is dbo everywhere and can have no user", l.Name, u.Name)
			}
		}
	}
	return forSite(s.Site, out)
}

// entering reports the people of the policy who cannot enter, and why.
func (j *judge) entering() {
	for p, i := range j.users {
		u := j.w.Users[i]
		acc := j.a.userAccount(p)
		j.identity(u, acc)
		e := j.a.enter(acc)
		if e.in == Yes || !isAccount(j.a.m.principals[p]) {
			continue
		}
		why := e.why[0]
		if e.in == NotVerified {
			if j.a.m.principals[p].Type == SQLUser {
				j.doubt("entry-not-verified", "", "%q: %s", u.Name, why.Text)
			} else {
				j.remark("windows-account", "%s%q: %s", j.where(false), u.Name, why.Text)
			}
			continue
		}
		code, fix := j.obstacle(acc, u)
		j.mismatch(code, u.Cause.Pos, fix, "%q cannot enter: %s", u.Name, why.Text)
	}
}

// obstacle is the code and the statement for somebody who cannot enter.
func (j *judge) obstacle(acc account, u WantedUser) (code, fix string) {
	p := j.a.m.principals[acc.user]
	user := tsql.Quote(p.Name)
	if acc.login >= 0 {
		l := j.s.Logins[acc.login]
		login := tsql.Quote(l.Name)
		v := j.a.server.connectSQL(j.a.server.closure(l.ID))
		switch {
		case l.Disabled:
			return "login-disabled", "ALTER LOGIN " + login + " ENABLE"
		case v.denied || !v.granted && j.a.server.connects && j.s.LoginsVisible:
			return "connect-sql-missing", "GRANT CONNECT SQL TO " + login
		}
	} else if p.AuthType != 2 {
		if l, known := newLoginTable(j.s).named(u.login()); known {
			return "orphaned-user", fmt.Sprintf("ALTER USER %s WITH LOGIN = %s", user, tsql.Quote(l.Name))
		}
		return "orphaned-user", fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = '…', SID = 0x%s", tsql.Quote(u.login()), p.SID)
	}
	for _, row := range j.a.rowsOn(securable{onDatabase, 0}) {
		if row.State != Denied || !slices.Contains([]string{"CONNECT", "CONNECT REPLICATION", "CONTROL"}, row.Name) || !j.a.holds(token{db: j.a.tokensOf(acc.user)}, row.Grantee) {
			continue
		}
		if row.Grantee == p.ID && row.Name == "CONNECT" {
			return "connect-denied", "GRANT CONNECT TO " + user
		}
		return "connect-denied", fmt.Sprintf("REVOKE %s FROM %s", row.Name, tsql.Quote(j.a.principalName(row.Grantee)))
	}
	return "connect-missing", "GRANT CONNECT TO " + user
}

// identity reports a user of the policy who belongs to another login, or whose
// login was renamed: the link is the SID (reference A.8).
func (j *judge) identity(u WantedUser, acc account) {
	if acc.login < 0 || j.s.ServerCollation.Equal(j.s.Logins[acc.login].Name, u.login()) {
		return
	}
	has := j.s.Logins[acc.login].Name
	if other, exists := newLoginTable(j.s).named(u.login()); exists {
		j.mismatch("login-differs", u.Cause.Pos, fmt.Sprintf("ALTER USER %s WITH LOGIN = %s", tsql.Quote(j.a.m.principals[acc.user].Name), tsql.Quote(other.Name)),
			"the user %q belongs to the login %q and not to %q: somebody else enters as it", u.Name, has, other.Name)
		return
	}
	j.remark("login-renamed", "%sthe login %q of %q is called %q now", j.where(false), u.login(), u.Name, has)
}

// broken is one cause for which people cannot use what they hold: an object
// whose owner is another than that of what refers to it, or a reference that
// leaves the database.
type broken struct {
	to, above int // the object, and the owner of those that refer to it
	outside   string
}

// chains reports what people of the policy cannot do although they hold it,
// once for each cause.
func (j *judge) chains() {
	views, people := map[broken][]string{}, map[broken][]string{}
	for _, v := range j.views {
		u := j.a.below(j.a.m.views[v].ID)
		if len(u.broken)+len(u.outside) == 0 {
			continue
		}
		var stuck []string
		for _, x := range j.people {
			if x.wanted >= 0 && x.in != No && x.user >= 0 && j.stuck(x, v) {
				stuck = append(stuck, fmt.Sprintf("%q", x.name))
			}
		}
		for _, b := range j.causes(u) {
			views[b] = append(views[b], j.a.m.viewName(v))
			people[b] = append(people[b], stuck...)
		}
	}
	for b, stuck := range people {
		switch {
		case len(stuck) == 0:
		case b.outside != "":
			j.mismatch("other-database", finding.Pos{}, "let the view read what is in this database, or see that they may read it there",
				"%s refers to %s, outside the database: %s need a right of their own there, which could not be read", some(views[b], 3), b.outside, some(stuck, 3))
		default:
			owner := j.a.principalName(b.above)
			j.mismatch("chain-broken", finding.Pos{}, fmt.Sprintf("ALTER AUTHORIZATION ON OBJECT::%s TO %s", j.quoted(b.to), tsql.Quote(owner)),
				"%s belongs to %q and what refers to it to %q, so the chain of owners breaks: %s cannot use %s",
				j.a.objects.name(b.to), j.a.principalName(j.a.objects.owner(b.to)), owner, some(stuck, 3), some(views[b], 3))
		}
	}
}

func (j *judge) causes(u *under) []broken {
	var out []broken
	for _, l := range u.broken {
		out = append(out, broken{to: l.to, above: j.a.objects.owner(l.from)})
	}
	for _, d := range u.outside {
		out = append(out, broken{outside: d.String()})
	}
	return out
}

// stuck reports whether a person holds something that the policy gives on a
// view and cannot use it.
func (j *judge) stuck(x person, v int) bool {
	for _, p := range x.may[j.place[v]].Each() {
		if j.a.holdsOn(x.token, v).Has(p) && j.a.may(x.token, v, p) != Yes {
			return true
		}
	}
	return false
}

// modules judges procedures and functions that somebody other than their owner
// may run.
func (j *judge) modules() {
	for _, id := range j.sorted(j.moduleIDs()) {
		o := j.a.objects.byID[id]
		runners := j.runners(o)
		if len(runners) == 0 || j.acceptedModule(o) {
			continue
		}
		var names []string
		for _, i := range runners {
			names = append(names, fmt.Sprintf("%q", j.people[i].name))
		}
		fix := fmt.Sprintf("see what it does, and accept it with [[module]] name = %q", o.name)
		if why := o.opaque(); why != "" {
			j.doubt("module-not-verified", fix, "what %s reaches cannot be read (%s), and %s may run it", o.name, why, some(names, 3))
		} else if reaches := j.reaches(id); len(reaches) > 0 {
			j.remark("module", "%s%s reaches %s, and %s may run it", j.where(false), o.name, some(reaches, 3), some(names, 3))
		}
	}
}

func (j *judge) moduleIDs() map[int]bool {
	out := map[int]bool{}
	for _, o := range j.s.Objects {
		if o.Type.IsModule() && (o.opaque() != "" || slices.Contains(j.sides(), o.ID) || o.Type == Trigger && len(j.reaches(o.ID)) > 0) {
			out[o.ID] = true
		}
	}
	return out
}

// opaque says why the dependencies of a module do not tell what it reaches, or
// "".
func (o Object) opaque() string {
	switch {
	case o.Hidden:
		return "its text is hidden"
	case o.Dynamic:
		return "it runs text made at run time"
	case o.Signed:
		return "it is signed"
	}
	return ""
}

// runners lists those who may run a module and are not accepted with
// everything: by EXECUTE, by SELECT on a function that gives rows, or, of a
// trigger outside the catalog, by changing rows.
func (j *judge) runners(o thing) []int {
	on, names := o.ID, []string{o.Type.runs()}
	if o.Type == Trigger || o.Type == CLRTrigger {
		v, isView := j.a.m.viewByID[o.Parent]
		if _, ours := j.place[v]; isView && ours || len(j.behind[o.Parent]) > 0 {
			return nil // the application's own
		}
		on, names = o.Parent, []string{"INSERT", "UPDATE", "DELETE"}
	}
	if !j.someoneHolds(on, names) {
		return nil
	}
	var out []int
	for i, x := range j.people {
		if x.in == No || x.all || x.token.dbo || x.user < 0 && x.as != PublicID || j.a.holds(x.token, o.Owner) {
			continue
		}
		if slices.ContainsFunc(names, func(name string) bool { return j.a.can(x.token, securable{onObject, on}, name) }) {
			out = append(out, i)
		}
	}
	return out
}

// someoneHolds reports whether any row or fixed role gives a permission on an
// object, so that not everybody has to be asked about every module.
func (j *judge) someoneHolds(id int, names []string) bool {
	for _, name := range names {
		for _, l := range (level{onObject, name}).space() {
			if l.kind >= onServer {
				continue
			}
			at := securable{onObject, id}
			if l.kind != onObject {
				at = j.a.container(at, l.kind)
			}
			if slices.ContainsFunc(j.a.rowsOn(at), func(row PermissionRow) bool { return row.Name == l.name && row.State != Denied }) {
				return true
			}
			if l.kind == onDatabase && slices.ContainsFunc(j.s.Members, func(m Member) bool {
				grant, _ := fixedPowers(m.Role)
				return m.Member != DboID && slices.Contains(grant, l.name)
			}) {
				return true
			}
		}
	}
	return false
}

func (j *judge) acceptedModule(o thing) bool {
	return slices.ContainsFunc(j.acc.Modules, func(m AcceptedModule) bool {
		return j.s.Collation.Equal(m.Name, o.name) || o.Schema == DboID && j.s.Collation.Equal(m.Name, o.Name)
	})
}

// unverified reports what could not be read or asked.
func (j *judge) unverified() {
	for _, u := range j.s.Unread {
		j.doubt("not-read", u.Fix, "%s could not be read: %s", u.What, u.Why)
	}
	for p, principal := range j.a.m.principals {
		if j.ours(p) || j.named(principal.Name, j.s.Collation) != nil {
			continue
		}
		switch {
		case principal.Type == ApplicationRole:
			j.applicationRole(p)
		case principal.Type.IsGroup():
			if i := j.self(p); i >= 0 && j.people[i].in != No && !j.people[i].all && j.people[i].outside == nil {
				j.doubt("group-not-verified", fmt.Sprintf("DROP USER %s, or accept it with [[outsider]] name = %q", tsql.Quote(principal.Name), principal.Name),
					"who is in the Windows group %q cannot be read, and EXECUTE AS cannot be it", principal.Name)
			}
		}
	}
}

// applicationRole reports an application role that reaches a view: who knows
// its password nobody can read.
func (j *judge) applicationRole(p int) {
	all, views := catalog.None, []string{}
	for _, v := range j.views {
		if has := j.brings(p, v); !has.IsEmpty() {
			all = all.Union(has)
			views = append(views, j.a.m.viewName(v))
		}
	}
	if len(views) > 0 {
		name := j.a.m.principals[p].Name
		j.doubt("application-role", fmt.Sprintf("DROP APPLICATION ROLE %s, or accept it with [[outsider]] name = %q", tsql.Quote(name), name),
			"the application role %q holds %s on %s, and who knows its password cannot be read", name, strings.Join(all.Names(), ", "), some(views, 3))
	}
}

// notes says who has access and is accepted.
func (j *judge) notes() {
	for p, i := range j.users {
		if x := j.a.m.principals[p]; x.Type != SQLUser && isAccount(x) {
			j.remark("windows-account", "%s%q is a Windows account, which EXECUTE AS cannot be: it is judged by what is read of it", j.where(false), j.w.Users[i].Name)
		}
	}
	for _, x := range j.people {
		var l Login
		if x.login >= 0 {
			l = j.s.Logins[x.login]
		}
		switch {
		case x.login >= 0 && j.s.ServerCollation.Equal(l.Name, j.s.Runner.Login):
			j.remark("runner", "%sthe login %q runs grantree", j.where(true), l.Name)
		case x.login >= 0 && j.ofServer(l):
			j.remark("server-account", "%sthe login %q is one of the server's own", j.where(true), l.Name)
		case x.outside != nil:
			j.remark("outsider", "%s%q has access, which the policy accepts: %s", j.where(false), x.name, x.outside.Reason)
		}
	}
	for p, principal := range j.a.m.principals {
		if o := j.named(principal.Name, j.s.Collation); o != nil && principal.Type == DatabaseRole && len(j.reach[p]) > 0 {
			j.remark("outsider", "%sthe role %q has access, which the policy accepts: %s", j.where(false), principal.Name, o.Reason)
		}
	}
}
