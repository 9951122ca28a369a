package tds

// Order is an ORDER token (MS-TDS 2.2.7.17): the columns, counted from 1, by which
// the rows are sorted.
type Order struct{ Columns []int }

func (Order) isToken() {}

// order reads an ORDER after its token byte.
func (d *decoder) order() Order {
	part := d.part(int(d.uint16()))
	var o Order
	for part.left() > 0 {
		o.Columns = append(o.Columns, int(part.uint16()))
	}
	d.join(part)
	return o
}

// append appends the token.
func (o Order) append(b []byte) []byte {
	return sized16(append(b, tokenOrder), func(b []byte) []byte {
		for _, c := range o.Columns {
			b = le.AppendUint16(b, uint16(c))
		}
		return b
	})
}
