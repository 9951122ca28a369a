package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// droppable are the kinds of objects that the sandbox has, by the word of DROP.
var droppable = map[string]string{"TABLE": security.KindTable, "VIEW": security.KindView, "SYNONYM": security.KindSynonym,
	"PROCEDURE": security.KindProcedure, "FUNCTION": security.KindFunction}

// dropObjects is DROP TABLE, VIEW, SYNONYM, PROCEDURE and FUNCTION: it drops what can be dropped, and says why the others cannot.
func (x *run) dropObjects(st *tsql.DropObject) error {
	kind, ok := droppable[st.Kind]
	if st.Kind != "TABLE" && slices.ContainsFunc(st.Names, func(n tsql.ObjectName) bool { return n.Database != "" }) {
		return refuse(166, "DROP "+st.Kind)
	}
	if !ok {
		return unsupported("DROP " + st.Kind)
	}
	var refused refusal.Errors
	for _, name := range st.Names {
		x.renew()
		err := x.define(name, name.IsTemp() && kind == security.KindTable, func() error { return x.dropObject(st, kind, name) })
		list := refusal.List(err)
		if list == nil && err != nil {
			return err
		}
		refused = append(refused, list...)
	}
	if len(refused) > 0 {
		return refused
	}
	return nil
}

func (x *run) dropObject(st *tsql.DropObject, kind string, name tsql.ObjectName) error {
	if name.IsTemp() && kind == security.KindTable {
		return x.dropTemp(name, st.IfExists)
	}
	w, err := x.inDatabase(name)
	if err != nil {
		return err
	}
	d := x.state.Database(w.Database)
	o := d.Resolve(w.User, name.Schema, name.Name)
	if o != nil && kind == security.KindTable {
		if by := x.referencedBy(d, o); by != "" {
			return refuse(3726, name)
		}
	}
	if err := x.state.DropObject(w, kind, name.Schema, name.Name, st.IfExists); err != nil || o == nil {
		return err
	}
	return x.s.dropRows(o)
}

// referencedBy is the name of a foreign key of another table that refers to a table, or empty.
func (x *run) referencedBy(d *security.Database, o *security.Object) string {
	for _, k := range d.ReferringTo(o.ID) {
		if k.Parent != o.ID {
			return k.Name
		}
	}
	return ""
}

// inDatabase is the context in the database that a name speaks of.
func (x *run) inDatabase(name tsql.ObjectName) (*security.Context, error) {
	if name.Database == "" {
		return x.who(), nil
	}
	return x.state.Enter(x.who(), name.Database)
}

// newTable is inDatabase for a table that is being made (2702).
func (x *run) newTable(name tsql.ObjectName) (*security.Context, error) {
	if name.Database != "" && x.state.DatabaseNamed(name.Database) == nil {
		return nil, refuse(2702, name.Database)
	}
	return x.inDatabase(name)
}

// createSynonym is CREATE SYNONYM. What it stands for need not exist.
func (x *run) createSynonym(st *tsql.CreateSynonym) error {
	if st.Name.Database != "" {
		return refuse(166, "CREATE SYNONYM")
	}
	_, err := x.state.CreateObject(x.who(), security.ObjectSpec{
		Schema: st.Name.Schema, Name: st.Name.Name, Kind: security.KindSynonym, Base: quoted(st.For), Storage: &synonymStorage{base: st.For},
	})
	return err
}

// quoted is a name with its parts in brackets.
func quoted(n tsql.ObjectName) string {
	all := parts(n)
	for i, p := range all {
		if p != "" {
			all[i] = tsql.Quote(p)
		}
	}
	return strings.Join(all, ".")
}

// alterSchema is ALTER SCHEMA … TRANSFER.
func (x *run) alterSchema(st *tsql.AlterSchema) error {
	if st.Class != "" && st.Class != "OBJECT" {
		return unsupported("ALTER SCHEMA TRANSFER " + st.Class)
	}
	return x.state.TransferObject(x.who(), st.Name.Value, st.Object.Schema, st.Object.Name)
}

// createView is CREATE VIEW, ALTER VIEW and CREATE OR ALTER VIEW.
func (x *run) createView(st *tsql.CreateView) error {
	if st.Name.Database != "" {
		return refuse(166, "CREATE/ALTER VIEW")
	}
	if strings.HasPrefix(st.Name.Name, "#") {
		return refuse(4103, st.Name)
	}
	if st.Encryption {
		return unsupportedOption("ENCRYPTION")
	}
	spec, err := x.viewSpec(st)
	if err != nil {
		return err
	}
	return x.keepObject(spec, st.Alter, st.OrAlter)
}

