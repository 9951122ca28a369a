package main

import (
	"fmt"
	"strings"

	"grantree/finding"
	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newPolicyTest(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "test",
		Short: "Check the policy's [[test]] tables and rules, offline",
		Long: `Check the policy's [[test]] tables, and the rules that need no server, against
sites made from the catalog. Nothing is connected to.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.policyTest(o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) policyTest(o policyOptions) error {
	p, err := a.policy(o, false)
	if err != nil {
		return err
	}
	checks, findings := a.offlineFindings(p)
	seats, over := sites.PolicySeats(p)
	findings = append(findings, over...)
	broken := findings.HasErrors()
	results := p.RunTests(checks)
	failed := 0
	for _, r := range results {
		if !r.Pass {
			failed++
			findings = append(findings, testFinding(r)...)
		}
	}
	findings = findings.Sorted()
	if o.format == "json" {
		out := jsonTests{testsJSON(results), jsonFindings(findings), jsonSeats{Used: &seats.Used, Limit: seats.Limit}}
		if err := a.printJSON(out); err != nil {
			return err
		}
	} else {
		a.printf("%s, %d failed\n", count(len(results), "policy test"), failed)
		if seats.Limited {
			a.printf("%s, by this policy alone\n", seats)
		}
	}
	a.findings(findings)
	switch {
	case broken:
		return &exitError{code: exitRule, message: "the policy breaks a rule"}
	case failed > 0:
		return &exitError{code: exitDifferences, message: "policy tests failed"}
	}
	return nil
}

// offlineFindings is what the rules that need no server find, but for seats, with
// the sites that they were held to.
func (a *app) offlineFindings(p *policy.Policy) ([]policy.SiteCheck, finding.List) {
	checks, findings := p.OfflineChecks(offlineSites(p))
	findings = append(findings, policy.Rules(p, checks, a.now())...)
	return checks, append(findings, p.CheckNames(nil, false)...)
}

// offlineSites are the sites that a policy is expanded for offline: its own, or
// one that stands for all where it has none.
func offlineSites(p *policy.Policy) []policy.Site {
	if all := p.SitesInUse(); len(all) > 0 {
		return all
	}
	return []policy.Site{{Name: "any site"}}
}

// testFinding reports a policy test that failed.
func testFinding(t policy.TestResult) finding.List {
	var out finding.List
	out.Errorf(finding.PolicyTest, t.Test.Pos, "", "site %q: test of %q on %q failed: %s", t.Site, t.Test.User, t.Test.On, t.Detail)
	return out
}

// jsonTest is a policy test's outcome for programs.
type jsonTest struct {
	Site   string `json:"site"`
	User   string `json:"user"`
	On     string `json:"on"`
	Always string `json:"always,omitempty"`
	Never  string `json:"never,omitempty"`
	Pass   bool   `json:"pass"`
	Detail string `json:"detail,omitempty"`
	Where  string `json:"where"`
}

// jsonTests is the JSON contract of test.
type jsonTests struct {
	Tests    []jsonTest    `json:"tests"`
	Findings []jsonFinding `json:"findings"`
	Seats    jsonSeats     `json:"seats"`
}

func testsJSON(results []policy.TestResult) []jsonTest {
	out := []jsonTest{}
	for _, r := range results {
		out = append(out, jsonTest{
			Site: r.Site, User: r.Test.User, On: r.Test.On, Pass: r.Pass, Detail: r.Detail, Where: r.Test.Pos.String(),
			Always: strings.ToLower(fmt.Sprint(r.Test.Always)), Never: strings.ToLower(fmt.Sprint(r.Test.Never)),
		})
	}
	return out
}
