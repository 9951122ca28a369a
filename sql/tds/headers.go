package tds

// TransactionHeader is the transaction descriptor of ALL_HEADERS (MS-TDS
// 2.2.5.3.2). Both are 0 when the client sent none, as TDS 7.1 does.
type TransactionHeader struct {
	// Descriptor is the transaction in which the client believes to be; 0 is
	// none.
	Descriptor  uint64
	Outstanding uint32
}
