package main

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"

	"github.com/spf13/cobra"
)

func newCatalog(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "catalog",
		Short: "Look at the navigation tree and the views behind it",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newCatalogTree(a), newCatalogExport(a), newCatalogLint(a), newCatalogCheck(a), newCatalogDraft(a), newCatalogDiff(a))
	return c
}

// catalogOf reads the catalog in use: the policy's, or the built-in one where
// there is no policy file.
func (a *app) catalogOf(o policyOptions) (*catalog.Catalog, error) {
	p, err := a.policy(o, true)
	if err != nil {
		return nil, err
	}
	return p.Catalog, nil
}

type treeOptions struct {
	policyOptions
	views bool
}

func newCatalogTree(a *app) *cobra.Command {
	var o treeOptions
	c := &cobra.Command{
		Use:   "tree [NODE]",
		Short: "Print the navigation tree with counts and marks",
		Long: `Print the navigation tree. Behind each node: how many views it has, by level
(p parent, c child, s search, f foreign key, x special), and marks: ? where a
level was assumed, ! where a cap limits the node, - where no view is behind it,
+ where the file that extends the built-in catalog adds the node or views to it.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.catalogTree(o, args) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.views, "views", false, "list the views too")
	return c
}

func (a *app) catalogTree(o treeOptions, args []string) error {
	cat, err := a.catalogOf(o.policyOptions)
	if err != nil {
		return err
	}
	nodes, base := cat.Nodes, 0
	if len(args) == 1 {
		target, lookup := cat.Resolve(args[0])
		if lookup != nil {
			return usageError("%v", lookup)
		}
		nodes = cat.Under(target.Roots(), target.Except)
		base = -1
	}
	if o.format == "json" {
		some := *cat
		some.Nodes = nodes
		return a.printJSON(some.Export())
	}
	withViews, distinct := 0, map[string]bool{}
	for _, n := range nodes {
		depth := len(n.Path) - 1
		if base < 0 {
			base = depth
		}
		depth = max(depth-base, 0)
		name := strings.Repeat("  ", depth) + n.Path.Name()
		a.printf("%s%s\n", pad(name, 44), a.marks(cat, n))
		if len(n.Views) > 0 {
			withViews++
		}
		for _, v := range n.Views {
			distinct[v.Name.Key()] = true
			if o.views {
				a.sentence(safe(strings.Repeat("  ", depth+2)), viewLine(cat, v))
			}
		}
	}
	a.printf("\n%s, %d with views, %s\n", count(len(nodes), "node"), withViews, count(len(distinct), "distinct view name"))
	return nil
}

// marks says what is behind a node in a few characters.
func (a *app) marks(cat *catalog.Catalog, n *catalog.Node) safe {
	plus := safe("")
	if cat.Adds(n.Pos) || slices.ContainsFunc(n.Views, func(v catalog.View) bool { return cat.Adds(v.Pos) }) {
		plus = a.yellow(" +")
	}
	if len(n.Views) == 0 {
		return a.faint("-") + plus
	}
	letters := map[catalog.Level]string{catalog.Parent: "p", catalog.Child: "c", catalog.Search: "s", catalog.ForeignKey: "f", catalog.Special: "x"}
	counts := map[catalog.Level]int{}
	assumed, capped := false, false
	for _, v := range n.Views {
		counts[v.Level]++
		assumed = assumed || v.Assumed
		capped = capped || v.Cap != nil
	}
	var parts []string
	for _, l := range catalog.EveryLevel() {
		if counts[l] > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", counts[l], letters[l]))
		}
	}
	text := pad(fmt.Sprintf("%3d", len(n.Views)), 6) + strings.Join(parts, " ")
	marked := safe(text)
	if assumed {
		marked += a.yellow(" ?")
	}
	if capped {
		marked += a.yellow(" !")
	}
	return marked + plus
}

// viewLine is one view under its node.
func viewLine(cat *catalog.Catalog, v catalog.View) string {
	text := fmt.Sprintf("%-36s %s", v.Name, v.Level)
	if v.Assumed {
		text += " (assumed)"
	}
	if v.Cap != nil {
		text += fmt.Sprintf(", at most %s: %s", v.Cap.Permissions, v.Cap.Reason)
	}
	if cat.Adds(v.Pos) {
		text += ", " + v.Pos.String()
	}
	return text
}

func newCatalogExport(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "export",
		Short: "Print every node and view for programs",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cat, err := a.catalogOf(o)
			if err != nil {
				return err
			}
			return a.printJSON(cat.Export())
		},
	}
	o.addFlags(c, "json")
	return c
}

func newCatalogLint(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "lint",
		Short: "List what was assumed, what looks wrong, and what reaches nothing",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.catalogLint(o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) catalogLint(o policyOptions) error {
	cat, err := a.catalogOf(o)
	if err != nil {
		return err
	}
	l := catalog.Lint(cat)
	if o.format == "json" {
		err = a.printJSON(jsonFound{jsonFindings(l)})
	} else {
		byCode := map[string]finding.List{}
		for _, f := range l {
			byCode[f.Code] = append(byCode[f.Code], f)
		}
		for _, code := range sorted(byCode) {
			a.printf("%s\n", a.bold(fmt.Sprintf("%s (%d)", code, len(byCode[code]))))
			for _, f := range byCode[code] {
				a.sentence("  ", f.Where.String()+": "+f.Message)
			}
		}
		a.printf("\n%d errors, %d warnings, %d notes\n", len(l.Of(finding.Error)), len(l.Of(finding.Warning)), len(l.Of(finding.Note)))
	}
	if err == nil && l.HasErrors() {
		return &exitError{code: exitRule, message: "the catalog has errors"}
	}
	return err
}

func newCatalogCheck(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "check",
		Short: "Compare the catalog with the views that the sites really have",
		Long: `Compare the catalog with the views that the sites really have. A view that is in
the catalog and not in the site, or in the site (by its prefix) and in no node,
is a difference until it is mapped by an alias or ignored by name. Sites that
differ in the same are one line. A database with almost none of the views is
taken for another application's.

Views that were dropped and made again since grantree gave out what stood on them
are told of, with what is gone; they are no difference.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.catalogCheck(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) catalogCheck(ctx context.Context, o fleetOptions) error {
	f, done, err := a.open(ctx, o)
	defer done()
	if err != nil {
		return err
	}
	readings, unread := a.read(ctx, f)
	var l, again finding.List // views that were made again are no difference from the catalog
	sitesOf := map[string][]string{}
	for _, r := range readings {
		if r.Snapshot != nil {
			found := catalog.Compare(f.Policy.Catalog, r.Site.Name, r.Snapshot.Collation.Key, viewsIn(r.Snapshot), r.Site.Ignore)
			for _, one := range found {
				sitesOf[one.Code+one.About] = append(sitesOf[one.Code+one.About], r.Site.Name)
			}
			l = append(l, found...)
			wanted, _ := f.Policy.Wanted(r.Snapshot)
			again = append(again, grants.NewSurvey(r.Snapshot).RecreatedViews(wanted)...)
		}
	}
	sort.SliceStable(l, func(i, j int) bool { return l[i].Code < l[j].Code })
	if o.format == "json" {
		err = a.printJSON(jsonFound{jsonFindings(append(slices.Clip(l), again...))})
	} else {
		a.catalogDifferences(l, sitesOf)
		for _, f := range again {
			a.sentence("", f.String())
		}
		a.printf("%s read, %s\n", count(len(readings), "site"), count(len(l), "difference"))
	}
	if err := firstError(err, unread); err != nil {
		return err
	}
	if len(l) > 0 {
		return &exitError{code: exitDifferences, message: "the catalog and the sites differ"}
	}
	return nil
}

// catalogDifferences prints what differs, the views that the same sites lack, or
// have beyond the catalog, under one line. sitesOf names the sites by code and view.
func (a *app) catalogDifferences(l finding.List, sitesOf map[string][]string) {
	var order []string
	groups := map[string]finding.List{}
	seen := map[string]bool{}
	for _, f := range acrossSites(l) {
		one := f.Code + f.About
		if f.Code == finding.NotTheApplication {
			a.sentence("", f.String())
			continue
		}
		if seen[one] {
			continue
		}
		seen[one] = true
		key := fmt.Sprintf("%s %q", f.Code, sitesOf[one])
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], f)
	}
	for _, key := range order {
		group := groups[key]
		first := group[0]
		names := sitesOf[first.Code+first.About]
		what := "behind no node: " + count(len(group), "view")
		if first.Code == finding.ViewNotInSite {
			what = "without " + count(len(group), "view") + " of the catalog"
		}
		a.sentence("", fmt.Sprintf("%s: %s; %s (%s)", list(names, shownSites), what, first.Fix, first.Code))
		for _, f := range group {
			where := ""
			if !f.Where.IsZero() {
				where = ", " + f.Where.String()
			}
			a.sentence("  ", f.About+where)
		}
	}
}
