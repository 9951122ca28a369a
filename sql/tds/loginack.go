package tds

import "encoding/binary"

// LoginAck is a LOGINACK token (MS-TDS 2.2.7.14): the login is accepted.
type LoginAck struct {
	// Interface is 1, for T-SQL.
	Interface byte
	// Protocol is the version that both sides speak from now on.
	Protocol uint32
	Program  string
	// Version is the server's: major, minor, build high, build low.
	Version [4]byte
}

// append appends the token.
func (a LoginAck) append(b []byte) []byte {
	return sized16(append(b, tokenLoginAck), func(b []byte) []byte {
		b = binary.BigEndian.AppendUint32(append(b, a.Interface), a.Protocol)
		return append(appendVarchar8(b, a.Program), a.Version[:]...)
	})
}
