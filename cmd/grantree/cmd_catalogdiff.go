package main

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/policy"

	"github.com/spf13/cobra"
)

type catalogDiffOptions struct {
	policyOptions
	full bool
}

func newCatalogDiff(a *app) *cobra.Command {
	var o catalogDiffOptions
	c := &cobra.Command{
		Use:   "diff CATALOG [CATALOG]",
		Short: "Show how two catalogs differ, and what that gives or takes from each group",
		Long: `Show how the second catalog differs from the first: nodes, views and how they
belong to their nodes, areas and levels; then what each group of the policy
would gain and lose if the second took the place of the first. The second is the
policy's own unless it is named.

A catalog is "imaint", the built-in one, or a file: one with a name stands alone,
one without extends the built-in one.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error { return a.catalogDiff(o, args) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.full, "full", false, "every node that a group gains or loses, not the first few")
	return c
}

func (a *app) catalogDiff(o catalogDiffOptions, args []string) error {
	src, err := a.policySource(o.policyOptions, true)
	if err != nil {
		return err
	}
	var of [2]*catalog.Catalog
	for i := range of {
		if i == len(args) {
			p, found := policy.Parse(src, a.readFile)
			if err := found.Err(); err != nil {
				return err
			}
			of[i] = p.Catalog
		} else if of[i], err = a.namedCatalog(args[i]); err != nil {
			return err
		}
	}
	changes := catalog.Changes(of[0], of[1])
	groups, broken := a.groupsUnder(src, of)
	if o.format == "json" {
		err = a.printJSON(catalogDiffJSON(changes, groups, broken))
	} else {
		a.printCatalogChanges(changes)
		if !broken.HasErrors() {
			a.printGroupsUnder(of, groups, o.full)
		}
	}
	if err != nil {
		return err
	}
	return broken.Err()
}

// namedCatalog reads the built-in catalog or a file.
func (a *app) namedCatalog(name string) (*catalog.Catalog, error) {
	if imaint := catalog.IMaint(); name == imaint.Name {
		return imaint, nil
	}
	data, err := a.readFile(name)
	if err != nil {
		return nil, usageError("%v", err)
	}
	c, found := catalog.Read(name, data)
	a.findings(found.Of(finding.Warning))
	return c, found.Err()
}

// groupUnder is what a group gains and loses from one catalog to another, by view.
type groupUnder struct {
	name       string
	gain, lose map[string]catalog.Permissions
}

// groupsUnder compares what the groups of a policy may do under two catalogs. An
// error of the policy under either is in broken; then nothing is compared.
func (a *app) groupsUnder(src policy.Source, of [2]*catalog.Catalog) (out []groupUnder, broken finding.List) {
	var may [2]map[string]map[string]catalog.Permissions
	var order []string
	for i, c := range of {
		p, found := policy.ParseUnder(c, src, a.readFile)
		broken = append(broken, found.Of(finding.Error)...)
		all := p.Everywhere()
		checks, _ := all.OfflineChecks(offlineSites(p)[:1])
		may[i], order = map[string]map[string]catalog.Permissions{}, nil
		for _, g := range p.Groups {
			may[i][g.Name] = policy.GroupMay(checks[0].Wanted, all.Group(g.Name))
			order = append(order, g.Name)
		}
	}
	if broken.HasErrors() {
		return nil, broken.Sorted()
	}
	for _, name := range order {
		g := groupUnder{name, beyondIn(may[1][name], may[0][name]), beyondIn(may[0][name], may[1][name])}
		if len(g.gain)+len(g.lose) > 0 {
			out = append(out, g)
		}
	}
	return out, nil
}

// beyondIn is what is in one set of permissions by view and not in another.
func beyondIn(x, y map[string]catalog.Permissions) map[string]catalog.Permissions {
	other, _ := byKey(y)
	out := map[string]catalog.Permissions{}
	for view, p := range x {
		if more := p.Minus(other[catalog.ViewName(view).Key()]); !more.IsEmpty() {
			out[view] = more
		}
	}
	return out
}

// printCatalogChanges prints what differs, by node.
func (a *app) printCatalogChanges(changes []catalog.Change) {
	if len(changes) == 0 {
		a.printf("The catalogs say the same.\n")
		return
	}
	node := ""
	for _, c := range changes {
		if at := c.Node.String(); at != node {
			a.printf("%s\n", a.bold(finding.Printable(at)))
			node = at
		}
		mark, text := safe(" "), ""
		switch {
		case c.Before == "":
			mark, text = a.green("+"), c.After
		case c.After == "":
			mark, text = a.red("-"), c.Before
		default:
			mark, text = a.yellow("~"), c.Before+" -> "+c.After
		}
		if c.What != "" {
			text = c.What + ": " + text
		}
		if !c.Pos.IsZero() {
			text += ", " + c.Pos.String()
		}
		indent := safe("  ")
		if len(c.Node) == 0 {
			indent = ""
		}
		a.sentence(indent+mark+" ", text)
	}
	a.printf("\n%s\n", count(len(changes), "difference"))
}

// printGroupsUnder prints what groups gain and lose.
func (a *app) printGroupsUnder(of [2]*catalog.Catalog, groups []groupUnder, full bool) {
	most := shownParts
	if full {
		most = len(of[0].Nodes) + len(of[1].Nodes)
	}
	a.printf("\n")
	alike := map[string][]string{} // groups by what they gain and lose
	var order []string
	for _, g := range groups {
		var parts []string
		for i, got := range []map[string]catalog.Permissions{g.lose, g.gain} {
			if len(got) > 0 {
				t := teller{catalog: of[i], most: most}
				parts = append(parts, []string{"loses ", "gains "}[i]+t.parts(outlineOf(of[i]), got))
			}
		}
		text := strings.Join(parts, "; ")
		if alike[text] == nil {
			order = append(order, text)
		}
		alike[text] = append(alike[text], g.name)
	}
	for _, text := range order {
		a.sentence(a.bold(finding.Printable(list(alike[text], shownSites)))+" ", text)
	}
	if len(groups) == 0 {
		a.printf("No group of the policy gains or loses anything.\n")
		return
	}
	a.printf("\n%s of the policy would gain or lose.\n", count(len(groups), "group"))
}

// outlineOf is the outline of a site that has all views of a catalog.
func outlineOf(c *catalog.Catalog) *catalog.Outline {
	return c.Outline(namesOf(c.Views(), func(v catalog.ViewName) string { return string(v) }))
}

// jsonCatalogChange is a difference of two catalogs for programs.
type jsonCatalogChange struct {
	Node   catalog.Path `json:"node"`
	What   string       `json:"what"`
	Before string       `json:"before"`
	After  string       `json:"after"`
	Where  string       `json:"where"`
}

// jsonGroupUnder is what a group gains and loses, for programs.
type jsonGroupUnder struct {
	Group string              `json:"group"`
	Gain  map[string][]string `json:"gain"`
	Lose  map[string][]string `json:"lose"`
}

// jsonCatalogDiff is how two catalogs differ, for programs.
type jsonCatalogDiff struct {
	Changes  []jsonCatalogChange `json:"changes"`
	Groups   []jsonGroupUnder    `json:"groups"`
	Findings []jsonFinding       `json:"findings"`
}

func catalogDiffJSON(changes []catalog.Change, groups []groupUnder, broken finding.List) jsonCatalogDiff {
	out := jsonCatalogDiff{[]jsonCatalogChange{}, []jsonGroupUnder{}, jsonFindings(broken)}
	for _, c := range changes {
		where := ""
		if !c.Pos.IsZero() {
			where = c.Pos.String()
		}
		out.Changes = append(out.Changes, jsonCatalogChange{append(catalog.Path{}, c.Node...), c.What, c.Before, c.After, where})
	}
	for _, g := range groups {
		out.Groups = append(out.Groups, jsonGroupUnder{g.name, permissionNames(g.gain), permissionNames(g.lose)})
	}
	return out
}

// permissionNames are permissions by view, in words.
func permissionNames(by map[string]catalog.Permissions) map[string][]string {
	out := map[string][]string{}
	for view, p := range by {
		out[view] = slices.Clone(p.Names())
	}
	return out
}
