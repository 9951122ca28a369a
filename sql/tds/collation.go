package tds

import (
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Collation is the five bytes by which the wire names a collation (MS-TDS
// 2.2.5.1.2): 20 bits of locale id, 8 flags, 4 bits of version, one byte of sort
// id.
type Collation [5]byte

// DefaultCollation is SQL_Latin1_General_CP1_CI_AS.
var DefaultCollation = Collation{0x09, 0x04, 0xD0, 0x00, 0x34}

// LCID returns the locale id.
func (c Collation) LCID() uint32 {
	return uint32(c[0]) | uint32(c[1])<<8 | uint32(c[2]&0x0F)<<16
}

// UTF8 reports whether char and varchar values are UTF-8.
func (c Collation) UTF8() bool { return c[3]&0x04 != 0 }

// codePages maps the primary language of a locale to the code page of its char
// and varchar values; what is not listed uses 1252.
var codePages = map[uint32]*charmap.Charmap{
	0x01: charmap.Windows1256, // Arabic
	0x02: charmap.Windows1251, // Bulgarian
	0x05: charmap.Windows1250, // Czech
	0x08: charmap.Windows1253, // Greek
	0x0D: charmap.Windows1255, // Hebrew
	0x0E: charmap.Windows1250, // Hungarian
	0x15: charmap.Windows1250, // Polish
	0x18: charmap.Windows1250, // Romanian
	0x19: charmap.Windows1251, // Russian
	0x1B: charmap.Windows1250, // Slovak
	0x1E: charmap.Windows874,  // Thai
	0x1F: charmap.Windows1254, // Turkish
	0x22: charmap.Windows1251, // Ukrainian
	0x24: charmap.Windows1250, // Slovenian
	0x25: charmap.Windows1257, // Estonian
	0x26: charmap.Windows1257, // Latvian
	0x27: charmap.Windows1257, // Lithuanian
	0x2A: charmap.Windows1258, // Vietnamese
}

// codePage returns the single-byte code page of c, which is meaningless when
// c.UTF8().
func (c Collation) codePage() *charmap.Charmap {
	if page, ok := codePages[c.LCID()&0x3FF]; ok {
		return page
	}
	return charmap.Windows1252
}

// appendText appends s as char or varchar bytes under c. Characters that the code
// page lacks become a question mark, as on a real server.
func (c Collation) appendText(b []byte, s string) []byte {
	if c.UTF8() {
		return append(b, s...)
	}
	page := c.codePage()
	for _, r := range s {
		if enc, ok := page.EncodeRune(r); ok {
			b = append(b, enc)
		} else {
			b = append(b, '?')
		}
	}
	return b
}

// text returns the string that the char or varchar bytes b mean under c.
func (c Collation) text(b []byte) string {
	if c.UTF8() {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	page := c.codePage()
	out := make([]rune, len(b))
	for i, x := range b {
		out[i] = page.DecodeByte(x)
	}
	return string(out)
}
