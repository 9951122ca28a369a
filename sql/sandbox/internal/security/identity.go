package security

import "slices"

// IsMember is IS_MEMBER (C.5): 1, 0, or nil for a name that is no role.
func (c *Checker) IsMember(role string) *int {
	t := c.in(c.ctx.Database)
	if !t.enter {
		return nil
	}
	r := t.db.PrincipalNamed(role)
	if r == nil || !r.IsRole() {
		return nil
	}
	return number(t.db.memberOf(r.ID, t.user))
}

// memberOf reports whether a principal is in a role. dbo counts as a member of
// every fixed role but the two that deny, as measured; the documentation says
// never (C.5).
func (d *Database) memberOf(role, principal int) bool {
	if principal == UserDBO && isFixedRole(role) {
		return role != RoleDenyReader && role != RoleDenyWriter
	}
	return role == RolePublic || slices.Contains(d.members.closure(principal), role)
}

// IsRoleMember is IS_ROLEMEMBER (C.5); a nil principal is the caller. nil for
// a role or a principal that is unknown or may not be seen. A principal is a
// member of itself.
func (c *Checker) IsRoleMember(role string, principal *string) *int {
	t := c.in(c.ctx.Database)
	if !t.enter {
		return nil
	}
	r := t.db.PrincipalNamed(role)
	if r == nil || !r.IsRole() || !c.SeesPrincipal(t.db.ID, r) {
		return nil
	}
	id := t.user
	if principal != nil {
		p := t.db.PrincipalNamed(*principal)
		if p == nil || !c.SeesPrincipal(t.db.ID, p) {
			return nil
		}
		id = p.ID
	}
	return number(t.db.memberOf(r.ID, id))
}

// IsServerRoleMember is IS_SRVROLEMEMBER (C.5): a member of sysadmin is in
// every fixed server role (A.7). A nil login is the caller.
func (c *Checker) IsServerRoleMember(role string, login *string) *int {
	r := c.s.LoginNamed(role)
	if r == nil || !r.IsRole() || !c.SeesLogin(r) {
		return nil
	}
	ids := c.server
	if login != nil {
		p := c.s.LoginNamed(*login)
		if p == nil || !c.SeesLogin(p) {
			return nil
		}
		ids = c.s.members.closure(p.ID)
	}
	in := r.ID == RoleServerPublic || slices.Contains(ids, r.ID) || isFixedServerRole(r.ID) && slices.Contains(ids, RoleSysadmin)
	return number(in)
}

// HasDBAccess is HAS_DBACCESS (C.5): 0 also for a database that is not online,
// nil for an unknown name.
func (c *Checker) HasDBAccess(database string) *int {
	d := c.s.DatabaseNamed(database)
	if d == nil {
		return nil
	}
	return number(d.Settings.State == Online && c.in(d.ID).enter)
}

// DatabasePrincipalID is DATABASE_PRINCIPAL_ID; a nil name is the caller.
func (c *Checker) DatabasePrincipalID(name *string) *int {
	if name == nil {
		id := c.ctx.User
		return &id
	}
	d := c.s.Database(c.ctx.Database)
	p := d.PrincipalNamed(*name)
	if p == nil || !c.SeesPrincipal(d.ID, p) {
		return nil
	}
	return &p.ID
}

// UserName is USER_NAME; a nil id is the caller.
func (c *Checker) UserName(id *int) *string {
	d := c.s.Database(c.ctx.Database)
	if id == nil {
		id = &c.ctx.User
	}
	p := d.Principal(*id)
	if p == nil || !c.SeesPrincipal(d.ID, p) {
		return nil
	}
	return &p.Name
}

// SuserName is SUSER_SNAME; a nil SID is the caller. It sees every login.
func (c *Checker) SuserName(sid []byte) *string {
	if sid == nil {
		return &c.ctx.LoginName
	}
	if id, ok := c.s.sids.Get(string(sid)); ok {
		return &c.s.Login(id).Name
	}
	return nil
}

// SuserSID is SUSER_SID; a nil name is the caller.
func (c *Checker) SuserSID(name *string) []byte {
	if name == nil {
		return c.ctx.LoginSID
	}
	if p := c.s.LoginNamed(*name); p != nil {
		return p.SID
	}
	return nil
}

// SuserID is SUSER_ID; a nil name is the caller.
func (c *Checker) SuserID(name *string) *int {
	if name == nil {
		return &c.ctx.Login
	}
	if p := c.s.LoginNamed(*name); p != nil {
		return &p.ID
	}
	return nil
}

// Logins returns the logins and server roles by id.
func (s *Server) Logins() []*Principal { return s.principals.ids.Values() }

// ObjectID is OBJECT_ID of a name of up to three parts, and optionally a type
// code; nil for what is missing or may not be seen (C.4).
func (c *Checker) ObjectID(name string, kind *string) *int {
	parts, ok := splitName(name)
	if !ok {
		return nil
	}
	if id, ok := c.systemObject(parts); ok && procedureWith(id) == nil {
		if kind != nil && foldKeyword(*kind) != KindView {
			return nil
		}
		return &id
	}
	o, d := c.objectNamed(parts)
	if o == nil && d != nil {
		return systemProcedureID(parts, kind)
	}
	if o == nil || !c.in(d.ID).enter || kind != nil && foldKeyword(*kind) != o.Kind || !c.SeesObject(d.ID, o) {
		return nil
	}
	return &o.ID
}

// systemProcedureID is the id of a system procedure by its name, whichever database it is asked for in.
func systemProcedureID(parts []string, kind *string) *int {
	o := systemProcedure(schemaOf(parts), parts[len(parts)-1])
	if o == nil || kind != nil && foldKeyword(*kind) != map[bool]string{true: "X", false: KindProcedure}[isExtended(o.Name)] {
		return nil
	}
	return &o.ID
}

// systemObject finds a catalog view by name; its id is negative.
func (c *Checker) systemObject(parts []string) (int, bool) {
	if o := systemProcedure(schemaOf(parts), parts[len(parts)-1]); o != nil {
		return o.ID, true
	}
	if len(parts) < 2 {
		return 0, false
	}
	v := shippedViews().named(schemaOf(parts) + "." + parts[len(parts)-1])
	if v == nil {
		return 0, false
	}
	return v.id, true
}

// schemaOf is the schema that name parts speak of, or empty.
func schemaOf(parts []string) string {
	if len(parts) < 2 {
		return ""
	}
	return parts[len(parts)-2]
}

// Object returns an object the caller sees, by id; a zero database is the
// current one. It serves OBJECT_NAME, OBJECT_SCHEMA_NAME and
// OBJECT_DEFINITION.
func (c *Checker) Object(id, database int) (*Object, *Schema) {
	if database == 0 {
		database = c.ctx.Database
	}
	t := c.in(database)
	if !t.enter {
		return nil, nil
	}
	o := procedureWith(id)
	if v := shippedViews().byID(id); v != nil {
		o = v.whole()
	}
	if o != nil {
		return o, t.db.Schema(o.Schema)
	}
	o = t.db.Object(id)
	if o == nil || !c.SeesObject(database, o) {
		return nil, nil
	}
	return o, t.db.Schema(o.Schema)
}
