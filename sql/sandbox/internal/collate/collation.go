// Package collate compares texts as SQL Server's collations do: the values of rows and the names of principals,
// objects and columns alike. It knows a collation by the parts of its name: _CI and _CS, _AI and _AS, _KS, _WS, _BIN and
// _BIN2, and of its language only what the letters i and ı are in Turkish. Trailing spaces never count.
//
// Start with [Parse]. [Collation.Fold] gives a key that is equal for equal texts, [Collation.Compare] an order that
// agrees with it. The package stands on nothing but how tds writes a half of a pair.
package collate

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"grantree/sql/units"
)

// Default is what a server has when nobody chose another one.
const Default = "SQL_Latin1_General_CP1_CI_AS"

// Collation is the way of comparing that a name stands for. The zero Collation takes for equal whatever any takes for
// equal, but for Turkish.
type Collation struct {
	name string

	binary         bool
	cases, accents bool // whether they count
	kana, widths   bool
	turkish        bool
}

// Parse reads the parts of a collation's name. ok is false when the name is not shaped like one.
func Parse(name string) (c Collation, ok bool) {
	parts := strings.Split(strings.ToUpper(name), "_")
	c = Collation{name: name, accents: true, turkish: parts[0] == "TURKISH"}
	for _, part := range parts[1:] {
		switch part {
		case "BIN", "BIN2":
			return Collation{name: name, binary: true}, true
		case "CS":
			c.cases, ok = true, true
		case "CI":
			ok = true
		case "AI":
			c.accents = false
		case "KS":
			c.kana = true
		case "WS":
			c.widths = true
		}
	}
	return c, ok
}

// Name returns the name as it was given.
func (c Collation) Name() string {
	if c.name == "" {
		return Default
	}
	return c.name
}

// Supplementary reports whether functions count a character beyond the basic plane as one (_SC, _UTF8 and version 140).
func (c Collation) Supplementary() bool {
	name := strings.ToUpper(c.Name()) + "_"
	return strings.Contains(name, "_SC_") || strings.Contains(name, "_UTF8_") || strings.Contains(name, "_140_")
}

// Latin1 reports whether char and varchar are of code page 1252.
func (c Collation) Latin1() bool {
	name := strings.ToUpper(c.Name())
	for _, prefix := range []string{"LATIN1_", "SQL_LATIN1_GENERAL_CP1_", "DANISH_", "FINNISH_", "FRENCH_", "GERMAN_", "ICELANDIC_", "MODERN_SPANISH_", "TRADITIONAL_SPANISH_", "NORWEGIAN_"} {
		if strings.HasPrefix(name, prefix) {
			return !strings.HasSuffix(name, "_UTF8")
		}
	}
	return false
}

// Binary reports whether texts are compared by their code points.
func (c Collation) Binary() bool { return c.binary }

// CaseSensitive reports whether texts that differ in case are different.
func (c Collation) CaseSensitive() bool { return c.cases || c.binary }

// Upper is UPPER: in Turkish the upper case of i is İ.
func (c Collation) Upper(s string) string {
	if c.turkish {
		return strings.ToUpperSpecial(unicode.TurkishCase, s)
	}
	return strings.ToUpper(s)
}

// Lower is LOWER: in Turkish the lower case of I is ı.
func (c Collation) Lower(s string) string {
	if c.turkish {
		return strings.ToLowerSpecial(unicode.TurkishCase, s)
	}
	return strings.ToLower(s)
}

// Key names the way of comparing: it is the same for collations that always agree.
func (c Collation) Key() string {
	key := "TS"
	for _, part := range []struct {
		on   bool
		name string
	}{{c.binary, "_BIN"}, {c.turkish, "_TR"}, {c.cases, "_CS"}, {c.accents, "_AS"}, {c.kana, "_KS"}, {c.widths, "_WS"}} {
		if part.on {
			key += part.name
		}
	}
	return key
}

// All returns a collation for each Key.
func All() []Collation {
	all := []Collation{{binary: true}}
	for n := range 1 << 5 {
		on := func(bit int) bool { return n&(1<<bit) != 0 }
		all = append(all, Collation{turkish: on(0), cases: on(1), accents: on(2), kana: on(3), widths: on(4)})
	}
	return all
}

// Equal reports whether two texts are the same.
func (c Collation) Equal(a, b string) bool { return a == b || c.Fold(a) == c.Fold(b) }

// Fold returns a key that is equal for texts that the collation calls equal.
func (c Collation) Fold(s string) string {
	s = strings.TrimRight(whole(s), " ")
	switch {
	case c.binary:
		return s
	case !IsASCII(s):
		return strings.TrimRight(c.fold(s), " ")
	case c.cases:
		return s
	case c.turkish:
		return strings.Map(c.foldRune, s)
	}
	return strings.ToLower(s)
}

// whole is a text for comparing: halves of a pair that stand together are the pair, and one that stands alone is a
// character of its own, of those that nobody uses.
func whole(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for s = units.Text(units.Of(s)); s != ""; {
		r, n := units.Next(s)
		if s = s[n:]; utf16.IsSurrogate(r) {
			r += 0xF0000 - 0xD800
		}
		out.WriteRune(r)
	}
	return out.String()
}

// fold is Fold for a text that is not ASCII. A letter and its marks are the same text composed or not.
func (c Collation) fold(s string) string {
	if !c.widths {
		s = width.Fold.String(s)
	}
	var out strings.Builder
	for _, r := range norm.NFC.String(s) {
		if c.turkish && strings.ContainsRune(turkish, r) {
			out.WriteRune(c.foldRune(r))
			continue
		}
		for _, part := range expand.Replace(norm.NFD.String(string(r))) {
			if c.accents || !unicode.Is(unicode.Mn, part) {
				out.WriteRune(c.foldRune(part))
			}
		}
	}
	return out.String()
}

func (c Collation) foldRune(r rune) rune {
	if !c.kana && ('ァ' <= r && r <= 'ヶ' || r == 'ヽ' || r == 'ヾ') {
		r -= 'ァ' - 'ぁ'
	}
	switch {
	case c.cases:
		return r
	case c.turkish:
		return lower(unicode.TurkishCase.ToLower(r))
	}
	return lower(r)
}

// turkish are the letters of Turkish that are no letter with an accent there, and whose case is not what it is elsewhere.
const turkish = "iıIİçÇğĞöÖşŞüÜ"

// expand writes out the letters that the collations take for two.
var expand = strings.NewReplacer("ß", "ss", "ẞ", "SS", "æ", "ae", "Æ", "AE", "œ", "oe", "Œ", "OE")

// lower maps a rune to the smallest letter that differs from it in case only. The iota is also a mark (U+0345), which is
// never chosen: folding must not make what dropping marks would then remove.
func lower(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToLower(r)
	}
	low := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if unicode.Is(unicode.Mn, low) || next < low && !unicode.Is(unicode.Mn, next) {
			low = next
		}
	}
	return unicode.ToLower(low)
}

// Loosest is a key under which two texts are the same whenever any collation takes them for equal.
func Loosest(s string) string {
	return strings.ReplaceAll(Collation{}.Fold(s), "ı", "i")
}

// IsASCII reports whether a text has no other character.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
