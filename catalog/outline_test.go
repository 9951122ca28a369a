package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// outline writes the parts of what a grant on some names reaches.
func outline(c *Catalog, got map[string]Permissions) string {
	var views []string
	for _, v := range c.Views() {
		views = append(views, string(v))
	}
	var out []string
	for _, p := range c.Outline(views).Of(got) {
		name := "by name"
		switch {
		case p.Node != nil:
			name = c.Short(p.Node)
		case p.Whole:
			name = "everything"
		}
		if !p.Whole {
			name += fmt.Sprintf(" in part %d", len(p.Views))
		}
		out = append(out, fmt.Sprintf("%s (%s)", name, strings.Join(p.Permissions.Words(), ", ")))
	}
	return strings.Join(out, "; ")
}

func TestOutline(t *testing.T) {
	c := IMaint()
	granted := func(asked Permissions, names ...string) map[string]Permissions {
		got := map[string]Permissions{}
		for _, name := range names {
			target, failed := c.Resolve(name)
			if failed != nil {
				t.Fatal(failed)
			}
			for _, n := range c.Under(target.Roots(), target.Except) {
				for i := range n.Views {
					if p := c.Reaches(n, &n.Views[i], asked); !p.IsEmpty() {
						got[n.Views[i].Site.Key()] |= p
					}
				}
			}
		}
		return got
	}
	all := map[string]Permissions{}
	for _, v := range c.Views() {
		all[v.Key()] = Select
	}
	report := map[string]Permissions{}
	for _, o := range c.Outside[:3] {
		report[c.SiteName(o.Name).Key()] = Select
	}
	mixed := maps.Clone(all)
	maps.Copy(mixed, map[string]Permissions{"imvw_work_order": Select | Update})
	for _, row := range []struct {
		name string
		got  map[string]Permissions
		want string
	}{
		{"nothing", nil, ""},
		{"one module", granted(Select|Insert, "Modules | Scheduling"), "Scheduling | Schedules (select, insert)"},
		{"two forms", granted(Select|Update, "Time Cards", "Inventory | Parts | Parts"), "Time Cards (select, update); Parts | Parts (select, update)"},
		{"every view", all, "everything (select)"},
		{"every view, and one more", mixed, "everything (select); Work Orders | Work Orders in part 1 (update)"},
		{"views of no node", report, "by name in part 3 (select)"},
		{"one view of a form", map[string]Permissions{"imvw_work_order": Delete}, "Work Orders | Work Orders in part 1 (delete)"},
	} {
		if d := cmp.Diff(row.want, outline(c, row.got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, d)
		}
	}
}

// TestOutlineSaysAllAndNoMore: the parts together name every permission of
// every view, and none that is not there.
func TestOutlineSaysAllAndNoMore(t *testing.T) {
	c := IMaint()
	var views []string
	for _, v := range c.Views() {
		views = append(views, string(v))
	}
	o := c.Outline(views)
	rapid.Check(t, func(t *rapid.T) {
		got := map[string]Permissions{}
		for range rapid.IntRange(0, 4).Draw(t, "nodes") {
			n := rapid.SampledFrom(c.Nodes).Draw(t, "node")
			p := Permissions(rapid.IntRange(1, int(All)).Draw(t, "permissions"))
			for _, n := range c.Under([]Path{n.Path}, nil) {
				for _, v := range n.Views {
					got[v.Site.Key()] |= p
				}
			}
		}
		for range rapid.IntRange(0, 6).Draw(t, "views") {
			v := ViewName(rapid.SampledFrom(views).Draw(t, "view")).Key()
			if got[v] = Permissions(rapid.IntRange(0, int(All)).Draw(t, "permissions")); got[v] == None {
				delete(got, v)
			}
		}
		said := map[string]Permissions{}
		for _, part := range o.Of(got) {
			for _, v := range part.Views {
				if !part.Whole && !got[v].Has(part.Permissions) {
					t.Fatalf("%v of %s is said, and it has %v", part.Permissions, v, got[v])
				}
				said[v] |= part.Permissions & got[v]
			}
			if part.Whole && part.Node != nil {
				for v := range o.nodes[part.Node.index].main {
					if !got[v].Has(part.Permissions) || !slices.Contains(part.Views, v) {
						t.Fatalf("%s is said to be whole with %v, and %s has %v", part.Node, part.Permissions, v, got[v])
					}
				}
			}
		}
		if d := cmp.Diff(got, said); d != "" {
			t.Fatalf("(-is +said):\n%s", d)
		}
	})
}
