package schema

import (
	"regexp"
	"strings"
)

// Words are what a page says of keys: its tables with the columns "key" and
// "meaning", by the heading that they stand under.
type Words map[string]map[string]string

// ReadWords reads a page of Markdown. Under a heading the first such table counts,
// and each further one as that heading with a number: "[catalog]", "[catalog] 2".
func ReadWords(page string) Words {
	out := Words{}
	heading, under := "", 0
	var table map[string]string
	for line := range strings.SplitSeq(page, "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			heading, under, table = strings.Trim(strings.TrimLeft(line, "#"), " `"), 0, nil
		case line == "| key | meaning |":
			table = map[string]string{}
			if under++; under == 1 {
				out[heading] = table
			} else {
				out[heading+" 2"] = table
			}
		case table != nil && strings.HasPrefix(line, "| "):
			keys, meaning, ok := strings.Cut(strings.Trim(line, "| "), " | ")
			if !ok {
				continue
			}
			for _, m := range inCode.FindAllStringSubmatch(keys, -1) {
				table[m[1]] = plain(meaning)
			}
		case !strings.HasPrefix(line, "|"):
			table = nil
		}
	}
	return out
}

var (
	inCode = regexp.MustCompile("`([^`]+)`")
	aLink  = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)
)

// plain is a text without the marks of Markdown.
func plain(text string) string {
	return strings.ReplaceAll(aLink.ReplaceAllString(text, "$1"), "`", "")
}
