package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/sql/tsql"
)

// members judges who is in what: fixed roles, whose rights no row shows
// (reference A.6), and the roles of the policy's own groups. What a stranger's
// role brings is said of its rows.
func (j *judge) members() {
	for _, m := range j.s.Members {
		p, ok := j.a.m.byID[m.Member]
		role, known := j.a.m.byID[m.Role]
		switch {
		case !ok || !known || m.Member == DboID:
		case isBuiltIn(m.Role):
			j.fixedMember(role, p)
		case j.roles[role] && !j.wantedMember(role, p):
			j.extraMember(role, p)
		}
	}
}

func (j *judge) wantedMember(role, p int) bool {
	r, m := j.a.m.principals[role].Name, j.a.m.principals[p].Name
	return slices.ContainsFunc(j.w.Members, func(x WantedMember) bool { return j.w.Collation.Equal(x.Role, r) && j.w.Collation.Equal(x.User, m) })
}

// fixedMember judges a member of a fixed role: by its rights on views and
// tables, its powers, or what it takes.
func (j *judge) fixedMember(role, p int) {
	fixed := j.a.m.principals[role]
	grant, deny := fixedRights(fixed.ID)
	who, _ := j.charged(p, func(int) catalog.Permissions { return grant })
	if !grant.IsEmpty() && len(j.behind) > 0 {
		who = append(who, j.open(p, grant)...)
	}
	powers, _ := fixedPowers(fixed.ID)
	for _, name := range powers {
		if slices.Contains(powersOf[onDatabase], name) {
			who = append(who, j.empowered(p, securable{onDatabase, 0}, name)...)
		}
	}
	who = slices.DeleteFunc(who, func(i int) bool { return j.people[i].mayAlso(fixed.Name) })
	verb := "is a member of"
	if !deny.IsEmpty() {
		who, verb = j.deprived(p, deny), "loses what the policy gives: it is a member of"
	}
	if len(who) > 0 {
		j.blame("fixed-role", p, verb, "", fixed.Name, who, j.dropMember(role, p))
	}
}

// deprived lists those who act as p and from whom these permissions are taken
// although the policy gives them.
func (j *judge) deprived(p int, taken catalog.Permissions) []int {
	var out []int
	for _, i := range j.reach[p] {
		if x := j.people[i]; x.wanted >= 0 && slices.ContainsFunc(x.may, func(may catalog.Permissions) bool { return !may.Intersect(taken).IsEmpty() }) {
			out = append(out, i)
		}
	}
	return out
}

// extraMember judges a membership in a group's role that the policy does not
// say.
func (j *judge) extraMember(role, p int) {
	who, pairs := j.charged(p, func(v int) catalog.Permissions { return j.brings(role, v) })
	if t := (token{db: j.a.m.tokens(int32(role))}); len(who) == 0 && j.hasPower(t) {
		who = slices.DeleteFunc(slices.Clone(j.reach[p]), func(i int) bool { return j.people[i].all })
	}
	if len(who) == 0 {
		return
	}
	// One finding for each role: each brings something else.
	name := j.a.m.principals[role].Name
	f := j.note(factKey{code: "extra-member", who: j.a.m.principals[p].Name + "\x00" + name}, j.subject(p), j.self(p),
		fmt.Sprintf("is in %q, which the policy does not say", name), "", "", who, j.dropMember(role, p))
	for _, pair := range pairs {
		f.pairs[pair] = true
	}
	f.accept = !j.ours(p)
}

func (j *judge) dropMember(role, p int) fix {
	return statement("ALTER ROLE %s DROP MEMBER %s", tsql.Quote(j.a.m.principals[role].Name), tsql.Quote(j.a.m.principals[p].Name))
}

