package tds

// DoneStatus are the status bits of a DONE token (MS-TDS 2.2.7.6).
type DoneStatus uint16

// The bits of a DoneStatus. The Writer looks after More, InTransaction, Count
// and Attention itself.
const (
	DoneMore          DoneStatus = 0x01
	DoneError         DoneStatus = 0x02
	DoneInTransaction DoneStatus = 0x04
	DoneCount         DoneStatus = 0x10
	DoneAttention     DoneStatus = 0x20
	DoneServerError   DoneStatus = 0x100
)

// The commands that a DONE token names; they inform and nothing depends on them.
const (
	CommandSelect   uint16 = 0xC1
	CommandInsert   uint16 = 0xC3
	CommandDelete   uint16 = 0xC4
	CommandUpdate   uint16 = 0xC5
	CommandRollback uint16 = 0xD2
	CommandBegin    uint16 = 0xD4
	CommandCommit   uint16 = 0xD5
	CommandSet      uint16 = 0xBE
	CommandExecute  uint16 = 0xE0
)

// Done is a DONE, DONEPROC or DONEINPROC token (MS-TDS 2.2.7.6 to 8).
type Done struct {
	// Kind says after what it comes.
	Kind    DoneKind
	Status  DoneStatus
	Command uint16
	// Count is the number of rows; it means nothing without DoneCount.
	Count uint64
}

// DoneKind tells the three DONE tokens apart.
type DoneKind byte

// What a DONE token ends: a statement of a batch, a procedure, a statement inside a
// procedure.
const (
	DoneStatement DoneKind = DoneKind(tokenDone)
	DoneProcedure DoneKind = DoneKind(tokenDoneProc)
	DoneInside    DoneKind = DoneKind(tokenDoneInProc)
)

// append appends the token.
func (t Done) append(b []byte, l level) []byte {
	b = le.AppendUint16(append(b, byte(t.Kind)), uint16(t.Status))
	b = le.AppendUint16(b, t.Command)
	if l <= level71 {
		return le.AppendUint32(b, uint32(t.Count))
	}
	return le.AppendUint64(b, t.Count)
}
