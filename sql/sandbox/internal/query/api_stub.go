package query

import (
	"context"

	"grantree/sql/tsql"
)

type program struct{}

// Bind settles the names and types of a SELECT, INSERT, UPDATE or DELETE.
func Bind(stmt tsql.Statement, scope Scope) (*Bound, error) { return nil, unsupported("") }

// Run runs the statement on conn, hands each row to emit, and returns the number of rows returned or changed.
func (b *Bound) Run(ctx context.Context, conn Conn, emit func(row []any) error) (int64, error) {
	return 0, unsupported("")
}

// RunInto runs a SELECT … INTO: the rows go into the table that the engine has made from Columns.
func (b *Bound) RunInto(ctx context.Context, conn Conn, target *Relation) (int64, error) {
	return 0, unsupported("")
}

// LastIdentity is the identity value that the last row of an INSERT got, for SCOPE_IDENTITY.
func (b *Bound) LastIdentity() (int64, bool) { return 0, false }

// Scalar is a bound expression that stands outside a query: an argument, the value of SET or PRINT, the condition of
// IF or WHILE. Its subqueries make Accesses, to be checked before Value is called.
type Scalar struct {
	Type     tsql.DataType
	Accesses []Access
}

// BindExpr binds a value.
func BindExpr(expr tsql.Expr, scope Scope) (*Scalar, error) { return nil, unsupported("") }

// BindCondition binds a condition. Its value is true, false or nil for UNKNOWN.
func BindCondition(expr tsql.Expr, scope Scope) (*Scalar, error) { return nil, unsupported("") }

// Value computes the expression. Where it needs no rows, conn is not used.
func (s *Scalar) Value(ctx context.Context, conn Conn) (any, error) { return nil, unsupported("") }

// Eval binds and computes a value in one step; check judges the accesses and may be nil where none can occur.
func Eval(ctx context.Context, expr tsql.Expr, scope Scope, conn Conn, check func([]Access) error) (any, tsql.DataType, error) {
	return nil, tsql.DataType{}, unsupported("")
}

// Convert brings value from one type to another as CONVERT does, with style for dates and binaries.
func Convert(value any, from, to tsql.DataType, style int) (any, error) { return nil, unsupported("") }

// CreateTableSQL returns the SQLite statements that make the storage of a table.
func CreateTableSQL(sqlName string, columns []Column, constraints []Constraint, seed, step int64) (string, error) {
	return "", unsupported("")
}
