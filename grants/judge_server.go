package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// serverPowers judges what logins hold over the whole server, and whoever owns
// the database. Each is said of the server, once for all its sites.
func (j *judge) serverPowers() {
	for i, l := range j.s.Logins {
		if l.ID == 0 || j.ofServer(l) || l.IsRole() && l.ID != j.a.server.public || l.Type == CertificateUser || l.Type == KeyUser {
			continue
		}
		for _, power := range j.held(i) {
			j.serverPower(i, power)
		}
		if l.SID != "" && l.SID == j.s.OwnerSID && l.SID != SASID {
			j.databaseOwner(i)
		}
	}
}

func (j *judge) databaseOwner(i int) {
	at := j.ofLogin(i)
	if x := j.people[at]; x.all || x.mayAlso(databaseOwner) || x.in == No {
		return
	}
	l := j.s.Logins[i]
	j.note(j.key(finding.DatabaseOwner, l.Name), fmt.Sprintf("the login %q", l.Name), at, "owns", "", "the database and is dbo in it",
		[]int{at}, j.table.toSA(j.s.Database))
}

// everyLogin is the server's own public as the subject of a sentence.
const everyLogin = "public, which every login is in,"

// serverPower is one thing by which a login reaches the sites of a server.
type serverPower struct {
	name string // of the role or the permission
	role bool
	on   securable
	via  string // the server role that holds it, or ""
	fix  []Remedy
}

// held lists the powers of a login that are worth anything here.
func (j *judge) held(i int) []serverPower {
	x, l := j.a.server, j.s.Logins[i]
	ids := x.closure(l.ID)
	if l.ID == x.public {
		ids = []int{l.ID}
	}
	var out []serverPower
	for _, id := range ids {
		if id != l.ID && id == x.public {
			continue // said of public itself
		}
		name := x.name(id)
		if id != l.ID && (name == sysadmin || len(fixedServerPowers(name)) > 0) {
			p := serverPower{name: name, role: true, on: securable{onServer, 0}, fix: j.leaves(l, id)}
			if path := x.path(l.ID, name); len(path) > 1 {
				p.via = path[0]
			}
			out = append(out, p)
		}
		out = append(out, j.heldRows(l, id)...)
	}
	return out
}

func (j *judge) heldRows(l Login, id int) []serverPower {
	var out []serverPower
	x := j.a.server
	t := token{server: x.closure(l.ID)}
	for _, row := range x.of(id) {
		on := x.on(row)
		if row.State == Denied || !j.isServerPower(on, row.Name) || !j.a.can(t, on, row.Name) {
			continue
		}
		p := serverPower{name: row.Name, on: on, fix: []Remedy{j.serverRevoke(row)}}
		if id != l.ID {
			p.via, p.fix = x.name(id), j.leaves(l, id)
		}
		out = append(out, p)
	}
	for role, owner := range j.ownedRoles() {
		if owner == id && j.powerful(role) {
			out = append(out, serverPower{name: roleOwner, on: securable{onServerRole, role}, fix: []Remedy{{Kind: RemedyOwner, On: Securable{Class: "SERVER ROLE", Name: x.name(role)}, To: j.table.sa()}}})
		}
	}
	return out
}

// theServer is what a permission without an ON clause is on, in master.
var theServer = Securable{Class: "SERVER"}

// serverRevoke takes a row of the server away. A plain statement acts as sa, as
// the login that the row is on, or as the owner of the server role (reference
// B.6).
func (j *judge) serverRevoke(row ServerPermissionRow) Remedy {
	x := j.a.server
	r := Remedy{Kind: RemedyRevoke, On: theServer, Permissions: []string{row.Name}, Principal: x.name(row.Grantee), Cascade: row.State == GrantedWithGrant}
	plain := row.Major
	if row.Class == ClassServerPrincipal {
		r.On = Securable{Class: "LOGIN", Name: x.name(row.Major)}
		if x.kindOf(row.Major) == onServerRole {
			r.On.Class, plain = "SERVER ROLE", x.logins[x.byID[row.Major]].Owner
		}
	}
	if grantor, ok := x.byID[row.Grantor]; ok && x.logins[grantor].SID != SASID && row.Grantor != plain {
		r.As = x.logins[grantor].Name
	}
	return r
}

// ownedRoles are the server's own roles and whom they belong to.
func (j *judge) ownedRoles() map[int]int {
	if j.ownRoles != nil {
		return j.ownRoles
	}
	out := map[int]int{}
	j.ownRoles = out
	for _, l := range j.s.Logins {
		if l.IsRole() && !l.Fixed && l.ID != j.a.server.public && l.Owner != 0 {
			out[l.ID] = l.Owner
		}
	}
	return out
}

