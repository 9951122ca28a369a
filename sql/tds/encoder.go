package tds

import (
	"encoding/binary"
	"unicode/utf16"

	"grantree/sql/units"
)

// le appends little-endian integers.
var le = binary.LittleEndian

// utf16Len is the length of s in UTF-16 code units.
func utf16Len(s string) int { return len(units.Of(s)) }

// cutUTF16 returns the longest prefix of s of at most n UTF-16 code units.
func cutUTF16(s string, n int) string {
	for at := 0; at < len(s); {
		r, size := units.Next(s[at:])
		if n -= max(utf16.RuneLen(r), 1); n < 0 {
			return s[:at]
		}
		at += size
	}
	return s
}

// appendVarchar8 appends a B_VARCHAR; a longer text is cut at 255 characters.
func appendVarchar8(b []byte, s string) []byte {
	s = cutUTF16(s, 0xFF)
	return units.Append(append(b, byte(utf16Len(s))), s)
}

// appendVarchar16 appends a US_VARCHAR; a longer text is cut at 65535 characters.
func appendVarchar16(b []byte, s string) []byte {
	s = cutUTF16(s, 0xFFFF)
	return units.Append(le.AppendUint16(b, uint16(utf16Len(s))), s)
}

// sized16 appends what body appends, preceded by its length as a USHORT.
func sized16(b []byte, body func([]byte) []byte) []byte {
	start := len(b)
	b = body(append(b, 0, 0))
	le.PutUint16(b[start:], uint16(len(b)-start-2))
	return b
}

// sized32 appends what body appends, preceded by its length as a DWORD that does
// not count itself.
func sized32(b []byte, body func([]byte) []byte) []byte {
	start := len(b)
	b = body(append(b, 0, 0, 0, 0))
	le.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}
