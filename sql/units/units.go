// Package units is text as the code units of UTF-16, which T-SQL counts and the wire
// carries. They need not come in pairs: a half of a pair, which T-SQL cuts out of one,
// stays what it is. In a string it stands as the three bytes that it would have in UTF-8.
package units

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Of are the code units of a text.
func Of(s string) []uint16 {
	out := make([]uint16, 0, len(s))
	for len(s) > 0 {
		r, n := Next(s)
		s = s[n:]
		if r > 0xFFFF {
			high, low := utf16.EncodeRune(r)
			out = append(out, uint16(high), uint16(low))
			continue
		}
		out = append(out, uint16(r))
	}
	return out
}

// Next is the first character of a text, or the half of a pair that it begins with, and its length in bytes.
func Next(s string) (rune, int) {
	if len(s) > 2 && s[0] == 0xED && s[1] >= 0xA0 && s[1] < 0xC0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return utf8.DecodeRuneInString(s)
}

// Text is the text of code units.
func Text(units []uint16) string {
	b := make([]byte, 0, len(units))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if i+1 < len(units) {
			if pair := utf16.DecodeRune(r, rune(units[i+1])); pair != utf8.RuneError {
				r = pair
				i++
			}
		}
		b = AppendRune(b, r)
	}
	return string(b)
}

// Append appends a text as the wire and storage have it, in UTF-16LE.
func Append(b []byte, s string) []byte {
	for _, u := range Of(s) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// FromBytes is the text of UTF-16LE; an odd last byte is dropped.
func FromBytes(b []byte) string {
	codes := make([]uint16, len(b)/2)
	for i := range codes {
		codes[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return Text(codes)
}

// AppendRune appends a character or a half of a pair.
func AppendRune(b []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(b, 0xED, 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F))
	}
	return utf8.AppendRune(b, r)
}
