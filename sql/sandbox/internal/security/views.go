package security

import (
	"slices"

	"grantree/sql/sandbox/internal/refusal"
)

// CatalogView is a catalog view as a relation: its columns, and its rows as the context of a checker may see them (C.4).
// Database is the database whose copy of the view is read; a server-wide view gives the same rows in every one.
type CatalogView struct {
	Schema string
	Name   string
	id     int
	scope  string // one of those below, or empty
	text   string
	shape  func() *viewShape
	rows   func(c *Checker, database int) [][]any
}

// Columns are the columns of the view.
func (v *CatalogView) Columns() []ViewColumn { return v.shape().columns }

// Rows are its rows. Values are nil, int, bool (for bit), string, []byte or time.Time; each row has one value a column.
func (v *CatalogView) Rows(c *Checker, database int) [][]any {
	if v.rows == nil {
		return v.Filled(slices.Clone(v.shape().rows))
	}
	return v.Filled(v.rows(c, database))
}

// rowsByView are what makes the rows of catalog views, without the values that every row has, by "schema.name".
type rowsByView map[string]func(c *Checker, database int) [][]any

// The scopes of catalog views.
const (
	scopeServer = "server" // permissions on it are given in master (4629)
	scopeClosed = "closed" // not for public
)

// stateScopes are the permissions that views about what goes on need beside SELECT, by their scope, as SQL Server 2022 has
// them ("System Dynamic Management Views").
var stateScopes = map[string]string{"state": "VIEW SERVER PERFORMANCE STATE", "security": "VIEW SERVER SECURITY STATE", "database": "VIEW DATABASE PERFORMANCE STATE"}

// Readable returns the refusal of a SELECT on a catalog view, or nil.
func (c *Checker) Readable(v *CatalogView, database int) error {
	if !c.Can(OnObject(database, v.id), "SELECT") {
		return refuse(229, "SELECT", v.Name, "mssqlsystemresource", v.Schema)
	}
	permission, d := stateScopes[v.scope], c.s.Database(database)
	switch {
	case permission == "" || v.scope == "database" && c.Can(OnDatabase(database), permission) || v.scope != "database" && c.Can(OnServer(), permission):
		return nil
	case v.scope == "database":
		return refusal.Errors{errPermission(1, permission, d.Name), refuse(297)}
	}
	return refusal.Errors{refuse(300, permission, "server", "master"), refuse(297)}
}

// InMaster reports whether the view is about the server, so that permissions on it are given in master.
func (v *CatalogView) InMaster() bool { return v.scope == scopeServer }

// CatalogViews returns the catalog views in the order of views.txt, which decides their object ids. Of those about
// sessions, whose rows are the session layer's, there are no rows here. The slice is only to be read.
func CatalogViews() []*CatalogView { return shippedViews().list }

// CatalogViewNamed finds a catalog view by "schema.name" in any letters; nil where there is none.
func CatalogViewNamed(name string) *CatalogView { return shippedViews().named(name) }

// object is a catalog view as an object of the schema sys or INFORMATION_SCHEMA, without its columns.
func (v *CatalogView) object() *Object {
	o := &Object{ID: v.id, Schema: SchemaSys, Name: v.Name, Kind: KindView}
	switch v.Schema {
	case "INFORMATION_SCHEMA":
		o.Schema = SchemaInfoSchema
	case "msdb": // its own, of dbo
		o.Schema = SchemaDBO
	}
	return o
}

// whole is the object with its columns.
func (v *CatalogView) whole() *Object {
	o := v.object()
	for i, c := range v.Columns() {
		o.Columns = append(o.Columns, c.column(i+1))
	}
	return o
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

// orNull is a text that is NULL when empty, or an id that is NULL when 0.
func orNull[T string | int](value T) any {
	var none T
	if value == none {
		return nil
	}
	return value
}

// bytesOrNull is a binary value that is NULL when nil.
func bytesOrNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
