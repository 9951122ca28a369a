package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"

	"grantree/sites"

	"github.com/spf13/cobra"
)

type planOptions struct {
	fleetOptions
	changeOptions
	check    bool
	full     bool
	rollback bool
	out      string
}

// changeOptions are the flags that plan and apply share.
type changeOptions struct {
	adopt      []string
	expectLoss int
}

func (o *changeOptions) addFlags(c *cobra.Command) {
	c.Flags().StringSliceVar(&o.adopt, "adopt", nil, "take over this existing role, or * for every one that the policy names")
	c.Flags().IntVar(&o.expectLoss, "expect-loss", -1, "accept that exactly this many people lose something in all sites of the run")
}

func (o *changeOptions) plan() sites.PlanOptions {
	return sites.PlanOptions{Adopt: o.adopt, ExpectLoss: o.expectLoss}
}

func newPlan(a *app) *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan",
		Short: "Show what would change in every site",
		Long: `Show what would change in every site: people first, then roles by node, then
the statements. Nothing is written to any server.

--check ends with a line for each site: how many things differ from the policy,
and who made them so, when and from where, where the server's default trace or an
audit has it. Where they have not, that is unknown, and why.

--format json is for programs, --format sql writes a script for sqlcmd or SSMS,
--format markdown is for reviewers: it fits a comment of a pull request, holds no
password, address or login of the run, and says what it leaves out.
--format html is the same without bounds, as one page that needs no network: the
navigation tree with what changes, person by person, every statement with its
cause and its reverse.

--out seals the plan into a file, for somebody to read and "grantree apply FILE" to
carry out as it is or not at all.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if filepath.Ext(o.out) == ".html" && !c.Flags().Changed("format") {
				_ = c.Flags().Set("format", "html")
			}
			return a.finished("plan", o.fleetOptions, func(e *ending) error { return a.plan(c.Context(), o, e) })
		},
	}
	o.fleetOptions.addFlags(c, "text", "json", "sql", "markdown", "html")
	o.addScheduled(c)
	o.changeOptions.addFlags(c)
	c.Flags().BoolVar(&o.check, "check", false, "exit with 3 where anything would change but grantree's own marks")
	c.Flags().BoolVar(&o.full, "full", false, "show every statement, not the first few of each site")
	c.Flags().BoolVar(&o.rollback, "rollback", false, "with --format sql: only the script that undoes the plan")
	c.Flags().StringVar(&o.out, "out", "", "seal the plan into this new file, which grantree apply FILE carries out; with --format html the page")
	c.AddCommand(newApprove(a))
	return c
}

func (a *app) plan(ctx context.Context, o planOptions, e *ending) error {
	a.tells = sites.StageReading
	p, err := a.bound(o.policyOptions)
	if err != nil {
		return err
	}
	f, done, err := a.fleet(ctx, p.Policy, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	plan := o.changeOptions.plan()
	plan.Seal = o.out != ""
	plan.Sketch = newSketcher(f.Policy.Catalog, o.format, o.full).sketch
	plan.Drift = o.check && (o.format == "text" || o.format == "json")
	fp, err := a.planned(ctx, f, plan)
	if fp == nil {
		return err
	}
	e.planned(fp)
	err = nil // each site that could not be read is a row
	whole := fp
	if o.format == "sql" {
		fp = fp.FirstPass()
	}
	var drift []sites.Drift
	if plan.Drift {
		drift = f.Drifts(ctx, fp)
	}
	switch o.format {
	case "json":
		err = a.printPlanJSON(fp, drift)
	case "sql":
		err = a.printScript(fp, o.rollback)
	case "markdown":
		err = a.printMarkdown(fp, o.full)
	case "html":
		err = a.planPage(fp, o)
	default:
		err = a.printPlan(fp, o.full)
		a.printDrift(drift, o.full)
	}
	a.findings(fp.Findings)
	for _, r := range fp.Rows() {
		if r.Outcome == sites.NoRight {
			a.warnf("%v", r.Err) // who may only look may plan
		}
	}
	if o.out != "" && o.format != "html" && err == nil {
		err = a.writeSealed(o.out, whole, p.Bound)
	}
	return errors.Join(fp.Err(o.check), err)
}

// planPage writes a plan as a page, to the file that was named or to stdout.
func (a *app) planPage(fp *sites.FleetPlan, o planOptions) error {
	if o.out == "" {
		return a.printPlanHTML(a.stdout, fp, o.sandbox)
	}
	var b bytes.Buffer
	if err := a.printPlanHTML(&b, fp, o.sandbox); err != nil {
		return err
	}
	if err := a.writeNew(o.out, b.Bytes()); err != nil {
		return err
	}
	a.warnf("a plan of %s written to %s", count(len(fp.Rows()), "site"), o.out)
	return nil
}
