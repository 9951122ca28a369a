package security

import (
	"slices"
	"strings"
)

// Roles are the roles of a server or of a database as one meets them who makes,
// changes or drops them (A.7, D.4).
type Roles struct {
	s *Server
	c *Checker
	d *Database // nil: the server
	*roster
	names  Collation
	on     Securable
	word   string // what messages call one
	state  byte   // of 15151 when one may not be changed
	taken  int32  // the error of a name in use
	public int
}

// Roles are the roles of the current database, or of the server.
func (s *Server) Roles(ctx *Context, server bool) *Roles {
	if server {
		return &Roles{s, s.Checker(ctx), nil, &s.roster, s.collation, OnServer(), "server role", 1, 15025, RoleServerPublic}
	}
	d := s.Database(ctx.Database)
	return &Roles{s, s.Checker(ctx), d, &d.roster, d.Names(), OnDatabase(d.ID), "role", 2, 15023, RolePublic}
}

// named finds any principal of the server or the database.
func (r *Roles) named(name string) *Principal { return r.principals.named(r.names.Fold(name)) }

// role finds a role.
func (r *Roles) role(name string) *Principal {
	if p := r.named(name); p != nil && p.IsRole() {
		return p
	}
	return nil
}

// can reports whether the caller has a permission on a role.
func (r *Roles) can(role *Principal, permission string) bool {
	if r.d == nil {
		return r.c.Can(OnLogin(role.ID), permission)
	}
	return r.c.Can(OnPrincipal(r.d.ID, role.ID), permission)
}

// builtin reports whether a role is public or a fixed one.
func (r *Roles) builtin(role *Principal) bool { return role.Fixed || role.ID == r.public }

// missing is the refusal of a role that is not there or that the caller may not change.
func (r *Roles) missing(name string) error { return errMissing(r.state, "alter", r.word, name) }

// change writes to the server or the database.
func (r *Roles) change(write func(w *roster)) error {
	if r.d != nil {
		return r.s.change(r.d, func(w *Database) { write(&w.roster) })
	}
	write(r.roster)
	return nil
}

// Create is CREATE ROLE and CREATE SERVER ROLE: it needs the permission of that
// name, else 15247. An empty owner is the executing user or login.
func (r *Roles) Create(name, owner string) error {
	if !r.c.Can(r.on, "CREATE "+strings.ToUpper(r.word)) {
		return refuse(15247)
	}
	id, err := r.owner(owner)
	if err != nil {
		return err
	}
	if r.named(name) != nil {
		return refuse(r.taken, name)
	}
	now := r.c.ctx.Now
	return r.change(func(w *roster) {
		p := &Principal{ID: w.newID(), Name: name, Kind: KindRole, Owner: id, Created: now, Modified: now}
		p.SID = roleSID(r.on.Database, p.ID)
		w.enrol(r.names, p)
	})
}

// owner resolves the AUTHORIZATION clause of a new role.
func (r *Roles) owner(name string) (int, error) {
	if r.d != nil {
		return r.c.newOwner(r.d, name, "find", "user")
	}
	if name == "" {
		return r.c.ctx.Login, nil
	}
	if p := r.named(name); p != nil {
		return p.ID, nil
	}
	return 0, errMissing(1, "find", "login", name)
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

// Add is ADD MEMBER. It needs ALTER on the role; for a fixed role membership in
// db_owner or, of the server, in the role itself. Adding a member again succeeds.
func (r *Roles) Add(name, member string) error {
	role, p, err := r.member(name, "add", member)
	if err != nil {
		return err
	}
	special := []int{UserDBO, UserSys, UserInfoSchema}
	if r.d == nil {
		special = []int{LoginSA}
	}
	barred := r.builtin(p) || slices.Contains(special, p.ID)
	circular := p.IsRole() && slices.Contains(r.members.closure(role.ID), p.ID)
	switch {
	case barred && (r.d == nil || !circular):
		return refuse(15405, p.Name)
	case circular:
		return refuse(15413)
	}
	return r.change(func(w *roster) { w.members.add(role.ID, p.ID) })
}

// Remove is DROP MEMBER. Dropping one that is no member succeeds.
func (r *Roles) Remove(name, member string) error {
	role, p, err := r.member(name, "drop", member)
	if err != nil {
		return err
	}
	if p.ID == UserDBO || p.ID == LoginSA {
		return refuse(15405, p.Name)
	}
	return r.change(func(w *roster) { w.members.remove(role.ID, p.ID) })
}

// member finds a role whose members the caller may change, and who is to be
// added or dropped there. That nobody changes public, the server says first.
func (r *Roles) member(name, verb, member string) (role, p *Principal, err error) {
	role, p = r.role(name), r.named(member)
	switch {
	case role == nil || !r.mayChange(role) && (r.d != nil || role.ID != r.public):
		err = r.missing(name)
	case role.ID == r.public:
		err = refuse(15081)
	case p == nil:
		err = errMissing(1, verb, "principal", member)
	}
	return role, p, err
}

// mayChange reports whether the caller may change who is in a role.
func (r *Roles) mayChange(role *Principal) bool {
	switch {
	case !role.Fixed:
		return r.can(role, "ALTER")
	case r.d == nil:
		return r.c.sysadmin || r.c.serverHas(role.ID)
	}
	t := r.c.in(r.d.ID)
	return t.enter && (t.dbo || t.has(RoleOwner)) || r.c.sysadmin
}

// Rename is WITH NAME.
func (r *Roles) Rename(name, to string) error {
	role := r.role(name)
	switch {
	case role == nil || !r.mayChange(role):
		return r.missing(name)
	case r.builtin(role):
		return refuse(15150, "alter", r.word, role.Name)
	case r.inUse(r.names, to, role.ID):
		return refuse(r.taken, to)
	}
	next := *role
	next.Name, next.Modified = to, r.c.ctx.Now
	return r.change(func(w *roster) { w.enrol(r.names, &next) })
}

// Drop is DROP ROLE and DROP SERVER ROLE: it needs CONTROL on the role, or ALTER
// ANY ROLE or SERVER ROLE. That a role is fixed, the server says first.
func (r *Roles) Drop(name string, ifExists bool) error {
	role := r.role(name)
	may := role != nil && (r.can(role, "CONTROL") || r.c.Can(r.on, "ALTER ANY "+strings.ToUpper(r.word)))
	switch {
	case role == nil && ifExists:
		return nil
	case role == nil, !may && (r.d != nil || !r.builtin(role)):
		return errMissing(1, "drop", r.word, name)
	case r.builtin(role):
		return refuse(15150, "drop", r.word, role.Name)
	case len(r.members.members(role.ID)) > 0:
		return refuse(15144)
	case r.d != nil:
		return r.s.dropPrincipal(r.d, role)
	case r.permissions.grantedBy(role.ID):
		return refuse(15173, role.Name)
	}
	r.s.removeLogin(role)
	return nil
}
