package tds

import (
	"fmt"

	"grantree/sql/units"
)

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

// The bytes that stand where another call or a parameter begins.
const (
	separator71 byte = 0x80
	separator   byte = 0xFF
	noExec      byte = 0xFE
)

// procByID is the length of a name that is a number instead.
const procByID = 0xFFFF

// The status bits of a parameter.
const (
	paramOutput    byte = 0x01
	paramDefault   byte = 0x02
	paramEncrypted byte = 0x08
)

// DecodeRPC reads the calls of an RPC message of the protocol version.
func DecodeRPC(b []byte, version uint32) ([]RPC, error) {
	d := newDecoder(b, levelOf(version))
	tx := d.allHeaders()
	var calls []RPC
	for d.err == nil && (len(calls) == 0 || d.left() > 0) {
		calls = append(calls, d.rpc(tx))
	}
	if err := d.done(); err != nil {
		return nil, fmt.Errorf("rpc: %w", err)
	}
	return calls, nil
}

// rpc reads one call, with the separator after it.
func (d *decoder) rpc(tx TransactionHeader) RPC {
	r := RPC{Tx: tx}
	if n := d.uint16(); n == procByID {
		r.ProcID = d.uint16()
	} else {
		r.Name = units.FromBytes(d.bytes(2 * int(n)))
	}
	r.Options = d.uint16()
	for d.left() > 0 && !d.separator() {
		r.Params = append(r.Params, d.parameter())
	}
	return r
}

// separator reads the end of a call if it is next.
func (d *decoder) separator() bool {
	switch next := d.b[d.off]; {
	case next == noExec:
		d.fail("a call that is not to be executed is not supported")
	case next == separator && d.level >= level72, next == separator71 && d.level < level72:
		d.byte()
		return true
	}
	return false
}

// parameter reads one parameter. A failure after its name is told with it.
func (d *decoder) parameter() (p Parameter) {
	p.Name = d.varchar8()
	status := d.byte()
	p.Output, p.Default = status&paramOutput != 0, status&paramDefault != 0
	if status&paramEncrypted != 0 {
		d.fail("encrypted parameters are not supported")
	}
	ok := d.err == nil
	t, fixed := d.typeInfo()
	p.Type = t
	if fixed {
		p.Value = d.fixedValue(t)
	} else {
		p.Value = d.value(t, inParameter)
	}
	if ok && d.err != nil {
		d.err = fmt.Errorf("parameter %q: %w", p.Name, d.err)
	}
	return p
}
