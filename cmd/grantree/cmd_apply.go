package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"sync"

	"grantree/sites"

	"github.com/spf13/cobra"
)

type applyOptions struct {
	fleetOptions
	changeOptions
	yes       bool
	full      bool
	passwords string
	noVerify  bool
}

func newApply(a *app) *cobra.Command {
	var o applyOptions
	c := &cobra.Command{
		Use:   "apply",
		Short: "Show the plan, ask, and carry it out in every site",
		Long: `Show the plan, ask, and carry it out in every site. Each site changes in one
transaction, under a lock, and is read back before the commit: all or nothing.
Afterwards the server is asked what people may really do, as "grantree verify"
does.

Passwords of new logins are written to a file that only you may read, and to
nothing else.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.apply(c.Context(), o) },
	}
	o.fleetOptions.addFlags(c, "text", "json")
	o.changeOptions.addFlags(c)
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.full, "full", false, "show every statement of the plan")
	c.Flags().BoolVar(&o.noVerify, "no-verify", false, "do not ask the server afterwards")
	c.Flags().StringVar(&o.passwords, "passwords-out", "grantree-passwords.txt", "the file that new passwords are added to")
	return c
}

func (a *app) apply(ctx context.Context, o applyOptions) error {
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	fp, unread := a.planned(ctx, f, o.changeOptions.plan())
	if unread != nil {
		return fmt.Errorf("%w\nnothing was changed: every site of a run must answer first; leave one out with --site", unread)
	}
	if o.format == "text" {
		a.printPlan(fp, o.full)
	}
	a.findings(fp.Findings)
	if fp.Findings.HasErrors() {
		return &sites.RefusedError{Plan: fp}
	}
	if !fp.Empty() {
		if err := a.confirm(o.yes); err != nil {
			return err
		}
	}
	results, err := a.send(ctx, f, fp, o)
	if o.format == "json" {
		if err := a.printJSON(resultsJSON(fp, results)); err != nil {
			return err
		}
	}
	if err != nil || o.noVerify {
		return err
	}
	return a.verifyFleet(ctx, f, o.format == "text", false)
}

// confirm asks, unless told not to; without a terminal there is nobody to ask.
func (a *app) confirm(yes bool) error {
	if yes {
		return nil
	}
	if !a.canAsk {
		return usageError("nobody is there to say yes: add --yes")
	}
	a.errorf("\nApply this plan? Type yes: ")
	answer, _ := bufio.NewReader(a.stdin).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return &exitError{code: exitFailed, message: "nothing was changed"}
	}
	return nil
}

// send applies the plan and reports each site as it is done.
func (a *app) send(ctx context.Context, f *sites.Fleet, fp *sites.FleetPlan, o applyOptions) ([]sites.Result, error) {
	var ev sites.Events
	if len(fp.Logins) > 0 {
		file, err := openPasswords(o.passwords)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		ev.Login, ev.NotMade = file.add, file.notMade
		defer func() {
			if file.added > 0 {
				a.warnf("%s of new logins written to %s", count(file.added, "password"), o.passwords)
			}
		}()
	}
	var mu sync.Mutex
	ev.Site = func(site string, statements int, err error) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			a.errorf("%s  %s\n", a.red("failed "), site)
		case statements == 0:
			a.errorf("%s  %s\n", a.faint("no change"), site)
		default:
			a.errorf("%s  %s: %s, verified before the commit\n", a.green("applied"), site, count(statements, "statement"))
		}
	}
	return f.Apply(ctx, fp, ev)
}

// jsonResult is one site's outcome for programs.
type jsonResult struct {
	Site       string `json:"site"`
	Statements int    `json:"statements"`
	Error      string `json:"error,omitempty"`
}

func resultsJSON(fp *sites.FleetPlan, results []sites.Result) any {
	out := struct {
		Sites []jsonResult `json:"sites"`
		Seats jsonSeats    `json:"seats"`
	}{[]jsonResult{}, jsonSeats{Used: fp.After.Used, Limit: fp.After.Limit}}
	for _, r := range results {
		one := jsonResult{Site: r.Site, Statements: r.Statements}
		if r.Err != nil {
			one.Error = r.Err.Error()
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}
