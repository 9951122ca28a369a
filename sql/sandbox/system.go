package sandbox

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/sandbox/internal/sysproc"
	"grantree/sql/tsql"
)

// systemView is a catalog view ready for the query layer, with the columns as that takes them, and the query of one that is
// a view over others.
type systemView struct {
	*security.CatalogView
	columns []query.Column
	body    *tsql.Query
}

// systemViews are those that were asked for, by their catalog view.
var systemViews sync.Map

// systemViewNamed finds a catalog view by "schema.name" in any letters; nil where there is none.
func systemViewNamed(name string) *systemView {
	v := security.CatalogViewNamed(name)
	if v == nil {
		return nil
	}
	if known, ok := systemViews.Load(v); ok {
		return known.(*systemView)
	}
	view := &systemView{CatalogView: v, body: systemBody(v)}
	for i, c := range v.Columns() {
		view.columns = append(view.columns, query.Column{Name: c.Name, Type: parseType(c.Type), Nullable: c.Nullable, ID: i + 1})
	}
	known, _ := systemViews.LoadOrStore(v, view)
	return known.(*systemView)
}

// viewBodies are the queries of the catalog views that are views over others.
//
//go:embed views.sql
var viewBodies string

// systemBody is the query of a catalog view over others, with the values that every row has; nil for any other.
func systemBody(v *security.CatalogView) *tsql.Query {
	_, text, found := strings.Cut(viewBodies, "-- view "+v.Schema+"."+v.Name+"\n")
	if !found {
		return nil
	}
	text, _, _ = strings.Cut(text, "\n-- view ")
	var columns []string
	for _, c := range v.Columns() {
		name := tsql.Quote(c.Name)
		if c.Constant {
			columns = append(columns, "CAST("+c.Literal()+" AS "+c.Type+") AS "+name)
		} else {
			columns = append(columns, "v."+name)
		}
	}
	batch, err := tsql.Parse("SELECT " + strings.Join(columns, ", ") + " FROM (" + text + ") AS v")
	if err != nil {
		panic(v.Name + ": " + err.Error()) // views.sql is part of the program, and a test reads all of it
	}
	return batch.Statements[0].(*tsql.SelectStatement).Query
}

// parseType reads a type as T-SQL writes it.
func parseType(text string) tsql.DataType {
	if list, err := tsql.ParseParameters("@x " + text); err == nil && len(list) == 1 {
		return list[0].Type
	}
	return typeText
}

// system finds a catalog view; nil when the name is none.
func (sc *scope) system(name tsql.ObjectName) *query.Relation {
	if strings.EqualFold(name.Schema, "dbo") && sc.database.ID == security.DatabaseMSDB {
		return sc.systemRelation(systemViewNamed("msdb." + name.Name))
	}
	return sc.systemRelation(systemViewNamed(name.Schema + "." + name.Name))
}

// compatible finds the views of old that need no schema, such as sysobjects; those about the server are in master.
func (sc *scope) compatible(name tsql.ObjectName) *query.Relation {
	if !strings.HasPrefix(strings.ToLower(name.Name), "sys") || name.Schema != "" && !strings.EqualFold(name.Schema, "dbo") {
		return nil
	}
	view := systemViewNamed("sys." + name.Name)
	if view != nil && view.InMaster() && sc.database.ID != security.DatabaseMaster {
		return nil
	}
	return sc.systemRelation(view)
}

// systemRelation is a catalog view as a relation, with the rows that the caller may see; nil for none.
func (sc *scope) systemRelation(view *systemView) *query.Relation {
	if view == nil {
		return nil
	}
	columns := sc.collated(view.columns)
	rel := &query.Relation{Key: systemKey{view, sc.database.ID}, Database: sc.database.Name, Schema: view.Schema, Name: view.Name, Columns: columns}
	if view.body != nil {
		sc.query.tells() // its own scope would go on asking for who runs it now
		rel.Source = &query.View{Body: view.body, Scope: sc.ofEngine()}
	} else {
		rel.Source = &query.Virtual{Rows: func() ([][]any, error) { return variants(columns, sc.x.systemRows(view, sc.database.ID)), nil }}
	}
	return rel
}

// ofEngine is the scope of the query of a catalog view, or of a table-valued function of the engine.
func (sc *scope) ofEngine() *scope {
	return &scope{x: sc.x, context: sc.context, database: sc.database, schema: "sys", depth: sc.depth + 1, view: true}
}

// collated are columns whose text has the collation of the database.
func (sc *scope) collated(columns []query.Column) []query.Column {
	columns = slices.Clone(columns)
	for i := range columns {
		if isText(columns[i].Type) {
			columns[i].Collation = sc.DatabaseCollation()
		}
	}
	return columns
}

// systemKey is what the query layer carries about a catalog view for the access check.
type systemKey struct {
	view     *systemView
	database int
}

