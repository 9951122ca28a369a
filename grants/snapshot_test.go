package grants

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"grantree/catalog"
)

// siteBuilder makes snapshots by hand. Its methods panic on unknown names, as
// a wrong test should.
type siteBuilder struct{ *Snapshot }

// newSite returns a site with the schema dbo and these views in it.
func newSite(views ...string) siteBuilder {
	s := &Snapshot{Site: "North", LoginsVisible: true, Principals: slices.Clone(builtIn[:]), Runner: Runner{User: "dbo", UserID: DboID, CanControl: true}}
	s.Schemas = []Schema{{ID: DboID, Name: "dbo", Owner: DboID}}
	for i, v := range views {
		id := 1000 + i
		s.Views = append(s.Views, SiteView{ID: id, Schema: DboID, Name: v, Owner: DboID,
			Columns: []SiteColumn{{1, "id"}, {2, "name"}, {3, "pay"}}})
	}
	return siteBuilder{s}
}

func (b siteBuilder) id(name string) int {
	for _, p := range b.Principals {
		if p.Name == name {
			return p.ID
		}
	}
	panic("no principal " + name)
}

func (b siteBuilder) view(name string) *SiteView {
	for i := range b.Views {
		if b.Views[i].Name == name {
			return &b.Views[i]
		}
	}
	panic("no view " + name)
}

func (b siteBuilder) nextID() int {
	id := FirstUserID
	for _, p := range b.Principals {
		if !isBuiltIn(p.ID) {
			id = max(id, p.ID+1)
		}
	}
	return id
}

// role adds roles; a name that begins with + carries grantree's mark.
func (b siteBuilder) role(names ...string) siteBuilder {
	for _, name := range names {
		name, managed := marked(name)
		b.Principals = append(b.Principals, Principal{ID: b.nextID(), Name: name, Type: DatabaseRole, Owner: DboID, Managed: managed})
	}
	return b
}

// user adds users with logins of the same name; + marks them.
func (b siteBuilder) user(names ...string) siteBuilder {
	for _, name := range names {
		name, managed := marked(name)
		id := b.nextID()
		b.login(name)
		b.Principals = append(b.Principals, Principal{ID: id, Name: name, Type: SQLUser, AuthType: 1, SID: sidOf(name), Managed: managed})
		b.Permissions = append(b.Permissions, PermissionRow{Grantee: id, Grantor: DboID, Name: "CONNECT", State: Granted})
	}
	return b
}

func (b siteBuilder) login(names ...string) siteBuilder {
	for _, name := range names {
		b.Logins = append(b.Logins, Login{Name: name, SID: sidOf(name), Type: SQLUser})
	}
	return b
}

func sidOf(name string) string { return fmt.Sprintf("%X", "sid of "+name) }

func marked(name string) (string, bool) {
	if name[0] == '+' {
		return name[1:], true
	}
	return name, false
}

func (b siteBuilder) member(role string, members ...string) siteBuilder {
	for _, m := range members {
		b.Members = append(b.Members, Member{b.id(role), b.id(m)})
	}
	return b
}

// row adds a row on a view.
func (b siteBuilder) row(state State, permission, view, grantee string) siteBuilder {
	v := b.view(view)
	b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: v.ID, Grantee: b.id(grantee), Grantor: v.Owner, Name: permission, State: state})
	return b
}

func (b siteBuilder) column(state State, permission, view string, column int, grantee string) siteBuilder {
	b.row(state, permission, view, grantee)
	b.Permissions[len(b.Permissions)-1].Minor = column
	return b
}

func (b siteBuilder) schemaRow(state State, permission string, schema int, grantee string) siteBuilder {
	b.Permissions = append(b.Permissions, PermissionRow{Class: ClassSchema, Major: schema, Grantee: b.id(grantee), Grantor: DboID, Name: permission, State: state})
	return b
}

func (b siteBuilder) databaseRow(state State, permission, grantee string) siteBuilder {
	b.Permissions = append(b.Permissions, PermissionRow{Grantee: b.id(grantee), Grantor: DboID, Name: permission, State: state})
	return b
}

// wantedBuilder makes wanted states by hand.
type wantedBuilder struct{ *Wanted }

func newWanted(views ...string) wantedBuilder {
	return wantedBuilder{&Wanted{Site: "North", Views: views}}
}

func (b wantedBuilder) role(names ...string) wantedBuilder {
	for i, name := range names {
		cause := Cause{Group: name}
		cause.Pos.File, cause.Pos.Line = "grantree.toml", 10+i
		b.Roles = append(b.Roles, WantedRole{Name: name, Group: name, Cause: cause})
	}
	return b
}

