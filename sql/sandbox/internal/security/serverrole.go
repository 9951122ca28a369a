package security

import "slices"

// CreateServerRole is CREATE SERVER ROLE; an empty owner is the caller's login.
func (s *Server) CreateServerRole(ctx *Context, name, owner string) error {
	if !s.Checker(ctx).Can(OnServer(), "CREATE SERVER ROLE") {
		return refuse(15247)
	}
	id := ctx.Login
	if owner != "" {
		p := s.LoginNamed(owner)
		if p == nil {
			return errMissing(1, "find", "login", owner)
		}
		id = p.ID
	}
	if s.LoginNamed(name) != nil {
		return refuse(15025, name)
	}
	s.putLogin(&ServerPrincipal{ID: s.nextPrincipal, Name: name, Kind: KindRole, Owner: id, SID: roleSID(0, s.nextPrincipal), Created: ctx.Now, Modified: ctx.Now})
	s.nextPrincipal++
	return nil
}

// serverRole returns a server role whose members the caller may change: with
// ALTER on it; for a fixed role as a member of it or of sysadmin. Else 15151.
func (s *Server) serverRole(ctx *Context, name string) (*ServerPrincipal, error) {
	r := s.LoginNamed(name)
	c := s.Checker(ctx)
	switch {
	case r == nil || !r.IsRole():
	case r.ID == RoleServerPublic:
		return nil, refuse(15081)
	case isFixedServerRole(r.ID) && (c.sysadmin || c.serverHas(r.ID)), !isFixedServerRole(r.ID) && c.Can(OnLogin(r.ID), "ALTER"):
		return r, nil
	}
	return nil, errMissing(1, "alter", "server role", name)
}

// serverMemberOf finds a server role whose members the caller may change, and who
// is to be added or dropped there.
func (s *Server) serverMemberOf(ctx *Context, role, verb, member string) (r, p *ServerPrincipal, err error) {
	if r, err = s.serverRole(ctx, role); err != nil {
		return nil, nil, err
	}
	if p = s.LoginNamed(member); p == nil {
		return nil, nil, errMissing(1, verb, "principal", member)
	}
	return r, p, nil
}

// AddServerMember is ALTER SERVER ROLE … ADD MEMBER.
func (s *Server) AddServerMember(ctx *Context, role, member string) error {
	r, p, err := s.serverMemberOf(ctx, role, "add", member)
	switch {
	case err != nil:
		return err
	case p.ID == LoginSA || p.ID == RoleServerPublic || isFixedServerRole(p.ID):
		return refuse(15405, p.Name)
	case p.ID == r.ID || p.IsRole() && slices.Contains(s.members.closure(r.ID), p.ID):
		return refuse(15413)
	}
	s.members.add(r.ID, p.ID)
	return nil
}

// DropServerMember is ALTER SERVER ROLE … DROP MEMBER.
func (s *Server) DropServerMember(ctx *Context, role, member string) error {
	r, p, err := s.serverMemberOf(ctx, role, "drop", member)
	switch {
	case err != nil:
		return err
	case p.ID == LoginSA:
		return refuse(15405, p.Name)
	}
	s.members.remove(r.ID, p.ID)
	return nil
}

// RenameServerRole is ALTER SERVER ROLE … WITH NAME.
func (s *Server) RenameServerRole(ctx *Context, role, name string) error {
	r, err := s.serverRole(ctx, role)
	if err != nil {
		return err
	}
	if isFixedServerRole(r.ID) {
		return refuse(15150, "alter", "server role", r.Name)
	}
	if other := s.LoginNamed(name); other != nil && other.ID != r.ID {
		return refuse(15025, name)
	}
	next := *r
	next.Name, next.Modified = name, ctx.Now
	s.putLogin(&next)
	return nil
}

// DropServerRole is DROP SERVER ROLE.
func (s *Server) DropServerRole(ctx *Context, name string) error {
	r := s.LoginNamed(name)
	switch {
	case r == nil || !r.IsRole():
		return errMissing(1, "drop", "server role", name)
	case isFixedServerRole(r.ID) || r.ID == RoleServerPublic:
		return refuse(15150, "drop", "server role", r.Name)
	case !s.Checker(ctx).Can(OnLogin(r.ID), "CONTROL") && !s.Checker(ctx).Can(OnServer(), "ALTER ANY SERVER ROLE"):
		return errMissing(1, "drop", "server role", name)
	case len(s.members.members(r.ID)) > 0:
		return refuse(15144)
	case s.permissions.grantedBy(r.ID):
		return refuse(15173, r.Name)
	}
	s.removeLogin(r)
	return nil
}
