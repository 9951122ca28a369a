package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// relationKey is what the query layer carries about a relation for the access check. The zero key needs no check:
// catalog views, temporary tables and table variables.
type relationKey struct {
	object   security.ObjectRef
	synonyms string // ids of the synonyms that led to it, packed; see refs
}

// checked reports whether permissions on the relation count.
func (k relationKey) checked() bool { return k.object != (security.ObjectRef{}) }

// identity is what IDENTITY_INSERT is remembered by.
func (k relationKey) identity() any { return k.object }

// tableStorage is what the engine keeps with a table: how its rows are stored and what query must know of them.
type tableStorage struct {
	rows        query.Table // where they are; without the constraints
	stored      bool        // it had a row: the shape is there
	columns     []query.Column
	constraints []query.Constraint // and indexes; the Parent of a foreign key is no more than its Key
	clustered   string             // the name of the clustered index or key, empty for none
	made        map[string]bool    // the names of constraints that the server made up
	lastID      int                // the highest column id ever used
}

// source is the table as the query layer takes it.
func (st *tableStorage) source() *query.Table {
	t := st.rows
	t.Constraints = st.constraints
	return &t
}

// shape settles the shape of a table and returns the SQLite text that makes it.
func (st *tableStorage) shape(temporary bool) (string, error) {
	shape, err := query.NewShape(st.columns, st.constraints, temporary)
	st.rows.Shape = shape.Name
	return shape.SQL, err
}

// make makes the shape of a table in the store of a session.
func (st *tableStorage) make(s *session, temporary bool) error {
	text, err := st.shape(temporary)
	if err != nil {
		return err
	}
	return s.sqlite(text)
}

// spec is the table as the security state takes it.
func (st *tableStorage) spec(schema, name string) security.ObjectSpec {
	return security.ObjectSpec{Schema: schema, Name: name, Kind: security.KindTable, Storage: st, Columns: securityColumns(st.columns)}
}

// find returns a column by name, or nil.
func (st *tableStorage) find(c security.Collation, name string) *query.Column {
	for i := range st.columns {
		if c.Equal(st.columns[i].Name, name) {
			return &st.columns[i]
		}
	}
	return nil
}

// plainIndex is the kind of an index that keeps nothing unique.
const plainIndex tsql.ConstraintKind = "INDEX"

// indexed reports whether a constraint is an index, or has one.
func indexed(k query.Constraint) bool { return k.Kind != tsql.Check && k.Kind != tsql.ForeignKey }

// isIndex reports whether a constraint is an index and no constraint of SQL Server.
func isIndex(k query.Constraint) bool { return k.Kind == plainIndex || k.Kind == query.UniqueIndex }

// parent is the table that a foreign key refers to.
func parent(k query.Constraint) security.ObjectRef { return k.Parent.Key.(relationKey).object }

// viewStorage is what the engine keeps with a view.
type viewStorage struct {
	body    *tsql.Query
	columns []string       // their names as the view writes them
	shown   []query.Column // as they were when it was made
	check   bool
	uses    map[int][]int     // columns of the objects that it is bound to
	params  []query.Parameter // of an inline function; nil for a view
}

// synonymStorage is the name that a synonym stands for.
type synonymStorage struct{ base tsql.ObjectName }

// tempTable is a temporary table or a table variable.
type tempTable struct {
	name    string
	depth   int // of the text that made it
	made    time.Time
	storage tableStorage
}

// reference is the relation of an object of a database without its columns and rows.
func reference(d *security.Database, o *security.Object) *query.Relation {
	key := relationKey{object: security.ObjectRef{Database: d.ID, Object: o.ID}}
	return &query.Relation{Key: key, Database: d.Name, Schema: d.SchemaName(o.Schema), Name: o.Name}
}

// relationOf makes the relation of an object of a database.
func (sc *scope) relationOf(d *security.Database, o *security.Object) (*query.Relation, error) {
	rel := reference(d, o)
	switch st := o.Storage.(type) {
	case *tableStorage:
		rel.Columns = st.columns
		rel.Source = sc.tableSource(d, o, st)
	case *viewStorage:
		rel.Columns = st.shown
		inner := &scope{x: sc.x, context: sc.context, database: d, schema: rel.Schema, depth: sc.depth + 1, view: true, writes: sc.writes}
		rel.Source = &query.View{Body: st.body, Columns: st.columns, CheckOption: st.check, Scope: inner, Parameters: st.params}
	case *synonymStorage:
		return sc.synonym(o, st)
	default:
		return nil, nil
	}
	return rel, nil
}

// tableSource says where the rows of a table are. One that never had a row is empty without a question to the store.
func (sc *scope) tableSource(d *security.Database, o *security.Object, st *tableStorage) query.Source {
	if !st.stored && !sc.x.compiles && (!sc.writes || sc.x.s.tx.work == nil) {
		return &query.Virtual{Rows: func() ([][]any, error) { return nil, nil }}
	}
	t := st.source()
	t.Version = sc.x.s.srv.versions.next(d.ID)
	t.IdentityInsert = sc.x.s.settings.identityInsert == any(security.ObjectRef{Database: d.ID, Object: o.ID})
	if sc.writes {
		t.Constraints = sc.withForeignKeys(d, o, st)
	}
	return t
}

// withForeignKeys are the constraints of a table, with the tables of its foreign keys, and the foreign keys that refer to it.
func (sc *scope) withForeignKeys(d *security.Database, o *security.Object, st *tableStorage) []query.Constraint {
	out := slices.Clone(st.constraints)
	for i, k := range out {
		if k.Kind == tsql.ForeignKey {
			out[i].Parent = bare(d, d.Object(parent(k).Object))
		}
	}
	for _, referring := range d.ReferringTo(o.ID) {
		child := d.Object(referring.Parent)
		k := child.Storage.(*tableStorage).foreignKey(referring.Name)
		out = append(out, query.Constraint{Name: k.Name, Kind: k.Kind, Columns: k.ParentColumns, Parent: bare(d, child), ParentColumns: k.Columns, Children: true})
	}
	return out
}

// foreignKey is the foreign key of a name.
func (st *tableStorage) foreignKey(name string) query.Constraint {
	i := slices.IndexFunc(st.constraints, func(k query.Constraint) bool { return k.Kind == tsql.ForeignKey && k.Name == name })
	return st.constraints[i]
}

// bare is the relation of a stored table without its constraints.
func bare(d *security.Database, o *security.Object) *query.Relation {
	rel, st := reference(d, o), o.Storage.(*tableStorage)
	rel.Columns, rel.Source = st.columns, &st.rows
	return rel
}

// synonym finds what a synonym stands for.
func (sc *scope) synonym(o *security.Object, st *synonymStorage) (*query.Relation, error) {
	if sc.depth >= 32 {
		return nil, refuse(217)
	}
	inner := *sc
	inner.depth++
	rel, err := inner.Relation(st.base)
	if err != nil {
		return nil, refuse(5313, o.Name)
	}
	key, ok := rel.Key.(relationKey)
	if ok && key.checked() {
		key.synonyms = fmt.Sprintf("%d.%d ", sc.database.ID, o.ID) + key.synonyms
		rel.Key = key
	}
	return rel, nil
}

// refs are the objects that a reference to the relation passes, outermost first, the relation itself last.
func (k relationKey) refs() []security.ObjectRef {
	var out []security.ObjectRef
	for _, synonym := range strings.Fields(k.synonyms) {
		var r security.ObjectRef
		fmt.Sscanf(synonym, "%d.%d", &r.Database, &r.Object)
		out = append(out, r)
	}
	return append(out, k.object)
}
