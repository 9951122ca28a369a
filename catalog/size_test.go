package catalog

import (
	"fmt"
	"grantree/namefold"
	"runtime"
	"strings"
	"testing"
)

// broad is the file of a catalog with n leaves, a hundred below each branch,
// one view at each.
func broad(n int) string {
	var b strings.Builder
	b.WriteString("name = \"broad\"\nprefix = \"v_\"\n[[node]]\npath = \"Root\"\n")
	for i := range n {
		if i%100 == 0 {
			fmt.Fprintf(&b, "[[node]]\npath = \"Root | Branch %d\"\n", i/100)
		}
		fmt.Fprintf(&b, "[[node]]\npath = \"Root | Branch %d | Leaf %d\"\nviews = [{ name = \"v_%d\", level = \"parent\" }]\n", i/100, i, i)
	}
	return b.String()
}

// deep is the file of a catalog that is one chain of n nodes, a view at each.
func deep(n int) string {
	var b strings.Builder
	b.WriteString("name = \"deep\"\nprefix = \"v_\"\n")
	for i := range n {
		fmt.Fprintf(&b, "[[node]]\npath = \"%sa\"\nviews = [{ name = \"v_%d\", level = \"parent\" }]\n", strings.Repeat("a|", i), i)
	}
	return b.String()
}

// allocated returns how many bytes f allocates in all: its work, where a clock
// would measure the machine.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLargeTrees reads trees at the edge of what is read, and asks of each what
// a run asks.
func TestLargeTrees(t *testing.T) {
	tests := []struct {
		name, text string
		nodes      int
		leaf       string
	}{
		{"100,000 nodes", broad(99_000), 1 + 990 + 99_000, "Leaf 98999"},
		{"1,500 levels", deep(1500), 1500, strings.Repeat("a|", 1499) + "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, found := Parse("f", []byte(tt.text))
			if len(found) > 0 || len(c.Nodes) != tt.nodes {
				t.Fatalf("%d nodes, want %d; findings %.300v", len(c.Nodes), tt.nodes, found)
			}
			target, failed := c.Resolve(tt.leaf)
			if failed != nil || len(c.Under(target.Roots(), nil)) != 1 {
				t.Errorf("the leaf is not found: %.300v", failed)
			}
			if all := c.Under([]Path{c.Nodes[0].Path}, nil); len(all) != tt.nodes {
				t.Errorf("%d nodes below the root, want %d", len(all), tt.nodes)
			}
			if found := Lint(c); len(found) > 0 {
				t.Errorf("lint: %.300v", found)
			}
			if doc := c.Export(); len(doc.Nodes) != tt.nodes {
				t.Errorf("%d nodes are exported", len(doc.Nodes))
			}
		})
	}
}

// TestWorkGrowsWithSize holds that ten times the nodes are about ten times the
// work, and that what is asked of one node does not look at the others.
func TestWorkGrowsWithSize(t *testing.T) {
	trees := func(n int) []*Catalog {
		var out []*Catalog
		for _, n := range []int{n, 10 * n} {
			c, _ := Parse("f", []byte(broad(n)))
			out = append(out, c)
		}
		return out
	}(2000)
	one := func(c *Catalog) {
		target, _ := c.Resolve("Leaf 1234")
		c.Under(target.Roots(), nil)
		c.HasView("v_1234")
		c.SiteName("v_1234")
	}
	tests := []struct {
		name string
		work func(c *Catalog)
		most float64 // how much more of it ten times the nodes may be
	}{
		{"resolve one node", one, 1.5},
		{"lint", func(c *Catalog) { Lint(c) }, 15},
		{"compare with a site", func(c *Catalog) { Compare(c, "North", namefold.Rule{}.Key, nil, nil) }, 15},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			small, large := allocated(func() { tt.work(trees[0]) }), allocated(func() { tt.work(trees[1]) })
			if ratio := float64(large) / float64(small); ratio > tt.most {
				t.Errorf("%d bytes for 2,000 nodes and %d for 20,000: %.1f times", small, large, ratio)
			}
		})
	}
	small, large := allocated(func() { Parse("f", []byte(broad(2000))) }), allocated(func() { Parse("f", []byte(broad(20_000))) })
	if ratio := float64(large) / float64(small); ratio > 15 {
		t.Errorf("parse: %d bytes for 2,000 nodes and %d for 20,000: %.1f times", small, large, ratio)
	}
}

// TestErrorsOfLargeTrees holds that very many wrong names end, without a near
// one for each, and that paths have a limit.
func TestErrorsOfLargeTrees(t *testing.T) {
	wrong := broad(2000) + "[[area]]\nname = \"A\"\nnodes = [" + strings.Repeat("'Root | Brunch 1',", 2000) + "]\n"
	p := parser{}
	near := 0
	for range 3 {
		if p.near("Brunch", []string{"Branch"}, "") != "" {
			near++
		}
		p.compared += maxCompared / 2
	}
	if near != 2 {
		t.Errorf("%d near names, want 2 and then none", near)
	}
	_, found := Parse("f", []byte(wrong))
	if len(found) != 2000 || found[0].Fix != `did you mean "Root | Branch 1"?` || found[1999].Fix != "write the full path of a node" {
		t.Errorf("%d findings, first %q, last %q", len(found), found[0].Fix, found[len(found)-1].Fix)
	}
	many := &LookupError{Name: "Leaf", Candidates: make([]Candidate, 1000)}
	if !strings.HasSuffix(many.Error(), " and 990 more") {
		t.Errorf("a name that may be a thousand nodes: %.300s", many)
	}
	_, found = Parse("f", []byte(deep(2100)))
	if len(found) != 1 || found[0].String() != "f:6000:1: the paths of the nodes up to here have more than 2000000 names (too-large)" {
		t.Errorf("paths of too many names: %.300v", found)
	}
	if _, err := ParsePath(strings.Repeat("a|", maxLevels) + "a"); err == nil || len(err.Error()) > 100 {
		t.Errorf("a path of %d names: %.300v", maxLevels+1, err)
	}
}
