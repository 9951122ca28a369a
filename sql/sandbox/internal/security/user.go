package security

import "strings"

// CreateUser is CREATE USER (D.3): it needs CREATE USER (ALTER ANY USER), else
// 15247, and writes the CONNECT row.
func (s *Server) CreateUser(ctx *Context, spec UserSpec) error {
	d := s.Database(ctx.Database)
	if !s.Checker(ctx).Can(OnDatabase(d.ID), "CREATE USER") {
		return refuse(15247)
	}
	if err := d.containedOptions(spec.Password, spec.Language); err != nil {
		return err
	}
	switch {
	case spec.Given && spec.Password == nil && !spec.WithoutLogin:
		return refuse(33234, "SID")
	case spec.Password != nil && (spec.WithoutLogin || spec.External || spec.Login != ""):
		return refuse(33234, "PASSWORD")
	}
	p := &Principal{ID: d.nextPrincipal, Name: spec.Name, Kind: KindSQL, DefaultSchema: orElse(spec.DefaultSchema, "dbo"), SID: spec.SID,
		Auth: authNone, Created: ctx.Now, Modified: ctx.Now}
	p.options(spec.Language, spec.Encrypted)
	if err := s.mapUser(ctx, d, spec, p); err != nil {
		return err
	}
	return s.change(d, func(w *Database) {
		w.newID()
		w.putPrincipal(p)
		connect(w, p.ID)
	})
}

