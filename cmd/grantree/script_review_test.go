package main

import (
	"encoding/csv"
	"os"
	"strings"

	"grantree/review"
	"grantree/xlsx"

	"github.com/rogpeppe/go-internal/testscript"
)

// sendBack fills in what a reviewer of a pack was handed, and saves it as CSV: PACK OUT
// REVIEWER PERSON/WHAT=DECISION[,NOTE]…; a row that is not named is left without an answer.
func sendBack(ts *testscript.TestScript, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: answer PACK OUT REVIEWER PERSON/WHAT=DECISION[,NOTE]…")
	}
	pack, err := review.ReadPack([]byte(ts.ReadFile(args[0] + "/review.json")))
	ts.Check(err)
	said := map[string]string{}
	for _, a := range args[3:] {
		row, what, _ := strings.Cut(a, "=")
		said[row] = what
	}
	rows := [][]string{{"row", "reviewer", "person", "what", "kind", "sites", "decision", "note", "pack"}}
	for _, x := range pack.Reviewers {
		if x.Reviewer != pack.Spelling(args[2]) {
			continue
		}
		for _, r := range x.Rows {
			key := r.Person + "/" + r.What
			decision, note, _ := strings.Cut(said[key], ",")
			delete(said, key)
			cells := []string{r.ID, args[2], r.Person, r.What, string(r.Kind), strings.Join(r.Sites, "; "), decision, note, pack.ID}
			for i := range cells {
				cells[i] = xlsx.Defuse(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	if len(said) > 0 || len(rows) == 1 {
		ts.Fatalf("%s has no rows of %q", args[2], said)
	}
	var b strings.Builder
	ts.Check(csv.NewWriter(&b).WriteAll(rows))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}
