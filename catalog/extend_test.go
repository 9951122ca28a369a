package catalog

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// base is the catalog that the cases extend.
const base = `name = "c"
prefix = "x_"
[[node]]
path = "A"
note = "n"
[[node]]
path = "A | B"
views = [{ name = "x_one", level = "parent" }, { name = "x_old", level = "parent" }]
[[node]]
path = "Z"
[[area]]
name = "Whole"
nodes = ["A"]
views = ["x_one"]
[[alias]]
name = "x_old"
is = "x_new"
reason = "r"
[[outside]]
name = "x_out"
`

func extend(t testing.TB, text string) (*Catalog, []string) {
	t.Helper()
	whole, found := Parse("base", []byte(base))
	if len(found) > 0 {
		t.Fatal(found)
	}
	c, found := Extend(whole, "ours", []byte(text))
	var out []string
	for _, f := range found.Sorted() {
		out = append(out, f.String())
	}
	return c, out
}

func TestExtendFindings(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"what is the same", "prefix = \"x_\"\nschema = \"dbo\"\n", nil},
		{"what is settled", "name = \"d\"\nprefix = \"y_\"\nschema = \"app\"\n[levels]\nparent = { granted = true }\n", []string{
			`ours:1:1: the name of the catalog that this file extends is "c"; remove it (base-settles)`,
			`ours:2:1: the prefix of the catalog that this file extends is "x_"; remove it (base-settles)`,
			`ours:3:1: the schema of the catalog that this file extends is "dbo"; remove it (base-settles)`,
			`ours:4:1: the levels are those of the catalog "c", which this file extends; remove the table (base-settles)`}},
		{"a view that is there", "[[node]]\npath = \"a | b\"\nviews = [{ name = \"x_two\", level = \"parent\" },\n{ name = \"X_ONE\", level = \"search\" },\n{ name = \"x_new\", level = \"search\" }]\n", []string{
			`ours:4:3: view "X_ONE" is already at node "A | B", at base:8:10; remove it here (duplicate-view)`,
			`ours:5:3: view "x_new" is already at node "A | B", at base:8:48; remove it here (duplicate-view)`}},
		{"a node that is there", "[[node]]\npath = \"A\"\n[[node]]\npath = \"Z\"\nnote = \"m\"\nline = 3\nviews = [{ name = \"x_two\", level = \"parent\" }]\n[[node]]\npath = \"z\"\nviews = [{ name = \"x_two\", level = \"parent\" }]\n", []string{
			`ours:2:1: node "A" is already at base:3:1; add views to it, or remove it here (duplicate-node)`,
			`ours:4:1: the note and the line of node "Z" are those at base:9:1; give them to the views that are added (base-settles)`,
			`ours:9:1: node "Z" is already at ours:3:1; write all its views there (duplicate-node)`}},
		{"names that mean something", "[[node]]\npath = \"B\"\n[[node]]\npath = \"whole\"\n[[area]]\nname = \"b\"\nnodes = [\"A\"]\n[[area]]\nname = \"WHOLE\"\nnodes = [\"A\"]\n", []string{
			`ours:2:1: "B" means node "A | B" at base:6:1; name it otherwise, or put it below another node (duplicate-node)`,
			`ours:4:1: node "whole" has the name of the area at base:11:1; name it otherwise (duplicate-node)`,
			`ours:6:1: "b" means node "A | B" at base:6:1; name it otherwise (duplicate-area)`,
			`ours:9:1: area "WHOLE" is already at base:11:1 (duplicate-area)`}},
		{"aliases", "[[alias]]\nname = \"x_old\"\nis = \"x_else\"\nreason = \"r\"\n[[alias]]\nname = \"x_new\"\nis = \"x_newer\"\nreason = \"r\"\n", []string{
			`ours:1:1: "x_old" already has an alias, at base:15:1 (duplicate-alias)`,
			`ours:5:1: "x_new" is what alias "x_old" at base:15:1 leads to; let each lead to the name in the site (bad-alias)`}},
		{"near names", "[[node]]\npath = \"A | C\"\nveiws = []\n[[node]]\npath = \"Y | C\"\n[[area]]\nname = \"P\"\nnodes = [\"A | BB\"]\n", []string{
			`ours:3:1: unknown key "veiws" in node; did you mean "views"? (unknown-key)`,
			`ours:5:1: node "Y | C" stands under "Y", which is no node before it; add the node above it before it (unknown-node)`,
			`ours:8:10: no node has the path "A | BB"; did you mean "A | B"? (unknown-node)`}},
		{"ignored", "[[node]]\npath = \"A | C\"\nviews = [{ name = \"x_two\", level = \"parent\" }]\n[[outside]]\nname = \"x_one\"\n[[outside]]\nname = \"x_three\"\n[[ignore]]\nname = \"x_one\"\nreason = \"our sites lack it\"\n[[ignore]]\nname = \"x_two\"\nreason = \"r\"\n[[ignore]]\nname = \"x_three\"\nreason = \"r\"\n", []string{
			`ours:5:1: view "x_one" is listed already; remove it here (duplicate-view)`,
			`ours:12:1: view "x_two" is ignored, but the catalog lists it; remove it here (duplicate-view)`,
			`ours:15:1: view "x_three" is ignored, but the catalog lists it; remove it here (duplicate-view)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := extend(t, tt.text); !cmp.Equal(tt.want, got) {
				t.Errorf("findings (-want +got):\n%s", cmp.Diff(tt.want, got))
			}
		})
	}
}

// TestExtend: what is added stands where a reader looks for it, is reached by
// grants on the nodes above, and says where it came from.
func TestExtend(t *testing.T) {
	c, found := extend(t, `[[node]]
path = "A | C"
views = [{ name = "x_c", level = "child" }]
[[node]]
path = "A | B | D"
views = [{ name = "x_d", level = "search" }]
[[node]]
path = "A | B"
views = [{ name = "x_more", level = "parent" }, { name = "x_out", level = "parent" }]
[[alias]]
name = "x_one"
is = "x_1"
reason = "r"
[[area]]
name = "Ours"
nodes = ["A | B | D"]
views = ["x_c"]
`)
	if found != nil {
		t.Fatal(found)
	}
	var tree []string
	for _, n := range c.Under([]Path{{"A"}}, nil) {
		line := n.String()
		for _, v := range n.Views {
			line += " " + string(v.Site)
			if c.Adds(v.Pos) {
				line += "+"
			}
			if places := c.Places(v.Site); !slices.ContainsFunc(places, func(p Place) bool { return p.Node == n && p.View.Site == v.Site }) {
				t.Errorf("%s has no place at %s", v.Site, n)
			}
		}
		tree = append(tree, line)
	}
	if d := cmp.Diff([]string{"A", "A | B x_1 x_new x_more+ x_out+", "A | B | D x_d+", "A | C x_c+"}, tree); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]ViewName{"x_1", "x_c", "x_d", "x_more", "x_new", "x_out"}, c.Views()); d != "" {
		t.Error(d)
	}
	whole, _ := c.Resolve("Whole")
	ours, failed := c.Resolve("ours")
	if failed != nil || len(ours.Nodes) != 1 || ours.Views[0] != "x_c" || whole.Views[0] != "x_1" {
		t.Errorf("areas %v %v %v", whole, ours, failed)
	}
	if len(c.Outside) > 0 || c.Nodes[len(c.Nodes)-1].String() != "Z" {
		t.Errorf("outside %v, last %v", c.Outside, c.Nodes[len(c.Nodes)-1])
	}
	doc := c.Export()
	if got := []string{doc.Nodes[1].Added, doc.Nodes[1].Views[2].Added, doc.Nodes[2].Added}; !cmp.Equal(got, []string{"", "ours:9:10", "ours:4:1"}) {
		t.Errorf("added at %q", got)
	}
}

// TestExtendByNothing: a file that adds nothing leaves the catalog as it is.
func TestExtendByNothing(t *testing.T) {
	c, found := Extend(IMaint(), "ours", nil)
	text, err := json.MarshalIndent(c.Export(), "", " ")
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "export.golden"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(text)+"\n"); d != "" {
		t.Error(d)
	}
}

// TestExtendKeepsMeanings: whatever is added, a name that meant something in the
// catalog means the same nodes, or is ambiguous, which is an error where it is
// used; and what those nodes reached they reach.
func TestExtendKeepsMeanings(t *testing.T) {
	before := IMaint()
	names, covers := before.Targets(), map[string][]*Node{}
	for _, name := range names {
		was, _ := before.Resolve(name)
		covers[name] = before.Under(was.Roots(), was.Except)
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		part := rapid.SampledFrom(append([]string{"Ours", "Theirs"}, names...))
		for range rapid.IntRange(1, 6).Draw(t, "nodes") {
			path := part.Draw(t, "above")
			if rapid.Bool().Draw(t, "below") {
				path += " | " + part.Draw(t, "name")
			}
			b.WriteString("[[node]]\npath = \"" + path + "\"\nviews = [{ name = \"imvw_" + rapid.StringMatching("[a-c]").Draw(t, "view") + "\", level = \"parent\" }]\n")
		}
		for range rapid.IntRange(0, 2).Draw(t, "areas") {
			b.WriteString("[[area]]\nname = \"" + part.Draw(t, "area") + "\"\nnodes = [\"Modules\"]\n")
		}
		after, _ := Extend(IMaint(), "ours", []byte(b.String()))
		for _, name := range names {
			was, _ := before.Resolve(name)
			is, failed := after.Resolve(name)
			if failed != nil {
				if !failed.Ambiguous() {
					t.Fatalf("%q is unknown\n%s", name, b.String())
				}
				continue
			}
			if d := fmt.Sprint(was.Roots(), is.Roots()); fmt.Sprint(was.Roots()) != fmt.Sprint(is.Roots()) || (was.Area == nil) != (is.Area == nil) {
				t.Fatalf("%q: %s\n%s", name, d, b.String())
			}
			reached := map[string]bool{}
			for _, n := range after.Under(is.Roots(), is.Except) {
				reached[n.Path.Key()] = true
			}
			for _, n := range covers[name] {
				if !reached[n.Path.Key()] {
					t.Fatalf("%q does not reach %s\n%s", name, n, b.String())
				}
			}
		}
	})
}

func FuzzExtend(f *testing.F) {
	f.Add([]byte("[[node]]\npath = \"Modules | Ours\"\nviews = [{ name = \"imvw_a\", level = \"parent\" }]\n[[ignore]]\nname = \"imvw_b\"\nreason = \"r\"\n"))
	f.Add([]byte(base))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _ := Extend(IMaint(), "ours", data)
		for i, n := range c.Nodes {
			if n.index != i || n.above != nil && n.above.index >= i {
				t.Fatalf("node %s stands at %d", n, i)
			}
		}
		Lint(c)
		c.Export()
	})
}
