package security

import (
	"slices"
	"strings"
)

// ViewColumn is a column of a catalog view: its type as T-SQL writes it, such
// as "nvarchar(128)" or "int".
type ViewColumn struct {
	Name     string
	Type     string
	Nullable bool
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
func CatalogViews() []CatalogView { return catalogViews }

// catalogViews and systemIDs never change; the latter finds a catalog view by
// "SCHEMA.NAME" in upper case.
var (
	catalogViews []CatalogView
	systemIDs    = map[string]int{}
)

func init() {
	catalogViews = slices.Concat(principalViews(), permissionViews(), objectViews(), moduleViews(), serverViews(), standardViews(), tokenViews())
	for i, v := range catalogViews {
		systemIDs[foldKeyword(v.Schema)+"."+foldKeyword(v.Name)] = systemID(i)
	}
}

// systemID is the object id of the catalog view at a place of the list.
func systemID(i int) int { return -(100 + i) }

// ColumnsOf reads a list of columns: "name type, name type?, …", where the
// question mark makes a column nullable.
func ColumnsOf(list string) []ViewColumn {
	var columns []ViewColumn
	for _, part := range strings.Split(list, ", ") {
		name, kind, _ := strings.Cut(strings.TrimSpace(part), " ")
		trimmed := strings.TrimSuffix(kind, "?")
		columns = append(columns, ViewColumn{Name: name, Type: trimmed, Nullable: trimmed != kind})
	}
	return columns
}

// row is a row of a view by the names of its columns. One that is not named is 0 or false where it has no NULL, and
// where its type is bit or a small number; else NULL.
func row(columns []ViewColumn, values map[string]any) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		v, ok := values[c.Name]
		switch {
		case ok:
			out[i] = v
		case c.Type == "bit":
			out[i] = false
		case c.Type == "tinyint" || !c.Nullable:
			out[i] = 0
		}
	}
	return out
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
