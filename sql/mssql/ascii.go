package mssql

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"grantree/sql/tsql"
)

// A script holds printable ASCII alone, so that no tool has to guess its
// encoding, and no name has a line of its own in it: what needs more is put
// together by the server.

// isASCII reports whether a script may hold the text as it is.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !isPrintable(r) })
}

func isPrintable(r rune) bool { return r >= ' ' && r <= '~' }

// asciiString is an expression whose value is s. One that is not a plain
// literal is of type nvarchar(max), so that nothing is cut off at 4,000
// characters.
func asciiString(s string) string {
	if isASCII(s) && !strings.Contains(s, "$(") {
		return tsql.QuoteString(s)
	}
	parts := []string{"CONVERT(nvarchar(max), N'')"}
	plain := ""
	flush := func() {
		if plain != "" {
			parts = append(parts, tsql.QuoteString(plain))
			plain = ""
		}
	}
	for _, r := range s {
		switch {
		case !isPrintable(r):
			flush()
			parts = append(parts, character(r))
			continue
		case r == '(' && strings.HasSuffix(plain, "$"):
			flush() // "$(" is a variable of sqlcmd's
		}
		plain += string(r)
	}
	flush()
	return strings.Join(parts, " + ")
}

// character is an expression for one character. Those beyond U+FFFF are given
// by their two code units, little end first: NCHAR takes them or not as the
// database's collation says, and its manual forbids to put halves together.
func character(r rune) string {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf("CONVERT(nvarchar(2), 0x%02X%02X%02X%02X)", high&0xFF, high>>8, low&0xFF, low>>8)
	}
	return fmt.Sprintf("NCHAR(%d)", r)
}

// asciiStatement is a statement as a script holds it, with its line end.
func asciiStatement(s string) string {
	if isASCII(s) {
		return s + "\n"
	}
	return fmt.Sprintf("SET @grantree_sql = %s;\nEXEC (@grantree_sql);\n", asciiString(s))
}

// asciiComment makes text safe behind "--": nothing in it can end the line,
// leave ASCII or be a variable of sqlcmd's.
func asciiComment(text string) string {
	quoted := strconv.QuoteToASCII(strings.ReplaceAll(text, "$(", "$\x00("))
	quoted = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	return strings.ReplaceAll(quoted, `$\x00(`, `$\x28`)
}
