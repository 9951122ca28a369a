package sandbox

import (
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
	constraints []query.Constraint
	keys        []foreignKey
	indexes     []tableIndex    // that are not unique
	clustered   string          // the name of the clustered index or key, empty for none
	made        map[string]bool // the names of constraints that the server made up
	lastID      int             // the highest column id ever used
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
	spec := security.ObjectSpec{Schema: schema, Name: name, Kind: security.KindTable, Storage: st}
	for _, c := range st.columns {
		spec.Columns = append(spec.Columns, securityColumn(c))
	}
	return spec
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

// tableIndex is an index that keeps nothing unique. Included columns count.
type tableIndex struct {
	name    string
	columns []int
}

// foreignKey is a FOREIGN KEY of a table.
type foreignKey struct {
	name    string
	columns []int
	parent  security.ObjectRef
	refs    []int
}

// viewStorage is what the engine keeps with a view.
type viewStorage struct {
	body    *tsql.Query
	columns []string
	check   bool
	uses    map[int][]int // columns of the objects that it is bound to
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

// relationOf makes the relation of an object of a database.
func (sc *scope) relationOf(d *security.Database, o *security.Object) (*query.Relation, error) {
	schema := d.SchemaName(o.Schema)
	rel := &query.Relation{
		Key:      relationKey{object: security.ObjectRef{Database: d.ID, Object: o.ID}},
		Database: d.Name, Schema: schema, Name: o.Name,
	}
	switch st := o.Storage.(type) {
	case *tableStorage:
		rel.Columns = st.columns
		rel.Source = sc.tableSource(d, o, st)
	case *viewStorage:
		rel.Columns = viewColumns(o)
		inner := &scope{x: sc.x, context: sc.context, database: d, schema: schema, depth: sc.depth + 1, view: true, writes: sc.writes}
		rel.Source = &query.View{Body: st.body, Columns: st.columns, CheckOption: st.check, Scope: inner}
	case *synonymStorage:
		return sc.synonym(o, st)
	default:
		return nil, nil
	}
	return rel, nil
}

// viewColumns are the columns of a view as they were when it was made.
func viewColumns(o *security.Object) []query.Column {
	out := make([]query.Column, len(o.Columns))
	for i, c := range o.Columns {
		out[i] = query.Column{Name: c.Name, Type: columnDataType(c), Nullable: c.Nullable, Identity: c.Identity, ID: c.ID, Collation: c.Collation}
	}
	return out
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
		t.Constraints = append(t.Constraints[:len(t.Constraints):len(t.Constraints)], sc.foreignKeys(d, o, st)...)
	}
	return t
}

// foreignKeys are the foreign keys of a table and those that refer to it.
func (sc *scope) foreignKeys(d *security.Database, o *security.Object, st *tableStorage) []query.Constraint {
	var out []query.Constraint
	for _, k := range st.keys {
		if parent := d.Object(k.parent.Object); parent != nil {
			out = append(out, query.Constraint{Name: k.name, Kind: tsql.ForeignKey, Columns: k.columns, Parent: sc.bare(d, parent), ParentColumns: k.refs})
		}
	}
	for _, referring := range d.ReferringTo(o.ID) {
		child := d.Object(referring.Parent)
		for _, k := range child.Storage.(*tableStorage).keys {
			if k.name == referring.Name {
				out = append(out, query.Constraint{Name: k.name, Kind: tsql.ForeignKey, Columns: k.refs, Parent: sc.bare(d, child), ParentColumns: k.columns, Children: true})
			}
		}
	}
	return out
}

// bare is the relation of a stored table without its constraints.
func (sc *scope) bare(d *security.Database, o *security.Object) *query.Relation {
	st, ok := o.Storage.(*tableStorage)
	if !ok {
		return nil
	}
	return &query.Relation{
		Key:      relationKey{object: security.ObjectRef{Database: d.ID, Object: o.ID}},
		Database: d.Name, Schema: d.SchemaName(o.Schema), Name: o.Name, Columns: st.columns, Source: &st.rows,
	}
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
		key.synonyms = packRef(security.ObjectRef{Database: sc.database.ID, Object: o.ID}) + key.synonyms
		rel.Key = key
	}
	return rel, nil
}

// refs are the objects that a reference to the relation passes, outermost first, the relation itself last.
func (k relationKey) refs() []security.ObjectRef {
	return append(unpackRefs(k.synonyms), k.object)
}
