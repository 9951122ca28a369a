package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"grantree/policy"
	"grantree/review"

	"github.com/spf13/cobra"
)

// stamp is a time as records have it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// printVerdicts prints what becomes of the rows, what is done first, and the edit.
func (a *app) printVerdicts(x reviewOutcome) {
	n, again := map[review.Outcome]int{}, 0
	for _, v := range x.verdicts {
		if v.Again {
			again++
		} else {
			n[v.Outcome]++
		}
	}
	for i, r := range x.returned {
		a.printf("%s  %s  sha256 %s\n", a.bold(r.Reviewer), x.files[i], x.hashes[i][:16])
	}
	a.printf("  %d kept, %d revoked, %d by hand, %d refused, %d unanswered\n", n[review.Kept], n[review.Revoked], n[review.ByHand], n[review.Refused], n[review.Unanswered])
	if again > 0 {
		a.printf("  %s as before\n", count(again, "row"))
	}
	a.printf("\n")
	rows := [][]string{{"", "PERSON", "WHAT", "SITES", "WHY"}}
	for _, o := range []review.Outcome{review.Refused, review.ByHand, review.Revoked} {
		for _, v := range x.verdicts {
			if v.Outcome == o && (!v.Again || o == review.Refused) {
				why := v.Why
				if v.Note != "" {
					why = strings.TrimPrefix(why+"; note: "+v.Note, "; ")
				}
				rows = append(rows, []string{string(o), v.Row.Person, v.Row.What, list(v.Row.Sites, 3), why})
			}
		}
	}
	if len(rows) > 1 {
		a.folded(rows)
		a.printf("\n")
	}
	for _, c := range x.edited.Files {
		a.printDiff(c)
	}
}

// printUnanswered says who did not answer.
func (a *app) printUnanswered(s review.Status) {
	var open []string
	for _, x := range s.Reviewers {
		if x.Unanswered > 0 {
			open = append(open, fmt.Sprintf("%s (%d of %s)", x.Reviewer, x.Unanswered, count(x.Rows, "row")))
		}
	}
	if len(open) > 0 {
		a.printf("\n")
		a.sentence("  Not answered: ", strings.Join(open, ", ")+".")
	}
	if s.Nobody > 0 {
		a.sentence("  ", count(s.Nobody, "row")+" no reviewer has.")
	}
}

// jsonReviewApplied is the same for programs.
type jsonReviewApplied struct {
	Verdicts []review.Verdict `json:"verdicts"`
	Status   review.Status    `json:"status"`
	Edit     jsonEdit         `json:"edit"`
}

func reviewAppliedJSON(x reviewOutcome, s review.Status, written bool) jsonReviewApplied {
	return jsonReviewApplied{append([]review.Verdict{}, x.verdicts...), s, editJSON(x.edited, written)}
}

func newReviewStatus(a *app) *cobra.Command {
	var o policyOptions
	var given string
	c := &cobra.Command{
		Use:   "status DIR",
		Short: "Say who answered, what is open, and whether the review is signed off",
		Long: `Read a pack and its record, see that each line of the record follows the one
before it, and say how far each reviewer is. The hash of the record is that of all
that was decided so far; a review is signed off by it.

Each line but the last is held by the one after it. The last is held by nothing but
its hash: who changes it, or takes lines off the end, is not noticed unless you
hold the record to a hash that you were given before: --record HASH.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.reviewStatus(o, args[0], given) },
	}
	o.addFormat(c, "text", "json")
	c.Flags().StringVar(&given, "record", "", "a hash that status or sign printed before: fail unless the record has it")
	return c
}

func (a *app) reviewStatus(o policyOptions, dir, given string) error {
	open, err := a.readReview(dir)
	if err != nil {
		return err
	}
	behind, ok := review.Behind(open.lines, open.last, given)
	if given != "" && !ok {
		return usageError("%s has no line of the hash %.64q: a line up to it was changed, or lines were taken off the end", open.record.File, given)
	}
	s := review.StatusOf(open.pack, open.lines, open.last)
	if o.format == "json" {
		return a.printJSON(s)
	}
	a.printReviewStatus(s)
	if given != "" {
		a.sentence("  ", "The record has the line of the hash that you gave, and "+count(behind, "line")+" behind it.")
	}
	return nil
}

func (a *app) printReviewStatus(s review.Status) {
	rows := [][]string{{"REVIEWER", "ROWS", "KEPT", "REVOKED", "BY HAND", "REFUSED", "OPEN"}}
	for _, x := range s.Reviewers {
		rows = append(rows, []string{x.Reviewer, fmt.Sprint(x.Rows), fmt.Sprint(x.Kept), fmt.Sprint(x.Revoked), fmt.Sprint(x.ByHand), fmt.Sprint(x.Refused), fmt.Sprint(x.Unanswered)})
	}
	a.folded(rows, 2, 3, 4, 5, 6, 7)
	a.printf("\n  Made %s. Record:\n  sha256 %s\n", s.Made, s.Record)
	a.sentence("  ", "The last line of the record is held by nothing but that hash: compare it with the one that you were given (--record HASH).")
	if s.Nobody > 0 {
		a.sentence("  ", count(s.Nobody, "row")+" no reviewer has.")
	}
	switch {
	case s.SignedBy != "":
		a.sentence("  ", fmt.Sprintf("Signed off by %s, %s.", s.SignedBy, s.Signed))
		a.printf("  What was signed:\n  sha256 %s\n", s.SignedOver)
	case s.Open() > 0:
		a.printf("  %s\n", a.yellow(fmt.Sprintf("%s open.", count(s.Open(), "row"))))
	default:
		a.printf("  Everything is decided. Next: grantree review sign\n")
	}
}

type reviewSignOptions struct {
	policyOptions
	by   string
	open int
}

func newReviewSign(a *app) *cobra.Command {
	var o reviewSignOptions
	c := &cobra.Command{
		Use:   "sign DIR --by NAME",
		Short: "Sign a review off, by the hash of all that was decided",
		Long: `Close a review: a line with your name, the time and the hash of every line before
it. It is refused while rows are open, unless --open says exactly how many may stay
so. Afterwards nothing can be applied to it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.reviewSign(c.Context(), o, args[0]) },
	}
	o.addFormat(c, "text", "json")
	c.Flags().StringVar(&o.by, "by", "", "who signs")
	c.Flags().IntVar(&o.open, "open", 0, "sign although exactly so many rows are open")
	return c
}

func (a *app) reviewSign(_ context.Context, o reviewSignOptions, dir string) error {
	if strings.TrimSpace(o.by) == "" {
		return usageError("say who signs: --by NAME")
	}
	r, err := a.readReview(dir)
	if err != nil {
		return err
	}
	s := review.StatusOf(r.pack, r.lines, r.last)
	switch {
	case s.SignedBy != "":
		return usageError("it was signed off by %q already, %s", s.SignedBy, s.Signed)
	case s.Open() != o.open:
		return usageError("%s open: sign with --open %d to leave them so", count(s.Open(), "row"), s.Open())
	}
	record, err := review.Append(r.record.Before, review.Entry{Event: review.Signed, Time: stamp(a.now()), By: o.by, Pack: r.packHash})
	if err != nil {
		return err
	}
	r.record.After = record
	if err := a.replace([]policy.Change{r.record}); err != nil {
		return err
	}
	lines, last, err := review.ReadRecord(record)
	if err != nil {
		return err
	}
	s = review.StatusOf(r.pack, lines, last)
	if o.format == "json" {
		return a.printJSON(s)
	}
	a.printReviewStatus(s)
	return nil
}
