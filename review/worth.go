package review

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/report"
)

// nothing is what gives nothing.
const nothing = "nothing"

// worth is what something gives: permissions view by view, by what they are worth.
type worth map[report.How][]catalog.Permissions

// join adds another.
func (w worth) join(other worth) {
	for how, cells := range other {
		if w[how] == nil {
			w[how] = make([]catalog.Permissions, len(cells))
		}
		for v, p := range cells {
			w[how][v] |= p
		}
	}
}

// take removes cells, whatever they are worth.
func (w worth) take(cells []catalog.Permissions) {
	for how := range w {
		w[how] = less(w[how], cells)
	}
}

// less is x without y.
func less(x, y []catalog.Permissions) []catalog.Permissions {
	out := make([]catalog.Permissions, len(x))
	for v := range x {
		out[v] = x[v].Minus(y[v])
	}
	return out
}

func some(cells []catalog.Permissions) bool {
	return slices.ContainsFunc(cells, func(p catalog.Permissions) bool { return !p.IsEmpty() })
}

// ofHow are what cells can be worth, and how that is said before what they are.
func ofHow() []struct {
	how   report.How
	words string
} {
	return []struct {
		how   report.How
		words string
	}{{report.May, ""}, {report.NotVerified, "not verified: "}, {report.Around, "around the view: "}, {report.Columns, "on some columns: "}, {report.Could, "could give themselves: "}}
}

// worthOf is all that an access is worth.
func (b *rowBuilder) worthOf(x report.Access) worth {
	return worth{report.May: b.row(x.May), report.NotVerified: b.row(x.NotVerified), report.Around: b.row(x.Around), report.Columns: b.row(x.Columns), report.Could: b.row(x.Could)}
}

// split says what some cells of a way are worth: by what kind it is, and whether what it
// gives is sure.
func (b *rowBuilder) split(x report.Access, w report.Way, cells []catalog.Permissions) worth {
	if how := w.How(); how != report.May {
		return worth{how: cells}
	}
	unsure := less(cells, b.row(x.May))
	return worth{report.May: less(cells, unsure), report.NotVerified: unsure}
}

// gives says in a few words what something is worth.
func (b *rowBuilder) gives(w worth) string {
	var parts []string
	for _, h := range ofHow() {
		if some(w[h.how]) {
			parts = append(parts, h.words+b.words(w[h.how]))
		}
	}
	if len(parts) == 0 {
		return nothing
	}
	return strings.Join(parts, "; ")
}

// sealOfAll is the hash of all that something is worth.
func (b *rowBuilder) sealOfAll(w worth) string {
	var out []string
	for _, h := range ofHow() {
		out = append(out, b.seal(w[h.how]))
	}
	return strings.Join(out, "")
}

// key is the name of a view as names compare.
func (b *rowBuilder) key(view int) string { return catalog.ViewName(b.r.Views[view]).Key() }
