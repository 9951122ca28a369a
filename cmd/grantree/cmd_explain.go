package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"

	"github.com/spf13/cobra"
)

type explainOptions struct {
	fleetOptions
	offline bool
}

func (o *explainOptions) addFlags(c *cobra.Command) {
	o.fleetOptions.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.offline, "offline", false, "answer from the policy alone, as if it had been applied to sites made from the catalog")
}

func newExplain(a *app) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain USER VIEW|NODE [PERMISSION]",
		Short: "Say whether a user may do something, and why",
		Long: `Say whether a user may do something, and why: the roles, the lines of the policy
and the nodes through which it is granted, or the DENY or the lack that stands
in the way. Without PERMISSION all four are answered. A NODE means the parent
views behind it and below. With --sandbox the policy is applied first.`,
		Args: cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error { return a.explain(c.Context(), o, args) },
	}
	o.addFlags(c)
	return c
}

func (a *app) explain(ctx context.Context, o explainOptions, args []string) error {
	live, p, done, unread := a.look(ctx, o)
	defer done()
	if len(live) == 0 && unread != nil {
		return unread
	}
	if err := knownUser(live, p, args[0]); err != nil {
		return errors.Join(err, unread)
	}
	q, err := parseQuestion(p.Catalog, args[1:])
	if err == nil {
		err = q.inSomeSite(live)
	}
	if err != nil {
		return errors.Join(err, unread)
	}
	var decisions []grants.Decision
	for _, s := range live {
		if len(live) > 1 && len(o.sites) == 0 && !slices.ContainsFunc(s.access.Users(), func(u string) bool { return s.wanted.Collation.Equal(u, args[0]) }) {
			continue
		}
		for _, view := range q.views {
			for _, one := range q.permissions {
				decisions = append(decisions, grants.Explain(s.access, s.wanted, args[0], view, one))
			}
		}
	}
	if len(decisions) == 0 {
		return errors.Join(&exitError{code: exitFailed, message: fmt.Sprintf("no site that was read has a user %q", args[0])}, unread)
	}
	if o.format == "json" {
		return errors.Join(a.printJSON(decisionsJSON(decisions)), unread)
	}
	for _, d := range decisions {
		a.printDecision(d)
	}
	return unread
}

// printDecision prints one answer and its reasons.
func (a *app) printDecision(d grants.Decision) {
	may := safe(d.Allowed.String())
	switch d.Allowed {
	case grants.Yes:
		may = a.green(d.Allowed.String())
	case grants.No:
		may = a.red(d.Allowed.String())
	}
	a.printf("%s: %s %s %s %s\n", d.Site, d.User, may, d.Permission, d.View)
	for _, r := range d.Because {
		where := safe("")
		if !strings.Contains(r.Text, r.Where.String()) {
			where = "  " + a.faint(r.Where.String())
		}
		a.printf("  %s%s\n", r.Text, where)
	}
}
