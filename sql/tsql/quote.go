package tsql

import (
	"strings"
	"unicode/utf16"
)

// MaxName is the longest identifier, in UTF-16 code units (sysname).
const MaxName = 128

// Quote returns ident in brackets, with closing brackets doubled, as QUOTENAME
// does. It quotes whatever it is given.
// It is the one function of grantree that quotes an identifier.
func Quote(ident string) string {
	return "[" + strings.ReplaceAll(ident, "]", "]]") + "]"
}

// QuoteName2 returns [schema].[name], or [name] when schema is empty.
func QuoteName2(schema, name string) string {
	if schema == "" {
		return Quote(name)
	}
	return Quote(schema) + "." + Quote(name)
}

// SplitName takes the parts of a name in a string apart, as functions like
// OBJECT_ID do: separated by dots, each plain, in brackets or in double quotes,
// with spaces around that do not count. ok is false for text that is no name,
// and then the text is the only part.
func SplitName(text string) (parts []string, ok bool) {
	for rest := text; ; rest = rest[1:] {
		var part string
		if part, rest, ok = cutPart(strings.TrimLeft(rest, " ")); !ok {
			return []string{text}, false
		}
		if parts = append(parts, part); rest == "" {
			return parts, true
		}
		if rest[0] != '.' {
			return []string{text}, false
		}
	}
}

// cutPart takes the first part off a name; rest begins at the dot after it.
func cutPart(text string) (part, rest string, ok bool) {
	if text == "" || text[0] != '[' && text[0] != '"' {
		at := strings.IndexByte(text, '.')
		if at < 0 {
			at = len(text)
		}
		return strings.TrimRight(text[:at], " "), text[at:], true
	}
	closing := strings.Replace(text[:1], "[", "]", 1)
	for rest = text[1:]; ; rest = rest[1:] {
		before, after, found := strings.Cut(rest, closing)
		if part += before; !found {
			return "", "", false
		}
		if !strings.HasPrefix(after, closing) {
			return part, strings.TrimLeft(after, " "), true
		}
		part, rest = part+closing, after
	}
}

// QuoteString returns s as a Unicode string literal: N'…' with quotes doubled.
// A backslash at the end of a line would continue the literal on the next line
// and vanish with it ("Backslash (Line Continuation)"), so it is doubled
// together with that line's end, which reads as the original.
func QuoteString(s string) string {
	return "N'" + escapeString(s) + "'"
}

func escapeString(s string) string {
	s = strings.ReplaceAll(s, "'", "''")
	if !strings.Contains(s, "\\") {
		return s
	}
	s = strings.ReplaceAll(s, "\\\r\n", "\\\\\r\n\r\n")
	return strings.ReplaceAll(s, "\\\n", "\\\\\n\n")
}

// nameLength returns the length of s in UTF-16 code units.
func nameLength(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
