package tds

import (
	"fmt"

	"grantree/sql/units"
)

// Batch is a SQLBatch (MS-TDS 2.2.6.7): the text of one or more statements.
type Batch struct {
	Tx   TransactionHeader
	Text string
}

// Decode reads a SQLBatch of the protocol version.
func (q *Batch) Decode(b []byte, version uint32) error {
	d := newDecoder(b, levelOf(version))
	q.Tx = d.allHeaders()
	text := d.rest()
	if len(text)%2 != 0 {
		d.fail("a text of %d bytes is not UTF-16", len(text))
	}
	q.Text = units.FromBytes(text)
	if err := d.done(); err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	return nil
}