// serverPowersOf are the permissions of a server, by what they are on, by which
// somebody can reach its databases (reference A.7, B.8).
var serverPowersOf = map[kind][]string{
	onServer: {"CONTROL SERVER", "ALTER ANY LOGIN", "IMPERSONATE ANY LOGIN", "ALTER ANY SERVER ROLE", "ALTER ANY DATABASE",
		"SELECT ALL USER SECURABLES", "CONNECT ANY DATABASE"},
	onLogin:      {"IMPERSONATE", "CONTROL", "ALTER"},
	onServerRole: {"ALTER", "CONTROL", "TAKE OWNERSHIP"},
}

func (j *judge) isServerPower(on securable, name string) bool {
	return slices.Contains(serverPowersOf[on.kind], name) && (on.kind != onServerRole || j.powerful(on.id))
}

// powerful reports whether being a server role is worth anything.
func (j *judge) powerful(role int) bool {
	ids := j.a.server.closure(role)
	for _, id := range ids {
		if j.a.server.name(id) == sysadmin || len(fixedServerPowers(j.a.server.name(id))) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(j.s.ServerPermissions, func(row ServerPermissionRow) bool {
		on := securable{onLogin, row.Major}
		if row.Class == ClassServer {
			on = securable{onServer, 0}
		}
		return slices.Contains(ids, row.Grantee) && row.State != Denied && on.kind != onServerRole && j.isServerPower(on, row.Name)
	})
}

func (j *judge) serverPower(i int, power serverPower) {
	l := j.s.Logins[i]
	at := -1
	subject := everyLogin
	if !l.IsRole() {
		at = j.ofLogin(i)
		x := j.people[at]
		if x.all || x.mayAlso(power.name) || power.via != "" && x.mayAlso(power.via) || l.Disabled || !j.effective(x, power) {
			return
		}
		subject = fmt.Sprintf("the login %q", l.Name)
	} else if !j.effective(person{account: account{user: -1, login: i}}, power) {
		return
	}
	k := factKey{code: power.code(), who: l.Name + "\x00" + power.name + "\x00" + j.target(power.on), sort: 1}
	verb, target := "holds", j.target(power.on)
	switch k.code {
	case finding.ServerRole:
		verb, target = "is a member of "+power.name, ""
	case finding.Owner:
		verb = "owns"
	case finding.Impersonate:
		verb = "may act as another: it is granted"
	}
	name := power.name
	if power.role || name == roleOwner {
		name = ""
	}
	if power.via != "" {
		verb = strings.TrimSpace(fmt.Sprintf("%s, through the server role %q,", verb, power.via))
	}
	if power.role {
		k.who += "\x00" + power.name
		verb = strings.TrimSuffix(verb, ",") + ", and " + serverWorth(power.name)
	}
	who := []int{}
	if at >= 0 {
		who = append(who, at)
	}
	f := j.note(k, subject, at, verb, name, target, who, power.fix...)
	f.server = true
}

func (p serverPower) code() string {
	switch {
	case p.role:
		return finding.ServerRole
	case p.name == roleOwner:
		return finding.Owner
	case p.on.kind == onLogin && p.name != "ALTER":
		return finding.Impersonate
	}
	return finding.ServerPermission
}

// serverWorth says what being in a server role means for the sites.
func serverWorth(role string) string {
	switch role {
	case sysadmin:
		return "is dbo in every database"
	case "##MS_DatabaseConnector##":
		return "enters every database"
	case "##MS_DatabaseManager##":
		return "may change every database"
	case "dbcreator":
		return "may change and restore every database"
	}
	return "may become any login"
}

// actsAsMore reports whether somebody who enters as a member of public and no more
// may act as a user who reaches a view.
func (j *judge) actsAsMore(x person) bool {
	for _, id := range j.a.face(x.account).acts {
		for _, v := range j.views {
			if slices.ContainsFunc(catalog.All.Each(), func(one catalog.Permissions) bool { return j.a.as(id, v, one) == Yes }) {
				return true
			}
		}
	}
	return false
}

// effective reports whether a power reaches anything: to read everything one
// must enter, to enter is worth what public has, and whom one may act as or
// change must have more.
func (j *judge) effective(x person, power serverPower) bool {
	switch {
	case power.name == "SELECT ALL USER SECURABLES":
		return x.in != No || x.login >= 0 && j.s.Logins[x.login].IsRole()
	case power.name == "CONNECT ANY DATABASE", power.name == "##MS_DatabaseConnector##":
		if x.user >= 0 || x.login < 0 {
			return false
		}
		t := j.a.tokenOf(int(j.a.m.public), j.a.server.closure(j.s.Logins[x.login].ID))
		return slices.ContainsFunc(j.views, func(v int) bool { return !j.a.holdsOn(t, v).IsEmpty() }) || j.actsAsMore(x)
	case power.on.kind == onLogin && power.on.id != 0:
		i, ok := j.a.server.byID[power.on.id]
		if !ok {
			return false
		}
		other := j.a.loginAccount(i)
		return j.a.server.isSysadmin(j.a.server.closure(power.on.id)) || j.powerful(power.on.id) || j.more(x, j.a.enterLogin(other, true).token)
	}
	return true
}
