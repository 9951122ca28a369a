package security

import "grantree/sql/sandbox/internal/refusal"

// CreateSchema is CREATE SCHEMA: it needs CREATE SCHEMA, else 15247; every
// refusal is followed by 2759 (C.7). An empty owner is the executing user.
func (s *Server) CreateSchema(ctx *Context, name, owner string) error {
	err := s.createSchema(ctx, name, owner)
	if err == nil {
		return nil
	}
	return append(Errors(refusal.List(err)), refuse(2759))
}

func (s *Server) createSchema(ctx *Context, name, owner string) error {
	d := s.Database(ctx.Database)
	c := s.Checker(ctx)
	if !c.Can(OnDatabase(d.ID), "CREATE SCHEMA") {
		return refuse(15247)
	}
	ownerID, err := c.newOwner(d, owner, "find", "user")
	if err != nil {
		return err
	}
	if d.SchemaNamed(name) != nil {
		return refuseAs(2714, 16, 6, name)
	}
	return s.change(d, func(w *Database) {
		w.putSchema(&Schema{ID: w.nextSchema, Name: name, Owner: ownerID})
		w.nextSchema = idAfter(w.nextSchema)
	})
}

// builtinSchema reports whether a schema can never be dropped or given away.
func builtinSchema(id int) bool { return id <= SchemaSys }

// DropSchema is DROP SCHEMA: it needs CONTROL on the schema or ALTER ANY
// SCHEMA, else 15151; a schema that holds objects is 3729.
func (s *Server) DropSchema(ctx *Context, name string, ifExists bool) error {
	d := s.Database(ctx.Database)
	schema, c := d.SchemaNamed(name), s.Checker(ctx)
	switch {
	case schema == nil && ifExists:
		return nil
	case schema == nil || !c.Can(OnSchema(d.ID, schema.ID), "CONTROL") && !c.Can(OnDatabase(d.ID), "ALTER ANY SCHEMA"):
		return errMissing(1, "drop", "schema", name)
	case builtinSchema(schema.ID):
		return refuse(15150, "drop", "schema", schema.Name)
	}
	if held := d.inSchema(schema.ID); len(held) > 0 {
		return refuse(3729, "drop schema", schema.Name, held[0].Name)
	}
	return s.change(d, func(w *Database) {
		w.removeSchema(schema)
		w.permissions.drop(ClassSchema, schema.ID)
		w.dropProperties(ClassSchema, schema.ID)
	})
}

// TransferObject is ALTER SCHEMA … TRANSFER: it needs ALTER on the new schema
// and CONTROL on the object, of a module that runs as its owner also IMPERSONATE
// on that of the new schema. It drops the object's permissions.
func (s *Server) TransferObject(ctx *Context, toSchema, fromSchema, name string) error {
	d := s.Database(ctx.Database)
	c := s.Checker(ctx)
	to := d.SchemaNamed(toSchema)
	if to == nil || to.ID == SchemaSys || to.ID == SchemaInfoSchema || !c.Can(OnSchema(d.ID, to.ID), "ALTER") {
		return errMissing(1, "alter", "schema", toSchema)
	}
	o := d.Resolve(ctx.User, fromSchema, name)
	if o == nil || !c.Can(OnObject(d.ID, o.ID), "CONTROL") {
		return errMissing(1, "find", "object", name)
	}
	if o.Module != nil && o.Module.RunsAs == runsAsOwner {
		if err := c.mayImpersonate(d, d.Principal(to.Owner), ""); err != nil {
			return err
		}
	}
	switch {
	case o.Parent != 0:
		return refuse(15347)
	case o.SchemaBound || d.boundBy(o) != nil:
		return refuse(15348)
	case d.ObjectNamed(to.ID, o.Name) != nil:
		return refuse(15530, o.Name)
	}
	return s.change(d, func(w *Database) {
		next := *o
		next.Schema, next.Owner, next.Modified = to.ID, 0, ctx.Now
		w.permissions.drop(ClassObject, o.ID)
		w.putObject(&next)
		for _, child := range d.UsersOf(o.ID) {
			if child.Parent == o.ID {
				constraint := *child
				constraint.Schema = to.ID
				w.putObject(&constraint)
			}
		}
	})
}
