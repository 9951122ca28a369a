package tds

// Order is an ORDER token (MS-TDS 2.2.7.17): the columns, counted from 1, by which
// the rows are sorted.
type Order struct{ Columns []int }

// append appends the token.
func (o Order) append(b []byte) []byte {
	return sized16(append(b, tokenOrder), func(b []byte) []byte {
		for _, c := range o.Columns {
			b = le.AppendUint16(b, uint16(c))
		}
		return b
	})
}
