package report

import (
	"encoding/csv"
	"io"
	"iter"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/xlsx"
)

// headings are those of the table of access.
func headings() []string {
	return []string{"site", "person", "full name", "login", "standing", "active", "view", "node", "select", "insert", "update", "delete", "through"}
}

// rows are what everybody may do, or could, or of whom it is not verified: a row for
// each person, site and view. Somebody who can do nothing has a row without a view; a
// site that was not read has one that says why.
func (r *Report) rows() iter.Seq[[]string] {
	nodes := r.placesOf()
	return func(yield func([]string) bool) {
		for _, s := range r.Sites {
			if !s.Read {
				if !yield([]string{s.Site, "not read", "", "", "", "", "", "", "", "", "", "", s.Why}) {
					return
				}
			}
			for _, p := range r.inSite(s) {
				if !r.rowsOf(s, p, nodes, yield) {
					return
				}
			}
		}
	}
}

// member is a person of a site and their access there.
type member struct{ person, access int }

// inSite are the people of a site in the order of their names.
func (r *Report) inSite(s Site) []member {
	var out []member
	for _, m := range s.Members {
		for _, p := range m.People {
			out = append(out, member{p, m.Access})
		}
	}
	slices.SortStableFunc(out, func(x, y member) int { return x.person - y.person })
	return out
}

func (r *Report) rowsOf(s Site, m member, nodes []string, yield func([]string) bool) bool {
	p, x := r.People[m.person], r.Access[m.access]
	active := "yes"
	if p.Inactive {
		active = "no"
	}
	head := []string{s.Site, p.Name, p.FullName, p.Login, string(p.In(s.Site)), active}
	some := false
	for v, view := range r.Views {
		words := x.words(r, v)
		if words == nil {
			continue
		}
		some = true
		if !yield(slices.Concat(head, []string{view, nodes[v]}, words, []string{strings.Join(x.through(r, v), "; ")})) {
			return false
		}
	}
	return some || yield(slices.Concat(head, []string{"", "", "", "", "", "", "nothing"}))
}

// words say each of the four permissions on a view; nil where there is nothing to say.
func (x Access) words(r *Report, v int) []string {
	var out []string
	some := false
	for _, one := range catalog.All.Each() {
		word := ""
		for _, how := range hows() {
			if word == "" && r.Cells[x.rows()[how]].On(v).Has(one) {
				word = howWord(how)
			}
		}
		some = some || word != ""
		out = append(out, word)
	}
	if !some {
		return nil
	}
	return out
}

// hows are in the order in which one says more than the next.
func hows() []How { return []How{May, NotVerified, Around, Columns, Could} }

func howWord(h How) string {
	return map[How]string{May: "yes", NotVerified: "not verified", Around: "around the view", Columns: "some columns", Could: "could give it to themselves"}[h]
}

// through is by what somebody has what they have on a view.
func (x Access) through(r *Report, v int) []string {
	var out []string
	for _, w := range x.Ways {
		if !r.Cells[w.Cells].On(v).IsEmpty() {
			out = append(out, w.Text)
		}
	}
	return out
}

// placesOf is, for each view, the first node that it stands at.
func (r *Report) placesOf() []string {
	out := make([]string, len(r.Views))
	for _, n := range r.Tree {
		for _, p := range n.Views {
			if out[p.View] == "" {
				out[p.View] = catalog.Path(n.Path).String()
			}
		}
	}
	return out
}

// WriteCSV writes who may do what as a table, a row for each person, site and view. A
// cell that a spreadsheet program would run begins with an apostrophe.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(headings()); err != nil {
		return err
	}
	for cells := range r.rows() {
		if err := out.Write(defused(cells)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// defused is a row of which a spreadsheet program runs nothing, and a terminal obeys
// nothing.
func defused(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = xlsx.Defuse(finding.Printable(c))
	}
	return out
}
