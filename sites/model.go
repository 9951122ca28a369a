package sites

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/sql/tsql"
)

// ModelScript returns a script (GO batches) that makes a database which looks
// like a site to grantree: every view, each over a table of its own with two
// rows, all owned by dbo, and no permissions. It serves the demo, --sandbox
// and integration tests; names come from the catalog in use.
func ModelScript(database string, views []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE DATABASE %s;\nGO\nUSE %s;\nGO\n", tsql.Quote(database), tsql.Quote(database))
	taken := map[string]bool{}
	for _, view := range slices.Sorted(slices.Values(views)) {
		table := tsql.Quote("dbo") + "." + tsql.Quote(tableFor(view, taken))
		fmt.Fprintf(&b, "CREATE TABLE %s (id int NOT NULL PRIMARY KEY, name nvarchar(80) NOT NULL, note nvarchar(200) NULL);\n", table)
		fmt.Fprintf(&b, "INSERT INTO %s (id, name, note) VALUES (1, N'first', NULL), (2, N'second', %s);\nGO\n", table, tsql.QuoteString("of "+view))
		fmt.Fprintf(&b, "CREATE VIEW %s.%s AS SELECT id, name, note FROM %s;\nGO\n", tsql.Quote("dbo"), tsql.Quote(view), table)
	}
	return b.String()
}

// tableFor names the table behind a view: the view's name without its prefix,
// told apart from the tables named before it.
func tableFor(view string, taken map[string]bool) string {
	name := view
	if _, rest, ok := strings.Cut(view, "vw_"); ok && rest != "" {
		name = rest
	}
	name = "tb_" + name
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s_%d", name, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// ModelViews names the views of a site made from a catalog: those of the tree
// and those that only groups name, as the site spells them.
func ModelViews(c *catalog.Catalog) []string {
	seen := map[string]bool{}
	var out []string
	add := func(v catalog.ViewName) {
		v = c.SiteName(v)
		if !seen[v.Key()] {
			seen[v.Key()] = true
			out = append(out, string(v))
		}
	}
	for _, v := range c.Views() {
		add(v)
	}
	for _, o := range c.Outside {
		add(o.Name)
	}
	slices.Sort(out)
	return out
}
