package tds

// Batch is a SQLBatch (MS-TDS 2.2.6.7): the text of one or more statements.
type Batch struct {
	Tx   TransactionHeader
	Text string
}
