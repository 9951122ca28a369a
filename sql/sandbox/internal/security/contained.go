package security

import (
	"strings"
	"time"
)

// containedOptions refuses what only users of contained databases have.
func (d *Database) containedOptions(password *NewPassword, language *string) error {
	switch {
	case d.Settings.Containment != 0:
	case password != nil:
		return refuse(33233)
	case language != nil:
		return refuse(33236)
	}
	return nil
}

// firstUserPassword gives a new user their password, which follows the rules of
// the server (E.3): there are no CHECK_ options and no MUST_CHANGE.
func (s *Server) firstUserPassword(d *Database, p *Principal, password *NewPassword) error {
	if password == nil {
		return nil
	}
	if strings.Contains(p.Name, `\`) {
		return refuse(15006, p.Name)
	}
	if d.bySID(p.SID) != nil {
		return refuse(15433)
	}
	p.Auth, p.Hash = authDatabase, password.Hash
	return s.policy(p.Name, password.Text, true)
}

// changeUserPassword is ALTER USER … WITH PASSWORD.
func (s *Server) changeUserPassword(p *Principal, password *NewPassword) error {
	switch {
	case p.Auth != authDatabase:
		return refuse(33234, "PASSWORD")
	case password.Old != nil && !s.verify(p.Hash, *password.Old):
		return errMissing(1, "alter", "user", p.Name)
	}
	p.Hash = password.Hash
	return s.policy(p.Name, password.Text, true)
}

// MigrateUser is sp_migrate_user_to_contained: a user for a SQL login gets its
// password as their own, and keeps what they are granted. It needs CONTROL SERVER.
func (s *Server) MigrateUser(ctx *Context, name string, copies, disables bool) error {
	d, p := s.findUser(ctx, name)
	if !s.Checker(ctx).Can(OnServer(), "CONTROL SERVER") {
		return refuse(15247)
	}
	if p == nil {
		return errMissing(1, "alter", "user", name)
	}
	if err := d.containedOptions(&NewPassword{}, nil); err != nil {
		return err
	}
	login := s.bySID(p.SID)
	if login == nil || login.Kind != KindSQL || p.ID <= UserSys {
		return refuse(33234, "PASSWORD")
	}
	next := *p
	next.Auth, next.Hash, next.SID, next.Modified = authDatabase, login.Password.Hash, userSID(d.ID, p.ID), ctx.Now
	if copies {
		if d.inUse(d.Names(), login.Name, p.ID) {
			return refuse(15023, login.Name)
		}
		next.Name = login.Name
	}
	return s.change(d, func(w *Database) {
		w.putPrincipal(&next)
		if disables {
			off := *login
			off.Disabled = true
			s.putLogin(&off)
		}
	})
}

// AuthenticateUser checks a log-in to a contained database by a user of its own.
// ok is false where the database has none of that name with a password, so that
// a login is asked for; once it has, no login is (contained-databases.md).
func (s *Server) AuthenticateUser(database, name, password string, now time.Time) (ctx *Context, ok bool, err error) {
	allowed, _ := s.Configuration("contained database authentication")
	d := s.DatabaseNamed(database)
	if d == nil || allowed == 0 || d.Settings.Containment == 0 || d.open() != nil {
		return nil, false, nil
	}
	p := d.PrincipalNamed(name)
	if p == nil || p.Auth != authDatabase {
		return nil, false, nil
	}
	ctx = &Context{Database: d.ID, User: p.ID, LoginName: p.Name, LoginSID: p.SID, Original: p.Name, Scoped: true, Now: now}
	if !s.verify(p.Hash, password) || !s.letsIn(ctx, d) {
		return nil, true, refuse(18456, name)
	}
	return ctx, true, nil
}

// letsIn reports whether a contained user may be in their database.
func (s *Server) letsIn(ctx *Context, d *Database) bool {
	c := s.Checker(ctx)
	return c.connects(d, ctx.User) && (d.Settings.UserAccess != RestrictedUser || c.restricted(d, ctx.User))
}

// EnterAgain opens the database of a session anew, as whoever logged in to it.
func (s *Server) EnterAgain(first *Context, now time.Time) (*Context, error) {
	d := s.Database(first.Database)
	switch {
	case d == nil:
		return nil, refuse(911, "")
	case first.Login != 0:
		return s.Enter(s.Session(first.Login, now), d.Name)
	}
	if p := d.Principal(first.User); p == nil || p.Auth != authDatabase || d.open() != nil || !s.letsIn(first, d) {
		return nil, errDatabaseAccess(2, first.LoginName, d.Name)
	}
	return first.At(now), nil
}
