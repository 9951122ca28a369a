package catalog

import (
	"fmt"
	"strings"
	"testing"
)

func TestChanges(t *testing.T) {
	const base = `name = "a"
prefix = "v_"
[[node]]
path = "Orders"
views = [{ name = "v_order", level = "parent" }, { name = "v_line", level = "child" }, { name = "v_part", level = "special", gives = ["select"] }]
[[node]]
path = "Orders | Old"
[[area]]
name = "Sales"
nodes = ["Orders"]
`
	for name, tt := range map[string]struct {
		edit []string // old and new
		want string
	}{
		"words alone":          {[]string{`level = "child" }`, `level = "child", assumed = true, note = "so it says" }`}, ""},
		"another case":         {[]string{`"v_line"`, `"V_LINE"`}, ""},
		"a view goes":          {[]string{`, { name = "v_line", level = "child" }`, ""}, `Orders v_line "child" "" a.toml:5:50`},
		"a view comes":         {[]string{`{ name = "v_line"`, `{ name = "v_extra", level = "search" }, { name = "v_line"`}, `Orders v_extra "" "search" b.toml:5:50`},
		"another level":        {[]string{`level = "child"`, `level = "foreign_key"`}, `Orders v_line "child" "foreign_key" b.toml:5:50`},
		"a cap":                {[]string{`level = "child" }`, `level = "child", cap = { permissions = ["select"], reason = "no" } }`}, `Orders v_line "child" "child, at most SELECT" b.toml:5:50`},
		"what special gives":   {[]string{`gives = ["select"]`, `gives = ["select", "insert"]`}, `Orders v_part "special, gives SELECT" "special, gives SELECT, INSERT" b.toml:5:88`},
		"twice at a node":      {[]string{`level = "child" }`, `level = "child" }, { name = "v_line", level = "search" }`}, `Orders v_line "child" "child and search" b.toml:5:50`},
		"an alias":             {[]string{"[[node]]\npath = \"Orders\"\n", "[[alias]]\nname = \"v_line\"\nis = \"v_row\"\nreason = \"so\"\n[[node]]\npath = \"Orders\"\n"}, `Orders v_row "" "child" b.toml:9:50; Orders v_line "child" "" a.toml:5:50`},
		"a node goes":          {[]string{"[[node]]\npath = \"Orders | Old\"\n", ""}, `Orders | Old  "0 views" "" a.toml:6:1`},
		"a node of views goes": {[]string{"[[node]]\npath = \"Orders | Old\"\n", "[[node]]\npath = \"Orders | Old\"\nviews = [{ name = \"v_old\", level = \"parent\" }]\n"}, `Orders | Old v_old "" "parent" b.toml:8:10`},
		"a node is renamed":    {[]string{`"Orders | Old"`, `"Orders | New"`}, `Orders | New  "" "0 views" b.toml:6:1; Orders | Old  "0 views" "" a.toml:6:1`},
		"an area grows":        {[]string{`nodes = ["Orders"]`, `nodes = ["Orders", "Orders | Old"]`}, ` Sales "the area of Orders" "the area of Orders; Orders | Old" b.toml:8:1`},
		"an area is less":      {[]string{`nodes = ["Orders"]`, `nodes = ["Orders"]` + "\n" + `except = ["Orders | Old"]`}, ` Sales "the area of Orders" "the area of Orders, less Orders | Old" b.toml:8:1`},
		"an area goes":         {[]string{"[[area]]\nname = \"Sales\"\nnodes = [\"Orders\"]\n", ""}, ` Sales "the area of Orders" "" a.toml:8:1`},
		"a level gives more":   {[]string{"[[node]]\npath = \"Orders\"\n", "[levels]\nsearch = { granted = true }\n[[node]]\npath = \"Orders\"\n"}, ` search "SELECT" "what is granted" -`},
	} {
		if !strings.Contains(base, tt.edit[0]) {
			t.Fatalf("%s: there is no %q", name, tt.edit[0])
		}
		a, found := Parse("a.toml", []byte(base))
		b, more := Parse("b.toml", []byte(strings.Replace(base, tt.edit[0], tt.edit[1], 1)))
		if err := append(found, more...).Err(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, c := range Changes(a, b) {
			at := "-"
			if !c.Pos.IsZero() {
				at = c.Pos.String()
			}
			got = append(got, fmt.Sprintf("%s %s %q %q %s", c.Node, c.What, c.Before, c.After, at))
		}
		if got := strings.Join(got, "; "); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tt.want)
		}
		if again := Changes(b, b); len(again) > 0 {
			t.Errorf("%s: a catalog differs from itself in %v", name, again)
		}
	}
	if l := Changes(IMaint(), IMaint()); len(l) > 0 {
		t.Errorf("imaint differs from itself in %v", l)
	}
}
