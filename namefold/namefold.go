// Package namefold makes of a name a key that is equal for equal names. It is
// the one place that knows how case, accents, width and kana are set aside;
// start with [Rule].
//
// It stands alone because the catalog and the model of a database both compare
// names and neither may know the other's reasons: the catalog uses the zero
// Rule, grants.Collation the one that a collation's name stands for.
package namefold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Rule says what counts when two names are compared. The zero Rule is that of
// most servers (…_CI_AS): accents count, case, width and kana do not.
type Rule struct {
	CaseSensitive  bool
	AccentBlind    bool
	WidthSensitive bool
	KanaSensitive  bool
	Binary         bool // names are the same where their characters are; nothing else counts
	Turkish        bool // i and I are two letters, as in Turkish: i is small İ, and I is capital ı
}

// Key returns a string that is equal for names that are the same by the rule.
// Trailing spaces never count. An ASCII name in lower case is its own key and
// costs nothing.
func (r Rule) Key(name string) string {
	name = strings.TrimRight(name, " ")
	switch {
	case r.Binary:
		return name
	case !isASCII(name):
		return r.fold(name)
	case r.CaseSensitive:
		return name
	case r.Turkish && strings.Contains(name, "I"):
		return r.fold(name)
	}
	return strings.ToLower(name)
}

// fold is Key of any name. The order matters: narrow letters become wide ones
// before they are taken apart, and marks are dropped while they stand alone.
func (r Rule) fold(name string) string {
	if !r.WidthSensitive {
		name = width.Fold.String(name)
	}
	if r.Turkish && !r.CaseSensitive {
		name = strings.NewReplacer("İ", "i", "I", "ı").Replace(norm.NFC.String(name))
	}
	name = norm.NFD.String(name)
	if r.AccentBlind {
		name = strings.Map(dropMark, name)
	}
	if !r.KanaSensitive {
		name = strings.Map(hiragana, name)
	}
	if !r.CaseSensitive {
		name = cases.Fold().String(name)
	}
	return strings.TrimRight(norm.NFD.String(name), " ")
}

// dropMark takes out the marks that stand behind their letter once a name is
// taken apart.
func dropMark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// hiragana turns the letters of katakana that hiragana has too into those.
func hiragana(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' || r == 'ヽ' || r == 'ヾ' {
		return r - ('ァ' - 'ぁ')
	}
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
