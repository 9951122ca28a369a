package main

import (
	"context"
	"errors"
	"fmt"

	"grantree/grants"
	"grantree/policy"

	"github.com/spf13/cobra"
)

// lookOptions are the flags that explain and who share.
type lookOptions struct {
	fleetOptions
	offline bool
}

func (o *lookOptions) addFlags(c *cobra.Command) {
	o.fleetOptions.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.offline, "offline", false, "answer from the policy alone, as if it had been applied to sites made from the catalog")
}

type explainOptions struct {
	lookOptions
	group bool
	edit  bool
}

func newExplain(a *app) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain USER|GROUP VIEW|NODE [PERMISSION]",
		Short: "Say whether somebody, or a group, may do something, and why",
		Long: `Say whether a user may do something, and why: who is in which role and by which
line, the lines of the policy and the nodes through which it is granted, or the
DENY or the lack that stands in the way, and what of it they reach all the same or
can give themselves. USER is a user of the site or a login. A GROUP of the policy
is meant where nobody has the name, or with --group: then it is asked what the
group alone gives. Without PERMISSION all four are answered. A NODE means the
parent views behind it and below. Sites with the same answer are said once. With
--sandbox the policy is applied first.

Of one permission on one view the smallest edit of the policy is said that would
change the answer: after it was made in memory, the policy was read and expanded
again, nobody else gains anything and no rule is broken. --edit=false leaves it out.`,
		Args: cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error { return a.explain(c.Context(), o, args) },
	}
	o.addFlags(c)
	c.Flags().BoolVar(&o.edit, "edit", true, "say which edit of the policy would change the answer")
	c.Flags().BoolVar(&o.group, "group", false, "the name is that of a group, whoever else has it")
	return c
}

func (a *app) explain(ctx context.Context, o explainOptions, args []string) error {
	live, p, done, unread := a.look(ctx, o.lookOptions, args[1:])
	defer done()
	if len(live) == 0 && unread != nil {
		return unread
	}
	of, err := subjectOf(live, p, args[0], o.group)
	if err != nil {
		return errors.Join(err, unread)
	}
	q, err := parseQuestion(p.Catalog, args[1:])
	if err == nil {
		err = q.inSomeSite(live)
	}
	if err != nil {
		return errors.Join(err, unread)
	}
	decisions := q.decisions(live, of, len(live) == 1 || len(o.sites) > 0)
	if len(decisions) == 0 {
		return errors.Join(&exitError{code: exitFailed, message: fmt.Sprintf("no site that was read has a user %q", args[0])}, unread)
	}
	return errors.Join(a.printExplained(o, live, p, of, q, decisions), unread)
}

// printExplained prints the answers, with the edit that would change each where one
// thing was asked.
func (a *app) printExplained(o explainOptions, live []liveSite, p *policy.Policy, of subject, q question, decisions []grants.Decision) error {
	alike := sitesTogether(decisions)
	var edits []*edit
	if o.edit && len(q.views) == 1 && len(q.permissions) == 1 {
		var err error
		if edits, err = a.edits(o, live, p, of, alike); err != nil {
			return err
		}
	}
	if o.format == "json" {
		return a.printJSON(decisionsJSON(decisions, alike, edits))
	}
	if len(q.views) > 1 {
		a.printDecisions(decisions)
		return nil
	}
	for i, d := range alike {
		a.printDecision(d)
		if edits != nil {
			a.printEditThat(d, edits[i])
		}
	}
	return nil
}

// decisions asks the question of the sites: of all, or of those that have
// something to say of somebody, where there are any.
func (q question) decisions(live []liveSite, of subject, all bool) []grants.Decision {
	var out, idle []grants.Decision
	for _, s := range live {
		if !all && !of.known(s) {
			continue
		}
		var here []grants.Decision
		says := all || of.wanted(s)
		for _, view := range q.views {
			for _, one := range q.permissions {
				d := of.ask(s, view, one)
				here = append(here, d)
				says = says || d.Says()
			}
		}
		if says {
			out = append(out, here...)
		} else {
			idle = append(idle, here...)
		}
	}
	if len(out) == 0 {
		return idle
	}
	return out
}
