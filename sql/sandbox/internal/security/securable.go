package security

// Securable is a thing permissions are about. Database is the id of the
// database that holds it, 0 for the server classes. The id of a database or
// of the server as a securable is 0, as in the permission rows (B.1).
type Securable struct {
	Class    Class
	Database int
	ID       int
}

// OnServer is the server as a securable.
func OnServer() Securable { return Securable{Class: ClassServer} }

// OnDatabase is a database as a securable.
func OnDatabase(database int) Securable { return Securable{Class: ClassDatabase, Database: database} }

// OnSchema is a schema as a securable.
func OnSchema(database, schema int) Securable {
	return Securable{Class: ClassSchema, Database: database, ID: schema}
}

// OnObject is an object as a securable.
func OnObject(database, object int) Securable {
	return Securable{Class: ClassObject, Database: database, ID: object}
}

// OnPrincipal is a user or a role as a securable.
func OnPrincipal(database, principal int) Securable {
	return Securable{Class: ClassPrincipal, Database: database, ID: principal}
}

// OnLogin is a login or a server role as a securable.
func OnLogin(principal int) Securable { return Securable{Class: ClassServerPrincipal, ID: principal} }

// inDatabase reports whether the securable lives in a database.
func (o Securable) inDatabase() bool { return o.Class < ClassServer }

// word returns the class word of a securable as sys.fn_builtin_permissions
// has it; empty when the thing does not exist.
func (s *Server) word(o Securable) string {
	switch o.Class {
	case ClassServer:
		return "SERVER"
	case ClassServerPrincipal:
		return s.Login(o.ID).word(true)
	}
	d := s.Database(o.Database)
	if d == nil {
		return ""
	}
	switch o.Class {
	case ClassDatabase:
		return "DATABASE"
	case ClassSchema:
		return "SCHEMA"
	case ClassObject:
		return "OBJECT"
	}
	return d.Principal(o.ID).word(false)
}

// word is the class word of a principal of the server or of a database; empty
// for none.
func (p *Principal) word(server bool) string {
	switch {
	case p == nil:
		return ""
	case server && p.IsRole():
		return "SERVER ROLE"
	case server:
		return "LOGIN"
	case p.IsRole():
		return "ROLE"
	}
	return "USER"
}
