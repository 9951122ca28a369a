package security

import "slices"

// creation says what CREATE of a kind of object needs and how it is refused
// (C.7).
type creation struct {
	permission string
	state      byte // of 262
	exists     byte // state of 2714
	word       string
	statement  string
}

var creations = map[string]creation{
	KindTable:     {"CREATE TABLE", 1, 6, "table", "DROP TABLE"},
	KindView:      {"CREATE VIEW", 18, 3, "view", "DROP VIEW"},
	KindSynonym:   {"CREATE SYNONYM", 1, 6, "synonym", "DROP SYNONYM"},
	KindProcedure: {"CREATE PROCEDURE", 18, 3, "procedure", "DROP PROCEDURE"},
	KindFunction:  {"CREATE FUNCTION", 18, 3, "function", "DROP FUNCTION"},
	KindInline:    {"CREATE FUNCTION", 18, 3, "function", "DROP FUNCTION"},
}

// KindWord is what messages call objects of a kind.
func KindWord(kind string) string { return orElse(creations[kind].word, "constraint") }

// CreateObject is CREATE TABLE, VIEW, SYNONYM: it needs the CREATE permission
// (262) and ALTER on the schema (2760); a name in use is 2714. A constraint
// (Parent set) is made with its table and is not checked again.
func (s *Server) CreateObject(ctx *Context, spec ObjectSpec) (*Object, error) {
	d := s.Database(ctx.Database)
	schema, err := s.mayCreate(ctx, d, spec)
	if err != nil {
		return nil, err
	}
	if d.ObjectNamed(schema.ID, spec.Name) != nil {
		return nil, refuseAs(2714, 16, max(creations[spec.Kind].exists, 3), spec.Name)
	}
	o := &Object{ID: d.nextObject, Schema: schema.ID, Name: spec.Name, Kind: spec.Kind, Parent: spec.Parent, Minor: spec.Minor, References: spec.References, SystemNamed: spec.SystemNamed, Created: ctx.Now}
	if o.Module, err = s.module(ctx, schema.Owner, spec.Module); err != nil {
		return nil, err
	}
	spec.fill(o, ctx)
	return o, s.change(d, func(w *Database) {
		w.nextObject += objectStep
		w.putObject(o)
	})
}

// mayCreate checks the permissions of CREATE and returns the schema.
func (s *Server) mayCreate(ctx *Context, d *Database, spec ObjectSpec) (*Schema, error) {
	if parent := d.Object(spec.Parent); parent != nil {
		return d.Schema(parent.Schema), nil
	}
	c := s.Checker(ctx)
	kind, known := creations[spec.Kind]
	if !known || !c.Can(OnDatabase(d.ID), kind.permission) {
		return nil, errPermission(max(kind.state, 1), orElse(kind.permission, "CREATE"), d.Name)
	}
	name := orElse(spec.Schema, d.DefaultSchema(ctx.User))
	schema := d.SchemaNamed(name)
	if schema == nil || schema.ID == SchemaSys || schema.ID == SchemaInfoSchema || !c.Can(OnSchema(d.ID, schema.ID), "ALTER") {
		return nil, refuse(2760, name)
	}
	return schema, nil
}

// fill copies what a specification says about an object into it. Columns
// without an id get the next free one.
func (spec ObjectSpec) fill(o *Object, ctx *Context) {
	o.Modified = ctx.Now
	o.Columns = slices.Clone(spec.Columns)
	last := 0
	for _, column := range o.Columns {
		last = max(last, column.ID)
	}
	for i := range o.Columns {
		if o.Columns[i].ID == 0 {
			last++
			o.Columns[i].ID = last
		}
	}
	o.Definition, o.SchemaBound, o.CheckOption = spec.Definition, spec.SchemaBound, spec.CheckOption
	o.Base, o.Depends, o.Storage = spec.Base, spec.Depends, spec.Storage
}