// keepObject makes or changes a view or a module: orAlter changes one that is there.
func (x *run) keepObject(spec security.ObjectSpec, alter, orAlter bool) (err error) {
	if orAlter {
		name := tsql.ObjectName{Schema: spec.Schema, Name: spec.Name}
		alter = x.s.database(x.state).Resolve(x.s.context.User, x.schemaOf(name), spec.Name) != nil
	}
	if alter {
		_, err = x.state.AlterObject(x.who(), spec)
	} else {
		_, err = x.state.CreateObject(x.who(), spec)
	}
	return err
}

// schemaOf is the schema that an object is made in.
func (x *run) schemaOf(name tsql.ObjectName) string {
	if name.Schema != "" {
		return name.Schema
	}
	return x.s.database(x.state).DefaultSchema(x.s.context.User)
}

// viewSpec binds the body of a view and describes it.
func (x *run) viewSpec(st *tsql.CreateView) (security.ObjectSpec, error) {
	spec := security.ObjectSpec{
		Schema: st.Name.Schema, Name: st.Name.Name, Kind: security.KindView, SchemaBound: st.SchemaBinding, CheckOption: st.CheckOption,
		Definition: moduleText(x.source, st.Position().Offset, st.Alter, st.OrAlter),
	}
	if st.Element {
		spec.Definition = st.Range().Text(x.source)
	}
	sc := x.scope()
	sc.schema, sc.view = x.schemaOf(st.Name), true
	if st.SchemaBinding {
		sc.bound = "view '" + st.Name.Name + "'"
	}
	return spec, x.viewBody(&spec, st.Query, st.Columns, sc)
}

// viewBody binds the query of a view or an inline function, whose columns may have names of their own.
func (x *run) viewBody(spec *security.ObjectSpec, q *tsql.Query, columns []tsql.Ident, sc *scope) error {
	b, err := bindView(q, sc)
	if err != nil {
		return err
	}
	shown, err := x.columnsOfView(spec.Name, columns, b.Columns)
	if err != nil {
		return err
	}
	storage := &viewStorage{body: q, columns: names(columns), shown: shown, check: spec.CheckOption, uses: map[int][]int{}}
	spec.Columns, spec.Storage = securityColumns(shown), storage
	for _, a := range b.Accesses {
		key, _ := a.Relation.Key.(relationKey)
		if !key.checked() || len(a.Via) > 0 {
			continue
		}
		storage.uses[key.object.Object] = append(storage.uses[key.object.Object], a.Columns...)
		if dep := x.dependency(a.Name, key); !slices.Contains(spec.Depends, dep) {
			spec.Depends = append(spec.Depends, dep)
		}
	}
	return nil
}

// dependency is one row of sys.sql_expression_dependencies: a table, a view or a synonym by the name that is written.
func (x *run) dependency(name tsql.ObjectName, key relationKey) security.Dependency {
	dep := security.Dependency{Server: name.Server, Database: name.Database, Schema: name.Schema, Name: name.Name}
	if first := key.refs()[0]; first.Database == x.s.context.Database {
		dep.ID = first.Object
	}
	return dep
}

// columnsOfView names and types the columns of a view.
func (x *run) columnsOfView(view string, named []tsql.Ident, cols []query.ResultColumn) ([]query.Column, error) {
	if n := len(named); n > len(cols) {
		return nil, refuse(4502, view)
	} else if n > 0 && n < len(cols) {
		return nil, refuse(8158, view)
	} else if len(cols) > maxColumns {
		return nil, refuse(4505, cols[maxColumns].Name, view)
	}
	seen := map[string]bool{}
	collation := x.s.database(x.state).Names()
	out := make([]query.Column, len(cols))
	for i, c := range cols {
		name := c.Name
		if len(named) > 0 {
			name = named[i].Value
		}
		switch {
		case name == "":
			return nil, refuse(4511, i+1)
		case seen[collation.Fold(name)]:
			return nil, refuse(4506, name, view)
		}
		seen[collation.Fold(name)] = true
		out[i] = query.Column{ID: i + 1, Name: name, Type: c.Type, Nullable: c.Nullable, Identity: c.Identity, Collation: c.Collation}
	}
	return out, nil
}

// bindView binds the body of a view. Its rows have no order (1033).
func bindView(q *tsql.Query, sc *scope) (*query.Bound, error) {
	top := false
	if s, ok := q.Body.(*tsql.Select); ok {
		top = s.Top != nil
	}
	if len(q.OrderBy) > 0 && !top && q.Offset == nil {
		return nil, refuse(1033)
	}
	return query.Bind(&tsql.SelectStatement{Query: q}, sc)
}
