package security

import (
	"strings"

	"grantree/sql/tsql"
)

// foldKeyword writes a word that is compared without regard to case.
func foldKeyword(word string) string { return strings.ToUpper(strings.TrimSpace(word)) }

// splitName takes a name of up to three parts apart; ok is false for what is
// none.
func splitName(text string) (parts []string, ok bool) {
	parts, ok = tsql.SplitName(text)
	if !ok || len(parts) > 3 || parts[len(parts)-1] == "" {
		return nil, false
	}
	return parts, true
}
