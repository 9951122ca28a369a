package tsql

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxName is the longest identifier, in UTF-16 code units (sysname).
const MaxName = 128

// Quote returns ident in brackets, with closing brackets doubled, as QUOTENAME
// does. It quotes whatever it is given; see [ValidName] for what can be a name.
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

// ValidName returns an error unless s can be the name of an object or a
// principal: 1 to [MaxName] UTF-16 code units, valid UTF-8 and no NUL.
func ValidName(s string) error {
	switch {
	case s == "":
		return fmt.Errorf("name is empty")
	case !utf8.ValidString(s):
		return fmt.Errorf("name %q is not valid UTF-8", s)
	case strings.ContainsRune(s, 0):
		return fmt.Errorf("name %q contains a NUL character", s)
	}
	if n := nameLength(s); n > MaxName {
		return fmt.Errorf("name %q has %d UTF-16 code units, at most %d are allowed", s, n, MaxName)
	}
	return nil
}

// nameLength returns the length of s in UTF-16 code units.
func nameLength(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
