package query

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"strings"

	"modernc.org/sqlite/vtab"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
)

// Each connection has one virtual table, temp.ts_rows, for all virtual relations. Its hidden columns say which rows are
// meant: FROM ts_rows(execution, relation, arguments…) AS t3.
const (
	rowsTable     = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.ts_rows USING ts_rows"
	maxColumns    = 128 // visible columns c0 … c127
	maxArguments  = 16  // hidden columns a0 … a15 for a table function's arguments
	hiddenExec    = maxColumns
	hiddenRows    = maxColumns + 1
	hiddenArgs    = maxColumns + 2
	indexedAtMost = 3 // columns of an index
)

// virtualSource is a virtual relation as a statement uses it. With args set, rows come from apply, once for each
// different list of arguments.
type virtualSource struct {
	columns []Column
	rows    func() ([][]any, error)
	args    []tsql.DataType
	apply   func(args []any) (*Relation, error)
	packed  bool // the argument is a value of ts_pack
}

// rowSet is the rows of a virtual source in one execution, with hash indexes made as they are needed.
type rowSet struct {
	columns []Column
	rows    [][]any
	indexes map[string]map[string][]int
}

// rowsOf loads the rows of virtual source n, for the arguments of a table function where it is one.
func (x *execution) rowsOf(n int, raw []driver.Value) (set *rowSet, err error) {
	defer recovered(&err)
	source := x.program.virtuals[n]
	if source.packed {
		return x.packedRows(source, raw)
	}
	if source.apply != nil {
		return source.applied(raw)
	}
	if x.loaded[n] == nil {
		rows, err := source.rows()
		if err != nil {
			return nil, err
		}
		x.loaded[n] = &rowSet{columns: source.columns, rows: rows}
	}
	return x.loaded[n], nil
}

func (s *virtualSource) applied(raw []driver.Value) (*rowSet, error) {
	args, err := decodeAll(raw, s.args)
	if err != nil {
		return nil, err
	}
	relation, err := s.apply(args)
	if err != nil {
		return nil, err
	}
	rows, err := relation.Source.(*Virtual).Rows()
	return &rowSet{columns: relation.Columns, rows: rows}, err
}

// find returns the numbers of the rows that may equal the values in the columns: all that do, and perhaps more. Without
// columns it is all rows.
func (r *rowSet) find(columns []int, values []driver.Value) []int {
	key, ok := indexKey(values)
	if !ok {
		return nil
	}
	name := fmt.Sprint(columns)
	index := r.indexes[name]
	if index == nil {
		index = r.index(columns)
		if r.indexes == nil {
			r.indexes = map[string]map[string][]int{}
		}
		r.indexes[name] = index
	}
	return index[key]
}

func (r *rowSet) index(columns []int) map[string][]int {
	index := make(map[string][]int, len(r.rows))
	values := make([]driver.Value, len(columns))
	for i, row := range r.rows {
		for j, c := range columns {
			values[j] = r.cell(row, c)
		}
		if key, ok := indexKey(values); ok {
			index[key] = append(index[key], i)
		}
	}
	return index
}

func (r *rowSet) cell(row []any, c int) any {
	if c >= len(row) || c >= len(r.columns) {
		return nil
	}
	return encode(row[c], r.columns[c].Type)
}

// indexKey is the same for values that any comparison takes for equal; NULL has none, since it equals nothing.
func indexKey(values []driver.Value) (string, bool) {
	var key strings.Builder
	for _, v := range values {
		switch x := v.(type) {
		case nil:
			return "", false
		case int64:
			key.WriteString("n" + strconv.FormatInt(x, 10))
		case float64:
			if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
				key.WriteString("n" + strconv.FormatInt(int64(x), 10))
			} else {
				key.WriteString("f" + strconv.FormatFloat(x, 'g', -1, 64))
			}
		case string:
			key.WriteString("s" + collate.Loosest(x))
		case []byte:
			key.WriteString("b" + string(x))
		}
		key.WriteByte(0)
	}
	return key.String(), true
}

type rowsModule struct{}

func (rowsModule) VolatileArgs() bool { return true }

func (m rowsModule) Create(ctx vtab.Context, args []string) (vtab.Table, error) {
	return m.Connect(ctx, args)
}

