package query

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"

	"grantree/sql/tsql"
)

// pack makes one value of the rows of a query: the aggregate ts_pack(?1, number, o1, o2 …). SQLite has no LATERAL, so
// that the rows of a query under APPLY pass through it: what stands for them is the argument of ts_rows, which SQLite
// computes anew for each row on the left. No rows are NULL.
type pack struct {
	types  []tsql.DataType
	finish func(x *execution, rows [][]any) (any, error)
}

// packed is the text that makes a value of the rows of q.
func (b *binder) packed(q *subquery, finish func(*execution, [][]any) (any, error)) string {
	p := &pack{finish: finish}
	text := fmt.Sprintf("SELECT ts_pack(?1, %d", len(b.program.packs))
	for i, c := range q.columns {
		p.types = append(p.types, c.Type)
		text += fmt.Sprintf(", o%d", i+1)
	}
	b.program.packs = append(b.program.packs, p)
	return text + ") AS o1 FROM (" + q.sql + ")"
}

// around is what a query in FROM can name: the columns of the queries around, under APPLY those on the left as well.
func (f *frame) around() *frame {
	if len(f.sources) > 0 {
		return f
	}
	return f.outer
}

// lateral is the SQLite text of s, the rows of a query that may name columns on the left of its APPLY.
func (b *binder) lateral(q *subquery, s *source) (string, *source) {
	v := &virtualSource{packed: true}
	for i, c := range s.columns {
		c.sql = fmt.Sprintf("%s.c%d", s.sql, i)
		v.columns = append(v.columns, Column{Name: c.Name, Type: q.columns[i].Type})
	}
	if len(v.columns) > maxColumns {
		panic(refuse(8623))
	}
	keep := func(x *execution, rows [][]any) (any, error) {
		x.packs = append(x.packs, &rowSet{columns: v.columns, rows: rows})
		return int64(len(x.packs) - 1), nil
	}
	b.program.virtuals = append(b.program.virtuals, v)
	return fmt.Sprintf("ts_rows(?1, %d, (%s)) AS %s", len(b.program.virtuals)-1, b.packed(q, keep), s.sql), s
}

// packedRows are the rows that a value of ts_pack stands for.
func (x *execution) packedRows(v *virtualSource, raw []driver.Value) (*rowSet, error) {
	if len(raw) == 1 && raw[0] == nil {
		return &rowSet{columns: v.columns}, nil
	}
	if n, ok := raw[0].(int64); ok && n >= 0 && int(n) < len(x.packs) {
		return x.packs[n], nil
	}
	return nil, errors.New("internal: no packed rows")
}

// packing is one group of ts_pack.
type packing struct {
	x    *execution
	p    *pack
	rows [][]any
}

func (s *packing) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	if s.p == nil {
		x, err := executionOf(args[0])
		if err != nil {
			return err
		}
		n, _ := args[1].(int64)
		s.x, s.p = x, x.program.packs[n]
	}
	row, err := decodeAll(owned(args[2:]), s.p.types)
	if err != nil {
		return s.x.fail(err)
	}
	s.rows = append(s.rows, row)
	return nil
}

func (s *packing) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return errors.New("ts_pack has no window")
}

func (s *packing) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	if s.p == nil {
		return nil, nil
	}
	out, err := s.p.finish(s.x, s.rows)
	if err != nil {
		return nil, s.x.fail(err)
	}
	return out, nil
}

func (s *packing) Final(*sqlite.FunctionContext) {}
