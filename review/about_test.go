package review

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"grantree/roster"
)

// cellsOf are the cells of a reviewer's workbook, its headings first.
func cellsOf(t *testing.T, pack *Pack, n int, answers map[string]Decision) [][]string {
	t.Helper()
	sheet, err := roster.Read(answered(t, pack, n, answers))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, row := range append([]roster.Row{sheet.Header}, sheet.Rows...) {
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, c.Text)
		}
		out = append(out, cells)
	}
	return out
}

// csvOf is the same as another program saves it.
func csvOf(t *testing.T, cells [][]string) []byte {
	t.Helper()
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(cells); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

// TestCellsMoved: a file of which one column was sorted alone is refused, by the row, and
// with the way to a fresh one; one whose rows were sorted as wholes is taken.
func TestCellsMoved(t *testing.T) {
	p, r := reported(t, base)
	pack := Make(p, r)
	for name, tt := range map[string]struct {
		change func(rows [][]string)
		want   string
	}{
		"sorted as wholes": {func(rows [][]string) { slices.Reverse(rows) }, ""},
		"other spaces":     {func(rows [][]string) { rows[0][6] = strings.ReplaceAll(rows[0][6], " ", "\u00a0 ") }, ""},
		"ids alone":        {func(rows [][]string) { rows[0][0], rows[1][0] = rows[1][0], rows[0][0] }, `row 2: its cells say "ann", "=Plan" (group), "North; South", and `},
		"another person":   {func(rows [][]string) { rows[1][2] = "bob" }, `row 3: its cells say "bob"`},
		"another site":     {func(rows [][]string) { rows[0][6] = "North" }, "a fresh copy of review-carol.xlsx"},
		"another kind":     {func(rows [][]string) { rows[0][5] = "own line" }, "moved against their rows"},
	} {
		cells := cellsOf(t, pack, 0, map[string]Decision{"": Keep})
		tt.change(cells[1:])
		_, err := pack.Judge(Rows(p, r), []Returned{back(t, csvOf(t, cells))}, nil)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// TestAnotherPack: answers to a pack of another time, which asked the same, do not count.
func TestAnotherPack(t *testing.T) {
	p, r := reported(t, base)
	earlier := Make(p, r)
	r.Made = "2026-08-01 12:00"
	pack := Make(p, r)
	if pack.Reviewers[0].Rows[0].ID != earlier.Reviewers[0].Rows[0].ID {
		t.Fatal("the rows differ: the test does not reach it")
	}
	_, err := pack.Judge(Rows(p, r), []Returned{back(t, answered(t, earlier, 0, map[string]Decision{"": Keep}))}, nil)
	if err == nil || !strings.Contains(err.Error(), "it is of the review") || !strings.Contains(err.Error(), "review-carol.xlsx of this review") {
		t.Error(err)
	}
	cells := cellsOf(t, pack, 0, map[string]Decision{"": Keep})
	cells[1][13] = ""
	if _, err := pack.Judge(Rows(p, r), []Returned{back(t, csvOf(t, cells))}, nil); err == nil || !strings.Contains(err.Error(), "the column pack is empty") {
		t.Error(err)
	}
}
