package security

// Kinds of modules, and whom one runs as beside a user: sys.sql_modules.execute_as_principal_id.
const (
	KindProcedure = "P"
	KindFunction  = "FN"
	KindInline    = "IF"

	runsAsCaller = 0
	runsAsOwner  = -2
)

// Module is what a procedure or a function has beside its text. What a scalar
// function returns is the parameter with the id 0, which has no name.
type Module struct {
	Parameters []Parameter
	RunsAs     int // a user, runsAsCaller or runsAsOwner
	ModuleOptions
}

// ModuleOptions are the options of a module that metadata tells of.
type ModuleOptions struct {
	Encrypted        bool // nobody reads the text
	Recompiled       bool
	NullOnNullInput  bool
	QuotedIdentifier bool // SET QUOTED_IDENTIFIER when it was made
}

// Parameter is a parameter of a module, with an id from 1.
type Parameter struct {
	Column
	Output bool
}

// ModuleSpec is CREATE or ALTER of a module: As is its EXECUTE AS clause, empty
// for none, and Principal the user of EXECUTE AS 'user'.
type ModuleSpec struct {
	Parameters []Parameter
	As         string
	Principal  string
	ModuleOptions
}

// module settles whom a module runs as. It takes IMPERSONATE on that user, but
// for oneself ("EXECUTE AS Clause", Permissions); else 15151.
func (s *Server) module(ctx *Context, owner int, spec *ModuleSpec) (*Module, error) {
	if spec == nil {
		return nil, nil
	}
	m := &Module{Parameters: spec.Parameters, ModuleOptions: spec.ModuleOptions}
	d := s.Database(ctx.Database)
	user := d.Principal(owner)
	switch spec.As {
	case "", "CALLER":
		return m, nil
	case "SELF":
		m.RunsAs = ctx.User
		return m, nil
	case "OWNER":
		m.RunsAs = runsAsOwner
	default:
		if user = d.PrincipalNamed(spec.Principal); user != nil {
			m.RunsAs = user.ID
		}
	}
	return m, s.Checker(ctx).mayImpersonate(d, user, spec.Principal)
}

// mayImpersonate refuses with 15151 a module that is to run as a user of the
// current database, who may be missing and is called by name then, without
// IMPERSONATE on them.
func (c *Checker) mayImpersonate(d *Database, user *Principal, name string) error {
	if user.impersonable() && (user.ID == c.ctx.User || c.Can(OnPrincipal(d.ID, user.ID), "IMPERSONATE")) {
		return nil
	}
	if user != nil {
		name = user.Name
	}
	return errMissing(1, "find", "user", name)
}

// impersonable reports whether a principal is of a kind that can be impersonated:
// no role, no group and none of the built-in accounts (C.6).
func (p *Principal) impersonable() bool {
	return p != nil && (p.Kind == KindSQL || p.Kind == KindWindows || p.Kind == KindExternal) && p.ID != UserInfoSchema && p.ID != UserSys
}

// RunsAs is the context that a module of the current database runs in for a
// caller: the caller's own, or that of its owner or of the user of its EXECUTE AS
// clause. Whom it cannot be is 15517.
func (s *Server) RunsAs(ctx *Context, o *Object) (*Context, error) {
	if o.Module == nil || o.Module.RunsAs == runsAsCaller {
		return ctx, nil
	}
	d := s.Database(ctx.Database)
	id := o.Module.RunsAs
	if id == runsAsOwner {
		id = d.OwnerOf(o)
	}
	p := d.Principal(id)
	if !p.impersonable() || s.orphan(p) {
		return nil, refuse(15517, d.nameOf(id))
	}
	return s.asUser(ctx, p), nil
}

// orphan reports whether the login of a user is gone.
func (s *Server) orphan(p *Principal) bool {
	return p.Auth == authInstance && p.ID != UserDBO && s.bySID(p.SID) == nil
}

// nameOf is the name of a principal, empty where there is none.
func (d *Database) nameOf(id int) string {
	if p := d.Principal(id); p != nil {
		return p.Name
	}
	return ""
}
