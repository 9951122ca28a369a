package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// head is a catalog without problems, to which cases add.
const head = `name = "c"
prefix = "x_"
[[node]]
path = "A"
[[node]]
path = "A | B"
views = [{ name = "x_one", level = "parent" }]
`

func TestParseFindings(t *testing.T) {
	long := "x_" + strings.Repeat("n", 127)
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"nothing wrong", head, nil},
		{"nothing at all", "", []string{
			`f: the catalog has no name; add name = "…" (missing-key)`,
			`f: the catalog has no nodes; add [[node]] tables (missing-key)`}},
		{"unknown key", head + "[[node]]\npath = \"C\"\nveiws = []\n", []string{
			`f:10:1: unknown key "veiws" in node; did you mean "views"? (unknown-key)`}},
		{"unknown level", head + "[[node]]\npath = \"C\"\nviews = [\n  { name = \"x_two\", level = \"chlid\" },\n]\n", []string{
			`f:11:21: unknown level "chlid"; did you mean "child"? (unknown-level)`}},
		{"unknown level in the table", head + "[levels]\nboss = { granted = true }\n", []string{
			`f:9:1: unknown level "boss"; use parent, child, search, foreign_key, special (unknown-level)`}},
		{"unknown permission in a cap", head + "[[node]]\npath = \"C\"\n[[node.views]]\nname = \"x_two\"\nlevel = \"parent\"\ncap = { permissions = [\"select\", \"udpate\"], reason = \"r\" }\n", []string{
			`f:13:34: unknown permission "udpate": did you mean "update"? (unknown-permission)`}},
		{"a cap without reason", head + "[[node]]\npath = \"C\"\n[[node.views]]\nname = \"x_two\"\nlevel = \"parent\"\ncap = { permissions = [] }\n", []string{
			`f:13:1: the cap on "x_two" has no reason; add reason = "…" (missing-reason)`}},
		{"gives at another level", head + "[[node]]\npath = \"C\"\n[[node.views]]\nname = \"x_two\"\nlevel = \"search\"\ngives = [\"update\"]\n", []string{
			`f:13:1: view "x_two" says what it gives, but the rule of level "search" does not ask its entry; use a cap, or level = "special" (gives-level)`}},
		{"the same node twice", head + "[[node]]\npath = \"a|b\"\n", []string{
			`f:9:1: node "a | b" is already at f:5:1 (duplicate-node)`}},
		{"a node under none", head + "[[node]]\npath = \"Z | B\"\n", []string{
			`f:9:1: node "Z | B" stands under "Z", which is no node before it; add the node above it before it (unknown-node)`}},
		{"an empty name in a path", head + "[[node]]\npath = \"A | \"\n", []string{
			`f:9:1: path "A | " has an empty name; write the names of the nodes joined by bars (bad-path)`}},
		{"names of views", head + "[[node]]\npath = \"C\"\nviews = [{ level = \"child\" },\n{ name = \"y_two\", level = \"child\" },\n{ name = \"x_\\n\", level = \"child\" },\n{ name = \"" + long + "\", level = \"child\" }]\n", []string{
			`f:10:10: a view has no name; add name = "…" (missing-key)`,
			`f:11:3: view "y_two" does not start with "x_"; add an [[alias]] that gives its name in the site (view-prefix)`,
			`f:12:3: view name "x_\n" has space around it or a line break in it (bad-view)`,
			`f:13:3: view name "` + long + `" is longer than 128 characters (bad-view)`}},
		{"aliases", head + "[[alias]]\nname = \"y_one\"\n[[alias]]\nname = \"y_one\"\nis = \"x_one\"\n[[alias]]\nname = \"Y_ONE\"\nis = \"x_two\"\nreason = \"r\"\n[[alias]]\nname = \"x_a\"\nis = \"X_A\"\nreason = \"r\"\n", []string{
			`f:8:1: an alias needs a name and what it is; write name = "…" and is = "…" (missing-key)`,
			`f:10:1: alias "y_one" has no reason; add reason = "…" (missing-reason)`,
			`f:13:1: "Y_ONE" already has an alias, at f:10:1 (duplicate-alias)`,
			`f:17:1: alias "x_a" does not lead to the name of a view (bad-alias)`}},
		{"areas", head + "[[area]]\nname = \"P\"\nnodes = [\"A | C\", \"A\"]\nexcept = [\"far away from it\"]\nviews = [\"x_none\"]\n[[area]]\nname = \"p\"\n[[area]]\nname = \"Q\"\n", []string{
			`f:10:10: no node has the path "A | C"; did you mean "A | B"? (unknown-node)`,
			`f:11:11: no node has the path "far away from it"; write the full path of a node (unknown-node)`,
			`f:12:10: no node lists view "x_none" (unknown-view)`,
			`f:14:1: area "p" is already at f:8:1 (duplicate-area)`,
			`f:15:1: area "Q" names no node and gives no reason; add nodes, or reason = "…" (missing-reason)`}},
		{"outside and ignored", head + "[[outside]]\nname = \"X_ONE\"\n[[outside]]\nname = \"x_out\"\n[[ignore]]\nname = \"x_out\"\nreason = \"r\"\n[[ignore]]\nname = \"x_ign\"\n", []string{
			`f:9:1: view "X_ONE" is listed already; remove it here (duplicate-view)`,
			`f:13:1: view "x_out" is ignored, but the catalog lists it; remove it here (duplicate-view)`,
			`f:15:1: ignored view "x_ign" has no reason; add reason = "…" (missing-reason)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, findings := Parse("f", []byte(tt.text))
			var got []string
			for _, f := range findings.Sorted() {
				got = append(got, f.String())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

// TestParseLevels holds that the level table is data: another application can
// have another one.
func TestParseLevels(t *testing.T) {
	text := `name = "c"
[levels]
search = { always = ["select", "insert"] }
child = { always = ["select"] }
[[node]]
path = "A"
views = [
  { name = "p", level = "parent" },
  { name = "c", level = "child" },
  { name = "s", level = "search", cap = { permissions = ["insert"], reason = "r" } },
  { name = "f", level = "foreign_key" },
  { name = "x", level = "special" },
  { name = "y", level = "special", gives = ["update"] },
  { name = "z", level = "special", gives = [] },
]
`
	c, findings := Parse("f", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	tests := []struct {
		name  string
		asked Permissions
		want  string
	}{
		{"nothing asked", None, "p: c: s: f: x: y: z:"},
		{"delete", Delete, "p:DELETE c:SELECT s:INSERT f:SELECT x:SELECT y:UPDATE z:"},
		{"all", All, "p:SELECT, INSERT, UPDATE, DELETE c:SELECT s:INSERT f:SELECT x:SELECT y:UPDATE z:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for i := range c.Nodes[0].Views {
				v := &c.Nodes[0].Views[i]
				got = append(got, string(v.Name)+":"+c.Reaches(c.Nodes[0], v, tt.asked).String())
			}
			if d := cmp.Diff(tt.want, strings.Join(got, " ")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head))
	f.Add([]byte(head + "[[area]]\nname='P'\nnodes=['A']\nexcept=['A|B']\nviews=['x_one']\n[[alias]]\nname='y'\nis='x_one'\n[levels.special]\nentry=true\n"))
	f.Add([]byte("[[node]]\npath='|'\nviews=[{name='a',level='special',gives=['x'],cap={}}]\n[[outside]]\n[[ignore]]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, findings := Parse("f", data)
		for _, n := range c.Nodes {
			if target, failed := c.Resolve(n.Path.String()); failed != nil || target.Area == nil && target.Nodes[0] != n {
				t.Fatalf("node %q is not found by its path: %v", n.Path, failed)
			}
		}
		for _, v := range c.WrittenViews() {
			if !c.HasView(v) || len(c.Places(v)) == 0 {
				t.Fatalf("view %q is at no place", v)
			}
		}
		Lint(c)
		c.Export()
		if err := findings.Err(); err != nil && err.Error() == "" {
			t.Fatal("an error without text")
		}
	})
}
