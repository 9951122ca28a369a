package catalog

import "testing"

// TestIMaintCounts holds the numbers of the source document.
func TestIMaintCounts(t *testing.T) {
	c, findings := Parse(IMaintFile, imaintTOML)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", findings)
	}
	withViews := 0
	for _, n := range c.Nodes {
		if len(n.Views) > 0 {
			withViews++
		}
	}
	got := map[string]int{
		"nodes": len(c.Nodes), "nodes with views": withViews,
		"names in the tree": len(c.WrittenViews()), "names with those outside": len(c.WrittenViews()) + len(c.Outside),
		"views of a site": len(c.Views()),
	}
	want := map[string]int{
		"nodes": 146, "nodes with views": 60,
		"names in the tree": 142, "names with those outside": 190,
		"views of a site": 189, // invw_schedule_status is an alias
	}
	for what, n := range want {
		if got[what] != n {
			t.Errorf("%s: got %d, want %d", what, got[what], n)
		}
	}
}
