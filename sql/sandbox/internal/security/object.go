package security

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kinds of objects: sys.objects.type without its padding (H.2).
const (
	KindTable      = "U"
	KindView       = "V"
	KindSynonym    = "SN"
	KindPrimaryKey = "PK"
	KindUnique     = "UQ"
	KindForeignKey = "F"
	KindCheck      = "C"
	KindDefault    = "D"
	KindExtended   = "X"

	firstObject = 901578250 // a number of the size clients are used to
	objectStep  = 16
)

// Column is a column of a table or a view.
type Column struct {
	ID        int
	Name      string
	Type      string // as sys.types names it, such as "nvarchar"
	MaxLength int    // bytes, -1 for max
	Precision int
	Scale     int
	Nullable  bool
	Identity  bool
	Computed  bool
	Collation string // empty for types without one
	Default   string // definition, empty for none
}

// Dependency is one reference of a view to another object (H.1), by the name
// that is written in the view, parts that are not written being empty.
type Dependency struct {
	Server, Database, Schema, Name string

	ID int // the object when the view was made; 0 across databases
}

// Object is a table, a view, a synonym, a module or a constraint. Values are never
// changed once stored.
type Object struct {
	ID          int
	Schema      int
	Name        string
	Kind        string
	Owner       int  // 0: the owner of the schema
	Parent      int  // object a constraint belongs to
	Minor       int  // the column that a DEFAULT or the CHECK of a column is of
	References  int  // object a foreign key refers to
	SystemNamed bool // a constraint that was given no name
	Created     time.Time
	Modified    time.Time
	Columns     []Column
	Definition  string // text of a view or a module
	SchemaBound bool
	CheckOption bool
	Base        string // base_object_name of a synonym
	Depends     []Dependency
	Module      *Module // of a procedure or a function
	Storage     any     // of the query layer, untouched here
}

// Column returns a column by name under a collation, or nil.
func (o *Object) Column(c Collation, name string) *Column {
	for i := range o.Columns {
		if c.Equal(o.Columns[i].Name, name) {
			return &o.Columns[i]
		}
	}
	return nil
}

// Object returns an object by id, or nil.
func (d *Database) Object(id int) *Object { return d.objects.get(id) }

// ObjectNamed returns an object by the id of its schema and its name, or nil.
func (d *Database) ObjectNamed(schema int, name string) *Object {
	return d.objects.named(d.objectKey(schema, name))
}

// Objects returns the objects by id.
func (d *Database) Objects() []*Object { return d.objects.ids.Values() }

// OwnerOf returns the effective owner of an object: its own, else the owner
// of its schema (C.3).
func (d *Database) OwnerOf(o *Object) int {
	if o.Owner != 0 {
		return o.Owner
	}
	if s := d.Schema(o.Schema); s != nil {
		return s.Owner
	}
	return UserDBO
}

// Resolve finds an object as a name in a statement does: with a schema, that
// schema only; without one, the default schema of the user and then dbo
// (A.8). It looks at no permissions. Nil means error 208.
func (d *Database) Resolve(user int, schema, name string) *Object {
	if schema != "" {
		if s := d.SchemaNamed(schema); s != nil {
			return d.ObjectNamed(s.ID, name)
		}
		return nil
	}
	if s := d.SchemaNamed(d.DefaultSchema(user)); s != nil {
		if o := d.ObjectNamed(s.ID, name); o != nil {
			return o
		}
	}
	return d.ObjectNamed(SchemaDBO, name)
}

// DefaultSchema returns the name of the schema that one-part names of a user
// mean first.
func (d *Database) DefaultSchema(user int) string {
	if p := d.Principal(user); p != nil && p.DefaultSchema != "" {
		return p.DefaultSchema
	}
	return "dbo"
}

// inSchema returns the objects in a schema, by id.
func (d *Database) inSchema(id int) (list []*Object) {
	prefix := d.objectKey(id, "")
	d.objects.keys.Ascend(prefix, func(key string, object int) bool {
		if !strings.HasPrefix(key, prefix) {
			return false
		}
		list = append(list, d.Object(object))
		return true
	})
	slices.SortFunc(list, func(a, b *Object) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// putObject stores an object.
func (d *Database) putObject(o *Object) {
	if old := d.Object(o.ID); old != nil {
		d.unlinkObject(old)
	}
	d.objects.put(o.ID, d.objectKey(o.Schema, o.Name), o)
	d.ownedBy(o, 1)
	for _, id := range o.uses() {
		d.users.Set(newEdge(id, o.ID), struct{}{})
	}
}

// WithTemporary is s with the temporary tables of a session, whose ids are below 0, among the objects of tempdb. It is
// only to be read.
func (s *Server) WithTemporary(list []*Object) *Server {
	next := s.Begin()
	d := next.write(DatabaseTempdb)
	for _, o := range list {
		d.putObject(o)
	}
	return next
}

// unlinkObject takes an object out of the objects and of what counts them.
func (d *Database) unlinkObject(o *Object) {
	d.objects.remove(o.ID, d.objectKey(o.Schema, o.Name))
	d.ownedBy(o, -1)
	for _, id := range o.uses() {
		d.users.Delete(newEdge(id, o.ID))
	}
}

// ownedBy counts an object with its owner, and a module with the user whom it runs as.
func (d *Database) ownedBy(o *Object, n int) {
	d.owned.add(ownsObjects(o.Owner), n, o.Owner != 0)
	if o.Module != nil {
		d.owned.add(runsModules(o.Module.RunsAs), n, o.Module.RunsAs > 0)
	}
}

// uses are the objects that an object goes with or keeps from being dropped.
func (o *Object) uses() []int {
	ids := []int{o.Parent, o.References}
	for _, dep := range o.Depends {
		if o.SchemaBound {
			ids = append(ids, dep.ID)
		}
	}
	return slices.DeleteFunc(ids, func(id int) bool { return id == 0 })
}

// UsersOf returns the constraints and schema-bound views that use an object.
func (d *Database) UsersOf(id int) (list []*Object) {
	for _, user := range seconds(d.users, id) {
		list = append(list, d.Object(user))
	}
	return list
}

// ReferringTo returns the foreign keys that refer to a table, by id.
func (d *Database) ReferringTo(table int) []*Object {
	return slices.DeleteFunc(d.UsersOf(table), func(o *Object) bool { return o.References != table })
}

// removeObject removes an object with its permissions and properties, and the
// constraints that belong to it.
func (d *Database) removeObject(o *Object) {
	d.unlinkObject(o)
	d.permissions.drop(ClassObject, o.ID)
	d.dropProperties(ClassObject, o.ID)
	for _, child := range d.UsersOf(o.ID) {
		if child.Parent == o.ID {
			d.removeObject(child)
		}
	}
}
