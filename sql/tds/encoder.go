package tds

import (
	"encoding/binary"
	"unicode/utf16"
)

// le appends little-endian integers.
var le = binary.LittleEndian

// appendUTF16 appends s as UTF-16LE.
func appendUTF16(b []byte, s string) []byte {
	for _, r := range s {
		if r < 0x10000 {
			b = append(b, byte(r), byte(r>>8))
			continue
		}
		hi, lo := utf16.EncodeRune(r)
		b = append(b, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
	}
	return b
}

// utf16Len is the length of s in UTF-16 code units.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cutUTF16 returns the longest prefix of s of at most n UTF-16 code units.
func cutUTF16(s string, n int) string {
	for i, r := range s {
		if n -= utf16.RuneLen(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// appendVarchar8 appends a B_VARCHAR; a longer text is cut at 255 characters.
func appendVarchar8(b []byte, s string) []byte {
	s = cutUTF16(s, 0xFF)
	return appendUTF16(append(b, byte(utf16Len(s))), s)
}

// appendVarchar16 appends a US_VARCHAR; a longer text is cut at 65535 characters.
func appendVarchar16(b []byte, s string) []byte {
	s = cutUTF16(s, 0xFFFF)
	return appendUTF16(le.AppendUint16(b, uint16(utf16Len(s))), s)
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
