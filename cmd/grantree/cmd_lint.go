package main

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/lint"
	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type lintOptions struct {
	policyOptions
	vendor bool
	full   bool
}

// jsonLint is the JSON contract of lint.
type jsonLint struct {
	Findings []jsonFinding `json:"findings"`
	Vendor   int           `json:"vendor"`
}

func newLint(a *app) *cobra.Command {
	var o lintOptions
	c := &cobra.Command{
		Use:   "lint",
		Short: "Say what is worth a look in the policy, offline",
		Long: `Say what is worth a look in the policy: groups that give the same as others, or
nothing that others do not; lines that change nothing; a DENY that takes more
than it names; groups without people, and people who get nothing; nodes that
nobody reaches; what ends soon, and what has ended. First of all come the rules
that are broken, as "grantree test" finds them: these alone set the exit code.
Nothing is connected to.

What the vendor's own groups lead to is counted, and shown with --vendor.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.lint(o) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.vendor, "vendor", false, "what the vendor's own groups and lines lead to, too")
	c.Flags().BoolVar(&o.full, "full", false, "all that is alike, not the first few")
	return c
}

// shownLint is how many findings of one code are shown without --full.
const shownLint = 8

func (a *app) lint(o lintOptions) error {
	p, err := a.policy(o.policyOptions, false)
	if err != nil {
		return err
	}
	_, found := a.offlineFindings(p)
	_, over := sites.PolicySeats(p)
	found = append(append(found, over...), lint.Policy(p, a.now())...).Sorted()
	vendors := 0
	if !o.vendor {
		all := len(found)
		found = slices.DeleteFunc(found, func(f finding.Finding) bool { return f.Severity != finding.Error && policy.IsVendor(f.Where) })
		vendors = all - len(found)
	}
	if o.format == "json" {
		err = a.printJSON(jsonLint{jsonFindings(found), vendors})
	} else {
		a.printLint(found, o.full)
		a.printf("%s\n", lintSum(found, vendors))
	}
	if found.HasErrors() && err == nil {
		err = &exitError{code: exitRule, message: "the policy breaks a rule"}
	}
	return err
}

// printLint prints findings by their codes, the worst first.
func (a *app) printLint(found finding.List, full bool) {
	byCode := map[string]finding.List{}
	for _, f := range found {
		byCode[f.Code] = append(byCode[f.Code], f)
	}
	rank := map[finding.Severity]int{finding.Error: 0, finding.Warning: 1, finding.Note: 2}
	worst := func(code string) int {
		return slices.Min(slices.Collect(func(yield func(int) bool) {
			for _, f := range byCode[code] {
				if !yield(rank[f.Severity]) {
					return
				}
			}
		}))
	}
	codes := sorted(byCode)
	slices.SortStableFunc(codes, func(x, y string) int { return cmp.Compare(worst(x), worst(y)) })
	for _, code := range codes {
		l := byCode[code]
		a.printf("%s\n", a.bold(fmt.Sprintf("%s (%d)", code, len(l))))
		slices.SortStableFunc(l, func(x, y finding.Finding) int { return cmp.Compare(rank[x.Severity], rank[y.Severity]) })
		for i, f := range l {
			if i == shownLint && !full {
				a.printf("  %s\n", a.faint(fmt.Sprintf("… %d more: --full", len(l)-i)))
				break
			}
			a.sentence("  ", f.Text())
		}
	}
	if len(found) > 0 {
		a.printf("\n")
	}
}

// lintSum counts what was found.
func lintSum(found finding.List, vendors int) string {
	text := fmt.Sprintf("%s, %s, %s", count(len(found.Of(finding.Error)), "error"), count(len(found.Of(finding.Warning)), "warning"), count(len(found.Of(finding.Note)), "note"))
	if vendors > 0 {
		text += fmt.Sprintf("; %d more about the vendor's own lines: --vendor", vendors)
	}
	return text
}
