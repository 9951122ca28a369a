package main

import (
	"slices"
	"strings"
	"unicode"

	"grantree/catalog"
	"grantree/policy"

	"github.com/spf13/cobra"
)

// Shell completion with the names of the policy: people, groups, sites, nodes and
// views. A policy that is not there or not right completes nothing, and no server
// is asked.

// vocabulary gives the names that may stand at a place of a command line.
type vocabulary func(*policy.Policy) []string

// completed says what the arguments of a command are, in their order. The last
// one counts for all that follow where more says so.
type completed struct {
	args []vocabulary
	more bool
}

var (
	userNames vocabulary = func(p *policy.Policy) []string {
		return namesOf(p.Users, func(u *policy.User) string { return u.Name })
	}
	groupNames vocabulary = func(p *policy.Policy) []string {
		return namesOf(p.Groups, func(g *policy.Group) string { return g.Name })
	}
	peopleAndGroups vocabulary = func(p *policy.Policy) []string { return slices.Concat(userNames(p), groupNames(p)) }
	prepared        vocabulary = func(p *policy.Policy) []string { return p.BreakGlass.Groups }
	copyable        vocabulary = func(p *policy.Policy) []string { return groupNames(p.WithPresets()) }
	siteNames       vocabulary = func(p *policy.Policy) []string { return namesOf(p.Sites, func(s policy.Site) string { return s.Name }) }
	places          vocabulary = func(p *policy.Policy) []string { return slices.Concat(nodeNames(p), viewNames(p)) }
	permission      vocabulary = func(*policy.Policy) []string { return catalog.All.Words() }
	nodeNames       vocabulary = func(p *policy.Policy) []string {
		return namesOf(p.Catalog.Nodes, func(n *catalog.Node) string { return p.Catalog.Short(n) })
	}
	viewNames vocabulary = func(p *policy.Policy) []string {
		return namesOf(p.Catalog.Views(), func(v catalog.ViewName) string { return string(v) })
	}
)

// arguments are what commands take, by their paths without "grantree".
var arguments = map[string]completed{
	"break-glass":         {args: []vocabulary{userNames, prepared}},
	"grant-until":         {args: []vocabulary{userNames, places, permission}, more: true},
	"explain":             {args: []vocabulary{peopleAndGroups, places, permission}},
	"who":                 {args: []vocabulary{places, permission}},
	"catalog tree":        {args: []vocabulary{nodeNames}},
	"group show":          {args: []vocabulary{copyable}},
	"group diff":          {args: []vocabulary{copyable, copyable}},
	"group copy":          {args: []vocabulary{copyable}},
	"group rename":        {args: []vocabulary{groupNames}},
	"group remove":        {args: []vocabulary{groupNames}},
	"group allow":         {args: []vocabulary{groupNames, places, permission}, more: true},
	"group deny":          {args: []vocabulary{groupNames, places, permission}, more: true},
	"user show":           {args: []vocabulary{userNames}},
	"user copy":           {args: []vocabulary{userNames}},
	"user set":            {args: []vocabulary{userNames}},
	"user remove":         {args: []vocabulary{userNames}},
	"user disable":        {args: []vocabulary{userNames}},
	"user enable":         {args: []vocabulary{userNames}},
	"user rename":         {args: []vocabulary{userNames}},
	"user allow":          {args: []vocabulary{userNames, places, permission}, more: true},
	"user deny":           {args: []vocabulary{userNames, places, permission}, more: true},
	"user status":         {args: []vocabulary{userNames}, more: true},
	"user history":        {args: []vocabulary{userNames}},
	"user unlock":         {args: []vocabulary{userNames}},
	"user reset-password": {args: []vocabulary{userNames}},
}

// options are what the values of flags are.
var options = map[string]vocabulary{
	"site": siteNames, "except": siteNames, "add-site": siteNames, "remove-site": siteNames,
	"group": groupNames, "add-group": groupNames, "remove-group": groupNames, "user": userNames, "without": places,
}

// complete teaches a command, and those below it, to complete names.
func complete(a *app, c *cobra.Command) {
	for _, sub := range c.Commands() {
		complete(a, sub)
	}
	path := strings.TrimPrefix(c.CommandPath(), "grantree ")
	if what, ok := arguments[path]; ok {
		c.ValidArgsFunction = func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			at := len(args)
			if what.more {
				at = min(at, len(what.args)-1)
			}
			if at >= len(what.args) { // a name that is new
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.beginning(c, what.args[at], begun), cobra.ShellCompDirectiveNoFileComp
		}
	}
	for name, what := range options {
		if f := c.Flags().Lookup(name); f != nil && f.Value.Type() != "bool" {
			_ = c.RegisterFlagCompletionFunc(name, func(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
				return a.beginning(c, what, begun), cobra.ShellCompDirectiveNoFileComp
			})
		}
	}
}

// beginning returns the names of the policy that begin as what was typed. One
// that a shell or terminal could take for more than a name is left out.
func (a *app) beginning(c *cobra.Command, what vocabulary, begun string) []string {
	file, _ := c.Flags().GetString("file")
	src, err := a.policySource(policyOptions{file: file}, true)
	if err != nil {
		return nil
	}
	p, findings := policy.Parse(src, a.readFile)
	if findings.HasErrors() || p == nil {
		return nil
	}
	var out []string
	for _, name := range what(p) {
		if strings.HasPrefix(name, begun) && harmless(name) {
			out = append(out, name)
		}
	}
	return out
}

// harmless reports whether a name is letters, digits, spaces and a few marks.
// A completion script hands what it is given to the shell that runs it, and a
// tab or line break ends a name.
func harmless(name string) bool {
	return !strings.HasPrefix(name, "-") && !strings.HasPrefix(name, "_") && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(" ._-@/|(),&+:", r)
	})
}

// namesOf lists the names of some things, without those that are empty.
func namesOf[T any](list []T, name func(T) string) []string {
	var out []string
	for _, x := range list {
		if n := name(x); n != "" {
			out = append(out, n)
		}
	}
	return out
}