// AlterObject is ALTER TABLE, VIEW, PROCEDURE and FUNCTION: it replaces columns, text,
// dependencies and storage and keeps the id, the owner and the permissions;
// those on columns that are gone go too. It needs ALTER on the object. A
// missing view or module is 208, a refused one 3701, a module of another kind
// 2010; a table is 1088 either way.
func (s *Server) AlterObject(ctx *Context, spec ObjectSpec) (*Object, error) {
	d := s.Database(ctx.Database)
	written := writtenName(spec.Schema, spec.Name)
	o := d.Resolve(ctx.User, spec.Schema, spec.Name)
	other := o != nil && o.Kind != spec.Kind
	if other && spec.Module == nil {
		o = nil
	}
	if o == nil || !s.Checker(ctx).Can(OnObject(d.ID, o.ID), "ALTER") {
		return nil, alterRefusal(spec.Kind, o == nil, written)
	}
	if other {
		return nil, refuse(2010, written)
	}
	if by := d.boundBy(o); by != nil && spec.Kind != KindTable {
		return nil, refuse(3729, "ALTER", written, by.Name)
	}
	next := *o
	var err error
	if next.Module, err = s.module(ctx, d.OwnerOf(o), spec.Module); err != nil {
		return nil, err
	}
	spec.fill(&next, ctx)
	return &next, s.change(d, func(w *Database) {
		w.putObject(&next)
		ids := next.columnIDs()
		for _, p := range w.Properties() {
			if p.Class == ClassObject && p.Major == o.ID && p.Minor > 0 && !slices.Contains(ids, p.Minor) {
				w.properties.Delete(w.propertyKey(*p))
			}
		}
		w.permissions.keep(w.permissions.on(ClassObject, o.ID), func(r Row) bool { return r.Minor == 0 || slices.Contains(ids, r.Minor) })
	})
}

func writtenName(schema, name string) string {
	if schema == "" {
		return name
	}
	return schema + "." + name
}

func alterRefusal(kind string, missing bool, written string) *Error {
	switch {
	case kind == KindTable:
		return refuseAs(1088, 16, 13, written)
	case missing:
		return refuseAs(208, 16, 6, written)
	}
	return errCannot(14, 20, "alter", creations[kind].word, written)
}

// errCannot is 3701.
func errCannot(class, state byte, verb, word, written string) *Error {
	return refuseAs(3701, class, state, verb, word, written)
}

// SetStorage replaces the query layer's value of an object; it is no
// statement and checks nothing.
func (s *Server) SetStorage(database, object int, storage any) {
	d := s.write(database)
	if d == nil || d.Object(object) == nil {
		return
	}
	next := *d.Object(object)
	next.Storage = storage
	d.putObject(&next)
}

// DropObject is DROP TABLE, VIEW, SYNONYM, PROCEDURE or FUNCTION: it needs CONTROL on the object or
// ALTER on its schema. A missing object is 3701 class 11, a refused one class
// 14 (C.7), an object of another kind 3705, one that a schema-bound view uses
// 3729. Permissions, properties and constraints go with the object.
func (s *Server) DropObject(ctx *Context, kind, schema, name string, ifExists bool) error {
	d := s.Database(ctx.Database)
	word, written := creations[kind].word, writtenName(schema, name)
	o, c := d.Resolve(ctx.User, schema, name), s.Checker(ctx)
	switch {
	case o == nil && ifExists:
		return nil
	case o == nil:
		return errCannot(11, 5, "drop", word, written)
	case !c.Can(OnObject(d.ID, o.ID), "CONTROL") && !c.Can(OnSchema(d.ID, o.Schema), "ALTER"):
		return errCannot(14, 20, "drop", word, written)
	}
	if other := creations[o.Kind]; other.statement != creations[kind].statement {
		return refuse(3705, creations[kind].statement, written, written, KindWord(o.Kind), other.statement)
	}
	if by := d.boundBy(o); by != nil {
		return refuse(3729, creations[kind].statement, written, by.Name)
	}
	return s.change(d, func(w *Database) { w.removeObject(o) })
}

// boundBy returns a schema-bound view that refers to an object, or nil.
func (d *Database) boundBy(o *Object) *Object {
	for _, view := range d.UsersOf(o.ID) {
		if view.SchemaBound && view.ID != o.ID {
			return view
		}
	}
	return nil
}

// DropConstraint takes the object of a constraint away, as ALTER TABLE … DROP
// CONSTRAINT does once the table itself has been altered. It is no statement
// and checks nothing; it reports whether the table had such a constraint.
func (s *Server) DropConstraint(database, table int, name string) bool {
	d := s.Database(database)
	for _, o := range d.UsersOf(table) {
		if o.Parent == table && d.Names().Equal(o.Name, name) {
			s.write(database).removeObject(o)
			return true
		}
	}
	return false
}

// Rename gives an object another name. Its id stays, and so do its permissions.
// It checks nothing.
func (s *Server) Rename(ctx *Context, o *Object, name string) error {
	next := *o
	next.Name, next.Modified, next.SystemNamed = name, ctx.Now, false
	return s.change(s.Database(ctx.Database), func(w *Database) { w.putObject(&next) })
}
