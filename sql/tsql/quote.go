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
