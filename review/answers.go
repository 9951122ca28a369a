package review

import (
	"errors"
	"fmt"
	"strings"

	"grantree/roster"
)

// Answer is what somebody wrote into a row.
type Answer struct {
	Row      string // its id
	Pack     string // the id of the pack that it is of
	Number   int    // of the row in the sheet
	About    About  // what the cells beside it say
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
	at, err := layout(sheet.Header)
	if err != nil {
		return "", nil, err
	}
	seen := map[string]int{}
	for _, row := range sheet.Rows {
		a, who, err := readAnswer(row, at)
		if err == nil && seen[a.Row] > 0 {
			err = fmt.Errorf("row %d: the row %.40q is in row %d already", row.Number, a.Row, seen[a.Row])
		}
		if err == nil && reviewer != "" && fold(who) != fold(reviewer) {
			err = fmt.Errorf("row %d: the reviewer is %q, and %q before: a file has the answers of one", row.Number, who, reviewer)
		}
		if err != nil {
			return "", nil, err
		}
		seen[a.Row], reviewer = row.Number, who
		answers = append(answers, a)
	}
	if len(answers) == 0 {
		return "", nil, errors.New("the sheet has no rows")
	}
	return reviewer, answers, nil
}

// layout finds the columns that an answer has, by their folded headings.
func layout(header roster.Row) (map[string]int, error) {
	at := map[string]int{}
	for i, c := range header.Cells {
		name := fold(strings.TrimSpace(c.Text))
		if _, twice := at[name]; twice && name != "" {
			return nil, fmt.Errorf("row %d: two columns are called %q", header.Number, strings.TrimSpace(c.Text))
		}
		at[name] = i
	}
	for _, need := range []string{"row", "reviewer", "person", "what", "kind", "sites", "decision", "note", "pack"} {
		if _, ok := at[fold(need)]; !ok {
			return nil, fmt.Errorf("row %d: no column is called %q: send the sheet back as it was handed out", header.Number, need)
		}
	}
	return at, nil
}

// readAnswer reads one row.
func readAnswer(row roster.Row, at map[string]int) (a Answer, who string, err error) {
	cell := func(name string) string {
		text, wrong := row.Value(at[fold(name)])
		err = errors.Join(err, wrong)
		return strings.TrimSpace(text)
	}
	seen := func(name string) string {
		text, wrong := seenIn(row, at[fold(name)], name)
		err = errors.Join(err, wrong)
		return text
	}
	a = Answer{Row: cell("row"), Pack: cell("pack"), Number: row.Number, Note: cell("note"),
		About: About{Person: seen("person"), What: seen("what"), Kind: seen("kind"), Sites: seen("sites")}}
	word := cell("decision")
	who = cell("reviewer")
	if err != nil {
		return a, who, err
	}
	switch fold(word) {
	case "":
	case fold(string(Keep)):
		a.Decision = Keep
	case fold(string(Revoke)):
		a.Decision = Revoke
	default:
		err = fmt.Errorf("row %d: the decision is %.40q: it can be keep, revoke, or empty", row.Number, word)
	}
	if a.Row == "" || who == "" {
		err = fmt.Errorf("row %d: the column %s is empty: send the sheet back as it was handed out", row.Number, map[bool]string{true: "row", false: "reviewer"}[a.Row == ""])
	}
	return a, who, err
}
