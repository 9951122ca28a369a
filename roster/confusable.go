package roster

import (
	"fmt"
	"strings"
	"unicode"
)

// Names that look alike and are not. Nothing is refused for it: a name may well be
// of two alphabets. It is said, so that somebody looks.

// alphabets are those whose letters are taken for one another's.
func alphabets() []struct {
	name  string
	table *unicode.RangeTable
} {
	return []struct {
		name  string
		table *unicode.RangeTable
	}{{"Latin", unicode.Latin}, {"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}, {"Armenian", unicode.Armenian}, {"Cherokee", unicode.Cherokee}}
}

// mixed says which alphabets a word of a text mixes, or "".
func mixed(text string) string {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		var found []string
		for _, a := range alphabets() {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(a.table, r) }) {
				found = append(found, a.name)
			}
		}
		if len(found) > 1 {
			return fmt.Sprintf("%q mixes %s letters in one word", shorten(word), strings.Join(found, " and "))
		}
	}
	return ""
}

// alike are letters and digits that look like the one after them; of others'
// alphabets those that look like a Latin letter (Unicode TS 39, confusables).
const alike = "АA ВB ЕE КK МM НH ОO РP СC ТT ХX УY ЅS ІI ЈJ аa еe оo рp сc уy хx ѕs іi јj һh ԁd ԛq ԝw ӏl " +
	"ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv αa ρp ιi κk τt υu χx " +
	"ıi ɑa ɡg ɩi 0o 1l Il |l օo ոn սu"

// lookalikes is that table.
var lookalikes = func() *strings.Replacer {
	var pairs []string
	for pair := range strings.FieldsSeq(alike) {
		r := []rune(pair)
		pairs = append(pairs, string(r[0]), string(r[1]))
	}
	return strings.NewReplacer(pairs...)
}()

// looks is equal for names that may be taken for one another.
func looks(name string) string {
	return lookalikes.Replace(blindKey(lookalikes.Replace(lookalikes.Replace(name))))
}
