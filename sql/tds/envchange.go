package tds

import "strconv"

// EnvChange is an ENVCHANGE token (MS-TDS 2.2.7.9): something about the session is
// not what it was. New and Old are texts for the types 1 to 4 and bytes, kept in a
// string, for the others.
type EnvChange struct {
	Type     EnvType
	New, Old string
}

// EnvType says what changed.
type EnvType byte

// The changes that this package tells.
const (
	EnvDatabase   EnvType = 1
	EnvLanguage   EnvType = 2
	EnvPacketSize EnvType = 4
	EnvCollation  EnvType = 7
	EnvBegin      EnvType = 8
	EnvCommit     EnvType = 9
	EnvRollback   EnvType = 10
	EnvReset      EnvType = 18
)

// isText reports whether the values are texts.
func (t EnvType) isText() bool { return t >= EnvDatabase && t <= EnvPacketSize }

// append appends the token.
func (e EnvChange) append(b []byte) []byte {
	return sized16(append(b, tokenEnvChange), func(b []byte) []byte {
		b = append(b, byte(e.Type))
		if e.Type.isText() {
			return appendVarchar8(appendVarchar8(b, e.New), e.Old)
		}
		b = append(append(b, byte(len(e.New))), e.New...)
		return append(append(b, byte(len(e.Old))), e.Old...)
	})
}

// transactionChange is the change for a transaction that begins (new) or ends (old).
func transactionChange(t EnvType, descriptor uint64) EnvChange {
	bytes := string(le.AppendUint64(nil, descriptor))
	if t == EnvBegin {
		return EnvChange{Type: t, New: bytes}
	}
	return EnvChange{Type: t, Old: bytes}
}

// packetSizeChange is the change of the packet size, as decimal text.
func packetSizeChange(to, from int) EnvChange {
	return EnvChange{Type: EnvPacketSize, New: strconv.Itoa(to), Old: strconv.Itoa(from)}
}
