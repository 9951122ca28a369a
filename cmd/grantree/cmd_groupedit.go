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
