package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/journal"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type healOptions struct {
	fleetOptions
	expectLoss  int
	yes         bool
	full        bool
	afterDeploy bool
	journal     string
}

func newHeal(a *app) *cobra.Command {
	var o healOptions
	c := &cobra.Command{
		Use:   "heal",
		Short: "Give back what went with views that were dropped and made again",
		Long: `Give back what went with views that were dropped and made again: a view takes
its permissions with it, and a deployment that makes it anew leaves it open to
whom a DENY kept out, and shut to everybody else. Of what grantree had given out
there, and the policy still wants, heal sends the GRANTs and DENYs that are gone,
and nothing else: whatever else differs from the policy stays as it is. The
statements are shown first, and each site is all or nothing, as with apply.

--after-deploy is the line that a database deployment adds to its pipeline: it
asks nothing, and exits with 0 where everything is healed or nothing was lost, and
with 3 where something is left to a whole plan, or may have been lost without a
trace. What needs an approval by the policy is given back where the journals of
this machine show that grantree gave it before, and nowhere else (exit 4).`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.heal(c.Context(), o) },
	}
	o.fleetOptions.addFlags(c, "text", "json")
	c.Flags().IntVar(&o.expectLoss, "expect-loss", -1, "accept that exactly this many people lose something in all sites of the run")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.full, "full", false, "show every statement")
	c.Flags().BoolVar(&o.afterDeploy, "after-deploy", false, "do not ask: the line for the end of a database deployment")
	c.Flags().StringVar(&o.journal, "journal", "", "the folder in which runs are written down (default "+defaultJournal+" beside the policy)")
	return c
}

