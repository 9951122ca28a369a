package security

import "time"

// Statements. Each checks the caller's permission, changes s and returns nil,
// or returns an *Error or Errors and leaves s as it was.

func (s *Server) CreateLogin(ctx *Context, spec LoginSpec) error { return errNoPermission() }
func (s *Server) AlterLogin(ctx *Context, name string, change LoginChange) error {
	return errNoPermission()
}
func (s *Server) DropLogin(ctx *Context, name string, connected bool) error { return errNoPermission() }
func (s *Server) CreateServerRole(ctx *Context, name, owner string) error   { return errNoPermission() }
func (s *Server) AddServerMember(ctx *Context, role, member string) error   { return errNoPermission() }
func (s *Server) DropServerMember(ctx *Context, role, member string) error  { return errNoPermission() }
func (s *Server) RenameServerRole(ctx *Context, role, name string) error    { return errNoPermission() }
func (s *Server) DropServerRole(ctx *Context, name string) error            { return errNoPermission() }
func (s *Server) CreateDatabase(ctx *Context, spec DatabaseSpec) error      { return errNoPermission() }
func (s *Server) AlterDatabase(ctx *Context, name string, change DatabaseChange) error {
	return errNoPermission()
}
func (s *Server) DropDatabase(ctx *Context, name string, ifExists bool, inUse bool) error {
	return errNoPermission()
}
func (s *Server) CreateUser(ctx *Context, spec UserSpec) error { return errNoPermission() }
func (s *Server) AlterUser(ctx *Context, name string, change UserChange) error {
	return errNoPermission()
}
func (s *Server) DropUser(ctx *Context, name string, ifExists bool) error   { return errNoPermission() }
func (s *Server) CreateRole(ctx *Context, name, owner string) error         { return errNoPermission() }
func (s *Server) AddMember(ctx *Context, role, member string) error         { return errNoPermission() }
func (s *Server) DropMember(ctx *Context, role, member string) error        { return errNoPermission() }
func (s *Server) RenameRole(ctx *Context, role, name string) error          { return errNoPermission() }
func (s *Server) DropRole(ctx *Context, name string, ifExists bool) error   { return errNoPermission() }
func (s *Server) CreateSchema(ctx *Context, name, owner string) error       { return errNoPermission() }
func (s *Server) DropSchema(ctx *Context, name string, ifExists bool) error { return errNoPermission() }
func (s *Server) CreateObject(ctx *Context, spec ObjectSpec) (*Object, error) {
	return nil, errNoPermission()
}
func (s *Server) AlterObject(ctx *Context, spec ObjectSpec) (*Object, error) {
	return nil, errNoPermission()
}
func (s *Server) DropObject(ctx *Context, kind, schema, name string, ifExists bool) error {
	return errNoPermission()
}
func (s *Server) AlterAuthorization(ctx *Context, class string, securable []string, owner string, schemaOwner bool) error {
	return errNoPermission()
}
func (s *Server) AddProperty(ctx *Context, name string, value any, on PropertyTarget) error {
	return errNoPermission()
}
func (s *Server) UpdateProperty(ctx *Context, name string, value any, on PropertyTarget) error {
	return errNoPermission()
}
func (s *Server) DropProperty(ctx *Context, name string, on PropertyTarget) error {
	return errNoPermission()
}
func (s *Server) Apply(ctx *Context, st Statement) ([]Message, error) { return nil, errNoPermission() }

// Authenticate changes s also when it refuses (failure counters).
func (s *Server) Authenticate(name, password string, now time.Time) (login *ServerPrincipal, logState byte, err error) {
	return nil, 0, errNoPermission()
}
func (c *Checker) HasPermsByName(securable, class, permission, sub, subClass *string) *int {
	return nil
}
func (c *Checker) MyPermissions(securable, class *string) []MyPermission { return nil }
func (c *Checker) IsMember(role string) *int                             { return nil }
func (c *Checker) IsRoleMember(role string, principal *string) *int      { return nil }
func (c *Checker) IsServerRoleMember(role string, login *string) *int    { return nil }
func (c *Checker) HasDBAccess(database string) *int                      { return nil }
func (c *Checker) LoginProperty(login, property string) any              { return nil }

type MyPermission struct{ Entity, Subentity, Permission string }
