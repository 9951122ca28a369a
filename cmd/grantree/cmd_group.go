package main

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/spf13/cobra"
)

func newGroup(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "group",
		Short: "Look at the groups of the policy, or of the vendor",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newGroupList(a), newGroupShow(a))
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
	Name     string `json:"name"`
	Role     string `json:"role"`
	Users    int    `json:"users"`
	Lines    int    `json:"lines"`
	Views    int    `json:"views"`
	Baseline bool   `json:"baseline,omitempty"`
	Where    string `json:"where"`
}

func (a *app) groupList(o policyOptions) error {
	p, err := a.policy(o, true)
	if err != nil {
		return err
	}
	checks, _ := p.OfflineChecks(offlineSites(p)[:1])
	views := map[string]map[string]bool{}
	for _, e := range checks[0].Wanted.Entries {
		if views[e.Grantee] == nil {
			views[e.Grantee] = map[string]bool{}
		}
		views[e.Grantee][e.View] = true
	}
	out := []groupSummary{}
	for _, g := range p.Groups {
		s := groupSummary{Name: g.Name, Role: g.Role, Lines: len(g.Allow) + len(g.Deny), Views: len(views[g.Role]), Baseline: g.Baseline, Where: g.Pos.String()}
		for _, u := range p.Users {
			if !u.Inactive && (g.Baseline || slices.ContainsFunc(u.Groups, func(n string) bool { return p.Group(n) == g })) {
				s.Users++
			}
		}
		out = append(out, s)
	}
	if o.format == "json" {
		return a.printJSON(map[string]any{"groups": out})
	}
	t := newTable(a.stdout, "GROUP", "ROLE", "USERS", "LINES", "VIEWS", "")
	right(t, 3, 4, 5)
	for _, s := range out {
		note := ""
		if s.Baseline {
			note = "everyone is in it"
		}
		t.AppendRow([]any{s.Name, s.Role, s.Users, s.Lines, s.Views, note})
	}
	t.Render()
	return nil
}

func newGroupShow(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "show GROUP",
		Short: "Show what a group may do on which view, and by which line",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return a.groupShow(o, args[0]) },
	}
	o.addFlags(c, "text", "json")
	return c
}

// groupRow is what a group may do on one view.
type groupRow struct {
	View    string      `json:"view"`
	Allowed []string    `json:"allowed"`
	Denied  []string    `json:"denied,omitempty"`
	Because []jsonCause `json:"because"`
	allowed catalog.Permissions
	denied  catalog.Permissions
}

func (a *app) groupShow(o policyOptions, name string) error {
	p, err := a.policy(o, true)
	if err != nil {
		return err
	}
	g, err := findGroup(p, name)
	if err != nil {
		return err
	}
	checks, findings := p.OfflineChecks(offlineSites(p)[:1])
	rows := groupRows(checks[0].Wanted, g)
	if o.format == "json" {
		return a.printJSON(map[string]any{"group": g.Name, "role": g.Role, "views": rows})
	}
	a.printf("%s  role %s, %s\n\n", a.bold(g.Name), g.Role, g.Pos)
	t := newTable(a.stdout, "VIEW", "S", "I", "U", "D", "BY")
	for _, r := range rows {
		cells := []any{r.View}
		for _, one := range catalog.All.Each() {
			cells = append(cells, a.cell(r, one))
		}
		t.AppendRow(append(cells, causeText(r.Because)))
	}
	t.Render()
	a.printf("\n%s\n", count(len(rows), "view"))
	for _, f := range findings {
		if f.Code == finding.ReachesNoView && strings.Contains(f.Message, g.Name) {
			a.printf("  %s\n", f.Message)
		}
	}
	return nil
}

// cell is a tick, a cross for a DENY, or a dot.
func (a *app) cell(r groupRow, p catalog.Permissions) safe {
	switch {
	case r.denied.Has(p):
		return a.red("x")
	case r.allowed.Has(p):
		return a.green("+")
	}
	return a.faint(".")
}

// causeText is where a row comes from, the first place in full.
func causeText(causes []jsonCause) string {
	if len(causes) == 0 {
		return ""
	}
	c := causes[0]
	text := strings.Join(c.Node, " | ")
	if c.Level != "" {
		text += " (" + c.Level + ")"
	}
	if len(causes) > 1 {
		text += " and " + count(len(causes)-1, "more line")
	}
	return strings.TrimSpace(text)
}

// groupRows gathers what a group's role is given, by view.
func groupRows(w *grants.Wanted, g *policy.Group) []groupRow {
	byView := map[string]*groupRow{}
	for _, e := range w.Entries {
		if !w.Collation.Equal(e.Grantee, g.Role) {
			continue
		}
		r := byView[e.View]
		if r == nil {
			r = &groupRow{View: e.View, Because: []jsonCause{}}
			byView[e.View] = r
		}
		if e.State == grants.Denied {
			r.denied = r.denied.Union(e.Permission)
		} else {
			r.allowed = r.allowed.Union(e.Permission)
		}
		for _, c := range e.Causes {
			j := causeJSON(c)
			if !slices.ContainsFunc(r.Because, func(x jsonCause) bool { return x.equal(j) }) {
				r.Because = append(r.Because, j)
			}
		}
	}
	var rows []groupRow
	for _, r := range byView {
		r.Allowed, r.Denied = r.allowed.Names(), r.denied.Names()
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(x, y groupRow) int { return cmp.Compare(x.View, y.View) })
	return rows
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
