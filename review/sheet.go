package review

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"grantree/report"
	"grantree/roster"
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
		{Heading: "decision", Width: 12, Choices: []string{string(Keep), string(Revoke)}}, {Heading: "note", Width: 40}}
}

// WriteXLSX writes the workbook of a reviewer: a row for each thing to decide, and on
// sheets of their own how to go about it and what became of their people since the
// last review.
func (x Reviewer) WriteXLSX(w io.Writer, since *report.Since) error {
	rows := func(yield func([]string) bool) {
		for _, r := range x.Rows {
			cells := []string{r.ID, x.Reviewer, r.Person, r.FullName, r.What, string(r.Kind), strings.Join(r.Sites, "; "), r.Gives, r.Holds, r.Reason, r.Since, "", ""}
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
		{"Change no other cell: the column row says which row it is. Send the file back as it is, as a workbook or as CSV."}}
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

// Answer is what somebody wrote into a row.
type Answer struct {
	Row      string // its id
	Number   int    // of the row in the sheet
	Decision Decision
	Note     string
}

// Read takes a workbook, or the CSV that was made of one, back: who answered, and what.
// A cell that was defused comes back as it was. What is no answer is an error that
// names the row.
func Read(data []byte) (reviewer string, answers []Answer, err error) {
	sheet, err := roster.Read(data)
	if err != nil {
		return "", nil, err
	}
	at := map[string]int{}
	for i, c := range sheet.Header.Cells {
		name := fold(strings.TrimSpace(c.Text))
		if _, twice := at[name]; twice && name != "" {
			return "", nil, fmt.Errorf("row %d: two columns are called %q", sheet.Header.Number, name)
		}
		at[name] = i
	}
	for _, need := range []string{"row", "reviewer", "decision", "note"} {
		if _, ok := at[fold(need)]; !ok {
			return "", nil, fmt.Errorf("row %d: no column is called %q: send the sheet back as it was handed out", sheet.Header.Number, need)
		}
	}
	seen := map[string]int{}
	for _, row := range sheet.Rows {
		var wrong error
		cell := func(name string) string {
			text, err := row.Value(at[fold(name)])
			wrong = errors.Join(wrong, err)
			return strings.TrimSpace(text)
		}
		a := Answer{Row: cell("row"), Number: row.Number, Note: cell("note")}
		switch word := cell("decision"); fold(word) {
		case "":
		case fold(string(Keep)):
			a.Decision = Keep
		case fold(string(Revoke)):
			a.Decision = Revoke
		default:
			return "", nil, fmt.Errorf("row %d: the decision is %.40q: it can be keep, revoke, or empty", row.Number, word)
		}
		who := cell("reviewer")
		if wrong != nil {
			return "", nil, wrong
		}
		switch before, twice := seen[a.Row]; {
		case a.Row == "":
			return "", nil, fmt.Errorf("row %d: the column row is empty: send the sheet back as it was handed out", row.Number)
		case twice:
			return "", nil, fmt.Errorf("row %d: the row %.40q is in row %d already", row.Number, a.Row, before)
		case reviewer != "" && fold(who) != fold(reviewer):
			return "", nil, fmt.Errorf("row %d: the reviewer is %q, and %q before: a file has the answers of one", row.Number, who, reviewer)
		case who == "":
			return "", nil, fmt.Errorf("row %d: the column reviewer is empty: send the sheet back as it was handed out", row.Number)
		}
		seen[a.Row], reviewer = row.Number, who
		answers = append(answers, a)
	}
	if len(answers) == 0 {
		return "", nil, fmt.Errorf("the sheet has no rows")
	}
	return reviewer, answers, nil
}
