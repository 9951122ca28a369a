package review

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/policy"
)

// lineWords are what a line of somebody's own says: what is allowed, but where, and how
// long.
func lineWords(l policy.Entry) string {
	text := strings.Join(l.Permissions.Words(), ", ")
	if len(l.Except) > 0 {
		text += "; except " + strings.Join(l.Except, ", ")
	}
	if !l.Until.IsZero() {
		text += "; until " + l.Until.String()
	}
	return text
}

// lineSeal is the hash of a line and of what it reaches: a node may mean other views than
// it did, though the line is the same to the letter.
func (b *rowBuilder) lineSeal(l policy.Entry) string {
	reached := b.p.Reach(l)
	held := make([]string, 0, len(reached))
	for view, may := range reached {
		held = append(held, fmt.Sprintf("%q %d", view.Key(), may))
	}
	if l.AllViews {
		for _, name := range b.r.Views {
			held = append(held, fmt.Sprintf("%q", catalog.ViewName(name).Key()))
		}
	}
	slices.Sort(held)
	return Hash(fmt.Appendf(nil, "%q %q %q %q", l.Except, l.Until.String(), l.Reason, held))[:16]
}
