package main

import (
	"context"
	"errors"

	"grantree/finding"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newVerify(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "verify",
		Short: "Ask every server what people may really do, and compare with the policy",
		Long: `Ask every server, under each user's own name (EXECUTE AS USER), what they may
do on each view, and compare the answers with the policy. A difference is
reported with its cause: a schema grant, ownership, a DENY elsewhere. The
policy's tests are checked too. With --sandbox the policy is applied first.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.verify(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) verify(ctx context.Context, o fleetOptions) error {
	f, done, err := a.appliedFleet(ctx, o, false)
	defer done()
	if err != nil {
		return err
	}
	a.findings(sites.WeakEncryption(f.Policy, f.Sites))
	return a.verifyFleet(ctx, f, o.format == "text", o.format == "json")
}

// verifyFleet asks, prints, and returns the error that sets the exit code.
// Given the results of an apply it asks the sites that are done.
func (a *app) verifyFleet(ctx context.Context, f *sites.Fleet, asText, asJSON bool, after ...sites.Result) error {
	results := f.Verify(ctx, after...)
	names := f.CheckViews(results)
	if asText {
		a.printVerified(results)
	}
	if asJSON {
		if err := a.printJSON(verifiedJSON(results, names)); err != nil {
			return err
		}
	}
	a.findings(names)
	var failed []error
	differs := names.HasErrors()
	for _, v := range results {
		a.mismatches(v.Mismatches, asJSON)
		for _, t := range v.Tests {
			if !t.Pass {
				a.findings(testFinding(t))
			}
		}
		if v.Err != nil {
			failed = append(failed, v.Err)
		}
		differs = differs || v.Differs()
	}
	if differs {
		failed = append(failed, &exitError{code: exitDifferences, message: "what people may do is not what the policy says"})
	}
	return errors.Join(failed...)
}

// shownMismatches is how many mismatches of a site are shown; one schema grant
// may open every view.
const shownMismatches = 20

// mismatches prints the first mismatches of a site and counts the others, for
// which it points to JSON unless they are listed there already.
func (a *app) mismatches(l finding.List, listed bool) {
	a.findings(l[:min(len(l), shownMismatches)])
	if n := len(l) - shownMismatches; n > 0 && !listed {
		a.errorf("%s: %d more; --format json lists all\n", a.red("error"), n)
	}
}

// printVerified prints one line per site.
func (a *app) printVerified(results []sites.Verified) {
	a.printf("\n")
	t := newTable(a.stdout, "SITE", "PEOPLE ASKED FOR", "ANSWERS", "MISMATCHES", "POLICY TESTS", "")
	right(t, 2, 3, 4, 5)
	for _, v := range results {
		word := a.green("as the policy says")
		if !v.OK() {
			word = a.red("NOT as the policy says")
		}
		if v.Outcome != "" {
			t.AppendRow([]any{v.Site, "-", "-", "-", "-", a.red(string(v.Outcome))})
			continue
		}
		t.AppendRow([]any{v.Site, v.Users, v.Answers, len(v.Mismatches.Of(finding.Error)), len(v.Tests), word})
	}
	t.Render()
}

// verifiedJSON is the same for programs.
func verifiedJSON(results []sites.Verified, names finding.List) any {
	type site struct {
		Site       string        `json:"site"`
		Users      int           `json:"users"`
		Answers    int           `json:"answers"`
		OK         bool          `json:"ok"`
		State      string        `json:"state,omitempty"`
		Mismatches []jsonFinding `json:"mismatches"`
		Tests      []jsonTest    `json:"tests"`
		Error      string        `json:"error,omitempty"`
	}
	out := struct {
		Sites    []site        `json:"sites"`
		Findings []jsonFinding `json:"findings"`
	}{[]site{}, jsonFindings(names)}
	for _, v := range results {
		s := site{Site: v.Site, Users: v.Users, Answers: v.Answers, OK: v.OK(), State: string(v.Outcome), Mismatches: jsonFindings(v.Mismatches), Tests: testsJSON(v.Tests)}
		if v.Err != nil {
			s.Error = v.Err.Error()
		}
		out.Sites = append(out.Sites, s)
	}
	return out
}
