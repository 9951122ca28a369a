package sandbox

import (
	"strconv"
	"strings"
	"time"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// scope tells the query layer what names mean: for a statement, or for the body of a view, whose one-part names mean
// the view's own schema first.
type scope struct {
	x        *run
	context  *security.Context
	database *security.Database // where one- and two-part names are looked up
	schema   string             // of a view or a module; empty for the caller's default
	depth    int                // views and synonyms passed
	view     bool
	writes   bool                     // relations are wanted for a statement that changes rows
	bound    string                   // the view or function WITH SCHEMABINDING that is being made, as messages call it
	params   map[string]tsql.DataType // of the inline function that is being made

	constraint bool // a CHECK or a DEFAULT
}

var _ query.Scope = (*scope)(nil)

// scope is that of the running statement.
func (x *run) scope() *scope {
	sc := &scope{x: x, context: x.s.context.At(x.now), database: x.s.database(x.state)}
	if x.module != nil {
		sc.schema, sc.bound = x.module.schema, x.module.bound
	}
	return sc
}

// DatabaseCollation is the collation of the current database.
func (sc *scope) DatabaseCollation() string {
	if sc.database == nil {
		return sc.x.s.srv.options.Collation
	}
	return sc.database.Collation().Name()
}

// NameCollation is the collation of the names in the current database.
func (sc *scope) NameCollation() string {
	if sc.database == nil {
		return sc.x.s.srv.options.Collation
	}
	return sc.database.Names().Name()
}

// Now is the time of the statement.
func (sc *scope) Now() time.Time { return sc.x.now }

// Relation finds what a name stands for.
func (sc *scope) Relation(name tsql.ObjectName) (*query.Relation, error) {
	if sc.depth > 32 {
		return nil, refuse(217)
	}
	if name.Variable {
		return sc.tableVariable(name)
	}
	if name.IsTemp() {
		return sc.tempTable(name)
	}
	if sc.bound != "" && (name.Schema == "" || name.Database != "") {
		return nil, refuse(4512, sc.bound, name)
	}
	home, err := sc.home(name)
	if err != nil {
		return nil, err
	}
	if rel := home.system(name); rel != nil {
		if sc.bound != "" {
			return nil, refuse(2720, sc.bound, name)
		}
		return rel, nil
	}
	o := home.object(name)
	if err := sc.mayBind(o, name); err != nil {
		return nil, err
	}
	if st, ok := storageOf[*viewStorage](o); ok && st.params != nil {
		return nil, refuse(216, name)
	}
	if o == nil {
		if rel := home.compatible(name); rel != nil {
			return rel, nil
		}
		return nil, refuse(208, name)
	}
	rel, err := home.relationOf(home.database, o)
	if err == nil && rel == nil {
		err = refuse(208, name)
	}
	return rel, err
}

// SchemaBound reports whether a view WITH SCHEMABINDING is being made, which names its columns one by one.
func (sc *scope) SchemaBound() bool { return sc.bound != "" }

// mayBind refuses what a view WITH SCHEMABINDING cannot be bound to: a synonym, a view or a function that is not bound itself, and what
// the caller has no REFERENCES on ("Permissions (Database Engine)", REFERENCES).
func (sc *scope) mayBind(o *security.Object, name tsql.ObjectName) error {
	if sc.bound == "" || o == nil {
		return nil
	}
	switch {
	case o.Kind == security.KindSynonym:
		return refuse(2788)
	case o.Kind != security.KindTable && !o.SchemaBound:
		return refuse(4513, sc.bound, name)
	case !sc.x.state.Checker(sc.context).Can(security.OnObject(sc.database.ID, o.ID), "REFERENCES"):
		return refuse(229, "REFERENCES", o.Name, sc.database.Name, sc.database.Schema(o.Schema).Name)
	}
	return nil
}

// home is the scope of the database that a name speaks of (C.6: 916 for a database that the caller cannot enter).
func (sc *scope) home(name tsql.ObjectName) (*scope, error) {
	if name.Server != "" && !strings.EqualFold(name.Server, sc.x.s.srv.options.Name) {
		return nil, refuse(7202, name.Server)
	}
	if name.Database == "" {
		if sc.database == nil {
			return nil, refuse(208, name)
		}
		return sc, nil
	}
	d := sc.x.state.DatabaseNamed(name.Database)
	if d == nil {
		return nil, refuse(208, name)
	}
	if sc.database != nil && d.ID == sc.database.ID {
		return sc, nil
	}
	next, err := sc.x.state.Enter(sc.context, name.Database)
	if err == nil {
		err = sc.x.s.srv.alone(sc.x.state, d.ID, sc.x.s)
	}
	if err != nil {
		return nil, err
	}
	return &scope{x: sc.x, context: next, database: d, depth: sc.depth, writes: sc.writes}, nil
}

// object finds a table, view or synonym; nil when there is none.
func (sc *scope) object(name tsql.ObjectName) *security.Object {
	if name.Schema == "" && sc.schema != "" {
		if s := sc.database.SchemaNamed(sc.schema); s != nil {
			if o := sc.database.ObjectNamed(s.ID, name.Name); o != nil {
				return o
			}
		}
		return sc.database.ObjectNamed(security.SchemaDBO, name.Name)
	}
	return sc.database.Resolve(sc.context.User, name.Schema, name.Name)
}

// Variable finds a variable.
func (sc *scope) Variable(name string) (any, tsql.DataType, bool) {
	if strings.HasPrefix(name, "@@") {
		return sc.x.global(name)
	}
	if sc.view {
		return sc.parameter(variableKey(name))
	}
	v := sc.x.vars[variableKey(name)]
	if v == nil || v.table != nil {
		return nil, tsql.DataType{}, false
	}
	return v.value, v.typ, true
}

// parameter is one of the inline function that is being made: of a number what TOP can take, for its type alone counts.
func (sc *scope) parameter(key string) (any, tsql.DataType, bool) {
	t, ok := sc.params[key]
	if strings.HasSuffix(t.Name, "int") {
		return int64(1), t, ok
	}
	return nil, t, ok
}

// tableVariable finds a table variable.
func (sc *scope) tableVariable(name tsql.ObjectName) (*query.Relation, error) {
	v := sc.x.vars[variableKey(name.Name)]
	if sc.view || v == nil || v.table == nil {
		return nil, refuse(1087, name.Name)
	}
	return sc.x.s.relation(v.table), nil
}

// tempTable finds a temporary table.
func (sc *scope) tempTable(name tsql.ObjectName) (*query.Relation, error) {
	t := sc.x.s.temp(name.Name)
	switch {
	case sc.view:
		return nil, refuse(4508)
	case t == nil:
		return nil, refuse(208, name)
	}
	return sc.x.s.relation(t), nil
}

// tempKey is a temporary table's name as tempdb compares it, with the depth of the text that made it.
func (s *session) tempKey(name string, depth int) string {
	return strconv.Itoa(depth) + " " + s.state().Collation().Fold(name)
}

// relation makes the relation of a temporary table.
func (s *session) relation(t *tempTable) *query.Relation {
	source := t.storage.source()
	source.IdentityInsert = s.settings.identityInsert == any(t.id())
	source.Version = s.srv.versions.next(security.DatabaseTempdb)
	return &query.Relation{
		Key: relationKey{}, Database: "tempdb", Schema: "dbo", Name: t.name, Columns: t.storage.columns,
		Source: source,
	}
}