func (rowsModule) Connect(ctx vtab.Context, _ []string) (vtab.Table, error) {
	names := make([]string, 0, hiddenArgs+maxArguments)
	for i := range maxColumns {
		names = append(names, "c"+strconv.Itoa(i))
	}
	names = append(names, "execution HIDDEN", "relation HIDDEN")
	for i := range maxArguments {
		names = append(names, "a"+strconv.Itoa(i)+" HIDDEN")
	}
	return rowsTableHandle{}, ctx.Declare("CREATE TABLE x(" + strings.Join(names, ", ") + ")")
}

type rowsTableHandle struct{}

func (rowsTableHandle) Open() (vtab.Cursor, error) { return &rowsCursor{}, nil }
func (rowsTableHandle) Disconnect() error          { return nil }
func (rowsTableHandle) Destroy() error             { return nil }

// BestIndex takes the hidden columns and up to three equalities on visible ones. IdxStr lists the columns in the order
// of the values that Filter gets; "!" marks a plan that lacks a hidden value and must not be chosen.
func (rowsTableHandle) BestIndex(info *vtab.IndexInfo) error {
	var plan []string
	taken := map[int]bool{}
	equal, missing := 0, false
	for i := range info.Constraints {
		c := &info.Constraints[i]
		hidden := c.Column >= maxColumns
		if c.Op != vtab.OpEQ || c.Column < 0 || taken[c.Column] {
			continue
		}
		if !c.Usable {
			missing = missing || hidden
			continue
		}
		if !hidden {
			if equal == indexedAtMost {
				continue
			}
			equal++
		}
		taken[c.Column] = true
		c.ArgIndex, c.Omit = len(plan), hidden
		plan = append(plan, strconv.Itoa(c.Column))
	}
	info.IdxStr = strings.Join(plan, ",")
	info.EstimatedCost, info.EstimatedRows = estimate(equal)
	if missing || !taken[hiddenExec] || !taken[hiddenRows] {
		info.IdxStr, info.EstimatedCost, info.EstimatedRows = "!", 1e60, 1<<40
	}
	return nil
}

func estimate(equalities int) (cost float64, rows int64) {
	if equalities == 0 {
		return 10000, 10000
	}
	return 20 / float64(equalities), int64(10 / equalities)
}

// rowsCursor walks over the rows of a set that hits names.
type rowsCursor struct {
	x      *execution
	set    *rowSet
	hits   []int
	at     int
	hidden map[int]driver.Value
}

func (c *rowsCursor) Filter(_ int, plan string, values []driver.Value) error {
	*c = rowsCursor{hidden: map[int]driver.Value{}}
	values = owned(values)
	var args []driver.Value
	var columns []int
	var equal []driver.Value
	for i, text := range strings.Split(plan, ",") {
		column, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("ts_rows: bad plan %q", plan)
		}
		if column < maxColumns {
			columns, equal = append(columns, column), append(equal, values[i])
			continue
		}
		c.hidden[column] = values[i]
	}
	for i := hiddenArgs; i < hiddenArgs+maxArguments; i++ {
		if v, ok := c.hidden[i]; ok {
			args = append(args, v)
		}
	}
	var err error
	if c.x, err = executionOf(c.hidden[hiddenExec]); err != nil {
		return err
	}
	n, _ := c.hidden[hiddenRows].(int64)
	if err := c.open(int(n), args, columns, equal); err != nil {
		return c.x.fail(err)
	}
	return nil
}

func (c *rowsCursor) open(n int, args []driver.Value, columns []int, equal []driver.Value) (err error) {
	if c.set, err = c.x.rowsOf(n, args); err != nil {
		return err
	}
	for _, column := range columns {
		if column >= len(c.set.columns) || c.set.columns[column].Type.Name == "datetimeoffset" {
			columns, equal = nil, nil // equal instants can be stored differently
			break
		}
	}
	c.hits = c.set.find(columns, equal)
	return nil
}

func (c *rowsCursor) Next() error { c.at++; return nil }

func (c *rowsCursor) Eof() bool { return c.at >= len(c.hits) }

// row is the number of the current row among all of the set.
func (c *rowsCursor) row() int { return c.hits[c.at] }

func (c *rowsCursor) Column(n int) (driver.Value, error) {
	if n >= maxColumns {
		return c.hidden[n], nil
	}
	return c.set.cell(c.set.rows[c.row()], n), nil
}

// Rowid tells the rows of a set apart: SQLite drops by it what both sides of an OR have found.
func (c *rowsCursor) Rowid() (int64, error) { return int64(c.row()), nil }
func (c *rowsCursor) Close() error          { return nil }