func (b wantedBuilder) user(names ...string) wantedBuilder {
	for i, name := range names {
		cause := Cause{User: name}
		cause.Pos.File, cause.Pos.Line = "grantree.toml", 50+i
		b.Users = append(b.Users, WantedUser{Name: name, Login: name, Cause: cause})
	}
	return b
}

func (b wantedBuilder) member(role string, users ...string) wantedBuilder {
	for _, u := range users {
		b.Members = append(b.Members, WantedMember{Role: role, User: u, Cause: Cause{User: u}})
	}
	return b
}

func (b wantedBuilder) entry(state State, permissions catalog.Permissions, view string, grantees ...string) wantedBuilder {
	for _, g := range grantees {
		for _, one := range permissions.Each() {
			cause := Cause{Group: g, Node: catalog.Path{"Modules", view}, Level: catalog.Parent}
			cause.Pos.File, cause.Pos.Line = "grantree.toml", 20
			b.Entries = append(b.Entries, WantedEntry{Grantee: g, Schema: "dbo", View: view, Permission: one, State: state, Causes: []Cause{cause}})
		}
	}
	return b
}

// naiveMay is the permission check of reference C.1 read aloud, over the rows
// themselves: the second opinion that the model is tested against.
func naiveMay(s *Snapshot, user, schema, view string, permission string) bool {
	var u int
	for _, p := range s.Principals {
		if p.Name == user {
			u = p.ID
		}
	}
	if u == 0 {
		return false
	}
	context := map[int]bool{u: true, PublicID: true}
	for grown := true; grown; {
		grown = false
		for _, m := range s.Members {
			if context[m.Member] && !context[m.Role] {
				context[m.Role], grown = true, true
			}
		}
	}
	var schemaID, schemaOwner int
	for _, sc := range s.Schemas {
		if sc.Name == schema {
			schemaID, schemaOwner = sc.ID, sc.Owner
		}
	}
	var v SiteView
	for _, x := range s.Views {
		if x.Name == view && x.Schema == schemaID {
			v = x
		}
	}
	if context[v.Owner] || context[schemaOwner] {
		return true
	}
	write := permission != "SELECT"
	denied := context[DBDenyDataReaderID] && !write || context[DBDenyDataWriterID] && write
	granted := context[DBOwnerID] || context[DBDataReaderID] && !write || context[DBDataWriterID] && write
	for _, r := range s.Permissions {
		here := r.Class == ClassDatabase || r.Class == ClassSchema && r.Major == schemaID || r.Class == ClassObject && r.Major == v.ID && r.Minor == 0
		if !here || !context[r.Grantee] || r.Name != permission && r.Name != "CONTROL" {
			continue
		}
		denied = denied || r.State == Denied
		granted = granted || r.State == Granted || r.State == GrantedWithGrant
	}
	return granted && !denied
}

// naiveAccess returns every tuple that somebody is allowed.
func naiveAccess(s *Snapshot) map[string]bool {
	out := map[string]bool{}
	for _, p := range s.Principals {
		if !isAccount(p) {
			continue
		}
		for _, v := range s.Views {
			schema := ""
			for _, sc := range s.Schemas {
				if sc.ID == v.Schema {
					schema = sc.Name
				}
			}
			for _, name := range catalog.All.Names() {
				if naiveMay(s, p.Name, schema, v.Name, name) {
					out[p.Name+" "+name+" "+schema+"."+v.Name] = true
				}
			}
		}
	}
	return out
}

// The names that random states are made of. m* are roles that a policy speaks
// of, x* are strangers' roles, u* are users.
var (
	randomViews = []string{"va", "vb", "vc"}
	policyRoles = []string{"m1", "m2", "m3", "m4"}
	otherRoles  = []string{"x1", "x2"}
	randomUsers = []string{"u1", "u2", "u3", "u4", "u5"}
)

