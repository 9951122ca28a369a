package security

import "slices"

// CreateRole is CREATE ROLE (D.4): it needs CREATE ROLE, else 15247. An empty
// owner is the executing user.
func (s *Server) CreateRole(ctx *Context, name, owner string) error {
	d := s.Database(ctx.Database)
	if d == nil {
		return refuse(911, "")
	}
	c := s.Checker(ctx)
	if !c.Can(OnDatabase(d.ID), "CREATE ROLE") {
		return refuse(15247)
	}
	ownerID, err := c.newOwner(d, owner, "find", "user")
	if err != nil {
		return err
	}
	if d.PrincipalNamed(name) != nil {
		return refuse(15023, name)
	}
	w, err := s.change(d.ID)
	if err != nil {
		return err
	}
	w.putPrincipal(&Principal{ID: w.nextPrincipal, Name: name, Kind: KindRole, Owner: ownerID, SID: roleSID(d.ID, w.nextPrincipal), Created: ctx.Now, Modified: ctx.Now})
	w.nextPrincipal = idAfter(w.nextPrincipal)
	return nil
}

// newOwner resolves an AUTHORIZATION clause: IMPERSONATE on a user, membership
// in or ALTER on a role (D.4, D.8). An empty name is the executing user.
func (c *Checker) newOwner(d *Database, name, verb, kind string) (int, error) {
	t := c.in(d.ID)
	if name == "" {
		if t.user == RolePublic {
			return UserDBO, nil
		}
		return t.user, nil
	}
	p := d.PrincipalNamed(name)
	if p == nil || p.ID == UserSys || p.ID == UserInfoSchema {
		return 0, errMissing(1, verb, kind, name)
	}
	on := OnPrincipal(d.ID, p.ID)
	allowed := p.ID == t.user || c.Can(on, "IMPERSONATE")
	if p.IsRole() {
		allowed = t.has(p.ID) || c.Can(on, "ALTER")
	}
	if !allowed {
		return 0, errMissing(1, verb, kind, name)
	}
	return p.ID, nil
}

// findRole returns a role of the current database.
func (s *Server) findRole(ctx *Context, name string) (*Database, *Principal) {
	d := s.Database(ctx.Database)
	if d == nil {
		return nil, nil
	}
	p := d.PrincipalNamed(name)
	if p == nil || !p.IsRole() {
		return d, nil
	}
	return d, p
}

// AddMember is ALTER ROLE … ADD MEMBER (D.4). It needs ALTER on the role; for a
// fixed role membership in db_owner. Adding a member again succeeds.
func (s *Server) AddMember(ctx *Context, role, member string) error {
	return s.addMember(ctx, role, member, errMissing(2, "alter", "role", role), errMissing(1, "add", "principal", member))
}

// AddRoleMember is sp_addrolemember: AddMember with its older errors.
func (s *Server) AddRoleMember(ctx *Context, role, member string) error {
	return s.addMember(ctx, role, member, refuse(15014, role), refuse(15410, member))
}

func (s *Server) addMember(ctx *Context, role, member string, noRole, noMember *Error) error {
	d, r := s.findRole(ctx, role)
	if r == nil || !s.mayChangeMembers(ctx, d, r) {
		return roleRefusal(r, role, noRole)
	}
	p := d.PrincipalNamed(member)
	switch {
	case r.ID == RolePublic:
		return refuse(15081)
	case p == nil:
		return noMember
	case p.ID == r.ID || p.IsRole() && slices.Contains(d.members.closure(r.ID), p.ID):
		return refuse(15413)
	case p.ID == UserDBO || p.ID == UserSys || p.ID == UserInfoSchema || p.ID == RolePublic || isFixedRole(p.ID):
		return refuse(15405, p.Name)
	}
	w, err := s.change(d.ID)
	if err != nil {
		return err
	}
	w.members.add(r.ID, p.ID)
	return nil
}

// roleRefusal is the error for a role that is missing (the caller's own words)
// or may not be changed (15151, state 2).
func roleRefusal(r *Principal, name string, missing *Error) *Error {
	if r == nil {
		return missing
	}
	return errMissing(2, "alter", "role", name)
}

// mayChangeMembers reports whether the caller may change who is in a role.
func (s *Server) mayChangeMembers(ctx *Context, d *Database, r *Principal) bool {
	c := s.Checker(ctx)
	if isFixedRole(r.ID) {
		t := c.in(d.ID)
		return t.enter && (t.dbo || t.has(RoleOwner)) || c.sysadmin
	}
	return c.Can(OnPrincipal(d.ID, r.ID), "ALTER")
}

// DropMember is ALTER ROLE … DROP MEMBER. Dropping one that is no member
// succeeds.
func (s *Server) DropMember(ctx *Context, role, member string) error {
	return s.dropMember(ctx, role, member, errMissing(2, "alter", "role", role), errMissing(1, "drop", "principal", member))
}

// DropRoleMember is sp_droprolemember.
func (s *Server) DropRoleMember(ctx *Context, role, member string) error {
	return s.dropMember(ctx, role, member, refuse(15014, role), refuse(15410, member))
}

func (s *Server) dropMember(ctx *Context, role, member string, noRole, noMember *Error) error {
	d, r := s.findRole(ctx, role)
	if r == nil || !s.mayChangeMembers(ctx, d, r) {
		return roleRefusal(r, role, noRole)
	}
	p := d.PrincipalNamed(member)
	switch {
	case r.ID == RolePublic:
		return refuse(15081)
	case p == nil:
		return noMember
	case p.ID == UserDBO:
		return refuse(15405, p.Name)
	}
	w, err := s.change(d.ID)
	if err != nil {
		return err
	}
	w.members.remove(r.ID, p.ID)
	return nil
}

// RenameRole is ALTER ROLE … WITH NAME.
func (s *Server) RenameRole(ctx *Context, role, name string) error {
	d, r := s.findRole(ctx, role)
	switch {
	case r == nil || !s.Checker(ctx).Can(OnPrincipal(d.ID, r.ID), "ALTER"):
		return errMissing(2, "alter", "role", role)
	case isFixedRole(r.ID) || r.ID == RolePublic:
		return refuse(15150, "alter", "role", r.Name)
	}
	if other := d.PrincipalNamed(name); other != nil && other.ID != r.ID {
		return refuse(15023, name)
	}
	w, err := s.change(d.ID)
	if err != nil {
		return err
	}
	next := *r
	next.Name, next.Modified = name, ctx.Now
	w.putPrincipal(&next)
	return nil
}

// DropRole is DROP ROLE (D.4): it needs ALTER ANY ROLE or CONTROL on the role.
func (s *Server) DropRole(ctx *Context, name string, ifExists bool) error {
	d, r := s.findRole(ctx, name)
	if r == nil {
		if ifExists {
			return nil
		}
		return errMissing(1, "drop", "role", name)
	}
	c := s.Checker(ctx)
	switch {
	case !c.Can(OnPrincipal(d.ID, r.ID), "CONTROL") && !c.Can(OnDatabase(d.ID), "ALTER ANY ROLE"):
		return errMissing(1, "drop", "role", name)
	case isFixedRole(r.ID) || r.ID == RolePublic:
		return refuse(15150, "drop", "role", r.Name)
	case len(d.members.members(r.ID)) > 0:
		return refuse(15144)
	}
	if err := d.mayDrop(r); err != nil {
		return err
	}
	w, err := s.change(d.ID)
	if err != nil {
		return err
	}
	w.removePrincipal(r)
	return nil
}
