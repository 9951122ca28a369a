package finding

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Printable returns text as it may be shown: a character that a terminal obeys
// or that hides or reorders others (control and format characters, line and
// paragraph separators, odd spaces, broken UTF-8) is written out as TOML
// and JSON would, "\u001b" or "\u202e". Names of people, roles and databases may hold any of these.
func Printable(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case !hidden(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		text = text[size:]
	}
	return b.String()
}

// hidden reports whether a character cannot be seen for what it is.
func hidden(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

// likeTOML writes what %q has as \x1b as Printable and TOML have it, \u001b. A
// backslash that %q has doubled stays what it is.
func likeTOML(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\\' || i+1 == len(text):
			b.WriteByte(text[i])
		case i+3 < len(text) && text[i+1] == 'x' && (text[i+2] == '0' || text[i+2] == '1' || text[i+2:i+4] == "7f"):
			b.WriteString(`\u00` + text[i+2:i+4])
			i += 3
		default:
			b.WriteString(text[i : i+2])
			i++
		}
	}
	return b.String()
}

// PlainJSON writes out, as JSON does, the characters that Printable would, so
// that the value is the same and a terminal obeys nothing.
func PlainJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
