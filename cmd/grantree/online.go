package main

import (
	"grantree/sites"

	"github.com/spf13/cobra"
)

// onlineOptions are the flags of an apply in small transactions.
type onlineOptions struct {
	online       bool
	maxPerSecond int
	window       string
}

func (o *onlineOptions) addFlags(c *cobra.Command) {
	c.Flags().BoolVar(&o.online, "online", false, "change each site in small transactions, each safe by itself, and wait for who is in the way")
	c.Flags().IntVar(&o.maxPerSecond, "max-per-second", 0, "with --online: how many statements the run sends in a second at most (0: no limit)")
	c.Flags().StringVar(&o.window, "window", "", "with --online: begin nothing outside this part of the day, by this machine's clock, as 02:00-04:00")
}

// apply is what the flags ask for, nil where a site changes in one transaction.
func (o onlineOptions) apply(a *app) (*sites.Online, error) {
	switch {
	case !o.online && (o.maxPerSecond != 0 || o.window != ""):
		return nil, usageError("--max-per-second and --window go with --online: a site that changes in one transaction is changed at once")
	case !o.online:
		return nil, nil
	case o.maxPerSecond < 0:
		return nil, usageError("--max-per-second is a number of statements, 0 or more")
	}
	out := &sites.Online{MaxPerSecond: o.maxPerSecond, Now: a.now}
	if o.window != "" {
		w, err := sites.ParseWindow(o.window)
		if err != nil {
			return nil, usageError("--window: %v", err)
		}
		out.Window = w
	}
	return out, nil
}
