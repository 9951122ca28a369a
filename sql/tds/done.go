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
