package security

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ViewColumn is a column of a catalog view: its type as T-SQL writes it, such
// as "nvarchar(128)" or "int".
type ViewColumn struct {
	Name     string
	Type     string
	Nullable bool
	constant *string // what every row has, and no row is made with
}

// CatalogView is a catalog view as a relation: its columns, and its rows as
// the context of a checker may see them (C.4). Values are nil, int, bool (for
// bit), string, []byte or time.Time; each row has one value a column. Database
// is the database whose copy of the view is read; a server-wide view gives the
// same rows in every one.
type CatalogView struct {
	Schema  string
	Name    string
	Columns []ViewColumn
	Rows    func(c *Checker, database int) [][]any
}

// Readable returns the refusal of a SELECT on a catalog view, or nil.
func (c *Checker) Readable(v CatalogView, database int) error {
	id, known := c.systemObject([]string{v.Schema, v.Name})
	if !known || c.Can(OnObject(database, id), "SELECT") {
		return nil
	}
	return refuse(229, "SELECT", v.Name, "mssqlsystemresource", v.Schema)
}

// serverScoped are the views on which permissions are given in master (4629).
var serverScoped = map[string]bool{"databases": true, "configurations": true, "credentials": true, "server_principals": true, "server_permissions": true,
	"server_role_members": true, "sql_logins": true, "syslogins": true}

// CatalogViews returns the catalog views that security state feeds, in a fixed
// order, which decides their object ids. sys.dm_exec_sessions and other views
// about sessions are the session layer's. The slice is only to be read.
func CatalogViews() []CatalogView { return shippedViews().list }

// viewCatalog is the catalog views, which never change: in order, their ids by "SCHEMA.NAME" in upper case, and as objects
// by their ids.
type viewCatalog struct {
	list    []CatalogView
	ids     map[string]int
	objects map[int]*Object
}

// shippedViews makes them when a server asks first: commands that have none do not pay for them.
var shippedViews func() *viewCatalog

func init() { shippedViews = sync.OnceValue(makeViews) } // they name what asks for them

func makeViews() *viewCatalog {
	c := &viewCatalog{ids: map[string]int{}, objects: map[int]*Object{}}
	c.list = slices.Concat(principalViews(), permissionViews(), objectViews(), moduleViews(), serverViews(), standardViews(), routineViews(), tokenViews(), systemObjectViews())
	for i, v := range c.list {
		c.ids[foldKeyword(v.Schema)+"."+foldKeyword(v.Name)] = systemID(i)
		c.list[i].Rows = v.filled()
		c.objects[systemID(i)] = v.object(systemID(i))
	}
	return c
}

// object is a catalog view as an object of the schema sys or INFORMATION_SCHEMA.
func (v CatalogView) object(id int) *Object {
	o := &Object{ID: id, Schema: SchemaSys, Name: v.Name, Kind: KindView}
	if v.Schema == "INFORMATION_SCHEMA" {
		o.Schema = SchemaInfoSchema
	}
	for i, c := range v.Columns {
		o.Columns = append(o.Columns, c.column(i+1))
	}
	return o
}

// column is a column of a catalog view as one of an object.
func (c ViewColumn) column(id int) Column {
	kind, size, _ := strings.Cut(strings.TrimSuffix(c.Type, ")"), "(")
	if c.Type == "nvarchar(128)" {
		kind = "sysname"
	}
	t := typeNamed(kind)
	out := Column{ID: id, Name: c.Name, Type: kind, MaxLength: t.length, Precision: t.precision, Scale: t.scale, Nullable: c.Nullable}
	if n, err := strconv.Atoi(size); err == nil && kind != "sysname" {
		if out.MaxLength = n; kind[0] == 'n' {
			out.MaxLength = 2 * n
		}
	} else if size == "max" {
		out.MaxLength = -1
	}
	return out
}

// filled are the rows of a view with its constants at their places.
func (v CatalogView) filled() func(*Checker, int) [][]any {
	if !slices.ContainsFunc(v.Columns, func(c ViewColumn) bool { return c.constant != nil }) {
		return v.Rows
	}
	return func(c *Checker, database int) [][]any {
		rows := v.Rows(c, database)
		for i, row := range rows {
			rows[i] = v.fill(row)
		}
		return rows
	}
}

func (v CatalogView) fill(row []any) []any {
	out := make([]any, len(v.Columns))
	for i, c := range v.Columns {
		switch {
		case c.constant == nil:
			out[i], row = row[0], row[1:]
		case *c.constant == "NULL":
		case c.Type == "bit":
			out[i] = *c.constant == "1"
		case strings.HasSuffix(c.Type, "int"):
			out[i], _ = strconv.Atoi(*c.constant)
		default:
			out[i] = *c.constant
		}
	}
	return out
}

// rowsOf are the rows of a view about each thing of a list; nil is the row of what
// the caller does not see.
func rowsOf[T any](list func(*Checker, *Database) []T, row func(*Checker, *Database, T) []any) func(*Checker, int) [][]any {
	return func(c *Checker, database int) [][]any {
		var rows [][]any
		d := c.s.Database(database)
		for _, one := range list(c, d) {
			if r := row(c, d, one); r != nil {
				rows = append(rows, r)
			}
		}
		return rows
	}
}

// ofDatabase and ofServer are lists that do not ask who looks.
func ofDatabase[T any](list func(*Database) []T) func(*Checker, *Database) []T {
	return func(_ *Checker, d *Database) []T { return list(d) }
}

func ofServer[T any](list func(*Server) []T) func(*Checker, *Database) []T {
	return func(c *Checker, _ *Database) []T { return list(c.s) }
}

// systemID is the object id of the catalog view at a place of the list.
func systemID(i int) int { return -(100 + i) }

// ColumnsOf reads a list of columns: "name type, name type?, name type=value …",
// where the question mark makes a column nullable and what stands after the
// equals sign, or NULL, is in every row.
func ColumnsOf(list string) []ViewColumn {
	var columns []ViewColumn
	for _, part := range strings.Split(list, ", ") {
		name, kind, _ := strings.Cut(strings.TrimSpace(part), " ")
		kind, value, constant := strings.Cut(kind, "=")
		trimmed := strings.TrimSuffix(kind, "?")
		column := ViewColumn{Name: name, Type: trimmed, Nullable: trimmed != kind}
		if constant {
			column.constant = &value
		}
		columns = append(columns, column)
	}
	return columns
}

// orNull is a string value that is NULL when empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// idOrNull is an id value that is NULL when 0.
func idOrNull(id int) any {
	if id == 0 {
		return nil
	}
	return id
}

// bytesOrNull is a binary value that is NULL when nil.
func bytesOrNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
