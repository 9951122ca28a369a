package grants

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"grantree/namefold"

	"golang.org/x/text/unicode/norm"
)

// Collation says when two names are the same name to a database. Principals,
// schemas and objects compare in the database's collation, logins in the
// server's (reference A.8). The zero Collation is case-insensitive, as the
// servers of this application are by default; it is how the policy's own names
// compare where no server is at hand.
//
// Key is certain for the names that Exact says it is. Of others the server is
// asked, and Learned keeps what it said.
type Collation struct {
	Name string
	namefold.Rule
	// Same holds the keys of names that the server was asked about; nil where it
	// was not.
	Same map[string]string
}

// ParseCollation reads a collation name as sys.databases reports it: whether
// case (_CS), accents (_AI), width (_WS) and kana (_KS) count, and whether the
// order is binary (_BIN, _BIN2). The parts that say how text is stored or
// ordered (version, _SC, _VSS, _UTF8, _Pref, code pages) do not change when
// names are the same, but for code page 1254, which is Turkish. An empty name
// (a database that is offline) is the zero Collation.
func ParseCollation(name string) Collation {
	c := Collation{Name: name}
	for _, part := range strings.Split(strings.ToUpper(name), "_") {
		switch part {
		case "CS":
			c.CaseSensitive = true
		case "AI":
			c.AccentBlind = true
		case "WS":
			c.WidthSensitive = true
		case "KS":
			c.KanaSensitive = true
		case "BIN", "BIN2":
			c.Binary, c.CaseSensitive = true, true
		case "TURKISH", "AZERI", "CP1254":
			c.Turkish = true
		}
	}
	return c
}

// Key returns a string that is equal for equal names: what the server said,
// where it was asked, else the name as the collation folds it. Trailing spaces
// are not significant.
func (c Collation) Key(name string) string {
	if c.Same == nil {
		return c.Rule.Key(name)
	}
	if key, ok := c.Same[strings.TrimRight(name, " ")]; ok {
		return key
	}
	folded := c.Rule.Key(name)
	if key, ok := c.Same[folded]; ok {
		return key
	}
	return folded
}

// Equal reports whether a and b are the same name.
func (c Collation) Equal(a, b string) bool { return a == b || c.Key(a) == c.Key(b) }

// Exact reports whether two of these names are the same exactly where their
// keys are, without asking the server. That is so of every name where the order
// is binary; else of ASCII where the language of the collation reads no two of
// its letters as one nor one differently, and of the accented letters of Western
// and Central Europe where it is no language in particular. Of everything else
// (ligatures, ß, marks that stand alone, control characters, other alphabets)
// what the server does depends on the version of its tables.
func (c Collation) Exact(names ...string) bool {
	if c.Binary {
		return true
	}
	sure := c.certain()
	for _, name := range names {
		for _, r := range name {
			ascii := r >= ' ' && r <= '~'
			if sure == nothing || !ascii && (sure == asciiLetters || !isAccented(r)) {
				return false
			}
		}
	}
	return true
}

// certainty is how much of Unicode a collation's keys are certain of.
type certainty int

const (
	nothing certainty = iota
	asciiLetters
	accentedLetters
)

// certain says how far the language of a collation is known not to have letters
// of its own: Danish reads aa as å, Hungarian nY not as ny, Swedish w as v.
func (c Collation) certain() certainty {
	language, codePage, sql := c.language()
	switch {
	case sql && codePage != "CP1" && codePage != "CP437" && codePage != "CP850":
		return nothing
	case language == "LATIN1_GENERAL" || language == "FRENCH" && !sql:
		return accentedLetters
	case sql:
		return nothing
	}
	switch language {
	case "MODERN_SPANISH": // ñ is no n, even where accents do not count
		if c.AccentBlind {
			return asciiLetters
		}
		return accentedLetters
	case "TURKISH": // whether ı is an i without accent depends on the version
		if c.AccentBlind {
			return nothing
		}
		return asciiLetters
	case "ARABIC", "CYRILLIC_GENERAL", "GREEK", "HEBREW", "KOREAN", "KOREAN_WANSUNG",
		"JAPANESE", "JAPANESE_UNICODE", "JAPANESE_XJIS", "JAPANESE_BUSHU_KAKUSU",
		"CHINESE_PRC", "CHINESE_PRC_STROKE", "CHINESE_SIMPLIFIED_PINYIN", "CHINESE_SIMPLIFIED_STROKE_ORDER",
		"CHINESE_TAIWAN_STROKE", "CHINESE_TAIWAN_BOPOMOFO", "CHINESE_HONG_KONG_STROKE":
		return asciiLetters
	}
	return nothing
}

// language takes the name apart: its words up to the version, code page or
// first style; the code page; and whether it is one of the SQL collations.
func (c Collation) language() (words, codePage string, sql bool) {
	rest, sql := strings.CutPrefix(strings.ToUpper(c.Name), "SQL_")
	var language []string
	for _, part := range strings.Split(rest, "_") {
		if strings.HasPrefix(part, "CP") && len(part) > 2 && part[2] >= '0' && part[2] <= '9' {
			codePage = part
			break
		}
		if part == "CI" || part == "CS" || strings.HasPrefix(part, "BIN") || part != "" && part[0] >= '0' && part[0] <= '9' {
			break
		}
		language = append(language, part)
	}
	return strings.Join(language, "_"), codePage, sql
}

// isAccented reports whether r is a letter of ASCII with one accent, of
// Latin-1 or Latin Extended-A, which every version's tables have. The dotted
// capital I is left out: whose small letter it is differs.
func isAccented(r rune) bool {
	if r < 'À' || r > 'ſ' || r == 'İ' {
		return false
	}
	apart := norm.NFD.String(string(r))
	mark, _ := utf8.DecodeRuneInString(apart[1:])
	return apart[0] < utf8.RuneSelf && unicode.Is(unicode.Mn, mark)
}
