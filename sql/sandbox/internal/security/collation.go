package security

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// DefaultCollation is the collation of a server that names none.
const DefaultCollation = "SQL_Latin1_General_CP1_CI_AS"

// Collation compares names. It knows whether case and accents count; the
// order of a language is not its business. The zero Collation compares
// case-insensitively and accent-sensitively.
type Collation struct {
	name          string
	caseSensitive bool
	accentless    bool
}

// ParseCollation reads a collation name by its parts: _CS_, _BIN and _BIN2
// are case-sensitive, _AI is accent-insensitive. ok is false when the name is
// not shaped like a collation.
func ParseCollation(name string) (c Collation, ok bool) {
	upper := strings.ToUpper(name)
	parts := strings.Split(upper, "_")
	c = Collation{name: name}
	for _, part := range parts[1:] {
		switch part {
		case "CS", "BIN", "BIN2":
			c.caseSensitive, ok = true, true
		case "CI":
			ok = true
		case "AI":
			c.accentless = true
		}
	}
	return c, ok
}

// Name returns the name as it was given, or DefaultCollation.
func (c Collation) Name() string {
	if c.name == "" {
		return DefaultCollation
	}
	return c.name
}

// CaseSensitive reports whether names that differ in case are different.
func (c Collation) CaseSensitive() bool { return c.caseSensitive }

// Fold returns a key that is equal for names the collation calls equal.
// Trailing spaces never count (A.8).
func (c Collation) Fold(name string) string {
	if c.accentless {
		name = strings.Map(dropMark, norm.NFD.String(name))
	}
	if !c.caseSensitive {
		name = strings.Map(foldRune, name)
	}
	return strings.TrimRight(name, " ")
}

// Equal reports whether the collation calls two names the same.
func (c Collation) Equal(a, b string) bool { return c.Fold(a) == c.Fold(b) }

// foldRune maps a rune to the smallest letter that differs from it in case only. The iota is also a mark (U+0345), which
// is never chosen: folding must not make what dropMark would then remove.
func foldRune(r rune) rune {
	low := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if unicode.Is(unicode.Mn, low) || next < low && !unicode.Is(unicode.Mn, next) {
			low = next
		}
	}
	return low
}

// dropMark removes combining marks.
func dropMark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}
