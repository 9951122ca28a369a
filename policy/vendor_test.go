package policy_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// vendorSite is a policy of nothing but the vendor's groups, and its one site.
func vendorSite(t *testing.T) (*policy.Policy, policy.SiteCheck) {
	t.Helper()
	p := parse(t, "[policy]\nextends = \"imaint\"\n"+fleet)
	s := p.Offline(p.Sites[0])
	w, found := p.Wanted(s)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return p, policy.SiteCheck{Snapshot: s, Wanted: w}
}

// TestVendorTable is the table group × view × permissions. Each line is what
// one sentence of the vendor's page gives, with the node and level through
// which it does, so that every cell can be checked against the page.
func TestVendorTable(t *testing.T) {
	_, site := vendorSite(t)
	type cell struct{ group, view, sentence string }
	perms, through := map[cell]catalog.Permissions{}, map[cell][]string{}
	var order []cell
	for _, e := range site.Wanted.Entries {
		for _, c := range e.Causes {
			sentence, note, _ := strings.Cut(c.Note, "; ")
			k := cell{c.Group, e.View, sentence}
			if perms[k].IsEmpty() {
				order = append(order, k)
			}
			perms[k] = perms[k].Union(e.Permission)
			way := "named"
			if c.Node != nil {
				way = fmt.Sprintf("%s, %s", c.Node, c.Level)
			}
			if note != "" {
				way += ", " + note
			}
			if !slices.Contains(through[k], way) {
				through[k] = append(through[k], way)
			}
		}
	}
	slices.SortFunc(order, func(a, b cell) int {
		return strings.Compare(a.group+"\x00"+a.view+"\x00"+a.sentence, b.group+"\x00"+b.view+"\x00"+b.sentence)
	})
	var b strings.Builder
	for i, k := range order {
		if i == 0 || order[i-1].group != k.group {
			fmt.Fprintf(&b, "\n%s\n", k.group)
		}
		if k.group == "Admin" && i > 0 && order[i-1].group == "Admin" {
			continue // every view alike; TestVendorAdmin counts them
		}
		fmt.Fprintf(&b, "  %s: %s by %q (%s)\n", k.view, perms[k], k.sentence, strings.Join(through[k], "; "))
	}
	golden(t, "vendor.golden", b.String())
}

func TestVendorAdmin(t *testing.T) {
	p, site := vendorSite(t)
	got := map[string]catalog.Permissions{}
	for _, e := range site.Wanted.Entries {
		if e.Grantee == "Admin" {
			got[e.View] = got[e.View].Union(e.Permission)
		}
	}
	want := map[string]catalog.Permissions{}
	for _, v := range p.Catalog.Views() {
		want[string(v)] = catalog.All
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestVendorSentences holds the built-in policy against the page itself: the
// sources of a group's lines, put together, are the group's description.
func TestVendorSentences(t *testing.T) {
	page, err := os.ReadFile("../catalog/testdata/imaint-source.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^Description \|\n\|\n([^|\n]+) \|\n\|?\n?(.+) \|$`).FindAllStringSubmatch(string(page), -1) {
		want[m[1]] = strings.TrimSpace(m[2])
	}
	if len(want) != 14 {
		t.Fatalf("the page describes %d groups, want 14", len(want))
	}
	groups, found := policy.VendorGroups(catalog.IMaint())
	if len(found) > 0 {
		t.Fatal(found)
	}
	got := map[string]string{}
	for _, g := range groups {
		var said []string
		for _, e := range g.Allow {
			_, after, cut := strings.Cut(e.Source, "… ")
			switch {
			case strings.HasPrefix(e.Source, "("): // said of the reports, not in the description
			case cut:
				said = append(said, after)
			default:
				said = append(said, e.Source)
			}
		}
		got[g.Name] = strings.Join(said, " ")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestVendorLinesSayWhatTheySay checks each line's permissions and target
// against its own sentence.
func TestVendorLinesSayWhatTheySay(t *testing.T) {
	groups, _ := policy.VendorGroups(catalog.IMaint())
	for _, g := range groups {
		for _, e := range g.Allow {
			var said catalog.Permissions
			for _, word := range []string{"Select", "Insert", "Update", "Delete"} {
				if one, _ := catalog.ParsePermission(word); strings.Contains(e.Source, word) {
					said = said.Union(one)
				}
			}
			switch {
			case e.AllViews:
				said = catalog.All
			case strings.HasPrefix(e.Source, "("):
				said = catalog.Select
			case g.Name == "WO Requestor": // the one line that is narrowed
				if e.On != "Modules | Work Requests | Create Requests" || !strings.HasSuffix(e.Source, "to Work Requests") {
					t.Errorf("%s: %q is about %s", e.Pos, e.Source, e.On)
				}
			case !strings.Contains(e.Source, e.On+string(e.View)):
				t.Errorf("%s: %q is about %s", e.Pos, e.Source, e.On+string(e.View))
			}
			for _, x := range e.Except {
				if !strings.Contains(strings.ToLower(e.Source), "(not including "+strings.ToLower(x)+")") {
					t.Errorf("%s: %q does not leave out %q", e.Pos, e.Source, x)
				}
			}
			if e.Permissions != said {
				t.Errorf("%s: %q gives %s, the line %s", e.Pos, e.Source, said, e.Permissions)
			}
		}
	}
}

func TestVendorBaseline(t *testing.T) {
	groups, _ := policy.VendorGroups(catalog.IMaint())
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
		if g.Baseline != (g.Name == "Public") || g.Baseline && g.Role != "imaint_users" || !g.Baseline && g.Role != g.Name {
			t.Errorf("%s: baseline %v, role %q", g.Name, g.Baseline, g.Role)
		}
	}
	want := []string{"Admin", "Security Admin", "Report Admin", "Mechanic", "Maintenance Manager", "Planner", "PO Requestor",
		"Purchasing Clerk", "Purchasing Buyer", "Inventory Clerk", "Inventory Manager", "WO Requestor", "Management", "Public"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
}

// TestVendorAlone: extends = "imaint" and nothing else breaks no rule, with no
// waiver more than needed, and says which lines reach no view.
func TestVendorAlone(t *testing.T) {
	p, site := vendorSite(t)
	if found := policy.Rules(p, []policy.SiteCheck{site}, time.Time{}); len(found) > 0 {
		t.Errorf("rules: %s", lines(found))
	}
	for i, w := range p.Waivers {
		without := *p
		without.Waivers = slices.Delete(slices.Clone(p.Waivers), i, i+1)
		if !policy.Rules(&without, []policy.SiteCheck{site}, time.Time{}).HasErrors() {
			t.Errorf("the built-in waiver of %s is not needed", w.View)
		}
	}
	_, found := p.Wanted(site.Snapshot)
	golden(t, "vendor-reaches-nothing.golden", lines(found))
}
