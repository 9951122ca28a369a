package security

import "slices"

// CreateRole is CREATE ROLE (D.4): it needs CREATE ROLE, else 15247. An empty
// owner is the executing user.
func (s *Server) CreateRole(ctx *Context, name, owner string) error {
	d := s.Database(ctx.Database)
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
	return s.change(d, func(w *Database) {
		w.putPrincipal(&Principal{ID: w.nextPrincipal, Name: name, Kind: KindRole, Owner: ownerID, SID: roleSID(d.ID, w.nextPrincipal), Created: ctx.Now, Modified: ctx.Now})
		w.nextPrincipal = idAfter(w.nextPrincipal)
	})
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
	p := d.PrincipalNamed(name)
	if p == nil || !p.IsRole() {
		return d, nil
	}
	return d, p
}

// AddMember is ALTER ROLE … ADD MEMBER (D.4). It needs ALTER on the role; for a
// fixed role membership in db_owner. Adding a member again succeeds.
func (s *Server) AddMember(ctx *Context, role, member string) error {
	d, r, p, err := s.memberOf(ctx, role, "add", member)
	switch {
	case err != nil:
		return err
	case p.ID == r.ID || p.IsRole() && slices.Contains(d.members.closure(r.ID), p.ID):
		return refuse(15413)
	case p.ID == UserDBO || p.ID == UserSys || p.ID == UserInfoSchema || p.ID == RolePublic || isFixedRole(p.ID):
		return refuse(15405, p.Name)
	}
	return s.change(d, func(w *Database) { w.members.add(r.ID, p.ID) })
}

// DropMember is ALTER ROLE … DROP MEMBER. Dropping one that is no member
// succeeds.
func (s *Server) DropMember(ctx *Context, role, member string) error {
	d, r, p, err := s.memberOf(ctx, role, "drop", member)
	switch {
	case err != nil:
		return err
	case p.ID == UserDBO:
		return refuse(15405, p.Name)
	}
	return s.change(d, func(w *Database) { w.members.remove(r.ID, p.ID) })
}

// memberOf finds a role whose members the caller may change, and who is to be
// added or dropped there.
func (s *Server) memberOf(ctx *Context, role, verb, member string) (d *Database, r, p *Principal, err error) {
	d, r = s.findRole(ctx, role)
	p = d.PrincipalNamed(member)
	switch {
	case r == nil || !s.mayChangeMembers(ctx, d, r):
		err = errMissing(2, "alter", "role", role)
	case r.ID == RolePublic:
		err = refuse(15081)
	case p == nil:
		err = errMissing(1, verb, "principal", member)
	}
	return d, r, p, err
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
	return s.change(d, func(w *Database) {
		next := *r
		next.Name, next.Modified = name, ctx.Now
		w.putPrincipal(&next)
	})
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
	return s.change(d, func(w *Database) { w.removePrincipal(r) })
}
