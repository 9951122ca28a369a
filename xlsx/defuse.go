package xlsx

import "strings"

// runs are the characters that make of a cell something that a spreadsheet
// program runs, where it begins with one: those that OWASP's page on CSV
// injection lists, and their wide forms.
const runs = "=+-@\t\r\n＝＋－＠"

// runnable reports whether a program would run a cell. What stands behind
// apostrophes counts, so that Defuse can be undone.
func runnable(text string) bool {
	rest := strings.TrimLeft(text, "'")
	return rest != "" && strings.ContainsRune(runs, []rune(rest)[0])
}

// Defuse puts an apostrophe before a cell that a program would run.
func Defuse(text string) string {
	if runnable(text) {
		return "'" + text
	}
	return text
}

// Restore takes off what Defuse put on. ok is false where a program would run
// the cell as it stands.
func Restore(text string) (out string, ok bool) {
	switch {
	case !runnable(text):
		return text, true
	case text[0] == '\'':
		return text[1:], true
	}
	return text, false
}
