package tds

// RPC is one procedure call of an RPC message (MS-TDS 2.2.6.6).
type RPC struct {
	Tx TransactionHeader
	// Name is the procedure's name as the client wrote it; it is empty when
	// ProcID says which.
	Name string
	// ProcID is one of ProcExecuteSQL and so on, or 0.
	ProcID uint16
	// Options are the option flags: 1 with recompile, 2 no metadata, 4 reuse
	// metadata.
	Options uint16
	Params  []Parameter
}

// Parameter is one parameter of an RPC.
type Parameter struct {
	// Name begins with @, or is empty for a parameter by position.
	Name  string
	Type  TypeInfo
	Value any
	// Output asks for the value back; Default asks for the procedure's default.
	Output, Default bool
}

// The procedures that clients call by number.
const (
	ProcCursor          uint16 = 1
	ProcCursorOpen      uint16 = 2
	ProcCursorPrepare   uint16 = 3
	ProcCursorExecute   uint16 = 4
	ProcCursorPrepExec  uint16 = 5
	ProcCursorUnprepare uint16 = 6
	ProcCursorFetch     uint16 = 7
	ProcCursorOption    uint16 = 8
	ProcCursorClose     uint16 = 9
	ProcExecuteSQL      uint16 = 10
	ProcPrepare         uint16 = 11
	ProcExecute         uint16 = 12
	ProcPrepExec        uint16 = 13
	ProcPrepExecRPC     uint16 = 14
	ProcUnprepare       uint16 = 15
)