// owners judges who owns the catalog's views, what stands behind and beside
// them, their schemas, and the policy's roles: an owner may do everything, and
// no DENY binds them (reference C.1).
func (j *judge) owners() {
	all := func(here map[int]bool) func(v int) catalog.Permissions {
		return func(v int) catalog.Permissions {
			if here[v] {
				return catalog.All
			}
			return catalog.None
		}
	}
	for _, v := range j.views {
		view := j.a.m.views[v]
		who, _ := j.chargedOwner(view.Owner, all(map[int]bool{v: true}))
		j.owner(view.Owner, who, j.a.m.viewName(v), "OBJECT::"+j.quoted(view.ID))
	}
	for _, schema := range j.a.m.schemas {
		if !j.matters(securable{onSchema, schema.ID}) {
			continue
		}
		here := map[int]bool{}
		for _, v := range j.views {
			here[v] = j.a.m.views[v].Schema == schema.ID
		}
		who, _ := j.chargedOwner(schema.Owner, all(here))
		if p, ok := j.a.m.byID[schema.Owner]; ok && len(who) == 0 {
			who = j.open(p, catalog.All)
		}
		j.owner(schema.Owner, who, "the schema "+schema.Name, "SCHEMA::"+tsql.Quote(schema.Name))
	}
	for _, table := range j.behindSorted() {
		owner := j.a.objects.owner(table)
		if p, ok := j.a.m.byID[owner]; ok {
			j.owner(owner, j.open(p, catalog.All), j.stands(table), "OBJECT::"+j.quoted(table))
		}
	}
	for p, role := range j.a.m.principals {
		if role.Type != DatabaseRole || isBuiltIn(role.ID) || !j.matters(securable{onRole, role.ID}) {
			continue
		}
		if owner, ok := j.a.m.byID[role.Owner]; ok && role.Owner != DboID {
			who := slices.DeleteFunc(slices.Clone(j.reach[owner]), func(i int) bool { return j.people[i].all || j.people[i].mayAlso("TAKE OWNERSHIP") })
			if len(who) > 0 {
				j.blame("owner", owner, "owns", "", j.target(securable{onRole, j.a.m.principals[p].ID}), who, statement("ALTER AUTHORIZATION ON ROLE::%s TO [dbo]", tsql.Quote(role.Name)))
			}
		}
	}
}

func (j *judge) chargedOwner(id int, rights func(v int) catalog.Permissions) ([]int, [][2]int) {
	p, ok := j.a.m.byID[id]
	if !ok || id == DboID {
		return nil, nil
	}
	return j.charged(p, rights)
}

func (j *judge) owner(id int, who []int, target, clause string) {
	if p, ok := j.a.m.byID[id]; ok && id != DboID && len(who) > 0 {
		j.blame("owner", p, "owns", "", target, who, statement("ALTER AUTHORIZATION ON %s TO [dbo]", clause))
	}
}

