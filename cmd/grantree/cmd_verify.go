package main

import (
	"context"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newVerify(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "verify",
		Short: "Ask every server what people may really do, and compare with the policy",
		Long: `Ask every server, under each user's own name (EXECUTE AS USER), whom it takes
them for, and what they may do on each view, and compare the answers with the
policy. Of users whom the server cannot tell apart, being in the same roles with
nothing of their own, one is asked; each is held to the answer. --every-user
asks all of them.

What that cannot see is read and judged: who else can reach a view, and by which
way; who should and cannot enter. A difference is a mismatch, told by its cause.
What could not be asked is not verified, and never "as the policy says". The
policy's tests are checked too. With --sandbox the policy is applied first.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.finished("verify", o, func(e *ending) error { return a.verify(c.Context(), o, e) })
		},
	}
	o.addFlags(c, "text", "json")
	o.addEveryUser(c)
	o.addScheduled(c)
	return c
}

func (a *app) verify(ctx context.Context, o fleetOptions, e *ending) error {
	a.tells = sites.StageVerifying
	f, done, err := a.appliedFleet(ctx, o, false)
	defer done()
	if err != nil {
		return err
	}
	a.findings(sites.WeakEncryption(f.Policy, f.Sites))
	return a.verifyFleet(ctx, f, e, o.format == "text", o.format == "json")
}

// verifyFleet asks, prints, and returns the error that sets the exit code.
// Given the results of an apply it asks the sites that are done.
func (a *app) verifyFleet(ctx context.Context, f *sites.Fleet, e *ending, asText, asJSON bool, after ...sites.Result) error {
	end := a.begin(sites.StageVerifying, len(f.Sites))
	results := f.Verify(ctx, a.now(), after...)
	end()
	e.asked(results, len(after) > 0)
	names := f.CheckNames(results)
	if asText {
		a.printVerified(results, names)
	}
	if asJSON {
		if err := a.printJSON(verifiedJSON(results, names)); err != nil {
			return err
		}
	}
	if len(after) > 0 { // the plan has shown the warnings
		names = names.Of(finding.Error)
	}
	a.findings(names)
	a.verifiedFindings(results, asJSON, after...)
	err := sites.VerifiedError(results, names)
	if ctx.Err() != nil && len(results) > 1 {
		done := slices.DeleteFunc(slices.Clone(results), func(v sites.Verified) bool { return v.Outcome != "" })
		what := "verified"
		if len(after) == 0 {
			what += "; nothing was changed"
		}
		err = stoppedLooking(len(done), len(results), what, err)
	}
	return err
}

// shownMismatches is how many mismatches are shown; one schema grant may open
// every view.
const shownMismatches = 20

// verifiedFindings prints what was found: what is about a whole server once,
// mismatches last, and before the others those that an apply did not foresee. listed
// says that all of it stands in JSON already.
func (a *app) verifiedFindings(results []sites.Verified, listed bool, after ...sites.Result) {
	var notes, unverified, mismatches, made finding.List
	for _, r := range after {
		made = append(made, r.Unforeseen...)
	}
	unforeseen := func(f finding.Finding) bool {
		return slices.ContainsFunc(made, func(x finding.Finding) bool { return x.Code == f.Code && x.Message == f.Message })
	}
	for _, v := range results {
		a.findings(v.Missing)
		notes = append(notes, v.Notes...)
		unverified = append(unverified, v.Unverified...)
		mismatches = append(mismatches, v.Mismatches...)
		for _, t := range v.Failed() {
			mismatches = append(mismatches, testFinding(t)...)
		}
	}
	if len(after) == 0 { // the plan has shown the warnings
		a.alike(notes.Of(finding.Warning).Sorted())
	}
	a.remarks(notes.Sorted())
	for _, f := range acrossSites(unverified.Sorted()) {
		a.say(a.yellow("not verified"), f)
	}
	made = acrossSites(made.Sorted())
	for _, f := range made {
		a.say(a.red("not foreseen"), f)
	}
	mismatches = acrossSites(slices.DeleteFunc(mismatches, unforeseen).Sorted())
	for _, f := range mismatches[:min(len(mismatches), shownMismatches)] {
		a.say(a.red("mismatch"), f)
	}
	if n := len(mismatches) - shownMismatches; n > 0 && !listed {
		a.errorf("%s: %d more; --format json lists all\n", a.red("mismatch"), n)
	}
}

// printVerified prints one line per site.
func (a *app) printVerified(results []sites.Verified, names finding.List) {
	a.printf("\n")
	if len(results) == 0 {
		a.printf("%s\n", a.yellow(noSites))
		return
	}
	t := newTable(a.stdout, "SITE", "PEOPLE", "ANSWERS", "TESTS", "")
	columns, left := aligned(2, 3, 4), len("  SITE  PEOPLE  ANSWERS  TESTS  ")
	for _, v := range results {
		left = max(left, len("    PEOPLE  ANSWERS  TESTS  ")+len([]rune(v.Site)))
		if v.Outcome != "" {
			t.AppendRow([]any{v.Site, "-", "-", "-", a.red(string(v.Outcome))})
			continue
		}
		t.AppendRow([]any{v.Site, v.Users, v.Answers, len(v.Tests), a.verifiedWord(v, names)})
	}
	if a.outWidth > 0 {
		columns = append(columns, within(5, max(a.outWidth-left, 24)))
	}
	t.SetColumnConfigs(columns)
	t.Render()
}

// verifiedWord is what there is to say of a site: as the policy says, how many
// mismatches by cause, or not verified and why.
func (a *app) verifiedWord(v sites.Verified, names finding.List) safe {
	var causes finding.List
	for _, t := range v.Failed() {
		causes = append(causes, testFinding(t)...)
	}
	causes = append(causes, v.Mismatches...)
	switch {
	case len(causes) > 0:
		return a.red(fmt.Sprintf("%s: %s", manyMismatches(len(causes)), byCode(causes)))
	case len(v.Unverified) > 0:
		return a.red("not verified: " + byCode(v.Unverified))
	case names.HasErrors():
		return a.red("not verified: " + byCode(names.Of(finding.Error)))
	case len(v.Missing) > 0:
		return a.yellow(fmt.Sprintf("as the policy says, without %s that it lacks", count(len(v.Missing), "view")))
	}
	return a.green("as the policy says")
}

// manyMismatches counts them in words.
func manyMismatches(n int) string {
	if n == 1 {
		return "1 mismatch"
	}
	return fmt.Sprintf("%d mismatches", n)
}

// byCode counts findings by their codes.
func byCode(l finding.List) string {
	n := map[string]int{}
	for _, f := range l {
		n[f.Code]++
	}
	var parts []string
	for _, code := range sorted(n) {
		part := code
		if n[code] > 1 {
			part = fmt.Sprintf("%d %s", n[code], code)
		}
		parts = append(parts, part)
	}
	return list(parts, 3)
}

// The JSON contract of verify.
type (
	jsonVerified struct {
		Sites    []jsonVerifiedSite `json:"sites"`
		Findings []jsonFinding      `json:"findings"`
	}
	jsonVerifiedSite struct {
		Site       string        `json:"site"`
		Users      int           `json:"users"`
		Asked      int           `json:"asked"`
		Answers    int           `json:"answers"`
		OK         bool          `json:"ok"`
		State      string        `json:"state,omitempty"`
		Mismatches []jsonFinding `json:"mismatches"`
		Unverified []jsonFinding `json:"unverified"`
		Notes      []jsonFinding `json:"notes"`
		Tests      []jsonTest    `json:"tests"`
		Error      string        `json:"error,omitempty"`
	}
)

// verifiedJSON is the same for programs.
func verifiedJSON(results []sites.Verified, names finding.List) jsonVerified {
	out := jsonVerified{[]jsonVerifiedSite{}, jsonFindings(names)}
	for _, v := range results {
		s := jsonVerifiedSite{Site: v.Site, Users: v.Users, Asked: v.Asked, Answers: v.Answers, OK: v.OK(), State: string(v.Outcome), Mismatches: jsonFindings(v.Mismatches),
			Unverified: jsonFindings(v.Unverified), Notes: jsonFindings(v.Notes), Tests: testsJSON(v.Tests)}
		if v.Err != nil {
			s.Error = v.Err.Error()
		}
		out.Sites = append(out.Sites, s)
	}
	return out
}
