package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// found prints what a name means, for comparison.
func found(t Target, failed *LookupError) string {
	var out []string
	switch {
	case failed != nil && failed.Ambiguous():
		for _, c := range failed.Candidates {
			out = append(out, c.Path.String())
		}
		return "one of " + strings.Join(out, ", ")
	case failed != nil:
		return "unknown; nearest " + failed.Nearest
	}
	for _, n := range t.Nodes {
		out = append(out, n.Path.String())
	}
	for _, p := range t.Except {
		out = append(out, "less "+p.String())
	}
	for _, v := range t.Views {
		out = append(out, string(v))
	}
	if t.Area != nil {
		return "area " + strings.Join(out, ", ")
	}
	return strings.Join(out, ", ")
}

func TestResolve(t *testing.T) {
	tests := []struct{ name, write, want string }{
		{"a full path", "Modules | Work Orders | Work Orders", "Modules | Work Orders | Work Orders"},
		{"no spaces, other case", "modules|WORK orders|time CARDS", "Modules | Work Orders | Time Cards"},
		{"more spaces", "  Modules  |  Work   Orders ", "Modules | Work Orders"},
		{"an area before a suffix", "Work Orders", "area Modules | Work Orders, less Modules | Work Orders | Time Cards"},
		{"an area with views", "create purchase requests", "area Modules | Purchasing | Create Purchase Requests, imvw_purchase_request"},
		{"an area with a bar in its name", "Utilities|Management", "area Utilities | Management"},
		{"an area of nothing", "iMaint Mobile", "area "},
		{"a full path before a suffix", "Sites | Current Site", "Sites | Current Site"},
		{"a unique suffix of one name", "Resource Allocation", "Modules | Work Orders | Resource Allocation"},
		{"a unique suffix of two names", "Parts | Parts", "Modules | Inventory | Parts | Parts"},
		{"a slash is a letter", "Reports/Graphs", "Reports/Graphs"},
		{"ambiguous: Parts", "Parts", "one of Modules | Inventory | Parts, Modules | Inventory | Parts | Parts, Modules | Additional Information | Status | Parts"},
		{"ambiguous: Other Costs", "Other Costs", "one of Modules | Asset | Other Costs, Modules | Resources | Other Costs, Modules | Additional Information | Other Costs"},
		{"ambiguous: Asset", "asset", "one of Modules | Asset, Modules | Asset | Asset, Modules | Additional Information | Status | Asset, Modules | Additional Information | Types | Asset"},
		{"ambiguous: Contractors", "Contractors", "one of Modules | Resources | Contractors, Modules | Inventory | Suppliers | Contractors"},
		{"unknown, near a node", "Time Crads", "unknown; nearest Time Cards"},
		{"unknown, near a suffix", "Resources | Craft", "unknown; nearest Resources | Crafts"},
		{"unknown, near nothing", "zzzzzzzzzzzz", "unknown; nearest "},
		{"part of a name is no suffix", "Cards", "unknown; nearest Parts"},
		{"empty", "", "unknown; nearest "},
		{"an empty name", "Modules | | Parts", "unknown; nearest "},
	}
	c := IMaint()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := found(c.Resolve(tt.write)); got != tt.want {
				t.Errorf("Resolve(%q)\n got %s\nwant %s", tt.write, got, tt.want)
			}
		})
	}
}

func TestLookupErrorText(t *testing.T) {
	c, _ := Parse("c.toml", []byte("name='x'\n[[node]]\npath='A'\n[[node]]\npath='A|B'\n[[node]]\npath='A|B|B'\n"))
	tests := []struct{ name, write, want string }{
		{"ambiguous", "B", `node "B" is ambiguous: it may be "A | B" (c.toml:4:1), "A | B | B" (c.toml:6:1)`},
		{"near", "A | C", `unknown node or area "A | C": did you mean "A | B"?`},
		{"far", "nothing like it", `unknown node or area "nothing like it"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, failed := c.Resolve(tt.write); failed == nil || failed.Error() != tt.want {
				t.Errorf("got %v, want %s", failed, tt.want)
			}
		})
	}
}

// TestResolveEveryNode holds that every full path means its node or an area of
// that name.
func TestResolveEveryNode(t *testing.T) {
	c := IMaint()
	for _, n := range c.Nodes {
		target, failed := c.Resolve(strings.ToUpper(n.Path.String()))
		if failed != nil || len(target.Nodes) != 1 || target.Nodes[0] != n {
			t.Errorf("%q: got %v, %v", n.Path, target, failed)
		}
	}
}

// TestUnderProperty compares Under with its definition, node by node.
func TestUnderProperty(t *testing.T) {
	c := IMaint()
	draw := rapid.SliceOfN(rapid.SampledFrom(c.Nodes), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		var roots, except []Path
		for _, n := range draw.Draw(t, "roots") {
			roots = append(roots, n.Path)
		}
		for _, n := range draw.Draw(t, "except") {
			except = append(except, n.Path)
		}
		below := func(n *Node, of []Path) bool {
			for _, p := range of {
				if strings.HasPrefix(n.Path.String()+" | ", p.String()+" | ") {
					return true
				}
			}
			return false
		}
		var want []*Node
		for _, n := range c.Nodes {
			if below(n, roots) && !below(n, except) {
				want = append(want, n)
			}
		}
		if d := cmp.Diff(want, c.Under(roots, except), cmp.Comparer(func(a, b *Node) bool { return a == b })); d != "" {
			t.Fatalf("Under(%v, %v) (-want +got):\n%s", roots, except, d)
		}
	})
}

func TestUnderIgnoresStrangers(t *testing.T) {
	c := IMaint()
	if got := c.Under([]Path{{"Nowhere"}, {}}, nil); got != nil {
		t.Errorf("nodes under nothing: %v", got)
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"", "Parts", "Modules|Work Orders", "| |", "Asset | Asset", "\x00", "Ä | ß", strings.Repeat("a|", 200)} {
		f.Add(s)
	}
	c := IMaint()
	f.Fuzz(func(t *testing.T, name string) {
		target, failed := c.Resolve(name)
		if failed != nil {
			if failed.Name != name || failed.Ambiguous() && len(failed.Candidates) < 2 || failed.Error() == "" {
				t.Fatalf("%#v", failed)
			}
			return
		}
		if target.Area == nil && (len(target.Nodes) != 1 || len(target.Except)+len(target.Views) > 0) {
			t.Fatalf("%q: no area and not one node: %v", name, target)
		}
	})
}

// TestAkin: a node without views has one near it, by the words of its name, or
// above.
func TestAkin(t *testing.T) {
	c := IMaint()
	for name, want := range map[string]string{
		"Pay Types": "Modules | Additional Information | Types | Pay",
		"Fuel":      "",
	} {
		target, failed := c.Resolve(name)
		if failed != nil {
			t.Fatal(failed)
		}
		got := ""
		if n := c.Akin(target); n != nil {
			got = n.Path.String()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
