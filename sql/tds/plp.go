package tds

// The total lengths of a PLP value that are not lengths (MS-TDS 2.2.5.2.3).
const (
	plpNull    = 0xFFFFFFFFFFFFFFFF
	plpUnknown = 0xFFFFFFFFFFFFFFFE
)

// plp reads a value of a MAX type: a total, then chunks until one of length 0. It
// allocates for what is there, never for what the total promises.
func (d *decoder) plp(t TypeInfo) any {
	total := d.uint64()
	if total == plpNull || d.err != nil {
		return nil
	}
	var all []byte
	for {
		chunk := d.bytes(int(d.uint32()))
		if len(chunk) == 0 {
			break
		}
		all = append(all, chunk...)
	}
	if total != plpUnknown && total != uint64(len(all)) {
		d.fail("%s: %d bytes were promised, %d came", t, total, len(all))
	}
	if d.err != nil {
		return nil
	}
	v, err := decodeContent(t, all)
	if err != nil {
		d.fail("%s: %w", t, err)
	}
	return v
}

// appendPLP appends a value of a MAX type that is not NULL, in one chunk.
func appendPLP(b []byte, t TypeInfo, v any) ([]byte, error) {
	start := len(b)
	b, err := appendContent(append(b, make([]byte, 12)...), t, v)
	if err != nil {
		return b, err
	}
	n := len(b) - start - 12
	le.PutUint64(b[start:], uint64(n))
	if n == 0 {
		return b, nil // the chunk length already in place is the terminator
	}
	le.PutUint32(b[start+8:], uint32(n))
	return le.AppendUint32(b, 0), nil
}
