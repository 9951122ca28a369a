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
		Short: "Look at the groups of the policy, or of the vendor, and edit them",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newGroupList(a), newGroupShow(a), newGroupDiff(a), newGroupCopy(a), newGroupRename(a), newGroupRemove(a))
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
		return a.printJSON(struct {
			Groups  []groupSummary `json:"groups"`
			Presets []string       `json:"presets"`
		}{out, presets})
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
	a.printf("\n  To begin from (\"grantree group copy\"):\n")
	for _, name := range presets {
		a.printf("    %s\n", name)
	}
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
	p = p.WithPresets()
	g, err := findGroup(p, name)
	if err != nil {
		return err
	}
	checks, findings := p.OfflineChecks(offlineSites(p)[:1])
	rows := groupRows(checks[0].Wanted, g)
	unread := policy.InsertOnly(checks[0].Wanted, g)
	members := []jsonMember{}
	for _, m := range p.Members(g) {
		members = append(members, jsonMember{m.User.Name, m.User.Standing(), m.Sites, ownLines(m.User)})
	}
	if o.format == "json" {
		return a.printJSON(struct {
			Group      string       `json:"group"`
			Role       string       `json:"role"`
			Views      []groupRow   `json:"views"`
			InsertOnly []string     `json:"insert_only"`
			Members    []jsonMember `json:"members"`
		}{g.Name, g.Role, append([]groupRow{}, rows...), append([]string{}, unread...), members})
	}
	role := "role " + g.Role
	if g.IsPreset() {
		role = "to be copied"
	}
	a.printf("%s  %s, %s\n\n", a.bold(g.Name), role, g.Pos)
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
	for _, f := range findings.Sorted() {
		if f.Code == finding.ReachesNoView && strings.HasPrefix(f.Message, g.Name+": ") {
			a.printf("  %s\n", f.Message)
		}
	}
	if len(unread) > 0 {
		a.printf("\n  May insert and not read back: %s.\n", list(unread, 8))
		a.printf("  An INSERT with OUTPUT, a form that shows the new row, or a look-up that the\n  document forgot needs SELECT.\n")
	}
	a.printGroupMembers(g, members)
	return nil
}

// jsonMember is a person who is in a group.
type jsonMember struct {
	User   string        `json:"user"`
	Status string        `json:"status"`
	Sites  []string      `json:"sites"`
	Own    []jsonOwnLine `json:"overrides,omitempty"`
}

// printGroupMembers prints who is in a group, with their own lines.
func (a *app) printGroupMembers(g *policy.Group, members []jsonMember) {
	if len(members) == 0 {
		return
	}
	if a.printf("\n  Members (%d):\n", len(members)); g.Baseline {
		a.printf("    every user\n")
		return
	}
	for _, m := range members {
		status := ""
		if m.Status != policy.StandsActive {
			status = ", " + m.Status
		}
		a.printf("    %s  %s%s\n", m.User, list(m.Sites, 4), status)
		for _, l := range m.Own {
			in := ""
			if len(l.Sites) > 0 {
				in = " in " + list(l.Sites, 4)
			}
			a.printf("      %s %s on %s%s  %s\n", l.Kind, strings.Join(l.Permissions, ", "), l.On, in, a.faint(l.Where))
		}
	}
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
	checks, _ := p.OfflineChecks(offlineSites(p)[:1])
	differ := policy.Compare(checks[0].Wanted, one, two)
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

// groupDiffJSON is what two groups give apart, for programs.
func groupDiffJSON(one, two *policy.Group, differ []policy.Difference) any {
	type difference struct {
		View   string   `json:"view"`
		Node   []string `json:"node,omitempty"`
		First  []string `json:"only_first"`
		Second []string `json:"only_second"`
	}
	out := struct {
		First  string       `json:"first"`
		Second string       `json:"second"`
		Differ []difference `json:"differences"`
	}{one.Name, two.Name, []difference{}}
	for _, d := range differ {
		out.Differ = append(out.Differ, difference{d.View, d.Node, d.First.Names(), d.Second.Names()})
	}
	return out
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