// serverPowers judges what logins hold over the whole server, and whoever owns
// the database. Each is said of the server, once for all its sites.
func (j *judge) serverPowers() {
	for i, l := range j.s.Logins {
		if l.ID == 0 || l.IsRole() && l.ID != j.a.server.public || l.Type == CertificateUser || l.Type == KeyUser {
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
	if x := j.people[at]; x.all || x.mayAlso("database_owner") || x.in == No {
		return
	}
	l := j.s.Logins[i]
	j.note(factKey{code: "database-owner", who: l.Name}, fmt.Sprintf("the login %q", l.Name), at, "owns", "", "the database and is dbo in it",
		[]int{at}, statement("ALTER AUTHORIZATION ON DATABASE::%s TO [sa]", tsql.Quote(j.s.Database)))
}

// serverPower is one thing by which a login reaches the sites of a server.
type serverPower struct {
	name string // of the role or the permission
	role bool
	on   securable
	via  string // the server role that holds it, or ""
	fix  fix
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
			p := serverPower{name: name, role: true, fix: statement("ALTER SERVER ROLE %s DROP MEMBER %s", tsql.Quote(name), tsql.Quote(l.Name))}
			if path := x.path(l.ID, name); len(path) > 1 {
				p.via = path[0]
				p.fix = statement("ALTER SERVER ROLE %s DROP MEMBER %s", tsql.Quote(path[0]), tsql.Quote(l.Name))
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
	for _, row := range j.s.ServerPermissions {
		on := securable{onServer, 0}
		if row.Class == ClassServerPrincipal {
			on = securable{x.kindOf(row.Major), row.Major}
		}
		if row.Grantee != id || row.State == Denied || !j.isServerPower(on, row.Name) || !j.a.can(t, on, row.Name) {
			continue
		}
		p := serverPower{name: row.Name, on: on, fix: fix{"REVOKE ", row.Name, fmt.Sprintf("%s FROM %s", j.clause(on), tsql.Quote(x.name(id)))}}
		if row.State == GrantedWithGrant {
			p.fix.rest += " CASCADE"
		}
		if id != l.ID {
			p.via = x.name(id)
			p.fix = statement("ALTER SERVER ROLE %s DROP MEMBER %s", tsql.Quote(p.via), tsql.Quote(l.Name))
		}
		out = append(out, p)
	}
	for role, owner := range j.ownedRoles() {
		if owner == id && j.powerful(role) {
			out = append(out, serverPower{name: "owner", on: securable{onServerRole, role}, fix: statement("ALTER AUTHORIZATION ON SERVER ROLE::%s TO [sa]", tsql.Quote(x.name(role)))})
		}
	}
	return out
}

// ownedRoles are the server's own roles and whom they belong to.
func (j *judge) ownedRoles() map[int]int {
	out := map[int]int{}
	for _, l := range j.s.Logins {
		if l.IsRole() && !l.Fixed && l.ID != j.a.server.public && l.Owner != 0 {
			out[l.ID] = l.Owner
		}
	}
	return out
}

func (j *judge) isServerPower(on securable, name string) bool {
	switch on.kind {
	case onServer:
		return slices.Contains([]string{"CONTROL SERVER", "ALTER ANY LOGIN", "IMPERSONATE ANY LOGIN", "ALTER ANY SERVER ROLE", "ALTER ANY DATABASE",
			"SELECT ALL USER SECURABLES", "CONNECT ANY DATABASE"}, name)
	case onLogin:
		return slices.Contains([]string{"IMPERSONATE", "CONTROL", "ALTER"}, name)
	}
	return slices.Contains([]string{"ALTER", "CONTROL", "TAKE OWNERSHIP"}, name) && j.powerful(on.id)
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
	subject := "public, which every login is in,"
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
	k := factKey{code: "server-permission", who: l.Name, sort: 1}
	verb, target := "holds", "the server"
	switch {
	case power.role:
		k.code, verb, target = "server-role", "is a member of "+power.name, ""
	case power.name == "owner":
		k.code, verb, target = "owner", "owns", j.target(power.on)
	case power.on.kind == onLogin && power.name != "ALTER":
		k.code, verb, target = "impersonate", "may act as another: it is granted", j.target(power.on)
	case power.on.kind != onServer:
		target = j.target(power.on)
	}
	name := power.name
	if power.role || name == "owner" {
		name = ""
	}
	if power.via != "" {
		verb = strings.TrimSpace(fmt.Sprintf("%s, through the server role %q,", verb, power.via))
	}
	if power.role {
		k.who += "\x00" + power.name
		verb += serverWorth(power.name)
	}
	who := []int{}
	if at >= 0 {
		who = append(who, at)
	}
	f := j.note(k, subject, at, verb, name, target, who, power.fix)
	f.server = true
}

// serverWorth says what being in a server role means for the sites.
func serverWorth(role string) string {
	switch role {
	case sysadmin:
		return ", and is dbo in every database"
	case "##MS_DatabaseConnector##":
		return ", and enters every database"
	case "##MS_DatabaseManager##":
		return ", and may change every database"
	}
	return ", and may become any login"
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
		return slices.ContainsFunc(j.views, func(v int) bool { return !j.a.holdsOn(t, v).IsEmpty() })
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