// systemRows are the rows of a catalog view.
func (x *run) systemRows(view *systemView, database int) [][]any {
	if rows, ok := ownRows[view.Schema+"."+view.Name]; ok {
		return view.Filled(rows(x, database))
	}
	return view.Rows(x.checkIn(database), database)
}

// ownRows are the rows of the views about what the security state does not keep, by "schema.name".
var ownRows map[string]func(x *run, database int) [][]any

func init() { ownRows = joined(sessionRows, tableRows) } // they read views themselves

// checkIn is check, in tempdb with the temporary tables of the session.
func (x *run) checkIn(database int) *security.Checker {
	if database == security.DatabaseTempdb {
		return x.checkTemporary()
	}
	return x.check()
}

// variants makes sql_variant values of what stands in such columns.
func variants(columns []query.Column, rows [][]any) [][]any {
	for i, c := range columns {
		if c.Type.Name != "sql_variant" {
			continue
		}
		for _, row := range rows {
			row[i] = variant(row[i])
		}
	}
	return rows
}

// TableFunction finds a table-valued function of the engine.
func (sc *scope) TableFunction(name tsql.ObjectName, args []any) (*query.Relation, error) {
	if rel, err := sc.userTable(name); rel != nil || err != nil {
		return rel, err
	}
	schema := strings.ToLower(name.Schema)
	f, ok := tableFunctions[strings.ToLower(name.Name)]
	switch upper := strings.ToUpper(name.Name); {
	case !ok && name.Parts == 1 && (upper == "STRING_SPLIT" || upper == "GENERATE_SERIES"):
		return nil, unsupportedOption(upper)
	}
	if !ok || schema != "sys" && (schema != "" || !f.bare) {
		return nil, refuse(208, name)
	}
	rel := &query.Relation{Key: relationKey{}, Schema: "sys", Name: name.Name, Columns: sc.collated(f.columns())}
	if m := sysproc.Find(name.Name); m != nil {
		sc.query.tells()
		rel.Source = &query.View{Body: m.Query, Scope: sc.ofEngine(), Parameters: parametersOf(m.Parameters)}
		return rel, nil
	}
	if len(args) != f.args {
		if len(args) < f.args {
			return nil, refuse(313, name)
		}
		return nil, refuse(8144, name)
	}
	rel.Source = &query.Virtual{Rows: func() ([][]any, error) { return f.rows(sc, args) }}
	return rel, nil
}

// tableFunction is a table-valued function. bare says that it may be named without sys. One without rows is written in T-SQL.
type tableFunction struct {
	args    int
	bare    bool
	columns func() []query.Column
	rows    func(sc *scope, args []any) ([][]any, error)
}

// tableFunctions are the table-valued functions by their names in lower case.
var tableFunctions = map[string]tableFunction{
	"fn_my_permissions": {2, true, columnList("entity_name nvarchar(128)", "subentity_name nvarchar(128)", "permission_name nvarchar(60)"), func(sc *scope, args []any) ([][]any, error) {
		return sc.x.check().MyPermissions(argument(args, 0), argument(args, 1)), nil
	}},
	"fn_builtin_permissions": {1, true, columnList("class_desc nvarchar(60)", "permission_name nvarchar(60)", "type varchar(4)", "covering_permission_name nvarchar(60)", "parent_class_desc nvarchar(60)", "parent_covering_permission_name nvarchar(60)"), func(sc *scope, args []any) ([][]any, error) {
		var rows [][]any
		class := argument(args, 0)
		for _, b := range security.Builtins() {
			if class == nil || *class == "" || strings.EqualFold(strings.TrimSpace(*class), b.Class) {
				rows = append(rows, []any{b.Class, b.Permission, b.Type, b.Covering, b.Parent, b.ParentCover})
			}
		}
		return rows, nil
	}},
	"fn_listextendedproperty": {bare: true, columns: columnList("objtype nvarchar(128)", "objname nvarchar(128)", "name nvarchar(128)", "value sql_variant")},
}

// columnList reads columns once: "name type" each.
func columnList(defs ...string) func() []query.Column {
	return sync.OnceValue(func() []query.Column {
		var out []query.Column
		for i, def := range defs {
			name, typ, _ := strings.Cut(def, " ")
			out = append(out, query.Column{Name: name, Type: parseType(typ), Nullable: true, ID: i + 1})
		}
		return out
	})
}

// decimalOf is an integer as the numeric(38,0) of @@IDENTITY.
func decimalOf(v any) any {
	if n, ok := v.(int64); ok {
		return decimal.NewFromInt(n)
	}
	return nil
}

// sortedSessions are the sessions by number.
func (s *Server) sortedSessions() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.sessions), func(a, b *session) int { return cmp.Compare(a.spid, b.spid) })
}
