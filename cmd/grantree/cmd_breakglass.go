package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type breakGlassOptions struct {
	fleetOptions
	length     time.Duration
	reason     string
	expectLoss int
	detach     bool
	end        bool
	yes        bool
	journal    string
}

// endWait bounds how long a command that was stopped tries to take back what it gave.
const endWait = 2 * time.Minute

func newBreakGlass(a *app) *cobra.Command {
	var o breakGlassOptions
	c := &cobra.Command{
		Use:   "break-glass USER GROUP",
		Short: "Let somebody into a prepared group for a while",
		Long: `Let somebody into a prepared group for a while, with a reason, in the sites that
they may enter or in those that --site names. [break_glass] of the policy says
which groups are prepared for that, and for how long at most. Until the time is
over, by the server's clock, plan, verify, explain and who count the membership as
wanted and say so; the first apply after it takes it back, and until then
"grantree plan --check" and "grantree verify" exit with 3.

The command waits, and takes it back itself; Ctrl-C takes it back at once. With
--detach it does not wait, and prints the command that takes it back. --end is that
command.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.breakGlass(c.Context(), o, args[0], args[1]) },
	}
	o.fleetOptions.addFlags(c, "text", "json")
	c.Flags().DurationVar(&o.length, "for", 0, "for how long, as 60m or 2h")
	c.Flags().StringVar(&o.reason, "reason", "", "why")
	c.Flags().IntVar(&o.expectLoss, "expect-loss", -1, "accept that exactly this many people lose something in all sites of the run")
	c.Flags().BoolVar(&o.detach, "detach", false, "do not wait: print the command that takes it back")
	c.Flags().BoolVar(&o.end, "end", false, "take it back")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().StringVar(&o.journal, "journal", "", "the folder in which runs are written down (default "+defaultJournal+" beside the policy)")
	return c
}

func (a *app) breakGlass(ctx context.Context, o breakGlassOptions, user, group string) error {
	bound, err := a.bound(o.policyOptions)
	if err != nil {
		return err
	}
	p := bound.Policy
	opening, err := o.opening(p, user, group)
	if err != nil {
		return err
	}
	if len(o.sites) == 0 && len(o.except) == 0 {
		for _, s := range p.SitesOf(opening.User) {
			o.sites = append(o.sites, s.Name)
		}
	}
	f, done, err := a.fleet(ctx, p, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	if o.end {
		return a.endBreakGlass(ctx, f, bound, opening, o)
	}
	part, began := &sites.Part{Open: opening}, a.now()
	plan := sites.PlanOptions{ExpectLoss: o.expectLoss, Part: part}
	results, fp, err := a.carryPart(ctx, f, plan, partOptions{format: o.format, full: true, yes: o.yes, run: a.runOf("break-glass", bound, o.fleetOptions, o.journal, o.expectLoss),
		says: []string{finding.BreakGlassOpen, finding.BreakGlassOverdue, finding.BreakGlassIgnored, finding.Withheld}, nothing: "Nothing to open."})
	if fp == nil || results == nil {
		return err
	}
	in := openedIn(part, results)
	command := ""
	if len(in) > 0 {
		command = o.command(f.Policy, opening, in)
	}
	if o.format == "json" {
		err = errors.Join(err, a.printJSON(openedJSON(part, opening, results, command)))
	}
	switch {
	case len(in) == 0:
		return err
	case o.detach && o.format == "json":
		return err
	case o.detach:
		a.printf("To take it back before that: %s\n", finding.Printable(command))
		return err
	}
	a.warnf("%s is in %s until %s; this command waits and takes it back, Ctrl-C does so at once", opening.User.Name, opening.Group.Name, untilOf(part, in[0]))
	if a.wait(ctx, opening.For-a.now().Sub(began)+time.Second) {
		a.warnf("the time is over: taking it back")
	} else {
		a.warnf("stopped: taking it back")
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWait)
	defer cancel()
	o.yes = true
	if back := a.endBreakGlass(ending, f, bound, opening, o); back != nil {
		return errors.Join(err, back, fmt.Errorf("%s may still be in %s: run %s, or grantree apply", opening.User.Name, opening.Group.Name, command))
	}
	return err
}

// opening reads what is to be opened, or taken back.
func (o breakGlassOptions) opening(p *policy.Policy, user, group string) (*sites.Opening, error) {
	u := p.User(user)
	if u == nil {
		return nil, notOurs(p, user)
	}
	if o.end {
		if o.detach || o.length != 0 || o.reason != "" {
			return nil, usageError("--end goes without --for, --reason and --detach")
		}
		g := p.Group(group)
		if g == nil {
			return nil, usageError("the policy has no group %q", group)
		}
		return &sites.Opening{User: u, Group: g}, nil
	}
	g, err := p.Opens(group)
	switch {
	case err != nil:
		return nil, usageError("%v", err)
	case o.length < time.Second:
		return nil, usageError("say for how long: --for 60m")
	case o.length > p.BreakGlass.Max:
		return nil, usageError("--for %s is longer than [break_glass] max = %q (%s) allows", o.length, p.BreakGlass.MaxText(), p.BreakGlass.Pos)
	case strings.TrimSpace(o.reason) == "":
		return nil, usageError(`say why: --reason "…"`)
	case utf8.RuneCountInString(o.reason) > grants.MaxOpeningReason:
		return nil, usageError("--reason is longer than %d characters", grants.MaxOpeningReason)
	}
	return &sites.Opening{User: u, Group: g, For: o.length, Reason: o.reason}, nil
}

// openedIn names the sites in which somebody was let in, or may have been.
func openedIn(part *sites.Part, results []sites.Result) []string {
	var out []string
	for _, r := range results {
		if _, ok := part.Opened(r.Site); ok && (r.Outcome == sites.Applied || r.Outcome == sites.Unknown) {
			out = append(out, r.Site)
		}
	}
	return out
}

func untilOf(part *sites.Part, site string) string {
	o, _ := part.Opened(site)
	return o.Until.Format("2006-01-02 15:04:05 UTC")
}

// command is what takes an opening back.
func (o breakGlassOptions) command(p *policy.Policy, opening *sites.Opening, in []string) string {
	line := "break-glass --end " + finding.Argument(opening.User.Name) + " " + finding.Argument(opening.Group.Name)
	for _, s := range in {
		line += " --site " + finding.Argument(s)
	}
	return p.Command(line + " --yes")
}

// endBreakGlass takes back what lets somebody into a group for a while.
func (a *app) endBreakGlass(ctx context.Context, f *sites.Fleet, p *boundPolicy, opening *sites.Opening, o breakGlassOptions) error {
	plan := sites.PlanOptions{ExpectLoss: -1, Part: &sites.Part{End: opening}}
	_, _, err := a.carryPart(ctx, f, plan, partOptions{format: o.format, full: true, yes: o.yes, run: a.runOf("break-glass --end", p, o.fleetOptions, o.journal, -1), nothing: fmt.Sprintf("%s is in %s by no break-glass.", opening.User.Name, opening.Group.Name)})
	return err
}

// jsonOpened is what "grantree break-glass" did.
type jsonOpened struct {
	User     string           `json:"user"`
	Group    string           `json:"group"`
	Reason   string           `json:"reason"`
	Sites    []jsonOpenedSite `json:"sites"`
	TakeBack string           `json:"take_back,omitempty"`
}

// jsonOpenedSite is one site of it. Result is one of apply's.
type jsonOpenedSite struct {
	Site   string `json:"site"`
	Result string `json:"result"`
	Until  string `json:"until,omitempty"` // UTC, by the server's clock
	Error  string `json:"error,omitempty"`
}

func openedJSON(part *sites.Part, opening *sites.Opening, results []sites.Result, command string) jsonOpened {
	out := jsonOpened{User: opening.User.Name, Group: opening.Group.Name, Reason: opening.Reason, Sites: []jsonOpenedSite{}, TakeBack: command}
	for _, r := range results {
		one := jsonOpenedSite{Site: r.Site, Result: string(r.Outcome)}
		if o, ok := part.Opened(r.Site); ok && r.Outcome.Done() {
			one.Until = o.Until.Format(time.RFC3339)
		}
		if r.Err != nil {
			one.Error = r.Err.Error()
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}
