package catalog

import (
	"strings"

	"grantree/finding"
)

// minSpelt is the length from which a word is long enough that one letter's
// difference means a slip rather than another word.
const minSpelt = 6

// aliases reports each alias, and those that no view of the tree needs.
func (l *linter) aliases() {
	written := map[string]bool{}
	for _, v := range l.c.WrittenViews() {
		written[v.Key()] = true
	}
	for _, a := range l.c.Aliases {
		if !written[a.Name.Key()] {
			l.found.Warnf(finding.UnusedAlias, a.Pos, "remove it", "alias %q is the name of no view in the tree", a.Name)
			continue
		}
		l.found.Notef(finding.Alias, a.Pos, "", "view %q is read as %q: %s", a.Name, a.Is, a.Reason)
	}
}

// similarNames reports names that differ in a plural s or an underscore only.
func (l *linter) similarNames() {
	first := map[string]ViewName{}
	for _, name := range l.c.Views() {
		alike := singular(name)
		other, ok := first[alike]
		if !ok {
			first[alike] = name
			continue
		}
		l.found.Warnf(finding.SimilarNames, l.placeOf(name), "if they are one view, add an [[alias]] for the wrong name",
			"views %q and %q may be one view: their names differ in little", other, name)
	}
}

// singular returns a name without underscores and without the s at the end of
// each word.
func singular(name ViewName) string {
	var b strings.Builder
	for _, word := range strings.Split(name.Key(), "_") {
		b.WriteString(strings.TrimSuffix(word, "s"))
	}
	return b.String()
}

// placeOf returns where a view is listed first.
func (l *linter) placeOf(name ViewName) finding.Pos {
	if places := l.c.places[name.Key()]; len(places) > 0 {
		return places[0].View.Pos
	}
	for _, o := range l.c.Outside {
		if l.c.SiteName(o.Name).Key() == name.Key() {
			return o.Pos
		}
	}
	return finding.Pos{}
}

// spelling reports a word of a view's name that is almost a word of its node's
// name: of the same length, and a letter or two apart.
func (l *linter) spelling(n *Node, v *View) {
	words := strings.FieldsFunc(strings.ToLower(n.Path.Name()), func(r rune) bool { return r == ' ' || r == '/' || r == '.' })
	for _, word := range strings.Split(v.Site.Key(), "_") {
		near := finding.Nearest(word, words)
		if len(word) < minSpelt || near == "" || near == word || len(near) != len(word) {
			continue
		}
		l.found.Warnf(finding.Spelling, v.Pos, "if the site spells it otherwise, add an [[alias]]",
			"view %q says %q where its node %q says %q", v.Name, word, n.Path, near)
	}
}

// outside reports the views that only groups name, together.
func (l *linter) outside() {
	if len(l.c.Outside) == 0 {
		return
	}
	var names []string
	for _, o := range l.c.Outside {
		names = append(names, string(o.Name))
	}
	l.found.Notef(finding.OutsideView, l.c.Outside[0].Pos, "", "views that only groups name, at no node (%d): %s",
		len(names), strings.Join(names, ", "))
}
