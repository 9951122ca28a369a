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

// sized appends what body appends, preceded by its length in so many bytes, which it does not count.
func sized(b []byte, bytes int, body func([]byte) ([]byte, error)) ([]byte, error) {
	start := len(b)
	b, err := body(append(b, make([]byte, bytes)...))
	n := len(b) - start - bytes
	for i := range bytes {
		b[start+i] = byte(n >> (8 * i))
	}
	return b, err
}

// sized16 is sized by a USHORT for what cannot fail.
func sized16(b []byte, body func([]byte) []byte) []byte {
	b, _ = sized(b, 2, func(b []byte) ([]byte, error) { return body(b), nil })
	return b
}
