package tds

// lobNull is the length of a NULL text, ntext or image parameter.
const lobNull = 0xFFFFFFFF

// A text pointer and timestamp stand before a text, ntext or image in a row. Nobody
// reads them, but they have to be there.
const (
	textPointerSize = 16
	timestampSize   = 8
)

// lob reads a text, ntext or image.
func (d *decoder) lob(t TypeInfo, at place) any {
	if at == inRow {
		n := d.byte()
		if n == 0 {
			return nil
		}
		d.bytes(int(n) + timestampSize)
	}
	n := d.uint32()
	if n == lobNull {
		return nil
	}
	return d.content(t, int(n))
}

// appendLOB appends a text, ntext or image that is not NULL.
func appendLOB(b []byte, t TypeInfo, v any, at place) ([]byte, error) {
	if at == inRow {
		b = append(b, textPointerSize)
		b = append(b, make([]byte, textPointerSize+timestampSize)...)
	}
	return sized(b, 4, func(b []byte) ([]byte, error) { return appendContent(b, t, v) })
}