// drawSite draws a site with nested roles, DENYs, rows above the views,
// owners, fixed roles and unmanaged principals.
func drawSite(t *rapid.T) *Snapshot {
	b := newSite(randomViews...).login(randomUsers...)
	b.Schemas = append(b.Schemas, Schema{ID: 5, Name: "app", Owner: DboID})
	b.Logins = nil
	b.view("vc").Schema = 5
	var roles, users []string
	for _, r := range policyRoles {
		if rapid.Bool().Draw(t, "has "+r) {
			b.role("+" + r)
			roles = append(roles, r)
		}
	}
	b.role(otherRoles...)
	roles = append(roles, otherRoles...)
	for _, u := range randomUsers {
		switch rapid.IntRange(0, 3).Draw(t, "has "+u) {
		case 0:
			b.login(u)
		case 1:
			b.user(u)
			users = append(users, u)
		default:
			b.user("+" + u)
			users = append(users, u)
		}
	}
	if !slices.Contains(users, "u1") && rapid.Bool().Draw(t, "u1 has an old name") {
		b.Logins = slices.DeleteFunc(b.Logins, func(l Login) bool { return l.Name == "u1" })
		b.user("+o1")
		b.Principals[len(b.Principals)-1].SID = sidOf("u1")
		b.Logins[len(b.Logins)-1].Name, b.Logins[len(b.Logins)-1].SID = "u1", sidOf("u1")
		users = append(users, "o1")
	}
	drawMembers(t, b, roles, users)
	drawRows(t, b, append(slices.Clone(roles), users...))
	drawConnect(t, b, append(slices.Clone(roles), users...), users)
	return b.Snapshot
}

// drawProperties has marks say more, and lets users be in a role for a while.
func drawProperties(t *rapid.T, s *Snapshot) *Snapshot {
	b := siteBuilder{s}
	for i, p := range b.Principals {
		if p.Managed && rapid.IntRange(0, 3).Draw(t, "the mark of "+p.Name) == 1 {
			b.Principals[i].Mark = "managed 2026-11-27T12:00:00 AAAAAA"
		}
		if p.Type == SQLUser && p.ID >= FirstUserID && rapid.IntRange(0, 7).Draw(t, p.Name+" is in a role for a while") == 1 {
			b.Openings = append(b.Openings, OpeningRow{p.ID, rapid.SampledFrom([]string{hour.Text(), "x"}).Draw(t, "as it says")})
		}
	}
	return s
}

// propertiesOf are grantree's properties, by name.
func propertiesOf(s *Snapshot) []string {
	var out []string
	for _, p := range s.Principals {
		if p.Managed || s.OpeningOf(p.Name) != "" {
			out = append(out, fmt.Sprintf("%s %t %q %q", p.Name, p.Managed, p.Mark, s.OpeningOf(p.Name)))
		}
	}
	slices.Sort(out)
	return out
}

// drawConnect takes CONNECT from some, gives or denies it to others, and lets a
// user own a schema.
func drawConnect(t *rapid.T, b siteBuilder, principals, users []string) {
	for _, u := range users {
		state := rapid.SampledFrom([]State{Granted, Granted, Granted, Denied, ""}).Draw(t, "CONNECT of "+u)
		for i := range b.Permissions {
			if r := &b.Permissions[i]; r.Grantee == b.id(u) && isConnect(*r) {
				r.State = state
			}
		}
	}
	b.Permissions = slices.DeleteFunc(b.Permissions, func(r PermissionRow) bool { return r.State == "" })
	switch rapid.IntRange(0, 6).Draw(t, "CONNECT of a role") { // a plan changes who is in x1 through other roles
	case 0:
		b.databaseRow(Granted, "CONNECT", "x1")
	case 1:
		b.databaseRow(rapid.SampledFrom([]State{Granted, Denied}).Draw(t, "which"), "CONNECT", "public")
	}
	if len(users) > 0 && rapid.IntRange(0, 4).Draw(t, "a schema of a user") == 0 {
		b.Schemas = append(b.Schemas, Schema{ID: 6, Name: "own", Owner: b.id(rapid.SampledFrom(users).Draw(t, "whose schema"))})
	}
	if rapid.IntRange(0, 6).Draw(t, "a right beside") == 0 {
		b.databaseRow(Granted, "EXECUTE", rapid.SampledFrom(principals).Draw(t, "whose right"))
	}
}

