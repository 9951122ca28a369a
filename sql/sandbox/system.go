package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// systemViews are the catalog views by "schema.name" in lower case, with the columns as the query layer takes them.
var systemViews = sync.OnceValue(func() map[string]*systemView {
	out := map[string]*systemView{}
	for _, v := range append(security.CatalogViews(), sessionViews()...) {
		view := &systemView{CatalogView: v}
		for i, c := range v.Columns {
			view.columns = append(view.columns, query.Column{Name: c.Name, Type: parseType(c.Type), Nullable: c.Nullable, ID: i + 1})
		}
		out[strings.ToLower(v.Schema+"."+v.Name)] = view
	}
	return out
})

// systemView is a catalog view ready for the query layer.
type systemView struct {
	security.CatalogView
	columns []query.Column
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
	view := systemViews()[strings.ToLower(name.Schema+"."+name.Name)]
	if view == nil {
		return nil
	}
	return sc.systemRelation(view)
}

// compatible finds the views of old that need no schema, such as sysobjects.
func (sc *scope) compatible(name tsql.ObjectName) *query.Relation {
	lower := strings.ToLower(name.Name)
	view := systemViews()["sys."+lower]
	if view == nil || !strings.HasPrefix(lower, "sys") || name.Schema != "" && !strings.EqualFold(name.Schema, "dbo") {
		return nil
	}
	return sc.systemRelation(view)
}

// systemRelation is a catalog view as a relation, with the rows that the caller may see.
func (sc *scope) systemRelation(view *systemView) *query.Relation {
	columns := sc.collated(view.columns)
	database := sc.database
	x := sc.x
	return &query.Relation{
		Key: systemKey{view, database.ID}, Database: database.Name, Schema: view.Schema, Name: view.Name, Columns: columns,
		Source: &query.Virtual{Rows: func() ([][]any, error) {
			return variants(columns, x.systemRows(view, database.ID)), nil
		}},
	}
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
	if rows, ok := sessionRows[view.Name]; ok && view.Schema == "sys" {
		return rows(x)
	}
	if database == security.DatabaseTempdb {
		return view.Rows(x.checkTemporary(), database)
	}
	return view.Rows(x.check(), database)
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
	if len(args) != f.args {
		if len(args) < f.args {
			return nil, refuse(313, name)
		}
		return nil, refuse(8144, name)
	}
	columns := sc.collated(f.columns())
	return &query.Relation{
		Key: relationKey{}, Schema: "sys", Name: name.Name, Columns: columns,
		Source: &query.Virtual{Rows: func() ([][]any, error) { return f.rows(sc, args) }},
	}, nil
}

// tableFunction is a table-valued function. bare says that it may be named without sys.
type tableFunction struct {
	args    int
	bare    bool
	columns func() []query.Column
	rows    func(sc *scope, args []any) ([][]any, error)
}

// tableFunctions are the table-valued functions by their names in lower case.
var tableFunctions = map[string]tableFunction{
	"fn_my_permissions": {2, true, columnList("entity_name nvarchar(128)", "subentity_name nvarchar(128)", "permission_name nvarchar(60)"), func(sc *scope, args []any) ([][]any, error) {
		var rows [][]any
		for _, p := range sc.x.check().MyPermissions(argument(args, 0), argument(args, 1)) {
			rows = append(rows, []any{p.Entity, p.Subentity, p.Permission})
		}
		return rows, nil
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
	"fn_listextendedproperty": {7, true, columnList("objtype nvarchar(128)", "objname nvarchar(128)", "name nvarchar(128)", "value sql_variant"), listProperties},
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
