package security

import (
	"fmt"
	"slices"
	"time"
)

// Session returns the context of a new connection of a login, before it
// entered a database.
func (s *Server) Session(login int, now time.Time) *Context {
	p := s.Login(login)
	if p == nil {
		return &Context{Now: now}
	}
	return &Context{Login: p.ID, LoginName: p.Name, LoginSID: p.SID, Original: p.Name, Now: now}
}

// Enter is USE, and the reference to another database: it returns the context
// in that database. A missing name is 911 (checked before access), a database
// that is offline 942, one without access 916 (C.6).
func (s *Server) Enter(ctx *Context, database string) (*Context, error) {
	d := s.DatabaseNamed(database)
	if d == nil {
		return nil, refuse(911, database)
	}
	if ctx.Database == d.ID && ctx.Scoped {
		return ctx.At(ctx.Now), nil
	}
	user, err := s.enter(ctx, s.Checker(ctx), d)
	if err != nil {
		return nil, err
	}
	next := ctx.At(ctx.Now)
	next.Database, next.User = d.ID, user
	return next, nil
}

// enter returns the user a context is in a database.
func (s *Server) enter(ctx *Context, c *Checker, d *Database) (int, error) {
	if err := d.open(); err != nil {
		return 0, err
	}
	if ctx.Scoped && !s.trusted(ctx, d) {
		return 0, errDatabaseAccess(4, ctx.LoginName, d.Name)
	}
	user, ok := s.userOf(ctx, c, d)
	if !ok || d.Settings.UserAccess == RestrictedUser && !c.restricted(d, user) {
		return 0, errDatabaseAccess(2, ctx.LoginName, d.Name)
	}
	return user, nil
}

// open returns the error of a database that is not online.
func (d *Database) open() error {
	if d.Settings.State == Offline {
		return refuse(942, d.Name)
	}
	return nil
}

// trusted reports whether a context of EXECUTE AS USER is worth something in
// another database: the one it was made in is TRUSTWORTHY and its owner is
// trusted there (C.6).
func (s *Server) trusted(ctx *Context, d *Database) bool {
	from := s.Database(ctx.Database)
	if from == nil || !from.Settings.Trustworthy || ctx.Login == 0 {
		return false
	}
	owner := s.bySID(from.OwnerSID)
	if owner == nil {
		return false
	}
	if string(owner.SID) == string(d.OwnerSID) {
		return true
	}
	c := s.Checker(s.Session(owner.ID, ctx.Now))
	return c.Can(OnDatabase(d.ID), "AUTHENTICATE")
}

// userOf returns the user that a login is in a database: dbo for sysadmin and
// for the owner, the mapped user if it holds CONNECT, guest if guest holds
// CONNECT, and a nameless member of public for a login with CONNECT ANY
// DATABASE (C.6).
func (s *Server) userOf(ctx *Context, c *Checker, d *Database) (int, bool) {
	if c.sysadmin || len(ctx.LoginSID) > 0 && string(ctx.LoginSID) == string(d.OwnerSID) {
		return UserDBO, true
	}
	if p := d.bySID(ctx.LoginSID); p != nil && p.ID > UserSys {
		return p.ID, c.connects(d, p.ID)
	}
	if d.guestEnabled() {
		return UserGuest, true
	}
	return RolePublic, c.connects(d, RolePublic) && c.Can(OnServer(), "CONNECT ANY DATABASE")
}

// connects reports whether a user of a database, with the server authority of
// the context, holds CONNECT.
func (c *Checker) connects(d *Database, user int) bool {
	ids := d.token(user, RolePublic)
	var v verdict
	for _, l := range builtins.spaces[permissionOf{"DATABASE", "CONNECT"}] {
		if l.class == "SERVER" {
			c.judgeServer(&v, l.codes)
			continue
		}
		v.add(d.permissions.about(OnDatabase(0), ids), l.codes)
		v.addFixed(fixedRoles, ids, l.codes)
	}
	return v.allowed()
}

// guestEnabled reports whether guest holds CONNECT (A.5).
func (d *Database) guestEnabled() bool {
	return slices.ContainsFunc(d.permissions.of(ClassDatabase, 0, UserGuest), func(r Row) bool {
		return r.Type == "CO" && r.State != StateDeny
	})
}

// restricted reports whether a user may enter under RESTRICTED_USER: db_owner,
// dbcreator and sysadmin (H.2).
func (c *Checker) restricted(d *Database, user int) bool {
	return c.sysadmin || user == UserDBO || slices.Contains(c.server, RoleDBCreator) ||
		slices.Contains(d.token(user, RolePublic), RoleOwner)
}

// ExecuteAsUser is EXECUTE AS USER: the context of a user of the current
// database. It needs IMPERSONATE on the user; a missing name, a role, a
// built-in account and an orphan get the same 15517 (C.6).
func (s *Server) ExecuteAsUser(ctx *Context, name string) (*Context, error) {
	d := s.Database(ctx.Database)
	p := d.PrincipalNamed(name)
	if !p.impersonable() || s.orphan(p) || p.ID != ctx.User && !s.Checker(ctx).Can(OnPrincipal(d.ID, p.ID), "IMPERSONATE") {
		return nil, refuse(15517, name)
	}
	return s.asUser(ctx, p), nil
}

// asUser is the context of a user of the current database, without any
// question whether it may be taken.
func (s *Server) asUser(ctx *Context, p *Principal) *Context {
	next := ctx.At(ctx.Now)
	next.User, next.Scoped = p.ID, true
	next.Login, next.LoginName, next.LoginSID = 0, formatSID(p.SID), p.SID
	if login := s.bySID(p.SID); login != nil {
		next.Login, next.LoginName = login.ID, login.Name
	}
	return next
}

// ExecuteAsLogin is EXECUTE AS LOGIN: the context of a login, which must be
// able to enter the current database (916). It needs IMPERSONATE on the login,
// else 15406.
func (s *Server) ExecuteAsLogin(ctx *Context, name string) (*Context, error) {
	p := s.LoginNamed(name)
	if p == nil || p.Kind != KindSQL && p.Kind != KindWindows || (ctx.Scoped || p.ID != ctx.Login) && !s.Checker(ctx).Can(OnLogin(p.ID), "IMPERSONATE") {
		return nil, refuse(15406, name)
	}
	next := s.Session(p.ID, ctx.Now)
	next.Original = ctx.Original
	d := s.Database(ctx.Database)
	user, err := s.enter(next, s.Checker(next), d)
	if err != nil {
		return nil, errDatabaseAccess(4, p.Name, d.Name)
	}
	next.Database, next.User = d.ID, user
	return next, nil
}

// formatSID writes a SID in its S-1-… form, which is the login name of a user
// that has no login.
func formatSID(sid []byte) string {
	if len(sid) < 12 || sid[0] != 1 {
		return fmt.Sprintf("0x%X", sid)
	}
	text := fmt.Sprintf("S-1-%d", sid[7])
	for at := 8; at+4 <= len(sid); at += 4 {
		text += fmt.Sprintf("-%d", uint32(sid[at])|uint32(sid[at+1])<<8|uint32(sid[at+2])<<16|uint32(sid[at+3])<<24)
	}
	return text
}
