package collate

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Compare orders two texts. First come the letters without case and accents, where punctuation is before digits and
// digits before letters as in the Windows collations, then, where they count, accents and case (lower before upper).
// It is 0 exactly where [Collation.Equal] is true.
func (c Collation) Compare(a, b string) int {
	a, b = strings.TrimRight(whole(a), " "), strings.TrimRight(whole(b), " ")
	if c.binary || a == b {
		return strings.Compare(a, b)
	}
	letters := Collation{turkish: c.turkish}
	if r := compareLetters(letters.Fold(a), letters.Fold(b)); r != 0 {
		return r
	}
	if IsASCII(a) && IsASCII(b) && !c.cases {
		return 0
	}
	caseless := c
	caseless.cases = false
	if r := strings.Compare(caseless.Fold(a), caseless.Fold(b)); r != 0 || !c.cases {
		return r
	}
	return -strings.Compare(c.Fold(a), c.Fold(b))
}

// compareLetters orders folded texts rune by rune.
func compareLetters(a, b string) int {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if r := cmp.Compare(weight(ra), weight(rb)); r != 0 {
			return r
		}
		a, b = a[na:], b[nb:]
	}
	return cmp.Compare(len(a), len(b))
}

// weight puts a rune into its class.
func weight(r rune) int64 {
	switch {
	case unicode.IsLetter(r):
		return 2<<32 | int64(r)
	case unicode.IsDigit(r):
		return 1<<32 | int64(r)
	}
	return int64(r)
}
