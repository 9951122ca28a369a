package query

import (
	"context"
	"database/sql"

	"grantree/sql/tsql"
)

// Conn is the connection that statements run on: a *sql.Conn or a *sql.Tx on one.
type Conn interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Access is one use of a relation that needs a permission. Name is what the statement calls it. Via is the chain of views through which it was reached,
// outermost first, empty when the statement itself names the relation. Permission is SELECT, INSERT, UPDATE or DELETE.
// Columns are the IDs of the columns named, in ascending order; NoColumn says that none is, which the engine treats
// like all of them (SELECT), or that the permission has no columns (INSERT, DELETE).
type Access struct {
	Relation   *Relation
	Name       tsql.ObjectName
	Via        []*Relation
	Permission string
	Columns    []int
	NoColumn   bool
	Line       int
}

// ResultColumn is a column of a result. Name is empty where the query gives none.
type ResultColumn struct {
	Name      string
	Type      tsql.DataType
	Nullable  bool
	Identity  bool
	Computed  bool // an expression, not a column of a relation
	Collation string
}

// Bound is a statement whose names and types are settled, ready to be checked and run.
//
// Columns describe the rows that Run emits; they are empty for a change without OUTPUT. Accesses are in the order in
// which the relations were bound. Variables are the names that a SELECT @v = … assigns, one for each column; the last
// row that Run emits is what they are to be set to. Into is the new table of SELECT … INTO: the engine makes it from
// Columns and runs the rows into it with RunInto.
type Bound struct {
	Columns   []ResultColumn
	Accesses  []Access
	Variables []string
	Into      tsql.ObjectName
	Line      int

	program *program
}
