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
)

// TestPresets: every preset can be copied beside the vendor's groups, breaks no
// rule, gives something, and becomes no role by itself.
func TestPresets(t *testing.T) {
	text := "[policy]\nextends = \"imaint\"\n" + fleet
	alone := parse(t, text)
	want := []string{"Administrator", "Manager", "Technician", "Guest", "Dispatcher", "Accountant", "Read-Only", "iSysAdmin", "iSecurity", "iGuest"}
	var got []string
	for _, g := range alone.Presets() {
		name := strings.TrimPrefix(g.Name, "preset: ")
		got = append(got, name)
		if alone.Group(g.Name) != nil || g.Baseline || name == g.Name {
			t.Errorf("%q is a group by itself", g.Name)
		}
		text += fmt.Sprintf("\n[[group]]\nname = %q\nrole = %q\ncopies = %q\n", name, name+" role", g.Name)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("presets %q, want %q", got, want)
	}
	p := parse(t, text)
	s := p.Offline(p.Sites[0])
	w, found := p.Wanted(s)
	found = append(found, policy.Rules(p, []policy.SiteCheck{{Snapshot: s, Wanted: w}}, time.Time{})...)
	found = append(found, p.CheckNames(nil, false)...)
	if err := found.Err(); err != nil {
		t.Error(err)
	}
	for _, f := range found {
		if f.Code != "reaches-no-view" {
			t.Errorf("%s", f)
		}
	}
	may, views := map[string]map[catalog.Permissions]int{}, map[string]map[string]bool{}
	for _, e := range w.Entries {
		if may[e.Grantee] == nil {
			may[e.Grantee], views[e.Grantee] = map[catalog.Permissions]int{}, map[string]bool{}
		}
		views[e.Grantee][e.View] = true
		may[e.Grantee][e.Permission]++
	}
	all := len(p.Catalog.Views())
	for _, name := range want {
		if may[name+" role"][catalog.Select] == 0 {
			t.Errorf("%s may select nothing", name)
		}
	}
	for name, n := range map[string][2]int{"iSysAdmin": {all, all}, "iSecurity": {18, 18}, "iGuest": {all, 0}, "Read-Only": {4, 0}} {
		if got := [2]int{may[name+" role"][catalog.Select], may[name+" role"][catalog.Delete]}; got != n {
			t.Errorf("%s may select and delete on %d views, want %d", name, got, n)
		}
	}
	for view := range views["iSecurity role"] {
		if !views["Security Admin"][view] {
			t.Errorf("iSecurity reaches %s, which Security Admin does not", view)
		}
	}
}

// TestPresetSources: a preset's source is the document's words.
func TestPresetSources(t *testing.T) {
	documents := map[string]string{}
	for name, file := range map[string]string{"CMMS": "testdata/cmms-account-categories.txt", "Fentu": "testdata/fentu-fsm-user-management.txt", "iMaint": "../catalog/testdata/imaint-source.txt"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents[name] = string(text)
	}
	n := 0
	for _, g := range parse(t, fleet).Presets() {
		for _, e := range g.Allow {
			if e.Source == "" && g.Name != "preset: iGuest" {
				t.Errorf("%s: no source", e.Pos)
			}
			name := ""
			for _, part := range regexp.MustCompile(`; | … `).Split(e.Source, -1) {
				if of, words, ok := strings.Cut(part, ": "); ok && documents[of] != "" {
					name, part = of, words
				}
				if n++; !strings.Contains(documents[name], part) {
					t.Errorf("%s: %q does not say %q", e.Pos, name, part)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d parts: the test looks in the wrong place", n)
	}
}

// TestPresetsOfAnotherName: a slip in a preset's name is an error with the right
// one, and so is a preset whose nodes the catalog lacks.
func TestPresetsOfAnotherName(t *testing.T) {
	group := fleet + "[[group]]\nname = \"Fitters\"\ncopies = \"preset: Technican\"\n"
	_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(group)}, nil)
	if len(found) != 1 || found[0].Code != "unknown-group" || found[0].Fix != `did you mean "preset: Technician"?` {
		t.Errorf("%v", found)
	}
	group = strings.Replace(group, "Technican", "Read-Only", 1) + "[catalog]\nfile = \"c.toml\"\n"
	_, found = policy.Parse(policy.Source{File: "p.toml", Data: []byte(group)}, func(string) ([]byte, error) {
		return []byte("name = \"c\"\nprefix = \"c_\"\n[levels]\nparent = { granted = true }\n[[node]]\npath = \"Stock\"\n"), nil
	})
	if len(found) != 1 || found[0].Code != "unknown-node" || !strings.Contains(found[0].Message, `"Reports"`) || found[0].Where.File != "presets" {
		t.Errorf("%v", found)
	}
}

// TestWithoutReachesNothing: a line that a group does without is no line that
// reaches nothing.
func TestWithoutReachesNothing(t *testing.T) {
	p := parse(t, fleet+"[[group]]\nname = \"Fitters\"\ncopies = \"preset: Technician\"\nwithout = [\"Scheduling\"]\n")
	_, found := p.Wanted(p.Offline(p.Sites[0]))
	if len(found) != 1 || !strings.Contains(found[0].Message, "iMaint Mobile") {
		t.Errorf("%v", found)
	}
}
