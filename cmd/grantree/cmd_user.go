package main

import "github.com/spf13/cobra"

func newUser(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: "Look at the people of the policy, and change them",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newUserExport(a), newUserImport(a))
	return c
}
