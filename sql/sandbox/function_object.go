package sandbox

import (
	"strings"

	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// objectFunctions tell names and ids of databases, schemas, objects and columns, as far as the caller may see them.
var objectFunctions = map[string]function{
	"db_name": {0, 1, typeSysname, []tsql.DataType{typeInt}, func(f *asked, args []any) (any, error) {
		id := f.context.Database
		if len(args) == 1 {
			id = *integer(args, 0)
		}
		if d := f.x.state.Database(id); d != nil && f.x.check().SeesDatabase(d) {
			return d.Name, nil
		}
		return nil, nil
	}},
	"db_id": {0, 1, typeSmallInt, words(1), func(f *asked, args []any) (any, error) {
		if len(args) == 0 {
			return f.context.Database, nil
		}
		if d := f.x.state.DatabaseNamed(*argument(args, 0)); d != nil && f.x.check().SeesDatabase(d) {
			return d.ID, nil
		}
		return nil, nil
	}},
	"original_db_name": {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.x.s.login.Database, nil }},
	"object_id": {1, 2, typeInt, words(2), func(f *asked, args []any) (any, error) {
		name := argument(args, 0)
		if name == nil {
			return nil, nil
		}
		return f.objectID(*name, argument(args, 1)), nil
	}},
	"object_name": {1, 2, typeSysname, []tsql.DataType{typeInt, typeInt}, func(f *asked, args []any) (any, error) {
		o, _ := f.objectByID(args)
		if o == nil {
			return nil, nil
		}
		return o.Name, nil
	}},
	"object_schema_name": {1, 2, typeSysname, []tsql.DataType{typeInt, typeInt}, func(f *asked, args []any) (any, error) {
		if _, s := f.objectByID(args); s != nil {
			return s.Name, nil
		}
		return nil, nil
	}},
	"object_definition": {1, 1, typeLongText, []tsql.DataType{typeInt}, func(f *asked, args []any) (any, error) {
		o, _ := f.objectByID(args)
		if o == nil || o.Definition == "" || !f.x.check().SeesDefinition(f.context.Database, o) {
			return nil, nil
		}
		return o.Definition, nil
	}},
	"objectproperty":   {2, 2, typeInt, []tsql.DataType{typeInt, typeText}, objectProperty},
	"objectpropertyex": {2, 2, typeVariant, []tsql.DataType{typeInt, typeText}, objectPropertyEx},
	"schema_id": {0, 1, typeInt, words(1), func(f *asked, args []any) (any, error) {
		name := f.database.DefaultSchema(f.context.User)
		if len(args) == 1 {
			name = *argument(args, 0)
		}
		if s := f.database.SchemaNamed(name); s != nil {
			return s.ID, nil
		}
		return nil, nil
	}},
	"schema_name": {0, 1, typeSysname, []tsql.DataType{typeInt}, func(f *asked, args []any) (any, error) {
		if len(args) == 0 {
			return f.database.DefaultSchema(f.context.User), nil
		}
		if s := f.database.Schema(*integer(args, 0)); s != nil {
			return s.Name, nil
		}
		return nil, nil
	}},
	"col_name": {2, 2, typeSysname, []tsql.DataType{typeInt, typeInt}, func(f *asked, args []any) (any, error) {
		o, _ := f.objectByID(args[:1])
		if o == nil {
			return nil, nil
		}
		for _, c := range o.Columns {
			if c.ID == *integer(args, 1) {
				return c.Name, nil
			}
		}
		return nil, nil
	}},
	"col_length": {2, 2, typeSmallInt, words(2), func(f *asked, args []any) (any, error) {
		if o := f.objectNamed(*argument(args, 0)); o != nil {
			if c := o.Column(f.database.Names(), *argument(args, 1)); c != nil {
				return int64(c.MaxLength), nil
			}
		}
		return nil, nil
	}},
	"type_name": {1, 1, typeSysname, []tsql.DataType{typeInt}, func(f *asked, args []any) (any, error) {
		return security.TypeName(*integer(args, 0)), nil
	}},
}

// objectID is OBJECT_ID; temporary tables have ids of their own, found in tempdb alone ("OBJECT_ID").
func (f *asked) objectID(name string, kind *string) any {
	words, _ := tsql.SplitName(name)
	last := words[len(words)-1]
	if strings.HasPrefix(last, "#") {
		t := f.x.s.temp(last)
		here := len(words) < 3 && f.context.Database == security.DatabaseTempdb || len(words) == 3 && strings.EqualFold(words[0], "tempdb")
		if t == nil || !here || kind != nil && !strings.EqualFold(strings.TrimSpace(*kind), "U") {
			return nil
		}
		return int64(t.id())
	}
	return result(f.x.check().ObjectID(name, kind))
}

// objectByID finds the object of an id and perhaps a database id.
func (f *asked) objectByID(args []any) (*security.Object, *security.Schema) {
	database := 0
	if len(args) > 1 {
		database = *integer(args, 1)
	}
	id := *integer(args, 0)
	if id < 0 {
		return f.x.checkTemporary().Object(id, database)
	}
	return f.x.check().Object(id, database)
}

// objectNamed finds the object of a name of up to three parts.
func (f *asked) objectNamed(name string) *security.Object {
	id, ok := f.objectID(name, nil).(int64)
	if !ok {
		return nil
	}
	database := 0
	if d := f.x.state.DatabaseNamed(procedureName(name).Database); d != nil {
		database = d.ID
	}
	o, _ := f.objectByID([]any{id, int64(database)})
	return o
}

// bit is 1 or 0.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
