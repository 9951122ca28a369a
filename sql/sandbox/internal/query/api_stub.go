package query

import (
	"context"

	"grantree/sql/tsql"
)

type change struct{}
type base struct {
	relation *Relation
	table    *Table
	view     *View
	uses     *use
	body     *subquery
	binder   *binder
}

func (b *binder) insert(s *tsql.Insert) (*Bound, error) { return nil, unsupported("") }
func (b *binder) update(s *tsql.Update) (*Bound, error) { return nil, unsupported("") }
func (b *binder) delete(s *tsql.Delete) (*Bound, error) { return nil, unsupported("") }
func (p *program) duplicate(text string) error          { return unsupported("") }
func (p *program) runChange(ctx context.Context, conn Conn, emit func([]any) error) (int64, error) {
	return 0, nil
}

// RunInto runs a SELECT … INTO: the rows go into the table that the engine has made from Columns.
func (b *Bound) RunInto(ctx context.Context, conn Conn, target *Relation) (int64, error) {
	return 0, unsupported("")
}

// LastIdentity is the identity value that the last row of an INSERT got, for SCOPE_IDENTITY.
func (b *Bound) LastIdentity() (int64, bool) { return 0, false }

// CreateTableSQL returns the SQLite statements that make the storage of a table.
func CreateTableSQL(sqlName string, columns []Column, constraints []Constraint, seed, step int64) (string, error) {
	return "", unsupported("")
}
