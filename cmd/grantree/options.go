package main

import (
	"slices"
	"strings"

	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

// policyOptions are the flags of every command that reads a policy.
type policyOptions struct {
	file   string
	format string
}

// defaultParallel is how many sites are worked on at once.
const defaultParallel = 4

// addFlags adds the flags; formats are what --format may be.
func (o *policyOptions) addFlags(c *cobra.Command, formats ...string) {
	c.Flags().StringVarP(&o.file, "file", "f", "", "the policy file (default "+policy.DefaultFile+")")
	o.addFormat(c, formats...)
}

// addFormat adds --format alone.
func (o *policyOptions) addFormat(c *cobra.Command, formats ...string) {
	c.Flags().StringVar(&o.format, "format", formats[0], "how to print: "+strings.Join(formats, ", "))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	check := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if !slices.Contains(formats, o.format) {
			return usageError("--format %q: want %s", o.format, strings.Join(formats, ", "))
		}
		if check != nil {
			return check(c, args)
		}
		return nil
	}
}

// fleetOptions are the flags of every command that talks to servers.
type fleetOptions struct {
	policyOptions
	sites    []string
	except   []string
	sandbox  bool
	parallel int
	every    bool
	shard    shardFlag
	metrics  string
}

// shardFlag is --shard: a part of the fleet.
type shardFlag struct{ sites.Shard }

func (s *shardFlag) Set(text string) (err error) {
	s.Shard, err = sites.ParseShard(text)
	return err
}

func (*shardFlag) Type() string { return "INDEX/COUNT" }

func (s *shardFlag) String() string {
	if s.Of == 0 {
		return ""
	}
	return s.Shard.String()
}

func (o *fleetOptions) addFlags(c *cobra.Command, formats ...string) {
	o.policyOptions.addFlags(c, formats...)
	c.Flags().StringSliceVar(&o.sites, "site", nil, "only this site (may be repeated)")
	c.Flags().StringSliceVar(&o.except, "except", nil, "every site but this one (may be repeated)")
	c.Flags().BoolVar(&o.sandbox, "sandbox", false, "use an embedded server, with every site made from the catalog, instead of the policy's")
	c.Flags().IntVar(&o.parallel, "parallel", defaultParallel, "how many sites to work on at once")
}

// addEveryUser adds the flag of the commands that verify.
func (o *fleetOptions) addEveryUser(c *cobra.Command) {
	c.Flags().BoolVar(&o.every, "every-user", false, "ask the server about each user, also where it cannot tell some apart")
}

// addScheduled adds the flags of the commands that a scheduler runs, on many machines.
func (o *fleetOptions) addScheduled(c *cobra.Command) {
	c.Flags().StringVar(&o.metrics, "metrics", "", "write what the run came to into this file, as Prometheus reads it")
	c.Flags().Var(&o.shard, "shard", "only this part of the sites, as 0/3 for the first of 3: the index is counted from 0")
}
