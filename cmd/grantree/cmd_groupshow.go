package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/spf13/cobra"
)

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

// jsonGroup is the JSON contract of "group show".
type jsonGroup struct {
	Group      string       `json:"group"`
	Role       string       `json:"role"`
	Views      []groupRow   `json:"views"`
	InsertOnly []string     `json:"insert_only"`
	Members    []jsonMember `json:"members"`
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
	all := p.Everywhere()
	checks, findings := all.OfflineChecks(offlineSites(p)[:1])
	rows := groupRows(checks[0].Wanted, all.Group(g.Name))
	unread := policy.InsertOnly(checks[0].Wanted, all.Group(g.Name))
	members := []jsonMember{}
	for _, m := range p.Members(g) {
		members = append(members, jsonMember{m.User.Name, m.User.Standing(), append([]string{}, m.Sites...), ownLines(m.User)})
	}
	if o.format == "json" {
		return a.printJSON(jsonGroup{g.Name, g.Role, append([]groupRow{}, rows...), append([]string{}, unread...), members})
	}
	role := "role " + g.Role
	if len(g.Sites) > 0 {
		role += " in " + list(g.Sites, 3)
	}
	if g.IsPreset() {
		role = "to be copied"
	}
	a.printf("%s  %s, %s\n", a.bold(g.Name), role, g.Pos)
	a.printGroupSummary(p.Catalog, rows)
	a.printGroupNodes(rows)
	a.printf("\n%s\n", count(len(rows), "view"))
	for _, f := range findings.Sorted() {
		if f.Code == finding.ReachesNoView && strings.HasPrefix(f.Message, g.Name+": ") {
			a.sentence("  ", f.Message)
		}
	}
	for _, f := range p.StillReached(g) {
		a.sentence("  ", f.Message+"; "+f.Advice())
	}
	if len(unread) > 0 {
		a.printf("\n")
		a.sentence("  May insert and not read back: ", list(unread, 8)+". An INSERT with OUTPUT, a form that shows the new row, or a look-up that the document forgot needs SELECT.")
	}
	a.printGroupMembers(g, members)
	return nil
}

// printGroupSummary prints what a group gives and denies in few lines, by
// node.
func (a *app) printGroupSummary(c *catalog.Catalog, rows []groupRow) {
	o := outlineOf(c)
	table := [][]string{{"NODE", "MAY", "VIEWS REACHED"}}
	for word, of := range map[string]func(groupRow) catalog.Permissions{
		"":        func(r groupRow) catalog.Permissions { return r.allowed },
		"denied ": func(r groupRow) catalog.Permissions { return r.denied },
	} {
		views := map[string]catalog.Permissions{}
		for _, r := range rows {
			if p := of(r); !p.IsEmpty() {
				views[r.View] = p
			}
		}
		got, names := byKey(views)
		for _, part := range o.Of(got) {
			row := []string{c.Place(part, names), word + inWords(part.Permissions), fmt.Sprint(len(part.Views))}
			if word != "" {
				table = slices.Insert(table, 1, row)
			} else {
				table = append(table, row)
			}
		}
	}
	if len(table) > 1 {
		a.printf("\n")
		a.folded(table, 3)
	}
}

// printGroupNodes prints a group's views, each at the node of the first line that
// gives or denies it.
func (a *app) printGroupNodes(rows []groupRow) {
	at := map[string][]groupRow{}
	width := 0
	for _, r := range rows {
		node := "(views by name)"
		if len(r.Because) > 0 && len(r.Because[0].Node) > 0 {
			node = catalog.Path(r.Because[0].Node).String()
		}
		at[node] = append(at[node], r)
		width = max(width, len([]rune(r.View)))
	}
	a.printf("\n")
	for _, node := range sorted(at) {
		a.printf("  %s\n", a.bold(node))
		for _, r := range at[node] {
			a.printf("    %s", pad(r.View, width))
			for _, one := range catalog.All.Each() {
				a.printf(" %s", a.cell(r, one))
			}
			a.printf("  %s\n", causeText(r.Because))
		}
	}
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
			if l.Ended {
				in += ", ended " + l.Until
			}
			a.printf("      %s %s on %s%s  %s\n", l.Kind, strings.Join(l.Permissions, ", "), l.On, in, a.faint(l.Where))
		}
	}
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

// causeText is how a view belongs to the node that it is printed at, and
// whether other lines reach it too.
func causeText(causes []jsonCause) string {
	if len(causes) == 0 {
		return ""
	}
	text := causes[0].Level
	if len(causes) > 1 {
		text += ", and " + count(len(causes)-1, "more line")
	}
	return strings.TrimPrefix(text, ", ")
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
