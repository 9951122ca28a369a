package main

import (
	"context"
	"slices"

	"grantree/policy"

	"github.com/spf13/cobra"
)

type diffOptions struct {
	policyOptions
	asOf  string
	sites []string
	full  bool
	check bool
}

func newDiff(a *app) *cobra.Command {
	var o diffOptions
	c := &cobra.Command{
		Use:   "diff [OLD NEW]",
		Short: "Say who gains and loses what from one policy to another",
		Long: `Say who gains and loses what from one policy to another: people first, then the
groups that change, then what else does. OLD and NEW are files; with --as-of the
policy is compared with what git has of it and of the files that it includes: at a
commit, by any name that git takes, or at the end of a day. No server is asked:
what sites hold beside the policy, "grantree plan" and "grantree audit" say.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.diff(c.Context(), o, args) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.asOf, "as-of", "", "compare with what the policy was: a commit, a tag, or a day as 2026-09-30")
	c.Flags().StringSliceVar(&o.sites, "site", nil, "only what becomes of people in this site (may be repeated)")
	c.Flags().BoolVar(&o.full, "full", false, "name everybody, and every node")
	c.Flags().BoolVar(&o.check, "check", false, "exit with 3 where anything differs")
	return c
}

func (a *app) diff(ctx context.Context, o diffOptions, args []string) error {
	before, after, d, err := a.bothPolicies(ctx, o, args)
	if err != nil {
		return err
	}
	d.between(before, after)
	if err := d.only(o.sites, before, after); err != nil {
		return err
	}
	if o.format == "json" {
		err = a.printJSON(d.json())
	} else {
		a.printDifference(d, o.full)
	}
	if err == nil && o.check && d.differs() {
		err = &exitError{code: exitDifferences}
	}
	return err
}

// bothPolicies reads the two policies that are compared.
func (a *app) bothPolicies(ctx context.Context, o diffOptions, args []string) (before, after *policy.Policy, d difference, err error) {
	switch {
	case len(args) == 2 && o.asOf == "" && o.file == "":
		before, err = a.quietPolicy(args[0])
		if err == nil {
			after, err = a.quietPolicy(args[1])
		}
		return before, after, difference{old: earlier{File: args[0]}, now: earlier{File: args[1]}}, err
	case len(args) == 0 && o.asOf != "":
		before, d.old, err = a.policyAsOf(ctx, o.policyOptions, o.asOf)
		if err == nil {
			after, err = a.policy(o.policyOptions, false)
		}
		d.now = earlier{File: d.old.File}
		return before, after, d, err
	}
	return nil, nil, d, usageError("name two files, OLD and NEW, or say with --as-of what the policy is compared with, and with -f which one")
}

// quietPolicy reads a policy that is only compared: of what is wrong with it,
// errors alone count.
func (a *app) quietPolicy(file string) (*policy.Policy, error) {
	src, err := a.policySource(policyOptions{file: file}, false)
	if err != nil {
		return nil, err
	}
	p, found := policy.Parse(src, a.readFile)
	return p.At(a.now()), found.Err()
}

// only leaves out the sites that were not asked for.
func (d *difference) only(names []string, policies ...*policy.Policy) error {
	if len(names) == 0 {
		return nil
	}
	wanted := map[string]bool{}
	for _, name := range names {
		found := false
		for _, p := range policies {
			if s, ok := p.Site(name); ok {
				wanted[s.Name], found = true, true
			}
		}
		if !found {
			return usageError("--site %q: neither policy has such a site", name)
		}
	}
	d.sites = slices.DeleteFunc(d.sites, func(s policy.SiteChange) bool { return !wanted[s.Site] })
	return nil
}
