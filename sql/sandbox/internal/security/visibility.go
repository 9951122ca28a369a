package security

import "slices"

// SeesObject reports whether the metadata of an object is visible: it is
// owned, VIEW DEFINITION is held, or any permission on it or one of its
// columns is (C.4). DENY VIEW DEFINITION hides it. A temporary table is its session's own.
func (c *Checker) SeesObject(database int, o *Object) bool {
	if o.ID < 0 {
		return true
	}
	if o.Parent != 0 {
		parent := c.s.Database(database).Object(o.Parent)
		return parent != nil && c.SeesObject(database, parent)
	}
	on := OnObject(database, o.ID)
	v := c.judge(on, "VIEW DEFINITION")
	return v.allowed() || !v.denied && (c.HoldsAny(on) || c.holdsColumn(database, o))
}

// holdsColumn reports whether any column of an object is granted to the token.
func (c *Checker) holdsColumn(database int, o *Object) bool {
	d := c.s.Database(database)
	return slices.ContainsFunc(columnPermissions, func(permission string) bool { return c.columns(d, o, permission).any(o) })
}

// SeesDefinition reports whether the text of a module is visible: VIEW
// DEFINITION, ALTER, CONTROL, TAKE OWNERSHIP or ownership (C.4).
func (c *Checker) SeesDefinition(database int, o *Object) bool {
	on := OnObject(database, o.ID)
	v := c.judge(on, "VIEW DEFINITION")
	return v.allowed() || !v.denied && (c.Can(on, "ALTER") || c.Can(on, "TAKE OWNERSHIP"))
}

// SeesPrincipal reports whether a user or role shows in
// sys.database_principals: oneself, the system users and the fixed roles;
// roles one is in; others with VIEW DEFINITION, ALTER ANY USER or ROLE, or any
// permission on the principal (A.2).
func (c *Checker) SeesPrincipal(database int, p *Principal) bool {
	t := c.in(database)
	if !t.enter {
		return false
	}
	return p.ID <= UserSys || isFixedRole(p.ID) || t.has(p.ID) || c.holdsAny(OnPrincipal(database, p.ID))
}

// SeesLogin reports whether a login or server role shows in
// sys.server_principals: oneself, sa, public and the fixed roles, roles one is
// in, and others with VIEW ANY DEFINITION, VIEW ANY SECURITY DEFINITION, ALTER
// ANY LOGIN or a permission on the login (A.3).
func (c *Checker) SeesLogin(p *Principal) bool {
	return p.ID == LoginSA || p.ID == RoleServerPublic || isFixedServerRole(p.ID) || p.ID == c.ctx.Login ||
		c.serverHas(p.ID) || c.holdsAny(OnLogin(p.ID))
}

// serverHas reports whether a server principal is in the token.
func (c *Checker) serverHas(id int) bool { return slices.Contains(c.server, id) }

// holdsAny reports whether any permission on a securable is held that shows it.
func (c *Checker) holdsAny(on Securable) bool {
	v := c.judge(on, "VIEW DEFINITION")
	return v.allowed() || !v.denied && c.HoldsAny(on)
}

// SeesDatabase reports whether a database shows in sys.databases: master,
// tempdb, the current one, owned ones, and all with VIEW ANY DATABASE (C.4) or
// the right to make or change databases.
func (c *Checker) SeesDatabase(d *Database) bool {
	if d.ID == DatabaseMaster || d.ID == DatabaseTempdb || d.ID == c.ctx.Database || string(d.OwnerSID) == string(c.ctx.LoginSID) {
		return true
	}
	on := OnServer()
	var public verdict // what it holds counts under EXECUTE AS USER too
	public.add(c.s.permissions.of(ClassServer, 0, RoleServerPublic), []string{"VWDB"})
	return c.Can(on, "VIEW ANY DATABASE") || c.Can(on, "CREATE ANY DATABASE") || c.ctx.Scoped && public.allowed()
}
