package main

import (
	"context"
	"errors"
	"strings"

	"grantree/catalog"
	"grantree/policy"

	"github.com/spf13/cobra"
)

type whoOptions struct {
	lookOptions
	by  string
	not string
}

func newWho(a *app) *cobra.Command {
	var o whoOptions
	c := &cobra.Command{
		Use:   "who VIEW|NODE [PERMISSION]",
		Short: "List who may do something, by whatever way, and who could come to it",
		Long: `List every account of the sites that may do something, whether the policy or
something else gives it: a schema grant, a fixed role, ownership, EXECUTE AS, a
table behind the view. Apart from them stands who may not and can give it to
themselves, and what could not be read. A NODE means the parent views behind it
and below. With --sandbox the policy is applied first.

--by group lists what gives it, groups first, with the people behind each. --not
keeps those who may not do something else: "who imvw_work_order delete --not
insert" are the people who can delete and not create.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error { return a.who(c.Context(), o, args) },
	}
	o.addFlags(c)
	c.Flags().StringVar(&o.by, "by", "user", "a line for each: user or group")
	c.Flags().StringVar(&o.not, "not", "", "only those who may not do this on the view: a permission")
	return c
}

func (a *app) who(ctx context.Context, o whoOptions, args []string) error {
	not, err := o.excluded(args)
	if err != nil {
		return err
	}
	live, p, done, unread := a.look(ctx, o.lookOptions, args)
	defer done()
	if len(live) == 0 && unread != nil {
		return unread
	}
	q, err := parseQuestion(p.Catalog, args)
	if err == nil {
		err = q.inSomeSite(live)
	}
	if err != nil {
		return errors.Join(err, unread)
	}
	if o.by == "group" {
		return errors.Join(a.whoByGroup(live, p, q, o.format), unread)
	}
	if !not.IsEmpty() {
		q.permissions = append(q.permissions, not)
	}
	out := answers{Access: []access{}}
	for _, s := range live {
		for _, view := range q.views {
			out.view(s, view, q.permissions)
		}
	}
	out.without(not)
	if o.format == "json" {
		return errors.Join(a.printJSON(out), unread)
	}
	a.printAccess(out.Access, q.permissions)
	a.printPowers(out.Powers)
	a.printUnverified(out.Unverified)
	return unread
}

// excluded is the permission of --not.
func (o whoOptions) excluded(args []string) (catalog.Permissions, error) {
	switch {
	case o.by != "user" && o.by != "group":
		return 0, usageError("--by %q: want user, group", o.by)
	case o.not == "":
		return 0, nil
	case len(args) < 2:
		return 0, usageError("--not goes with a permission: who %s PERMISSION --not %s", strings.Join(args, " "), o.not)
	case o.by == "group":
		return 0, usageError("--not is about people: leave --by group out")
	}
	not, err := catalog.ParsePermission(o.not)
	if err != nil {
		return 0, usageError("--not: %v", err)
	}
	if asked, err := catalog.ParsePermission(args[1]); err == nil && asked == not {
		return 0, usageError("--not %s: that is what was asked for", o.not)
	}
	return not, nil
}

// jsonWays is what gives something, for programs.
type jsonWays struct {
	Ways       []wayRow     `json:"ways"`
	Unverified []unverified `json:"unverified,omitempty"`
}

// whoByGroup prints what gives what was asked for.
func (a *app) whoByGroup(live []liveSite, p *policy.Policy, q question, format string) error {
	var groups []group
	for _, g := range p.Groups {
		groups = append(groups, group{g.Name, g.Role})
	}
	rows := a.ways(live, q, groups)
	unsure := unverifiedOf(live, q)
	if format == "json" {
		return a.printJSON(jsonWays{rows, unsure})
	}
	a.printWays(rows, q.permissions)
	a.printUnverified(unsure)
	return nil
}
