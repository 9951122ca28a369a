package query

import (
	"strings"

	"golang.org/x/text/encoding/charmap"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
	"grantree/sql/units"
)

// utf16Len is the length of s in UTF-16 code units, which is what the length of an nvarchar counts.
func utf16Len(s string) int {
	if collate.IsASCII(s) {
		return len(s)
	}
	return len(units.Of(s))
}

// slice16 is the text from code unit start (from 0) of at most n units. A half of a pair stays what it is.
func slice16(s string, start, n int) string {
	if start < 0 {
		n, start = n+start, 0
	}
	if n <= 0 {
		return ""
	}
	if collate.IsASCII(s) {
		return s[min(start, len(s)):min(start+n, len(s))]
	}
	codes := units.Of(s)
	return units.Text(codes[min(start, len(codes)):min(start+n, len(codes))])
}

// runesOf are the characters of a text, and the halves of pairs in it.
func runesOf(s string) []rune {
	var out []rune
	for len(s) > 0 {
		r, n := units.Next(s)
		out, s = append(out, r), s[n:]
	}
	return out
}

// charsOf are what LIKE matches one by one: code units, whole characters where the collation has _SC.
func charsOf(s string, c collation) []rune {
	if c.Supplementary() || collate.IsASCII(s) {
		return runesOf(s)
	}
	codes := units.Of(s)
	out := make([]rune, len(codes))
	for i, u := range codes {
		out[i] = rune(u)
	}
	return out
}

// narrow replaces what code page 1252 lacks by question marks, as the conversion to varchar does: two for a pair.
func narrow(s string) string {
	if collate.IsASCII(s) {
		return s
	}
	return textOf(bytesOf(s, typeVarChar(1)), typeVarChar(1))
}

// Narrows refuses text that a char of a collation would hold and code page 1252 lacks, with 40517: a question mark would
// be what no server shows. Text of a collation of that code page may be narrowed.
func Narrows(v any, to tsql.DataType, collationName string) error {
	s, ok := v.(string)
	if !ok || kindOf(to) != kindString || isUnicode(to) || collate.IsASCII(s) {
		return nil
	}
	if c, ok := collate.Parse(collationName); ok && !c.Latin1() && narrow(s) != s {
		return refuse(40517, "COLLATE "+collationName)
	}
	return nil
}

// bytesOf is the text as bytes in storage: code page 1252 for varchar, UTF-16LE for nvarchar.
func bytesOf(s string, t tsql.DataType) []byte {
	if isUnicode(t) {
		return units.Append(nil, s)
	}
	b := make([]byte, 0, len(s))
	for _, u := range units.Of(s) {
		c, ok := charmap.Windows1252.EncodeRune(rune(u))
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
		return units.FromBytes(b)
	}
	var sb strings.Builder
	for _, c := range b {
		sb.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return sb.String()
}
