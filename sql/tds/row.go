package tds

import (
	"errors"
	"fmt"
)

// Row is a ROW token (MS-TDS 2.2.7.19): the values of one row in column order.
// NBCROW is read as the same.
type Row struct{ Values []any }

// append appends a ROW of the columns. A failure names the column.
func (r Row) append(b []byte, columns []Column) ([]byte, error) {
	if len(r.Values) != len(columns) {
		return b, fmt.Errorf("a row of %d values for %d columns", len(r.Values), len(columns))
	}
	b = append(b, tokenRow)
	for i, v := range r.Values {
		c, err := &columns[i], error(nil)
		switch {
		case !c.fixed():
			b, err = appendValue(b, c.Type, v, inRow)
		case v == nil:
			err = errors.New("NULL in a column that is NOT NULL")
		default:
			b, err = appendContent(b, c.Type, v)
		}
		if err != nil {
			return b, fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	return b, nil
}
