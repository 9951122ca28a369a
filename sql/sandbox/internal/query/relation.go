package query

import "grantree/sql/tsql"

// Relation is what a name in FROM or the target of a change stands for. Key is the engine's own object and is only
// handed back. Database, Schema and Name are as messages print them.
type Relation struct {
	Key                    any
	Database, Schema, Name string
	Columns                []Column
	Source                 Source
}

// Column is one column of a relation. ID is its column_id: unique in the relation, above 0, and never used again, since
// the storage of a table is named after it. Collation is the collation's name for the text types, else empty. Default
// is nil where the column has none.
type Column struct {
	Name       string
	Type       tsql.DataType
	Nullable   bool
	Identity   bool
	ID         int
	Collation  string
	HasDefault bool
	Default    tsql.Expr
	// DefaultName is the name of the DEFAULT constraint.
	DefaultName string
}

// Source says where the rows of a relation come from: *Table, *View or *Virtual.
type Source interface{ source() }

// Table is a stored table: its rows are those with its number in the SQLite table of its [Shape]. Constraints are those
// given to NewShape; they are checked and named in errors from here. IdentityInsert says that SET IDENTITY_INSERT is on
// for the session. Version gives out the values of a rowversion column.
type Table struct {
	Shape          string
	Number         int64
	Counter        *Counter
	Constraints    []Constraint
	IdentityInsert bool
	Version        func([]any) (any, error)
}

// View is a view, or the body of an inline function. Its body is bound anew wherever the view is named, with Scope telling what the names in it mean: the
// database of the view, and its owner's default schema. Columns are the view's own column names where CREATE VIEW has
// a list, else nil. CheckOption is WITH CHECK OPTION.
type View struct {
	Body        *tsql.Query
	Columns     []string
	Scope       Scope
	CheckOption bool
	// Parameters are those of an inline function.
	Parameters []Parameter
	params     map[string]node
}

// Virtual is a relation whose rows a function hands over, a catalog view for example: one value for each column, of the
// kinds that sql/tds puts on the wire, or a Variant for sql_variant. Rows is called at most once in a Run.
type Virtual struct {
	Rows func() ([][]any, error)
}

func (*Table) source()   {}
func (*View) source()    {}
func (*Virtual) source() {}

// Constraint is a constraint of a table. Columns are column IDs. Check is the condition of a CHECK. A foreign key is
// checked against Parent, the relation it refers to, by the columns ParentColumns.
type Constraint struct {
	Name          string
	Kind          tsql.ConstraintKind
	Columns       []int
	Check         tsql.Expr
	Parent        *Relation
	ParentColumns []int
	OfColumn      bool  // a CHECK that was written with its column
	Disabled      bool  // a CHECK or a foreign key that nothing is held to
	Untrusted     bool  // one that rows may break that were there before
	Included      []int // of an index
	Filtered      []int // of an index: the columns whose NULLs it leaves out
	Descending    []int // of the columns of an index or key
	// Most are the bytes that a key may have where its columns hold more, and Manner is clustered or nonclustered.
	Most   int
	Manner string
	// Children makes this the other side of a foreign key: rows of Parent must not refer to a row that goes away.
	Children bool
}
