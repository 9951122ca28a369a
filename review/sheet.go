package review

import (
	"io"
	"slices"

	"grantree/report"
	"grantree/xlsx"
)

// Decision is an answer about a row.
type Decision string

// What can be answered; an empty cell is no answer.
const (
	Keep   Decision = "keep"
	Revoke Decision = "revoke"
)

// columns of a workbook, in their order.
func columns() []xlsx.Column {
	return []xlsx.Column{{Heading: "row", Width: 18}, {Heading: "reviewer", Width: 18}, {Heading: "person", Width: 20}, {Heading: "full name", Width: 26}, {Heading: "what", Width: 28}, {Heading: "kind", Width: 14},
		{Heading: "sites", Width: 24}, {Heading: "gives", Width: 50}, {Heading: "in the sites", Width: 14}, {Heading: "reason", Width: 30}, {Heading: "since", Width: 20},
		{Heading: "decision", Width: 12, Choices: []string{string(Keep), string(Revoke)}}, {Heading: "note", Width: 40}, {Heading: "pack", Width: 18}}
}

// WriteXLSX writes the workbook of a reviewer: a row for each thing to decide, and on
// sheets of their own how to go about it and what became of their people since the
// last review. pack is the id of the pack that it is of.
func (x Reviewer) WriteXLSX(w io.Writer, pack string, since *report.Since) error {
	rows := func(yield func([]string) bool) {
		for _, r := range x.Rows {
			about := r.about()
			cells := []string{r.ID, x.Reviewer, about.Person, r.FullName, about.What, about.Kind, about.Sites, r.Gives, r.Holds, r.Reason, r.Since, "", "", pack}
			for i := range cells {
				cells[i] = xlsx.Defuse(cells[i])
			}
			if !yield(cells) {
				return
			}
		}
	}
	help := [][]string{{"Answer every row in the column decision: keep or revoke. A row without an answer is not decided."},
		{"revoke takes the whole row away, in all the sites that it names. Say in note what else should become of it."},
		{"Change no other cell: the column row says which row it is, and rows are sorted as a whole or not at all. Send the file back as it is, as a workbook or as CSV."}}
	sheets := []xlsx.Sheet{{Name: "Decide", Columns: columns(), Rows: rows}, {Name: "How to", Columns: []xlsx.Column{{Heading: "How to", Width: 110}}, Rows: slices.Values(help)}}
	if since != nil {
		sheets = append(sheets, xlsx.Sheet{Name: "Since", Columns: []xlsx.Column{{Heading: "people", Width: 40}, {Heading: "sites", Width: 24}, {Heading: "change", Width: 28}, {Heading: "permissions", Width: 28}, {Heading: "views", Width: 80}}, Rows: x.changes(since)})
	}
	return xlsx.Write(w, sheets...)
}

// changes are those of the reviewer's people.
func (x Reviewer) changes(since *report.Since) func(func([]string) bool) {
	theirs := map[string]bool{}
	for _, r := range x.Rows {
		theirs[fold(r.Person)] = true
	}
	return func(yield func([]string) bool) {
		for cells := range since.Rows(func(person string) bool { return theirs[fold(person)] }) {
			for i := range cells {
				cells[i] = xlsx.Defuse(cells[i])
			}
			if !yield(cells) {
				return
			}
		}
	}
}
