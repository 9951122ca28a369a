package adoption

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
)

// line is one [[….allow]] or [[….deny]] of the policy to be written.
type line struct {
	on, view    string // one of them, unless all
	all         bool
	permissions catalog.Permissions
	except      []string
	reason      string // of a deny
	overrides   bool   // of a group's deny
	at          int    // where it stands in the tree
	gives       rights
}

// width is how long a line of text gets before a list goes on in the next one.
const width = 100

// height is how many lines of text a line of the policy takes, with the blank
// one after it.
func (l line) height() int {
	n := 4
	if len(l.except) > 0 {
		n += listHeight("except", l.except)
	}
	if l.reason != "" {
		n++
	}
	if l.overrides {
		n++
	}
	return n
}

// price is what a fold weighs: the height, and something for every few names that
// are left out, since a long list is as hard to read as one more line.
func (l line) price() int { return l.height() + len(l.except)/4 }

// listHeight is how many lines a list takes.
func listHeight(key string, names []string) int { return strings.Count(list(key, names), "\n") }

// compareLines sorts lines by the tree, what is about everything first.
func compareLines(a, b line) int {
	return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.view, b.view), strings.Compare(a.on, b.on),
		cmp.Compare(a.permissions, b.permissions), slices.Compare(a.except, b.except))
}

// heightOf is what several lines take.
func heightOf(lines []line) int {
	n := 0
	for _, l := range lines {
		n += l.height()
	}
	return n
}