// mapUser checks the name and the login of a new user and links them by SID.
func (s *Server) mapUser(ctx *Context, d *Database, spec UserSpec, p *Principal) error {
	if !spec.WithoutLogin && d.Names().Equal(spec.Name, "guest") && spec.Login != "" {
		return refuse(15062)
	}
	if d.PrincipalNamed(spec.Name) != nil {
		return refuse(15023, spec.Name)
	}
	switch {
	case spec.WithoutLogin, spec.Password != nil:
		if len(p.SID) == 0 {
			p.SID = userSID(d.ID, p.ID)
		}
		return s.firstUserPassword(d, p, spec.Password)
	case spec.External:
		return s.fromDirectory(d, p, KindExternal)
	}
	name := orElse(spec.Login, spec.Name)
	login := s.LoginNamed(name)
	if login == nil && spec.Login == "" && strings.Contains(name, `\`) {
		return s.fromDirectory(d, p, KindWindows)
	}
	if login == nil || login.IsRole() {
		return refuse(15007, name)
	}
	if login.ID == LoginSA {
		return refuse(15405, login.Name)
	}
	if d.bySID(login.SID) != nil {
		return refuse(15063)
	}
	if login.Kind != KindWindows && login.Kind != KindGroup && strings.Contains(spec.Name, `\`) {
		return refuse(15006, spec.Name)
	}
	p.SID, p.Kind, p.Auth = login.SID, login.Kind, authOf(login.Kind)
	return nil
}

// findUser returns a user of the current database that is no role.
func (s *Server) findUser(ctx *Context, name string) (*Database, *Principal) {
	d := s.Database(ctx.Database)
	p := d.PrincipalNamed(name)
	if p == nil || p.IsRole() {
		return d, nil
	}
	return d, p
}

// AlterUser is ALTER USER (D.3). A refusal is 15151.
func (s *Server) AlterUser(ctx *Context, name string, change UserChange) error {
	d, p := s.findUser(ctx, name)
	switch {
	case p == nil || !s.mayAlterUser(ctx, d, p, change):
		return errMissing(1, "alter", "user", name)
	case p.ID <= UserSys && (p.ID != UserGuest || change.Name != nil || change.Login != nil):
		return refuse(15150, "alter", "user", p.Name)
	}
	if err := d.containedOptions(change.Password, change.Language); err != nil {
		return err
	}
	next := *p
	next.Modified = ctx.Now
	if err := s.changeUser(d, &next, change); err != nil {
		return err
	}
	return s.change(d, func(w *Database) { w.putPrincipal(&next) })
}

// mayAlterUser reports whether the caller may make a change to a user
// (alter-user-transact-sql.md, Permissions): it takes ALTER on the user, which
// one's own default schema and language do not, and CONTROL on the database
// for another login, and for another name of a user who has CONTROL on it.
func (s *Server) mayAlterUser(ctx *Context, d *Database, p *Principal, change UserChange) bool {
	c := s.Checker(ctx)
	if p.ID == ctx.User && change.Name == nil && change.Login == nil && (change.Password == nil || change.Password.Old != nil) {
		return true
	}
	controls := change.Name != nil && s.Checker(s.asUser(ctx, p)).Can(OnDatabase(d.ID), "CONTROL")
	if (controls || change.Login != nil) && !c.Can(OnDatabase(d.ID), "CONTROL") {
		return false
	}
	return c.Can(OnPrincipal(d.ID, p.ID), "ALTER")
}

// options keeps what is told of a user and nothing else: DEFAULT_LANGUAGE and ALLOW_ENCRYPTED_VALUE_MODIFICATIONS.
func (p *Principal) options(language *string, encrypted *bool) {
	set(&p.Language, language)
	if strings.EqualFold(p.Language, "NONE") {
		p.Language = ""
	}
	set(&p.Encrypted, encrypted)
}

// changeUser applies the clauses of ALTER USER.
func (s *Server) changeUser(d *Database, p *Principal, change UserChange) error {
	if change.Name != nil {
		if d.inUse(d.Names(), *change.Name, p.ID) {
			return refuse(15023, *change.Name)
		}
		p.Name = *change.Name
	}
	set(&p.DefaultSchema, change.DefaultSchema)
	p.options(change.Language, change.Encrypted)
	if change.Password != nil {
		if err := s.changeUserPassword(p, change.Password); err != nil {
			return err
		}
	}
	if change.Login == nil {
		return nil
	}
	return s.remap(d, p, *change.Login)
}

// remap links a user to another login of the same type (A.9: 33016 to 33018).
func (s *Server) remap(d *Database, p *Principal, name string) error {
	login := s.LoginNamed(name)
	switch {
	case login == nil || login.IsRole():
		return refuse(15007, name)
	case p.Auth == authNone || p.Auth == authDatabase:
		return refuse(33016)
	case login.Kind != p.Kind:
		return refuse(33017)
	}
	if other := d.bySID(login.SID); other != nil && other.ID != p.ID {
		return refuse(33018, login.Name)
	}
	p.SID = login.SID
	return nil
}

// DropUser is DROP USER (D.3). Memberships and the user's own permission rows
// go with it.
func (s *Server) DropUser(ctx *Context, name string, ifExists bool) error {
	d, p := s.findUser(ctx, name)
	switch {
	case p == nil && ifExists:
		return nil
	case p == nil || !s.Checker(ctx).Can(OnPrincipal(d.ID, p.ID), "ALTER"):
		return errMissing(1, "drop", "user", name)
	case p.ID == UserGuest:
		return s.disableGuest(d)
	case p.ID <= UserSys:
		return refuse(15150, "drop", "user", p.Name)
	}
	return s.dropPrincipal(d, p)
}

// disableGuest is what DROP USER guest comes to.
func (s *Server) disableGuest(d *Database) error {
	switch {
	case d.ID == DatabaseMaster || d.ID == DatabaseTempdb:
		return refuse(15182)
	case !d.guestEnabled():
		return refuse(15539)
	}
	return s.change(d, func(w *Database) {
		w.permissions.keep(w.permissions.of(ClassDatabase, 0, UserGuest), func(r Row) bool { return r.Type != "CO" })
	})
}

// dropPrincipal removes a user or role with its memberships, the rows about it
// and its extended properties. One that owns something or is a recorded grantor
// stays.
func (s *Server) dropPrincipal(d *Database, p *Principal) error {
	switch {
	case d.owned.any(ownsSchemas(p.ID)):
		return refuse(15138)
	case d.owned.any(ownsObjects(p.ID)):
		return refuse(15183)
	case d.owned.any(ownsRoles(p.ID)):
		return refuse(15421)
	case d.owned.any(runsModules(p.ID)):
		return refuse(15136)
	case d.permissions.grantedBy(p.ID):
		return refuse(15284)
	}
	return s.change(d, func(w *Database) {
		w.strike(w.Names(), p, ClassPrincipal)
		w.dropProperties(ClassPrincipal, p.ID)
	})
}

// Principals returns the users and roles by id.
func (d *Database) Principals() []*Principal { return d.principals.ids.Values() }
