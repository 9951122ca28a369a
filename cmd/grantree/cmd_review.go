package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/policy"
	"grantree/report"
	"grantree/review"

	"github.com/spf13/cobra"
)

func newReview(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "review",
		Short: "Take back what reviewers decided, and sign a review off",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newReviewApply(a), newReviewStatus(a), newReviewSign(a))
	return c
}

type reviewApplyOptions struct {
	explainOptions
	pack   string
	dryRun bool
	yes    bool
}

func newReviewApply(a *app) *cobra.Command {
	var o reviewApplyOptions
	c := &cobra.Command{
		Use:   "apply FILE.xlsx|FILE.csv…",
		Short: "Make an edit of the policy of what reviewers decided",
		Long: `Read the files that reviewers sent back, and take what they revoked out of the
policy: shown as a diff first, and written only if it brings no new error. The
sites are read again, and a row is refused where what somebody has is no longer
what was asked about. Who decided what, when, and the hash of the file are added
to the record of the pack, each line bound to the one before. What no edit of the
policy can do is listed, and so is who did not answer.

The policy alone is changed: grantree plan is next.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.reviewApply(c.Context(), o, args) },
	}
	o.policyOptions.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.sandbox, "sandbox", false, "the pack was made with --sandbox")
	c.Flags().BoolVar(&o.offline, "offline", false, "the pack was made with --offline")
	c.Flags().IntVar(&o.parallel, "parallel", defaultParallel, "how many sites to work on at once")
	c.Flags().StringVar(&o.pack, "pack", "", "the folder that report --review made (default that of the first FILE)")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would become of each row and write nothing")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	return c
}

func (a *app) reviewApply(ctx context.Context, o reviewApplyOptions, files []string) error {
	dir := o.pack
	if dir == "" {
		dir = filepath.Dir(files[0])
	}
	open, err := a.readReview(dir)
	if err != nil {
		return err
	}
	if n := len(open.lines); open.lines[n-1].Event == review.Signed {
		return usageError("the review was signed off by %q, %s: make a new one with grantree report --review", open.lines[n-1].By, open.lines[n-1].Time)
	}
	returned, hashes, err := a.returned(open, files)
	if err != nil {
		return err
	}
	now, err := a.rowsNow(ctx, open.pack, o)
	if err != nil {
		return err
	}
	verdicts, err := open.pack.Judge(now, returned, open.lines)
	if err != nil {
		return usageError("%v; nothing was written", err)
	}
	edited, err := a.reviewEdit(o, verdicts, returned)
	if err != nil {
		return err
	}
	return a.reviewWrite(ctx, o, open, reviewOutcome{files, hashes, returned, verdicts, edited})
}

// returned reads the files that came back.
func (a *app) returned(open *openReview, files []string) ([]review.Returned, []string, error) {
	var out []review.Returned
	var hashes []string
	for _, file := range files {
		data, err := a.readFile(file)
		if err != nil {
			return nil, nil, usageError("%v; nothing was written", err)
		}
		hash := review.Hash(data)
		for _, line := range open.lines {
			if line.SHA256 == hash {
				return nil, nil, usageError("%s was applied already, %s; nothing was written", file, line.Time)
			}
		}
		who, answers, err := review.Read(data)
		if err != nil {
			return nil, nil, usageError("%s: %v; nothing was written", file, err)
		}
		who = open.pack.Spelling(who)
		if i := slices.IndexFunc(out, func(x review.Returned) bool { return x.Reviewer == who }); i >= 0 {
			return nil, nil, usageError("%s and %s are both of %q: apply the one that counts; nothing was written", files[i], file, who)
		}
		out, hashes = append(out, review.Returned{Reviewer: who, Answers: answers}), append(hashes, hash)
	}
	return out, hashes, nil
}

// rowsNow are what everybody has at this moment, by what the pack was made from.
func (a *app) rowsNow(ctx context.Context, pack *review.Pack, o reviewApplyOptions) ([]review.Row, error) {
	basis, flag := report.Servers, "without --sandbox and --offline"
	switch pack.Basis {
	case report.Sandbox:
		flag = "with --sandbox"
	case report.Policy:
		flag = "with --offline"
	}
	if o.sandbox {
		basis = report.Sandbox
	} else if o.offline {
		basis = report.Policy
	}
	if basis != pack.Basis {
		return nil, usageError("the pack was made %s, and what moved since shows in the same alone: run this %s", flag, flag)
	}
	src, done, err := a.reportSource(ctx, reportOptions{explainOptions: o.explainOptions})
	defer done()
	if err != nil { // a site that was not read may have moved
		return nil, err
	}
	return review.Rows(src.Policy, report.New(*src)), nil
}

// reviewEdit makes the edit in memory.
func (a *app) reviewEdit(o reviewApplyOptions, verdicts []review.Verdict, returned []review.Returned) (*policy.Edited, error) {
	src, err := a.policySource(o.policyOptions, false)
	if err != nil {
		return nil, err
	}
	open := func() (*policy.Editor, error) { return policy.NewEditor(src, a.readFile) }
	var by []string
	for _, r := range returned {
		by = append(by, r.Reviewer)
	}
	edited, err := review.Edit(open, verdicts, strings.Join(by, ", "), a.now())
	if err != nil {
		return nil, usageError("%v; nothing was written", err)
	}
	return edited, nil
}

// reviewOutcome is what becomes of the files that came back.
type reviewOutcome struct {
	files, hashes []string
	returned      []review.Returned
	verdicts      []review.Verdict
	edited        *policy.Edited
}

// of reports whether a file is a reviewer's.
func (x reviewOutcome) of(reviewer string) bool {
	return slices.ContainsFunc(x.returned, func(r review.Returned) bool { return r.Reviewer == reviewer })
}

// reviewWrite shows it, asks, and writes the policy and the record together.
func (a *app) reviewWrite(ctx context.Context, o reviewApplyOptions, open *openReview, x reviewOutcome) error {
	var lines []review.Entry
	for i, r := range x.returned {
		line := review.Entry{Event: review.Applied, Time: stamp(a.now()), By: r.Reviewer, Pack: open.packHash, File: filepath.Base(x.files[i]), SHA256: x.hashes[i]}
		for _, v := range x.verdicts {
			if !v.Again && (v.Reviewer == r.Reviewer || i == 0 && !x.of(v.Reviewer)) {
				line.Verdicts = append(line.Verdicts, v)
			}
		}
		lines = append(lines, line)
	}
	record, err := review.Append(open.record.Before, lines...)
	if err != nil {
		return err
	}
	open.record.After = record
	all, last, err := review.ReadRecord(record)
	if err != nil {
		return err
	}
	status := review.StatusOf(open.pack, all, last)
	if o.format == "text" {
		a.printVerdicts(x)
		a.printUnanswered(status)
	}
	a.findings(x.edited.Brought)
	refused := x.edited.Brought.HasErrors()
	written := !refused && !o.dryRun
	if written {
		if err := a.mayRecord(ctx, x.edited, o.yes); err != nil {
			return err
		}
		if err := a.replace(append(x.edited.Written(), open.record)); err != nil {
			return err
		}
	}
	if o.format == "json" {
		if err := a.printJSON(reviewAppliedJSON(x, status, written)); err != nil {
			return err
		}
	}
	return a.reviewEnd(x, refused, written, o)
}

// mayRecord asks, unless told not to.
func (a *app) mayRecord(ctx context.Context, e *policy.Edited, yes bool) error {
	if len(e.Files) > 0 {
		return a.mayWrite(ctx, e, yes)
	}
	if !yes && !a.canAsk {
		return usageError("nobody is there to say yes, and nothing was written: add --yes, or --dry-run to see what would be")
	}
	return a.agree(ctx, "\nWrite this into the record of the review?", yes)
}

// reviewEnd says how it ended.
func (a *app) reviewEnd(x reviewOutcome, refused, written bool, o reviewApplyOptions) error {
	n := 0
	for _, v := range x.verdicts {
		if v.Outcome == review.Refused || v.Outcome == review.ByHand && !v.Again {
			n++
		}
	}
	switch {
	case refused:
		return usageError("nothing was written: the policy would have %s that it has not now", count(len(x.edited.Brought.Of(finding.Error)), "error"))
	case o.format == "json":
	case !written:
		a.printf("\nNothing was written (--dry-run).\n")
	case len(x.edited.Files) > 0:
		a.printf("\nWrote %s and the record. Next: grantree plan\n", strings.Join(fileNames(x.edited), ", "))
	default:
		a.printf("\nWrote the record; the policy stays as it is.\n")
	}
	if n > 0 {
		return &exitError{code: exitFailed, message: count(n, "row") + " could not be taken as decided: see above"}
	}
	return nil
}
