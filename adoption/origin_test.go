package adoption_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"

	"pgregory.net/rapid"
)

// licensed is the base of sites that a policy was applied to.
const licensed = "[license]\nseats = 100\n" + fleet

// lines counts what a person would read of a policy: no blank line, no comment.
func lines(text string) int {
	n := 0
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			n++
		}
	}
	return n
}

// author writes a policy as a person might.
type author struct {
	rt *rapid.T
	b  strings.Builder
}

func (a *author) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(a.rt, label)
}

func (a *author) chance(label string, percent int) bool {
	return rapid.IntRange(1, 100).Draw(a.rt, label) <= percent
}

// permissions lists some, in a form that a person would choose.
func (a *author) permissions() string {
	return a.pick("permissions", `["select"]`, `["select"]`, `["select", "update"]`, `["select", "insert", "update"]`, `["select", "insert", "update", "delete"]`, `["insert"]`)
}

// entries writes lines below a table, none on the same place as another.
func (a *author) entries(of string, most int) {
	places := []string{`on = "Work Orders"`, `on = "Time Cards"`, `on = "Assets"`, `on = "Meter Update"`, `on = "Inventory"`, `on = "Purchasing"`, `on = "Suppliers"`, `on = "Scheduling"`,
		`on = "Additional Information"`, `on = "Projects"`, `on = "General Ledger"`, `on = "Modules | Work Orders | Work Orders"`, `on = "Receiving"`, `on = "Modules | Purchasing | Purchase Orders"`,
		`view = "imvw_pay_type"`, `view = "imvw_asset"`, `view = "imvw_report_admin"`, `view = "imvw_woap_act_res"`, `views = "*"`}
	places = rapid.Permutation(places).Draw(a.rt, "places")
	for i := range rapid.IntRange(0, most).Draw(a.rt, "lines") {
		deny := a.chance("deny", 10) && places[i] != `views = "*"`
		kind := "allow"
		if deny {
			kind = "deny"
		}
		fmt.Fprintf(&a.b, "[[%s.%s]]\n%s\npermissions = %s\n", of, kind, places[i], a.permissions())
		if strings.HasPrefix(places[i], "on") && a.chance("except", 20) {
			fmt.Fprintf(&a.b, "except = [%s]\n", a.pick("excepted", `"imvw_pay_type"`, `"imvw_asset", "imvw_work_order"`, `"imvw_part"`))
		}
		if deny {
			a.b.WriteString("reason = \"meant\"\n")
			if of == "group" {
				a.b.WriteString("overrides = true\n")
			}
		}
	}
}

// drawPolicy draws a policy of one site that no rule objects to.
func drawPolicy(rt *rapid.T) string {
	a := &author{rt: rt}
	a.b.WriteString(licensed)
	groups := []string{}
	if a.chance("vendor", 60) {
		a.b.WriteString("[policy]\nextends = \"imaint\"\n")
		groups = append(groups, "Mechanic", "Planner", "Purchasing Clerk", "Inventory Manager")
	}
	for _, name := range []string{"Crew", "Night Shift", "Mechanic", "Office", "Stores", "Guests"}[:rapid.IntRange(1, 6).Draw(rt, "groups")] {
		fmt.Fprintf(&a.b, "[[group]]\nname = %q\n", name)
		if len(groups) > 0 && a.chance("copies", 50) {
			fmt.Fprintf(&a.b, "copies = %q\n", a.pick("copied", groups...))
			if a.chance("without", 40) {
				fmt.Fprintf(&a.b, "without = [%s]\n", a.pick("less", `"imvw_pay_type"`, `"Time Cards"`, `"Work Orders", "imvw_asset"`))
			}
		}
		a.entries("group", 5)
		if !slices.Contains(groups, name) {
			groups = append(groups, name)
		}
	}
	for _, name := range []string{"ann", "bob", "carol", "dave"}[:rapid.IntRange(0, 4).Draw(rt, "users")] {
		fmt.Fprintf(&a.b, "[[user]]\nname = %q\ngroups = [%q]\nsites = [\"*\"]\n", name, a.pick("in", groups...))
		if a.chance("overrides", 30) {
			a.entries("user", 2)
		}
	}
	p, found := policy.Parse(policy.Source{File: "before.toml", Data: []byte(a.b.String())}, nil)
	if found.HasErrors() {
		rt.Skip("not every drawn text is a policy, and only a policy can be applied and imported again:", found.Err())
	}
	checks, _ := p.OfflineChecks(p.Sites)
	for _, w := range policy.Waivable(p, checks, day) {
		a.b.WriteString("[[waiver]]\nview = \"" + string(w.View) + "\"\n")
		if w.Group != "" {
			fmt.Fprintf(&a.b, "group = %q\n", w.Group)
		} else {
			fmt.Fprintf(&a.b, "user = %q\n", w.User)
		}
		a.b.WriteString("reason = \"meant\"\n")
	}
	if _, found = policy.Parse(policy.Source{File: "before.toml", Data: []byte(a.b.String())}, nil); found.HasErrors() {
		rt.Skip("a drawn policy that is none with its waivers cannot be applied:", found.Err())
	}
	return a.b.String()
}

// wants is a wanted state without the lines that asked for it.
func wants(w *grants.Wanted) (out []string) {
	for _, r := range w.Roles {
		out = append(out, "role "+r.Name)
	}
	for _, u := range w.Users {
		out = append(out, "user "+u.Name+" "+u.Login)
	}
	for _, m := range w.Members {
		out = append(out, m.User+" in "+m.Role)
	}
	for _, e := range w.Entries {
		out = append(out, fmt.Sprint(e.Grantee, " ", e.State, " ", e.Permission, " ", catalog.ViewName(e.View).Key()))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestImportFindsThePolicyAgain applies policies, and imports the sites: what is
// wanted is the same, in no more lines for most, and never above one and a half times.
func TestImportFindsThePolicyAgain(t *testing.T) {
	var ratios []float64
	rapid.Check(t, func(rt *rapid.T) {
		ratios = append(ratios, again(tb{t, rt}, drawPolicy(rt)))
	})
	slices.Sort(ratios)
	if n := len(ratios); n > 0 {
		t.Logf("lines against the policy's: median %.2f, at most %.2f (%d policies)", ratios[n/2], ratios[n-1], n)
		if n >= 20 && ratios[n/2] > 1 { // fewer have no middle
			t.Errorf("the median is %.2f", ratios[n/2])
		}
	}
}

// TestFoundPolicies are those that draws have found to come back otherwise.
func TestFoundPolicies(t *testing.T) {
	files, err := filepath.Glob("testdata/found/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal("no policies", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			again(t, licensed+string(text))
		})
	}
}

// again applies a policy, imports the site, and returns how many lines that takes
// against the policy's own.
func again(t testing.TB, text string) float64 {
	before, sites := applied(t, text)
	got := imported(t, licensed, sites...)
	complete(t, got, sites[0])
	want, _ := before.Wanted(sites[0])
	have, _ := got.Policy.Wanted(sites[0])
	if a, b := wants(want), wants(have); !slices.Equal(a, b) {
		t.Fatalf("another state is wanted: %v\nnot %v\n%s\n%s", without(b, a), without(a, b), text, got.Text)
	}
	was, is := lines(strings.TrimPrefix(text, licensed)), lines(string(got.Text))-1 // the include
	if float64(is) > 1.5*float64(was) {
		t.Fatalf("%d lines, where the policy had %d\n%s\n%s", is, was, text, got.Text)
	}
	return float64(is) / float64(max(was, 1))
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
