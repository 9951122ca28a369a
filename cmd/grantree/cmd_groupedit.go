package main

import (
	"grantree/policy"

	"github.com/spf13/cobra"
)

func newGroupCopy(a *app) *cobra.Command {
	var o editOptions
	var without []string
	var lines bool
	c := &cobra.Command{
		Use:   "copy GROUP NEW-NAME",
		Short: "Add a group that begins as another, or as a preset",
		Long: `Add a group that begins as another of the policy's, as one of the vendor's, or as
a preset ("preset: Technician"). It follows that one from then on; with --lines it
gets its lines as they are now and stands alone. Members are not copied.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.CopyGroup(args[0], args[1], without, lines) })
		},
	}
	o.addFlags(c)
	c.Flags().StringArrayVar(&without, "without", nil, "a node, area or view that it does without (may be repeated)")
	c.Flags().BoolVar(&lines, "lines", false, "write the group's lines out")
	return c
}

func newGroupRename(a *app) *cobra.Command {
	var o editOptions
	c := &cobra.Command{
		Use:   "rename GROUP NEW-NAME",
		Short: "Give a group another name and keep its members",
		Long: `Give a group another name. The one before stays as was, so that the plan renames
the role in place, with its members and rows; a role with a name of its own stays
as it is. Users, copies, waivers and [policy] follow.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.RenameGroup(args[0], args[1]) })
		},
	}
	o.addFlags(c)
	return c
}

func newGroupRemove(a *app) *cobra.Command {
	var o editOptions
	c := &cobra.Command{
		Use:   "remove GROUP",
		Short: "Take a group that nobody is in out of the policy",
		Long: `Take a group out of the policy, with the waivers that are for it alone. One of the
vendor's is left out by [policy] without. It stays as long as somebody is in it or
another group copies it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.edit(c.Context(), o, func(e *policy.Editor) error { return e.RemoveGroup(args[0]) })
		},
	}
	o.addFlags(c)
	return c
}

func newGroupLine(a *app, deny bool) *cobra.Command {
	var o editOptions
	var reason, until string
	var except []string
	var remove, overrides bool
	c := &cobra.Command{
		Use:   "allow GROUP VIEW|NODE PERMISSION...",
		Short: "Let a group do more",
		Long: `Let a group do more: a line of its own. Said again, it gives that line its end:
without --until it has none any more. With --remove, take its own lines about that
view or node away, allow and deny; what it copies stays. A group of the vendor's is
copied first.`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if remove {
				return a.edit(c.Context(), o, func(e *policy.Editor) error {
					n, err := e.RemoveGroupLines(args[0], args[1])
					if err == nil && n == 0 {
						err = usageError("group %q has no line of its own about %q", args[0], args[1])
					}
					return err
				})
			}
			line, err := readLine(c, args[2:], until)
			if err != nil {
				return err
			}
			line.Reason, line.Except, line.Overrides = reason, except, overrides
			return a.edit(c.Context(), o, func(e *policy.Editor) error {
				beside, err := e.AddGroupLine(args[0], deny, e.Policy().LineOn(args[1], line))
				if beside != "" {
					a.warnf("%s", beside)
				}
				return err
			})
		},
	}
	o.addFlags(c)
	if deny {
		c.Use = "deny GROUP VIEW|NODE PERMISSION..."
		c.Short = "Let a group do less"
		c.Long = `Let a group do less: a DENY of its own, which takes from everybody in it what any
other group gives. Where it does take something, it needs --overrides and a reason.
With --remove, take its own lines about that view or node away, allow and deny.`
		c.Flags().BoolVar(&overrides, "overrides", false, "it may take from what another group gives")
	}
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().StringVar(&until, "until", "", "the last day on which it holds, as 2027-06-30")
	c.Flags().StringArrayVar(&except, "except", nil, "a node or view below that it leaves alone (may be repeated)")
	c.Flags().BoolVar(&remove, "remove", false, "take such lines away")
	return c
}
