package main

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/policy"

	"github.com/spf13/cobra"
)

func newGroup(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "group",
		Short: "Look at the groups of the policy, or of the vendor, and edit them",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newGroupList(a), newGroupShow(a), newGroupDiff(a), newGroupCopy(a), newGroupRename(a), newGroupRemove(a), newGroupLine(a, false), newGroupLine(a, true))
	return c
}

func newGroupList(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "List the groups with their roles, members and reach",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.groupList(o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

// groupSummary is one line of "group list".
type groupSummary struct {
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Sites    []string `json:"sites,omitempty"`
	Users    int      `json:"users"`
	Lines    int      `json:"lines"`
	Views    int      `json:"views"`
	Baseline bool     `json:"baseline,omitempty"`
	Where    string   `json:"where"`
}

func (a *app) groupList(o policyOptions) error {
	p, err := a.policy(o, true)
	if err != nil {
		return err
	}
	all := p.Everywhere()
	checks, _ := all.OfflineChecks(offlineSites(p)[:1])
	out := []groupSummary{}
	for _, g := range p.Groups {
		s := groupSummary{Name: g.Name, Role: g.Role, Sites: g.Sites, Lines: len(g.Allow) + len(g.Deny), Baseline: g.Baseline, Where: g.Pos.String()}
		for _, may := range policy.GroupMay(checks[0].Wanted, all.Group(g.Name)) { // without what a deny of its own takes
			if !may.IsEmpty() {
				s.Views++
			}
		}
		for _, m := range p.Members(g) {
			if !m.User.Inactive {
				s.Users++
			}
		}
		out = append(out, s)
	}
	var presets []string
	for _, g := range p.Presets() {
		presets = append(presets, g.Name)
	}
	if o.format == "json" {
		return a.printJSON(jsonGroups{out, presets})
	}
	t := newTable(a.stdout, "GROUP", "ROLE", "USERS", "LINES", "VIEWS", "")
	right(t, 3, 4, 5)
	for _, s := range out {
		note := ""
		if s.Baseline {
			note = "everyone is in it"
		}
		if len(s.Sites) > 0 {
			note = strings.TrimPrefix(note+", in "+list(s.Sites, 3), ", ")
		}
		t.AppendRow([]any{s.Name, s.Role, s.Users, s.Lines, s.Views, note})
	}
	t.Render()
	a.printf("\n  To begin from (\"grantree group copy\"):\n")
	for _, name := range presets {
		a.printf("    %s\n", name)
	}
	return nil
}

func newGroupDiff(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "diff GROUP GROUP",
		Short: "Show what each of two groups gives that the other does not",
		Args:  cobra.ExactArgs(2),
		RunE:  func(_ *cobra.Command, args []string) error { return a.groupDiff(o, args[0], args[1]) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) groupDiff(o policyOptions, first, second string) error {
	p, err := a.policy(o, true)
	if err != nil {
		return err
	}
	p = p.WithPresets()
	one, err := findGroup(p, first)
	if err != nil {
		return err
	}
	two, err := findGroup(p, second)
	if err != nil {
		return err
	}
	all := p.Everywhere()
	checks, _ := all.OfflineChecks(offlineSites(p)[:1])
	differ := policy.Compare(checks[0].Wanted, all.Group(one.Name), all.Group(two.Name))
	if o.format == "json" {
		return a.printJSON(groupDiffJSON(one, two, differ))
	}
	if len(differ) == 0 {
		a.printf("%s and %s give the same.\n", one.Name, two.Name)
		return nil
	}
	width := len("VIEW")
	for _, d := range differ {
		width = max(width, len([]rune(d.View)))
	}
	a.printf("  <  only %s\n  >  only %s\n\n    %s  S  I  U  D\n", one.Name, two.Name, pad("VIEW", width))
	for i, d := range differ {
		if i == 0 || !slices.Equal(d.Node, differ[i-1].Node) {
			a.printf("  %s\n", a.bold(cmp.Or(d.Node.String(), "(views by name)")))
		}
		a.printf("    %s", pad(d.View, width))
		for _, p := range catalog.All.Each() {
			switch {
			case d.First.Has(p):
				a.printf("  <")
			case d.Second.Has(p):
				a.printf("  >")
			default:
				a.printf("  %s", a.faint("."))
			}
		}
		a.printf("\n")
	}
	a.printf("\n%s\n", count(len(differ), "view"))
	return nil
}

// The JSON contracts of "group list" and "group diff".
type (
	jsonGroups struct {
		Groups  []groupSummary `json:"groups"`
		Presets []string       `json:"presets"`
	}
	jsonGroupDiff struct {
		First  string              `json:"first"`
		Second string              `json:"second"`
		Differ []jsonGroupDiffView `json:"differences"`
	}
	jsonGroupDiffView struct {
		View   string   `json:"view"`
		Node   []string `json:"node,omitempty"`
		First  []string `json:"only_first"`
		Second []string `json:"only_second"`
	}
)

// groupDiffJSON is what two groups give apart, for programs.
func groupDiffJSON(one, two *policy.Group, differ []policy.Difference) jsonGroupDiff {
	out := jsonGroupDiff{one.Name, two.Name, []jsonGroupDiffView{}}
	for _, d := range differ {
		out.Differ = append(out.Differ, jsonGroupDiffView{d.View, d.Node, d.First.Names(), d.Second.Names()})
	}
	return out
}

// findGroup finds a group by name, whatever its case.
func findGroup(p *policy.Policy, name string) (*policy.Group, error) {
	if g := p.Group(name); g != nil {
		return g, nil
	}
	var names []string
	for _, g := range p.Groups {
		names = append(names, g.Name)
	}
	if near := finding.Nearest(name, names); near != "" {
		return nil, usageError("there is no group %q; did you mean %q?", name, near)
	}
	return nil, usageError("there is no group %q; there are %s", name, strings.Join(names, ", "))
}