func (a *app) heal(ctx context.Context, o healOptions) error {
	p, err := a.bound(o.policyOptions)
	if err != nil {
		return err
	}
	f, done, err := a.fleet(ctx, p.Policy, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	plan := sites.PlanOptions{ExpectLoss: o.expectLoss, Part: &sites.Part{Heal: true}}
	approved := func(fp *sites.FleetPlan) error { return a.healApproved(fp, journalFolder(o.journal, o.file)) }
	results, fp, err := a.carryPart(ctx, f, plan, partOptions{format: o.format, full: o.full, yes: o.yes || o.afterDeploy, run: a.runOf("heal", p, o.fleetOptions, o.journal, o.expectLoss),
		says: []string{finding.ViewRecreated, finding.Withheld, finding.ViewMissing, finding.MarkSilent}, approved: approved, nothing: "No view is known to have lost anything: nothing to heal."})
	if fp == nil {
		return err
	}
	left := []string{finding.Withheld, finding.ViewMissing, finding.MarkSilent}
	if err == nil && slices.ContainsFunc(fp.Findings, func(f finding.Finding) bool { return slices.Contains(left, f.Code) }) {
		err = &exitError{code: exitDifferences, message: "not all that was lost is given back, or it cannot be told: see the warnings"}
	}
	if o.format == "json" {
		return errors.Join(err, a.printJSON(healedJSON(fp, results)))
	}
	for _, s := range fp.Sites {
		i := slices.IndexFunc(results, func(r sites.Result) bool { return r.Site == s.Site.Name })
		if i < 0 || results[i].Outcome != sites.Applied {
			continue
		}
		for _, r := range s.Restored() {
			a.sentence("", fmt.Sprintf("%s: gave back %s", s.Site.Name, restored(r)))
		}
	}
	return err
}

// healApproved refuses what by the policy needs an approval, unless the journals of this
// machine show that grantree gave every row of it before.
func (a *app) healApproved(fp *sites.FleetPlan, dir string) error {
	why := fp.Approvals(fp.Policy.Approval.Needs)
	if len(why) == 0 {
		return nil
	}
	runs, bad := a.runs(dir)
	unproved := fp.Unproved(runs)
	if bad == nil && len(unproved) == 0 {
		return nil
	}
	text := "no journal here shows that grantree gave " + list(unproved, 4)
	if bad != nil {
		text = "the journals here cannot be relied on"
	}
	return errors.Join(&exitError{code: exitRule, message: fmt.Sprintf("what heal gives back needs an approval: %s; %s in %s; seal a plan with grantree plan --out FILE, have it approved, and apply that; nothing was sent",
		strings.Join(why, "; "), text, dir)}, bad)
}

// restored says what was given back on a view.
func restored(r grants.Recreated) string {
	grant, deny := lostCount(r)
	var parts []string
	if grant > 0 {
		parts = append(parts, count(grant, "GRANT"))
	}
	if deny > 0 {
		parts = append(parts, fmt.Sprintf("%d DENY", deny))
	}
	var who []string
	for _, l := range r.Lost {
		if !slices.Contains(who, l.Principal) {
			who = append(who, l.Principal)
		}
	}
	return fmt.Sprintf("%s on %s.%s, of %s", strings.Join(parts, " and "), r.Schema, r.View, list(who, 4))
}

// lostCount counts the GRANTs and DENYs that a view lost.
func lostCount(r grants.Recreated) (grant, deny int) {
	for _, l := range r.Lost {
		if l.State == grants.Denied {
			deny++
		} else {
			grant++
		}
	}
	return grant, deny
}

// partOptions are how a part of a plan is shown and sent.
type partOptions struct {
	format  string
	full    bool
	yes     bool
	says    []string // the codes of the findings that are shown beside errors
	nothing string   // what is printed where nothing is to do
	// approved refuses a plan that was not approved; nil for none.
	approved func(*sites.FleetPlan) error
	run      *recorder
}

// runOf is where a command writes down what it does; nil where nothing is.
func (a *app) runOf(command string, p *boundPolicy, o fleetOptions, dir string, expectLoss int) *recorder {
	if o.sandbox {
		return nil
	}
	written := applyOptions{fleetOptions: o, changeOptions: changeOptions{expectLoss: expectLoss}}.written()
	return a.newRecorder(journalFolder(dir, o.file), journal.Begun{Command: command, Policy: p.Bound.Policy, Catalog: p.Bound.Catalog, Options: written})
}

// carryPart plans a part of what the policy asks for, shows it, asks, and carries it
// out. There is no plan where no site could be read, and no results where nothing was
// sent.
func (a *app) carryPart(ctx context.Context, f *sites.Fleet, plan sites.PlanOptions, o partOptions) ([]sites.Result, *sites.FleetPlan, error) {
	if o.format == "text" {
		plan.Sketch = newSketcher(f.Policy.Catalog, o.format, o.full).sketch
	}
	f.Waves = sites.Waves{Today: a.now()}
	fp, unread := a.planned(ctx, f, plan)
	if fp == nil {
		return nil, nil, unread
	}
	a.findings(slices.DeleteFunc(slices.Clone(fp.Findings), func(x finding.Finding) bool {
		return x.Severity != finding.Error && !slices.Contains(o.says, x.Code)
	}))
	if refusal := fp.Refusal(); refusal != nil {
		return nil, fp, errors.Join(refusal, unread)
	}
	if !fp.Sends() {
		var away []error // a plan may be made by who may only look, and this is more
		for _, r := range fp.Rows() {
			away = append(away, r.Err)
		}
		err := errors.Join(away...)
		said := slices.ContainsFunc(fp.Findings, func(x finding.Finding) bool { return slices.Contains(o.says, x.Code) })
		if o.format == "text" && fp.Empty() && err == nil && !said {
			a.printf("%s\n", o.nothing)
		}
		return nil, fp, err
	}
	if o.format == "text" {
		if err := a.printPlan(fp, o.full); err != nil {
			return nil, fp, err
		}
	}
	if o.approved != nil {
		if err := o.approved(fp); err != nil {
			return nil, fp, err
		}
	}
	if err := a.confirm(ctx, fp, o.yes); err != nil {
		return nil, fp, err
	}
	if o.run != nil {
		if err := o.run.begin(fp.Digest()); err != nil {
			return nil, fp, err
		}
		f.Run = sites.Run{ID: o.run.begun.Run, Plan: o.run.begun.Plan, Journal: o.run}
	}
	results, err := a.send(ctx, f, fp, applyOptions{})
	if o.run != nil {
		o.run.end(results, err)
	}
	return results, fp, err
}

// jsonHealed is what "grantree heal" gave back.
type jsonHealed struct {
	Sites []jsonHealedSite `json:"sites"`
}

// jsonHealedSite is one site of it. Result is one of apply's.
type jsonHealedSite struct {
	Site       string           `json:"site"`
	Result     string           `json:"result"`
	Statements int              `json:"statements"`
	Views      []jsonHealedView `json:"views"`
	Error      string           `json:"error,omitempty"`
}

// jsonHealedView is a view that was made again, and what went with it.
type jsonHealedView struct {
	Schema  string        `json:"schema"`
	Name    string        `json:"name"`
	Created string        `json:"created"` // by the server's local clock
	Rows    []jsonLostRow `json:"rows"`
}

// jsonLostRow is a permission that went with a view.
type jsonLostRow struct {
	Principal  string `json:"principal"`
	Permission string `json:"permission"`
	Kind       string `json:"kind"` // grant or deny
}

func healedJSON(fp *sites.FleetPlan, results []sites.Result) jsonHealed {
	out := jsonHealed{[]jsonHealedSite{}}
	for _, row := range fp.Rows() {
		one := jsonHealedSite{Site: row.Site.Name, Result: string(sites.NoChange), Views: []jsonHealedView{}}
		if row.Err != nil {
			one.Result, one.Error = string(row.Outcome), row.Err.Error()
		}
		for _, r := range results {
			if r.Site != row.Site.Name {
				continue
			}
			one.Result, one.Statements = string(r.Outcome), r.Statements
			if r.Err != nil {
				one.Error = r.Err.Error()
			}
		}
		if row.Plan != nil {
			for _, r := range row.Plan.Restored() {
				one.Views = append(one.Views, lostJSON(r))
			}
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}

func lostJSON(r grants.Recreated) jsonHealedView {
	out := jsonHealedView{Schema: r.Schema, Name: r.View, Created: r.Created.Format("2006-01-02T15:04:05.000"), Rows: []jsonLostRow{}}
	for _, l := range r.Lost {
		kind := grants.GrantOn
		if l.State == grants.Denied {
			kind = grants.DenyOn
		}
		out.Rows = append(out.Rows, jsonLostRow{l.Principal, l.Permission.String(), string(kind)})
	}
	return out
}
