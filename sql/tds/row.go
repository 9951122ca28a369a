package tds

import "fmt"

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
		var err error
		if b, err = appendValue(b, columns[i].Type, v, inRow); err != nil {
			return b, fmt.Errorf("column %q: %w", columns[i].Name, err)
		}
	}
	return b, nil
}
