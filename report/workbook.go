package report

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"grantree/xlsx"
)

// WriteXLSX writes a workbook: what the report is about, who may do what (a row for
// each person, site and view), who is in which group, what became of whom since the
// earlier report, what was found. Cells are texts, and a spreadsheet program runs none.
func (r *Report) WriteXLSX(w io.Writer) error {
	wide, short := 40.0, 14.0
	sheets := []xlsx.Sheet{
		sheet("About", []string{"what", "value"}, []float64{20, 80}, r.about()),
		sheet("Access", headings(), []float64{short, 24, 28, 20, short, 8, 32, wide, 10, 10, 10, 10, 60}, r.rows()),
		sheet("People", []string{"site", "person", "full name", "standing", "groups and roles"}, []float64{short, 24, 28, short, 60}, r.memberRows()),
		sheet("Findings", []string{"severity", "code", "finding", "where", "what to do"}, []float64{10, 20, 80, 24, 60}, r.findingRows()),
	}
	if r.Since != nil {
		sheets = append(sheets, sheet("Changes", []string{"people", "sites", "change", "permissions", "views"}, []float64{40, 24, 28, 28, 80}, r.Since.Rows(nil)))
	}
	return xlsx.Write(w, sheets...)
}

func sheet(name string, heads []string, widths []float64, rows iter.Seq[[]string]) xlsx.Sheet {
	s := xlsx.Sheet{Name: name, Rows: func(yield func([]string) bool) {
		for cells := range rows {
			if !yield(defused(cells)) {
				return
			}
		}
	}}
	for i, h := range heads {
		s.Columns = append(s.Columns, xlsx.Column{Heading: h, Width: widths[i]})
	}
	return s
}

// about says what the report is, and what of it is missing.
func (r *Report) about() iter.Seq[[]string] {
	rows := [][]string{{"made", r.Made}, {"application", r.Application}, {"policy", r.Policy}, {"rests on", r.Basis.Words()}}
	for _, s := range r.Sites {
		state := "read"
		if !s.Read {
			state = "not read: " + s.Why
		}
		rows = append(rows, []string{"site " + s.Site, state})
		for _, d := range s.Unverified {
			rows = append(rows, []string{"not verified in " + s.Site, d.Message})
		}
	}
	if r.Seats != nil {
		rows = append(rows, []string{"seats", r.Seats.Words()})
	}
	return slices.Values(rows)
}

// Words say what a report rests on.
func (b Basis) Words() string {
	switch b {
	case Policy:
		return "the policy alone: no site was asked, and this is what it gives in sites made from the catalog"
	case Sandbox:
		return "an embedded server, on which the policy was carried out first"
	}
	return "what the sites held when they were read"
}

// Words are the seats in a sentence.
func (s Seats) Words() string {
	of := "no limit"
	if s.Limit > 0 {
		of = fmt.Sprintf("of %d", s.Limit)
	}
	if s.Used == nil {
		return fmt.Sprintf("not counted, %s: could not read %s", of, strings.Join(s.Unread, ", "))
	}
	return fmt.Sprintf("%d used, %s", *s.Used, of)
}

func (r *Report) memberRows() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, s := range r.Sites {
			for _, m := range r.inSite(s) {
				p := r.People[m.person]
				if !yield([]string{s.Site, p.Name, p.FullName, string(p.In(s.Site)), strings.Join(r.Access[m.access].Roles, "; ")}) {
					return
				}
			}
		}
	}
}

func (r *Report) findingRows() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, f := range r.Findings {
			if !yield([]string{f.Severity, f.Code, f.Message, f.Where, f.Fix}) {
				return
			}
		}
	}
}

// Rows are the changes, a row for each part of one: people, sites, what, permissions,
// views. Where of is not nil they are those of the people whom it tells.
func (s *Since) Rows(of func(person string) bool) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, c := range s.Changes {
			people := slices.DeleteFunc(slices.Clone(c.People), func(p string) bool { return of != nil && !of(p) })
			for some := range slices.Chunk(people, peopleInCell) {
				for _, line := range c.lines() {
					if !yield(slices.Concat([]string{strings.Join(some, ", "), strings.Join(c.Sites, ", ")}, line)) {
						return
					}
				}
			}
		}
	}
}

// peopleInCell is how many people a cell names, so that it stays one that a workbook
// can hold: names have 128 characters at most.
const peopleInCell = 200

// lines are what became of somebody: what, permissions, views.
func (c Change) lines() [][]string {
	var out [][]string
	say := func(what, permissions, views string) { out = append(out, []string{what, permissions, views}) }
	if c.Came {
		say("came", "", "")
	}
	if c.Left {
		say("left", "", "")
	}
	for _, r := range c.RolesAdded {
		say("is now in "+r, "", "")
	}
	for _, r := range c.RolesRemoved {
		say("is no longer in "+r, "", "")
	}
	for _, p := range c.Gains {
		say("gains, "+howWord(p.How), strings.Join(p.Permissions, ", "), strings.Join(p.Views, ", "))
	}
	for _, p := range c.Loses {
		say("loses, "+howWord(p.How), strings.Join(p.Permissions, ", "), strings.Join(p.Views, ", "))
	}
	return out
}
