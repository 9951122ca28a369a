package query

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// DefaultCollation is what a server has when nobody chose another one.
const DefaultCollation = "SQL_Latin1_General_CP1_CI_AS"

// collation is the way of comparing text that a collation's name stands for. All of them ignore trailing spaces, as
// the padding of ANSI SQL-92 asks for.
type collation struct {
	binary, caseSensitive, accentSensitive bool
}

// collationOf reads the parts of a collation's name: _BIN, _BIN2, _CS, _CI, _AS, _AI. The error is 448.
func collationOf(name string) (collation, error) {
	c := collation{accentSensitive: true}
	known := false
	for _, part := range strings.Split(strings.ToUpper(name), "_")[1:] {
		switch part {
		case "BIN", "BIN2":
			return collation{binary: true}, nil
		case "CS":
			c.caseSensitive, known = true, true
		case "CI":
			known = true
		case "AI":
			c.accentSensitive = false
		}
	}
	if !known {
		return c, refuse(448, "Invalid collation '%s'.", name)
	}
	return c, nil
}

// sqlite is the name of the SQLite collation that compares this way.
func (c collation) sqlite() string {
	switch {
	case c.binary:
		return "TS_BIN"
	case c.caseSensitive && c.accentSensitive:
		return "TS_CS_AS"
	case c.caseSensitive:
		return "TS_CS_AI"
	case c.accentSensitive:
		return "TS_CI_AS"
	}
	return "TS_CI_AI"
}

// compare orders two texts. First come the letters without case and accents, where punctuation is before digits and
// digits before letters as in the Windows collations, then, where they count, accents and case (lower before upper).
func (c collation) compare(a, b string) int {
	a, b = strings.TrimRight(a, " "), strings.TrimRight(b, " ")
	if c.binary || a == b {
		return strings.Compare(a, b)
	}
	if r := comparePrimary(a, b); r != 0 {
		return r
	}
	if c.accentSensitive {
		if r := compareAccents(a, b); r != 0 {
			return r
		}
	}
	if c.caseSensitive {
		return -strings.Compare(norm.NFC.String(a), norm.NFC.String(b))
	}
	return 0
}

func (c collation) equal(a, b string) bool { return c.compare(a, b) == 0 }

func comparePrimary(a, b string) int {
	if !isASCII(a) || !isASCII(b) {
		a, b = stripAccents(a), stripAccents(b)
	}
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			if r := cmp.Compare(weight(ra), weight(rb)); r != 0 {
				return r
			}
		}
		a, b = a[na:], b[nb:]
	}
	return cmp.Compare(len(a), len(b))
}

// weight puts a rune into its class and folds its case.
func weight(r rune) int64 {
	if r < utf8.RuneSelf {
		switch {
		case 'A' <= r && r <= 'Z':
			return 2<<32 | int64(r+'a'-'A')
		case 'a' <= r && r <= 'z':
			return 2<<32 | int64(r)
		case '0' <= r && r <= '9':
			return 1<<32 | int64(r)
		}
		return int64(r)
	}
	r = foldRune(r)
	switch {
	case unicode.IsLetter(r):
		return 2<<32 | int64(r)
	case unicode.IsDigit(r):
		return 1<<32 | int64(r)
	}
	return int64(r)
}

// foldRune maps the cases of a letter to one rune. Only pairs are folded: the Kelvin sign is not a k here.
func foldRune(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

func compareAccents(a, b string) int {
	if isASCII(a) && isASCII(b) {
		return 0
	}
	return strings.Compare(strings.Map(foldRune, norm.NFD.String(a)), strings.Map(foldRune, norm.NFD.String(b)))
}

func stripAccents(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// loosest is a key under which two texts are the same whenever any collation takes them for equal.
func loosest(s string) string {
	s = strings.TrimRight(s, " ")
	if !isASCII(s) {
		s = stripAccents(s)
	}
	return strings.Map(foldRune, s)
}
