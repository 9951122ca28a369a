package tsql

import (
	_ "embed" // reserved.txt
	"strings"
)

// reserved holds the reserved words of Transact-SQL, from the page "Reserved
// Keywords (Transact-SQL)", without those of the ODBC and future lists. A
// reserved word is a name only in quotes. PRECISION is on that page, but the
// engine takes it as a name, and so does every script that reads sys.columns.
var reserved = wordSet(reservedText)

//go:embed reserved.txt
var reservedText string

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// upperASCII is upper case for keywords: nothing but a to z changes.
func upperASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}
