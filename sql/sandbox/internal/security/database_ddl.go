package security

import (
	"slices"

	"grantree/sql/sandbox/internal/refusal"
)

// CreateDatabase is CREATE DATABASE (D.6): it needs CREATE ANY DATABASE or
// CREATE DATABASE in master, else 262 naming master. The owner is the caller's
// login. User-made content of model is not copied.
func (s *Server) CreateDatabase(ctx *Context, spec DatabaseSpec) error {
	c := s.Checker(ctx)
	if !c.Can(OnDatabase(DatabaseMaster), "CREATE DATABASE") && !c.Can(OnServer(), "CREATE ANY DATABASE") {
		return errPermission(1, "CREATE DATABASE", "master")
	}
	if s.DatabaseNamed(spec.Name) != nil {
		return refuse(1801, spec.Name)
	}
	collation, err := s.parseCollation(spec.Collation)
	if err != nil {
		return err
	}
	if err := s.mayContain(spec.Containment); err != nil {
		return err
	}
	d := newDatabase(s.nextDatabase, spec.Name, collation)
	d.version, d.Settings.Containment = s.version, spec.Containment
	o := s.options
	o.Now = ctx.Now
	seedDatabase(d, o, ctx.LoginSID)
	d.Settings.Containment, d.Settings.Trustworthy, d.Settings.Chaining = spec.Containment, spec.Trustworthy, spec.Chaining
	d.Settings.Recovery = 1
	s.nextDatabase++
	s.putDatabase(d)
	return nil
}

// parseCollation reads a collation name; 448 when it is none.
func (s *Server) parseCollation(name string) (Collation, error) {
	if name == "" {
		return s.collation, nil
	}
	collation, ok := ParseCollation(name)
	if !ok {
		return collation, refuse(448, name)
	}
	return collation, nil
}

// mayContain refuses CONTAINMENT = PARTIAL on a server that does not allow it.
func (s *Server) mayContain(containment int) error {
	if allowed, _ := s.Configuration("contained database authentication"); containment != 0 && allowed == 0 {
		return refuse(12824)
	}
	return nil
}

// AlterDatabase is ALTER DATABASE: it needs ALTER on the database or
// membership in dbcreator; TRUSTWORTHY and DB_CHAINING need sysadmin. Each
// refusal is followed by 5069 (C.7).
func (s *Server) AlterDatabase(ctx *Context, name string, change DatabaseChange) error {
	if err := s.alterDatabase(ctx, name, change); err != nil {
		return Errors{err, refuse(5069)}
	}
	return nil
}

func (s *Server) alterDatabase(ctx *Context, name string, change DatabaseChange) *Error {
	d := s.DatabaseNamed(name)
	if d == nil || !s.mayAlterDatabase(ctx, d, change) {
		return refuse(5011, name)
	}
	if d.ID <= DatabaseMSDB && (change.Name != nil || change.State != nil || change.ReadOnly != nil || change.UserAccess != nil) {
		return refuse(5058, d.Name)
	}
	if change.Name != nil {
		if other := s.DatabaseNamed(*change.Name); other != nil && other.ID != d.ID {
			return refuse(1801, *change.Name)
		}
	}
	collation := d.collation
	if change.Collation != nil {
		var err error
		if collation, err = s.parseCollation(*change.Collation); err != nil {
			return refusal.List(err)[0]
		}
	}
	if change.Containment != nil {
		if err := s.mayContain(*change.Containment); err != nil {
			return refusal.List(err)[0]
		}
		own := func(p *Principal) bool { return p.Auth == authDatabase }
		if *change.Containment == 0 && slices.ContainsFunc(d.Principals(), own) {
			return refuse(40517, "CONTAINMENT") // what becomes of users with a password is not documented
		}
	}
	next := *s.write(d.ID)
	next.collation = collation
	change.fill(&next.Settings)
	if change.Collation != nil || change.Containment != nil {
		if err := next.recollate(); err != nil {
			return err
		}
	}
	if change.Name != nil {
		next.Name = *change.Name
	}
	s.putDatabase(&next)
	return nil
}

// mayAlterDatabase reports whether the caller may make a change.
func (s *Server) mayAlterDatabase(ctx *Context, d *Database, change DatabaseChange) bool {
	c := s.Checker(ctx)
	if change.Trustworthy != nil || change.Chaining != nil {
		return c.sysadmin
	}
	return c.rules(d, "ALTER")
}

// rules reports whether the caller may do to a database what its owner, dbcreator
// and holders of ALTER ANY DATABASE or of a permission on it may.
func (c *Checker) rules(d *Database, permission string) bool {
	return c.sysadmin || c.serverHas(RoleDBCreator) || c.Can(OnDatabase(d.ID), permission) || c.Can(OnServer(), "ALTER ANY DATABASE") ||
		!c.ctx.Scoped && string(c.ctx.LoginSID) == string(d.OwnerSID)
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// fill applies a change to settings.
func (c DatabaseChange) fill(s *Settings) {
	set(&s.State, c.State)
	set(&s.UserAccess, c.UserAccess)
	set(&s.ReadOnly, c.ReadOnly)
	set(&s.Trustworthy, c.Trustworthy)
	set(&s.Chaining, c.Chaining)
	set(&s.AutoClose, c.AutoClose)
	set(&s.Snapshot, c.Snapshot)
	set(&s.RCSI, c.RCSI)
	set(&s.Recovery, c.Recovery)
	set(&s.Containment, c.Containment)
}

// recollate compares the names of a database anew, as its collation and
// containment say; 5072 when two of them become the same.
func (d *Database) recollate() *Error {
	c := d.Names()
	principals, principalsDiffer := d.principals.rekeyed(func(p *Principal) string { return c.Fold(p.Name) })
	schemas, schemasDiffer := d.schemas.rekeyed(func(s *Schema) string { return c.Fold(s.Name) })
	objects, objectsDiffer := d.objects.rekeyed(func(o *Object) string { return d.objectKey(o.Schema, o.Name) })
	if !principalsDiffer || !schemasDiffer || !objectsDiffer {
		return refuse(5072, d.Name, c.Name())
	}
	d.principals, d.schemas, d.objects = principals, schemas, objects
	properties := newMap[propertyKey, *Property]()
	for _, p := range d.Properties() {
		properties.Set(d.propertyKey(*p), p)
	}
	d.properties = properties
	return nil
}

// DropDatabase is DROP DATABASE: it needs CONTROL on the database or ALTER ANY
// DATABASE, else 3701. inUse says whether a session is in it (3702).
func (s *Server) DropDatabase(ctx *Context, name string, ifExists, inUse bool) error {
	d := s.DatabaseNamed(name)
	switch {
	case d == nil && ifExists:
		return nil
	case d == nil:
		return errCannot(11, 1, "drop", "database", name)
	case !s.Checker(ctx).rules(d, "CONTROL"):
		return errCannot(11, 2, "drop", "database", name)
	case d.ID <= DatabaseMSDB:
		return refuse(3708, d.Name)
	case inUse:
		return refuse(3702, d.Name)
	}
	s.databases.remove(d.ID, s.collation.Fold(d.Name))
	return nil
}