// naiveEnters reads who may connect aloud.
func naiveEnters(s *Snapshot, user string) bool {
	context := map[int]bool{PublicID: true}
	for _, p := range s.Principals {
		if p.Name == user {
			context[p.ID] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, m := range s.Members {
			if context[m.Member] && !context[m.Role] {
				context[m.Role], grown = true, true
			}
		}
	}
	granted, denied := context[DBOwnerID] || context[DBAccessAdminID], false
	for _, r := range s.Permissions {
		if r.Class == ClassDatabase && context[r.Grantee] && (r.Name == "CONNECT" || r.Name == "CONTROL") {
			granted, denied = granted || r.State != Denied, denied || r.State == Denied
		}
	}
	return granted && !denied
}

func drawMembers(t *rapid.T, b siteBuilder, roles, users []string) {
	for i, role := range roles {
		for _, u := range users {
			if rapid.IntRange(0, 2).Draw(t, u+" in "+role) == 0 {
				b.member(role, u)
			}
		}
		for _, inner := range roles[:i] {
			if rapid.IntRange(0, 4).Draw(t, inner+" in "+role) == 0 {
				b.member(role, inner)
			}
		}
	}
	if len(users) > 0 && rapid.IntRange(0, 3).Draw(t, "fixed") == 0 {
		fixed := rapid.SampledFrom([]string{"db_owner", "db_datareader", "db_datawriter", "db_denydatareader"}).Draw(t, "fixed role")
		b.member(fixed, rapid.SampledFrom(append(slices.Clone(users), "x1")).Draw(t, "fixed member"))
	}
}

func drawRows(t *rapid.T, b siteBuilder, principals []string) {
	grantees := append(slices.Clone(principals), "public")
	for _, g := range grantees {
		for _, v := range randomViews {
			for _, name := range catalog.All.Names()[:3] {
				switch rapid.IntRange(0, 7).Draw(t, name+" "+v+" "+g) {
				case 0, 1:
					if g != "public" || name == "SELECT" {
						b.row(Granted, name, v, g)
					}
				case 2:
					if g != "public" {
						b.row(Denied, name, v, g)
					}
				}
			}
		}
	}
	above := rapid.SampledFrom([]string{"none", "schema", "database", "control", "owner", "column", "option"}).Draw(t, "above")
	state := rapid.SampledFrom([]State{Granted, Denied}).Draw(t, "state above")
	who := rapid.SampledFrom(principals).Draw(t, "who above")
	switch above {
	case "schema":
		b.schemaRow(state, "SELECT", 5, who)
	case "database":
		b.databaseRow(state, "UPDATE", who)
	case "control":
		b.row(state, "CONTROL", "va", who)
	case "owner":
		b.view("vb").Owner = b.id("x2")
		for i := range b.Permissions {
			if r := &b.Permissions[i]; r.Class == ClassObject && r.Major == b.view("vb").ID {
				r.Grantor = b.id("x2")
			}
		}
	case "column":
		b.column(state, "SELECT", "va", 2, who)
	case "option":
		b.row(GrantedWithGrant, "DELETE", "va", who)
	}
}

// drawWanted draws what a policy could want of such a site.
func drawWanted(t *rapid.T) *Wanted {
	w := newWanted("va", "vb", "app.vc")
	var grantees []string
	for _, r := range policyRoles {
		if rapid.IntRange(0, 3).Draw(t, "want "+r) > 0 {
			w.role(r)
			grantees = append(grantees, r)
		}
	}
	roles := slices.Clone(grantees)
	for _, u := range randomUsers {
		if rapid.IntRange(0, 3).Draw(t, "want "+u) == 0 {
			if rapid.Bool().Draw(t, u+" is inactive") {
				w.Leavers = append(w.Leavers, Leaver{Name: u, Login: u, Cause: Cause{User: u}})
			}
			continue
		}
		w.user(u)
		grantees = append(grantees, u)
		for _, r := range roles {
			if rapid.Bool().Draw(t, "want "+u+" in "+r) {
				w.member(r, u)
			}
		}
	}
	for _, g := range grantees {
		for _, v := range randomViews {
			granted := catalog.Permissions(rapid.IntRange(0, 7).Draw(t, "want granted "+v+" "+g))
			denied := catalog.Permissions(rapid.IntRange(0, 7).Draw(t, "want denied "+v+" "+g))
			denied &= catalog.Permissions(rapid.IntRange(0, 7).Draw(t, "fewer"))
			w.entry(Granted, granted.Minus(denied), v, g)
			w.entry(Denied, denied, v, g)
		}
	}
	for i := range w.Entries {
		if w.Entries[i].View == "vc" {
			w.Entries[i].Schema = "app"
		}
	}
	return w.Wanted
}

// drawRenames gives some of what is wanted a name before.
func drawRenames(t *rapid.T, w *Wanted) *Wanted {
	for i := range w.Roles {
		if rapid.IntRange(0, 3).Draw(t, "renamed") == 0 {
			w.Roles[i].Was = rapid.SampledFrom(slices.Concat(policyRoles, randomUsers)).Draw(t, "was")
		}
	}
	for i := range w.Users {
		if rapid.IntRange(0, 3).Draw(t, "renamed") == 0 {
			w.Users[i].Was = rapid.SampledFrom(slices.Concat(policyRoles, randomUsers)).Draw(t, "was")
			w.Users[i].WasLogin = rapid.SampledFrom([]string{"", w.Users[i].Was}).Draw(t, "was login")
		}
	}
	return w
}
