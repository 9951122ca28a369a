package tds

// TransactionHeader is the transaction descriptor of ALL_HEADERS (MS-TDS
// 2.2.5.3.2). Both are 0 when the client sent none, as TDS 7.1 does.
type TransactionHeader struct {
	// Descriptor is the transaction in which the client believes to be; 0 is
	// none.
	Descriptor  uint64
	Outstanding uint32
}

// headerTransaction is the type of the transaction descriptor among ALL_HEADERS; the
// others, query notification (1) and trace activity (3), are passed over.
const headerTransaction = 2

// allHeaders reads ALL_HEADERS, which TDS 7.1 does not have.
func (d *decoder) allHeaders() (tx TransactionHeader) {
	if d.level < level72 {
		return tx
	}
	total := d.uint32()
	if total < 4 {
		d.fail("headers of %d bytes are impossible", total)
	}
	all := d.part(int(total) - 4)
	for all.left() > 0 {
		n := all.uint32()
		if n < 6 {
			all.fail("a header of %d bytes is impossible", n)
		}
		kind := all.uint16()
		one := all.part(int(n) - 6)
		if kind == headerTransaction {
			tx.Descriptor, tx.Outstanding = one.uint64(), one.uint32()
		} else {
			one.rest()
		}
		all.join(one)
	}
	d.join(all)
	return tx
}
