package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"grantree/finding"
	"grantree/policy"
	"grantree/roster"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

type userImportOptions struct {
	policyOptions
	maps        string
	newLogins   bool
	onlyNew     bool
	skipRefused bool
	dryRun      bool
	yes         bool
}

func newUserImport(a *app) *cobra.Command {
	var o userImportOptions
	c := &cobra.Command{
		Use:   "import FILE.csv|FILE.xlsx",
		Short: "Take people from a spreadsheet into the policy",
		Long: `Take people from a spreadsheet into the policy. The first row names the columns,
as the keys of a [[user]] are named, or as --map says. What becomes of each row is
shown before anything is written: new, changed, unchanged, or refused, with row,
column and reason. Where a row is refused nothing is written, unless
--skip-refused. Who is not in the sheet stays as they are, and so does what the
sheet has no column for; an empty cell empties.

The policy's file keeps its comments and order; new people stand behind the last
one. No server is asked: grantree plan is next.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.userImport(c.Context(), o, args[0]) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.maps, "map", "", `what columns are, as "E-mail=name,Profile=group,Branch=site"`)
	c.Flags().BoolVar(&o.newLogins, "new-logins", false, "have the logins of new people made, where the sheet does not say (new_login)")
	c.Flags().BoolVar(&o.onlyNew, "only-new", false, "refuse rows that change somebody who is in the policy already")
	c.Flags().BoolVar(&o.skipRefused, "skip-refused", false, "take the other rows where some are refused")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would become of each row and write nothing")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	return c
}

func (a *app) userImport(ctx context.Context, o userImportOptions, file string) error {
	maps, err := roster.ParseMap(o.maps)
	if err != nil {
		return usageError("--map: %v", err)
	}
	data, err := a.readFile(file)
	if err != nil {
		return usageError("%v", err)
	}
	src, err := a.policySource(o.policyOptions, false)
	if err != nil {
		return err
	}
	sheet, err := roster.Read(data)
	if err != nil {
		return usageError("%s: %v; nothing was written", file, err)
	}
	e, err := policy.NewEditor(src, a.readFile)
	if err != nil {
		return usageError("%v", err)
	}
	step, done := a.progress("Comparing "+file, len(sheet.Rows))
	r := roster.Compare(e.Policy().At(a.now()), sheet, roster.Options{Now: a.now(), Map: maps, NewLogins: o.newLogins, OnlyNew: o.onlyNew, Step: step})
	done()
	edited := &policy.Edited{}
	if len(r.Problems) == 0 {
		if edited, err = a.write(src, r); err != nil {
			return err
		}
	}
	return a.reviewed(ctx, e.Policy(), edited, r, o, file)
}

// reviewed shows a review and writes what it says.
func (a *app) reviewed(ctx context.Context, before *policy.Policy, edited *policy.Edited, r *roster.Review, o userImportOptions, file string) error {
	refused := r.Count(roster.Refused)
	stops := len(r.Problems) > 0 || refused > 0 && !o.skipRefused
	brought := edited.Brought.HasErrors()
	if o.format == "text" {
		a.printReview(r, file)
	}
	a.findings(edited.Brought)
	a.tooMany(before, edited)
	written := !stops && !brought && !o.dryRun && len(edited.Files) > 0
	if written {
		if err := a.mayWrite(ctx, edited, o.yes); err != nil {
			return err
		}
		if err := a.replace(edited.Written()); err != nil {
			return err
		}
	}
	if o.format == "json" {
		if stops {
			edited = &policy.Edited{Brought: edited.Brought}
		}
		if err := a.printJSON(reviewJSON(r, edited, file, written)); err != nil {
			return err
		}
	}
	switch {
	case len(r.Problems) > 0:
		return usageError("nothing was written: mend the sheet")
	case stops:
		return usageError("nothing was written: %s refused; mend them, or take the others with --skip-refused", count(refused, "row"))
	case brought:
		return usageError("nothing was written: the policy would have %s that it has not now", count(len(edited.Brought.Of(finding.Error)), "error"))
	case o.format == "json":
	case len(edited.Files) == 0:
		a.printf("\nNothing to change: the policy says so already.\n")
	case o.dryRun:
		a.printf("\nNothing was written (--dry-run).\n")
	default:
		a.printf("\nWrote %s. Next: grantree plan\n", strings.Join(fileNames(edited), ", "))
	}
	return nil
}

// write makes the changes of a review, in memory. Rows by which the policy would
// have an error that it has not now are refused, and the others are written anew,
// until all that the policy would refuse is in the review.
func (a *app) write(src policy.Source, r *roster.Review) (*policy.Edited, error) {
	for range maxRounds {
		e, err := policy.NewEditor(src, a.readFile)
		if err != nil {
			return nil, usageError("%v; nothing was written", err)
		}
		step, done := a.progress("Editing", len(r.Rows))
		ok := r.Write(e, step)
		done()
		if !ok {
			continue
		}
		edited, err := e.Result(a.now())
		if err != nil {
			return nil, usageError("%v; nothing was written", err)
		}
		if r.Judge(edited) == 0 {
			return edited, nil
		}
	}
	return nil, usageError("the policy refuses one row after another, %d times by now; nothing was written: begin with fewer rows", maxRounds)
}

// maxRounds is how often a sheet is written, in memory, less what is refused.
const maxRounds = 50

// mayWrite asks, unless told not to.
func (a *app) mayWrite(ctx context.Context, e *policy.Edited, yes bool) error {
	if !yes && !a.canAsk {
		return usageError("nobody is there to say yes, and nothing was written: add --yes, or --dry-run to see what would be")
	}
	return a.agree(ctx, fmt.Sprintf("\nWrite this to %s?", strings.Join(fileNames(e), ", ")), yes)
}

func fileNames(e *policy.Edited) []string {
	var out []string
	for _, f := range e.Files {
		out = append(out, f.File)
	}
	return out
}

// How many rows of a review are shown, and problems beside JSON, which has all.
const (
	shownRows     = 200
	shownProblems = 1_000
)

// printReview shows what becomes of the rows, and why not. Those that change
// nothing are counted.
func (a *app) printReview(r *roster.Review, file string) {
	defer a.printAside(r, file)
	if len(r.Rows) == 0 {
		return
	}
	t := newTable(a.stdout, "ROW", "NAME", "RESULT", "WHAT")
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 1, Align: text.AlignRight, AlignHeader: text.AlignRight}, within(4, 36)})
	shown, left := 0, 0
	for _, v := range r.Rows {
		if v.Result == roster.Unchanged {
			continue
		}
		if shown++; shown > shownRows {
			left++
			continue
		}
		for i, line := range verdictLines(v) {
			if i == 0 {
				t.AppendRow([]any{v.Row, brief(v.Name), a.verdict(v.Result), line})
			} else {
				t.AppendRow([]any{"", "", "", line})
			}
		}
	}
	if shown > 0 {
		t.Render()
	}
	if left > 0 {
		a.printf("  … %s more: --format json has all\n", count(left, "row"))
	}
	a.printf("%s: %d new, %d changed, %d unchanged, %d refused\n", count(len(r.Rows), "row"),
		r.Count(roster.New), r.Count(roster.Changed), r.Count(roster.Unchanged), r.Count(roster.Refused))
}

// printAside says, below a review's rows, what was not taken in, what to look at,
// and why rows are refused.
func (a *app) printAside(r *roster.Review, file string) {
	for _, c := range r.Ignored {
		a.sentence(a.yellow("ignored")+": ", fmt.Sprintf("%s: %s", file, c))
	}
	if r.Others > 0 {
		a.sentence(a.yellow("look")+": ", fmt.Sprintf("%s: sheet %q was read; %s more in the workbook", file, r.Sheet, count(r.Others, "sheet")))
	}
	say := func(label safe, all []roster.Problem) {
		for _, p := range all[:min(len(all), shownProblems)] {
			a.sentence(label+": ", fmt.Sprintf("%s: %s", file, p.Error()))
		}
		if more := len(all) - shownProblems; more > 0 {
			a.sentence(label+": ", fmt.Sprintf("%s: %d more; --format json has all", file, more))
		}
	}
	say(a.yellow("look"), r.Looks())
	say(a.red("error"), r.Refusals())
}

// verdict colours a verdict.
func (a *app) verdict(r roster.Result) safe {
	switch r {
	case roster.New:
		return a.green(string(r))
	case roster.Changed:
		return a.yellow(string(r))
	}
	return a.red(string(r))
}

// verdictLines says what becomes of a row, a line for each column.
func verdictLines(v roster.Verdict) []string {
	var out []string
	for _, c := range v.Changes {
		switch {
		case v.Result == roster.New && c.Column == "name":
		case v.Result == roster.New:
			out = append(out, c.Column+": "+c.To)
		case len(c.Added)+len(c.Removed) > 0:
			out = append(out, c.Column+": "+signed(c))
		default:
			out = append(out, fmt.Sprintf("%s: %s → %s", c.Column, cmp.Or(c.From, "(none)"), cmp.Or(c.To, "(none)")))
		}
	}
	for _, p := range v.Problems {
		where := "the row"
		if p.Column != "" {
			where = "column " + p.Column
		}
		out = append(out, where)
	}
	return out
}

// signed says what comes to a list and what goes.
func signed(c roster.Change) string {
	var out []string
	for _, n := range c.Added {
		out = append(out, "+"+n)
	}
	for _, n := range c.Removed {
		out = append(out, "-"+n)
	}
	return strings.Join(out, ", ")
}

// brief cuts a long name for a table.
func brief(text string) string {
	if r := []rune(text); len(r) > 24 {
		return string(r[:23]) + "…"
	}
	return text
}

// The contract of docs/json.md.
type (
	jsonReview struct {
		File    string        `json:"file"`
		Sheet   string        `json:"sheet,omitempty"`
		Rows    []jsonVerdict `json:"rows"`
		Ignored []string      `json:"ignored"`
		Counts  jsonCounts    `json:"counts"`
		// Problems are the header's, for which every row is refused.
		Problems []jsonProblem `json:"problems"`
		Notes    []jsonProblem `json:"notes"`
		Findings []jsonFinding `json:"findings"`
		Files    []string      `json:"files"`
		Written  bool          `json:"written"`
	}
	jsonCounts struct {
		New       int `json:"new"`
		Changed   int `json:"changed"`
		Unchanged int `json:"unchanged"`
		Refused   int `json:"refused"`
	}
	jsonVerdict struct {
		Row      int           `json:"row"`
		Name     string        `json:"name"`
		Result   string        `json:"result"`
		Changes  []jsonCell    `json:"changes"`
		Problems []jsonProblem `json:"problems"`
		Notes    []jsonProblem `json:"notes"`
	}
	jsonCell struct {
		Column string `json:"column"`
		From   string `json:"from"`
		To     string `json:"to"`
	}
	jsonProblem struct {
		Row    int    `json:"row"`
		Column string `json:"column"`
		Header string `json:"header"`
		Reason string `json:"reason"`
	}
)

func reviewJSON(r *roster.Review, e *policy.Edited, file string, written bool) jsonReview {
	out := jsonReview{File: file, Sheet: r.Sheet, Rows: []jsonVerdict{}, Ignored: append([]string{}, r.Ignored...), Counts: jsonCounts{r.Count(roster.New), r.Count(roster.Changed), r.Count(roster.Unchanged), r.Count(roster.Refused)},
		Problems: problemsJSON(r.Problems), Notes: problemsJSON(r.Notes), Findings: jsonFindings(e.Brought), Files: append([]string{}, fileNames(e)...), Written: written}
	for _, v := range r.Rows {
		one := jsonVerdict{Row: v.Row, Name: v.Name, Result: string(v.Result), Changes: []jsonCell{}, Problems: problemsJSON(v.Problems), Notes: problemsJSON(v.Notes)}
		for _, c := range v.Changes {
			one.Changes = append(one.Changes, jsonCell{c.Column, c.From, c.To})
		}
		out.Rows = append(out.Rows, one)
	}
	return out
}

func problemsJSON(l []roster.Problem) []jsonProblem {
	out := []jsonProblem{}
	for _, p := range l {
		out = append(out, jsonProblem{p.Row, p.Column, p.Field, p.Reason})
	}
	return out
}
