package security

import "strings"

// foldKeyword writes a word that is compared without regard to case.
func foldKeyword(word string) string { return strings.ToUpper(strings.TrimSpace(word)) }
