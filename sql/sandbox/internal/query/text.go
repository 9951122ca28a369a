package query

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
)

// utf16Len is the length of s in UTF-16 code units, which is what LEN and the length of an nvarchar count.
func utf16Len(s string) int {
	n := len(s)
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return utf16Slow(s)
		}
	}
	return n
}

func utf16Slow(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// slice16 is the text from code unit start (from 0) of at most n units. Half a pair becomes U+FFFD.
func slice16(s string, start, n int) string {
	if start < 0 {
		n, start = n+start, 0
	}
	if n <= 0 {
		return ""
	}
	if collate.IsASCII(s) {
		if start >= len(s) {
			return ""
		}
		return s[start:min(len(s), start+n)]
	}
	units := utf16.Encode([]rune(s))
	if start >= len(units) {
		return ""
	}
	return string(utf16.Decode(units[start:min(len(units), start+n)]))
}

// narrow replaces what code page 1252 lacks by question marks, as the conversion to varchar does.
func narrow(s string) string {
	if collate.IsASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if _, ok := charmap.Windows1252.EncodeRune(r); ok {
			return r
		}
		return '?'
	}, s)
}

// bytesOf is the text as bytes in storage: code page 1252 for varchar, UTF-16LE for nvarchar.
func bytesOf(s string, t tsql.DataType) []byte {
	if isUnicode(t) {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return b
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			c = '?'
		}
		b = append(b, c)
	}
	return b
}

// textOf is the inverse of bytesOf.
func textOf(b []byte, t tsql.DataType) string {
	if isUnicode(t) {
		u := make([]uint16, 0, len(b)/2)
		for i := 0; i+1 < len(b); i += 2 {
			u = append(u, uint16(b[i])|uint16(b[i+1])<<8)
		}
		return string(utf16.Decode(u))
	}
	var sb strings.Builder
	for _, c := range b {
		sb.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return sb.String()
}
