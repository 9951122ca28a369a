package tds

import (
	"fmt"

	"grantree/sql/units"
)

// TransactionKind says what a TransactionRequest asks for.
type TransactionKind uint16

// The requests of MS-TDS 2.2.6.9. A Conn refuses the distributed ones (0, 1, 6)
// itself with message 8501.
const (
	TransactionBegin    TransactionKind = 5
	TransactionCommit   TransactionKind = 7
	TransactionRollback TransactionKind = 8
	TransactionSave     TransactionKind = 9
)

// The isolation levels of a TransactionRequest.
const (
	IsolationCurrent         byte = 0
	IsolationReadUncommitted byte = 1
	IsolationReadCommitted   byte = 2
	IsolationRepeatableRead  byte = 3
	IsolationSerializable    byte = 4
	IsolationSnapshot        byte = 5
)

// TransactionRequest is a transaction manager request (MS-TDS 2.2.6.9).
type TransactionRequest struct {
	Tx   TransactionHeader
	Kind TransactionKind
	// Isolation is that of the transaction which begins, for Begin and for
	// BeginNew; IsolationCurrent keeps the session's.
	Isolation byte
	// Name is the transaction or savepoint; it may be empty.
	Name string
	// BeginNew asks that another transaction, called NewName, begins as soon as
	// this one has been committed or rolled back.
	BeginNew bool
	NewName  string
}

// flagBeginNew asks for another transaction after a commit or rollback.
const flagBeginNew byte = 0x01

// Decode reads a transaction manager request of the protocol version. Of a
// distributed request it reads the kind and nothing else.
func (r *TransactionRequest) Decode(b []byte, version uint32) error {
	d := newDecoder(b, levelOf(version))
	*r = TransactionRequest{Tx: d.allHeaders(), Kind: TransactionKind(d.uint16())}
	switch r.Kind {
	case TransactionBegin:
		r.Isolation, r.Name = d.byte(), d.transactionName()
	case TransactionSave:
		r.Name = d.transactionName()
	case TransactionCommit, TransactionRollback:
		r.Name = d.transactionName()
		if r.BeginNew = d.byte()&flagBeginNew != 0; r.BeginNew {
			r.Isolation, r.NewName = d.byte(), d.transactionName()
		}
	default:
		d.rest()
	}
	if err := d.done(); err != nil {
		return fmt.Errorf("transaction request: %w", err)
	}
	return nil
}

// transactionName reads a name, whose length is in bytes.
func (d *decoder) transactionName() string { return units.FromBytes(d.varbyte8()) }
