package security

import "slices"

var kindNames = map[string]string{KindTable: "USER_TABLE", KindView: "VIEW", KindSynonym: "SYNONYM", KindPrimaryKey: "PRIMARY_KEY_CONSTRAINT",
	KindUnique: "UNIQUE_CONSTRAINT", KindForeignKey: "FOREIGN_KEY_CONSTRAINT", KindCheck: "CHECK_CONSTRAINT", KindDefault: "DEFAULT_CONSTRAINT", KindProcedure: "SQL_STORED_PROCEDURE", KindExtended: "EXTENDED_STORED_PROCEDURE",
	KindFunction: "SQL_SCALAR_FUNCTION", KindInline: "SQL_INLINE_TABLE_VALUED_FUNCTION"}

// objectViews are the views about schemas, objects and columns (H.1, H.2).
func objectViews() rowsByView {
	return rowsByView{
		"sys.schemas":             rowsOf(ofDatabase((*Database).Schemas), schemaRow),
		"sys.objects":             rowsOf(seen(), objectRow),
		"sys.tables":              rowsOf(seen(KindTable), tableRow),
		"sys.views":               rowsOf(seen(KindView), viewRow),
		"sys.synonyms":            rowsOf(seen(KindSynonym), synonymRow),
		"sys.foreign_keys":        rowsOf(seen(KindForeignKey), foreignKeyRow),
		"sys.default_constraints": rowsOf(seen(KindDefault), definitionRow),
		"sys.check_constraints":   rowsOf(seen(KindCheck), definitionRow),
		"sys.key_constraints":     rowsOf(seen(KindPrimaryKey, KindUnique), keyRow),
		"sys.columns":             rowsOf(columnsOf(seen()), columnRow),
		"sys.system_columns":      rowsOf(columnsOf(shipped), columnRow),
		"sys.system_objects":      rowsOf(shippedObjects, objectRow),
		"sys.types":               rowsOf(ofServer(func(*Server) []systemType { return systemTypes() }), typeRow),
	}
}

func schemaRow(_ *Checker, _ *Database, s *Schema) []any { return []any{s.Name, s.ID, s.Owner} }

// seen lists the objects of some kinds that the caller sees, of all kinds where
// none is named.
func seen(kinds ...string) func(*Checker, *Database) []*Object {
	return func(c *Checker, d *Database) []*Object {
		return slices.DeleteFunc(d.Objects(), func(o *Object) bool {
			return len(kinds) > 0 && !slices.Contains(kinds, o.Kind) || !c.SeesObject(d.ID, o)
		})
	}
}

// Seen lists the objects of some kinds in a database that the caller sees.
func (c *Checker) Seen(database int, kinds ...string) []*Object {
	return seen(kinds...)(c, c.s.Database(database))
}

// shipped lists the catalog views, as objects with negative ids and without their columns.
func shipped(_ *Checker, d *Database) (list []*Object) {
	for _, v := range shippedViews().list {
		if v.Schema != "msdb" || d.ID == DatabaseMSDB {
			list = append(list, v.object())
		}
	}
	return list
}

// objectRow is the row of an object in sys.objects. What is shipped is as old as
// the server.
func objectRow(c *Checker, _ *Database, o *Object) []any {
	created, modified, ships := o.Created, o.Modified, o.Created.IsZero()
	if ships {
		created = c.s.Database(DatabaseMaster).Created
		modified = created
	}
	return []any{o.Name, o.ID, orNull(o.Owner), o.Schema, o.Parent, padded(o.Kind, 2), kindNames[o.Kind], created, modified, ships}
}

func tableRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), slices.Max(append(o.columnIDs(), 0)))
}

func viewRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.CheckOption)
}

func synonymRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), orNull(o.Base))
}

func foreignKeyRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.References, nil, o.SystemNamed)
}

// definitionRow is that of a constraint with a definition, on a column or not.
func definitionRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), o.Minor, o.Definition, o.SystemNamed)
}

func keyRow(c *Checker, d *Database, o *Object) []any {
	return append(objectRow(c, d, o), nil, o.SystemNamed)
}

// columnOf is a column of an object, at a place from 1.
type columnOf struct {
	*Column
	object   *Object
	position int
}

// columnsOf lists all columns of objects: who sees anything of one sees them (C.4).
func columnsOf(objects func(*Checker, *Database) []*Object) func(*Checker, *Database) []columnOf {
	return func(c *Checker, d *Database) (list []columnOf) {
		for _, o := range objects(c, d) {
			if v := shippedViews().byID(o.ID); v != nil {
				o = v.whole()
			}
			for i := range o.Columns {
				list = append(list, columnOf{&o.Columns[i], o, i + 1})
			}
		}
		return list
	}
}

func columnRow(_ *Checker, d *Database, column columnOf) []any {
	t := typeNamed(column.Type)
	var collation any
	if t.collated {
		collation = orElse(column.Collation, d.collation.Name())
	}
	return []any{column.object.ID, column.Name, column.ID, t.system, t.user, column.MaxLength, column.Precision, column.Scale, collation,
		column.Nullable, true, false, column.Identity, column.Computed, d.defaultOf(column.object, column.Column)}
}

// defaultOf is the id of the DEFAULT constraint of a column, or 0.
func (d *Database) defaultOf(o *Object, column *Column) int {
	if column.Default != "" {
		for _, user := range d.UsersOf(o.ID) {
			if user.Kind == KindDefault && user.Minor == column.ID {
				return user.ID
			}
		}
	}
	return 0
}

// TypeName is the name of a type by its user_type_id, nil for what is none.
func TypeName(id int) *string {
	if i := slices.IndexFunc(systemTypes(), func(t systemType) bool { return t.user == id }); i >= 0 {
		return &systemTypes()[i].name
	}
	return nil
}

func typeRow(_ *Checker, d *Database, t systemType) []any {
	var collation any
	if t.collated {
		collation = d.collation.Name()
	}
	return []any{t.name, t.system, t.user, t.length, t.precision, t.scale, collation, t.name != "sysname", t.system == 240}
}
