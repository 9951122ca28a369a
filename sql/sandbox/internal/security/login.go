package security

import (
	"slices"
	"strings"
)

// CreateLogin is CREATE LOGIN (D.2). It needs CREATE LOGIN, else 15247.
func (s *Server) CreateLogin(ctx *Context, spec LoginSpec) error {
	if !s.Checker(ctx).Can(OnServer(), "CREATE LOGIN") {
		return refuse(15247)
	}
	if spec.Kind == "" {
		spec.Kind = KindSQL
	}
	if err := s.loginName(spec.Name, spec.Kind); err != nil {
		return err
	}
	if spec.Kind != KindSQL {
		var err error
		if spec.Kind, spec.SID, err = s.lookUp(spec.Name, spec.Kind); err != nil {
			return err
		}
	}
	if s.bySID(spec.SID) != nil {
		return refuse(15433)
	}
	if err := s.defaultDatabase(&spec.DefaultDatabase); err != nil {
		return err
	}
	p := &Principal{ID: s.nextPrincipal, Name: spec.Name, Kind: spec.Kind, SID: spec.SID, Created: ctx.Now, Modified: ctx.Now,
		DefaultDatabase: spec.DefaultDatabase, DefaultLanguage: orElse(spec.DefaultLanguage, "us_english")}
	if p.Kind == KindSQL {
		password, err := s.firstPassword(ctx, spec)
		if err != nil {
			return err
		}
		p.Password = password
	}
	s.newID()
	s.putLogin(p)
	s.permissions.put(Row{Class: ClassServer, Grantee: p.ID, Grantor: LoginSA, Type: "COSQ", State: StateGrant})
	return nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// loginName checks that a name is free and fits the kind of login (A.8).
func (s *Server) loginName(name, kind string) error {
	switch {
	case kind != KindWindows && strings.Contains(name, `\`):
		return refuse(15006, name)
	case kind == KindWindows && !strings.Contains(name, `\`):
		return refuse(15407, name)
	case s.LoginNamed(name) != nil:
		return refuse(15025, name)
	}
	return nil
}

// defaultDatabase fills in master and refuses a missing database (15010).
func (s *Server) defaultDatabase(name *string) error {
	*name = orElse(*name, "master")
	if s.DatabaseNamed(*name) == nil {
		return refuse(15010, *name)
	}
	return nil
}

// AlterLogin is ALTER LOGIN (D.2). A refusal is 15151.
func (s *Server) AlterLogin(ctx *Context, name string, change LoginChange) error {
	missing := errMissing(1, "alter", "login", name)
	p := s.LoginNamed(name)
	if p == nil || p.IsRole() || !s.mayAlterLogin(ctx, p, change) {
		return missing
	}
	if parameter := change.forSQL(); p.Kind != KindSQL && parameter != "" {
		return refuse(15080, parameter)
	}
	if change.OldPassword != nil && !s.verify(p.Password.Hash, *change.OldPassword) {
		return missing
	}
	next := *p
	next.Modified = ctx.Now
	for _, step := range []func(*Context, *Principal, LoginChange) error{s.changeIdentity, s.changeOptions, s.changePassword} {
		if err := step(ctx, &next, change); err != nil {
			return err
		}
	}
	s.putLogin(&next)
	return nil
}

// mayAlterLogin reports whether the caller may make a change to a login
// (alter-login-transact-sql.md, Permissions): one's own password, by giving
// the old one, and one's own defaults; else it takes ALTER on the login, and
// CONTROL SERVER for a guarded change of a sysadmin or holder of CONTROL SERVER.
func (s *Server) mayAlterLogin(ctx *Context, p *Principal, change LoginChange) bool {
	c := s.Checker(ctx)
	if p.ID == ctx.Login && !change.guarded() {
		return true
	}
	if !c.Can(OnLogin(p.ID), "ALTER") {
		return false
	}
	powerful := s.Checker(s.Session(p.ID, ctx.Now)).Can(OnServer(), "CONTROL SERVER")
	return !powerful || !change.guarded() || c.Can(OnServer(), "CONTROL SERVER")
}

// guarded reports whether a change is more than the defaults, or the password
// by giving the old one.
func (c LoginChange) guarded() bool {
	return c.Enable != nil || c.Name != nil || c.MustChange || c.Unlock || c.CheckPolicy != nil || c.CheckExpiration != nil ||
		c.Password != nil && c.OldPassword == nil
}

// forSQL names what only a login with a password can be given, or "".
func (c LoginChange) forSQL() string {
	switch {
	case c.Password != nil:
		return "PASSWORD"
	case c.CheckPolicy != nil:
		return "CHECK_POLICY"
	case c.CheckExpiration != nil:
		return "CHECK_EXPIRATION"
	}
	return ""
}

// changeIdentity applies ENABLE, DISABLE, NAME and the defaults.
func (s *Server) changeIdentity(_ *Context, p *Principal, change LoginChange) error {
	if change.Enable != nil {
		if p.Kind == KindGroup || p.Kind == KindEntra {
			return refuse(33129)
		}
		p.Disabled = !*change.Enable
	}
	if change.Name != nil {
		if s.inUse(s.collation, *change.Name, p.ID) {
			return refuse(15025, *change.Name)
		}
		p.Name = *change.Name
	}
	if change.DefaultDatabase != nil {
		p.DefaultDatabase = *change.DefaultDatabase
		if err := s.defaultDatabase(&p.DefaultDatabase); err != nil {
			return err
		}
	}
	set(&p.DefaultLanguage, change.DefaultLanguage)
	return nil
}

// DropLogin is DROP LOGIN. connected says whether a session of the login is
// open (15434). Users mapped to the login stay, as orphans.
func (s *Server) DropLogin(ctx *Context, name string, connected bool) error {
	p := s.LoginNamed(name)
	if p == nil || p.IsRole() || !s.mayAlterLogin(ctx, p, LoginChange{Enable: new(bool)}) {
		return errMissing(1, "drop", "login", name)
	}
	switch {
	case p.ID == LoginSA:
		return refuse(15405, p.Name)
	case connected:
		return refuse(15434, p.Name)
	case slices.ContainsFunc(s.Databases(), func(d *Database) bool { return string(d.OwnerSID) == string(p.SID) }):
		return refuse(15174, p.Name)
	case s.owned.any(ownsRoles(p.ID)):
		return refuse(15141)
	case s.permissions.grantedBy(p.ID):
		return refuse(15173, p.Name)
	}
	s.removeLogin(p)
	return nil
}
