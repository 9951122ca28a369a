package tds

import "fmt"

// Row is a ROW token (MS-TDS 2.2.7.19): the values of one row in column order. An
// NBCROW is read as the same.
type Row struct{ Values []any }

func (Row) isToken() {}

// row reads a ROW after its token byte.
func (d *decoder) row(columns []Column) Row {
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = d.value(c.Type, inRow)
	}
	return Row{values}
}

// nbcRow reads an NBCROW after its token byte: a bitmap of NULLs, then the rest.
func (d *decoder) nbcRow(columns []Column) Row {
	null := d.bytes((len(columns) + 7) / 8)
	values := make([]any, len(columns))
	for i, c := range columns {
		if d.err == nil && null[i/8]&(1<<(i%8)) == 0 {
			values[i] = d.value(c.Type, inRow)
		}
	}
	return Row{values}
}

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
