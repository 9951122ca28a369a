package main

import "github.com/spf13/cobra"

func newLog(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "log",
		Short: "Look at the record of what was changed",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newLogVerify(a))
	return c
}
