package policy_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// wanted expands a policy for the offline site of its first [[site]], after
// change, which may be nil.
func wanted(t testing.TB, p *policy.Policy, change func(*grants.Snapshot)) (*grants.Wanted, finding.List) {
	t.Helper()
	s := p.Offline(p.Sites[0])
	if change != nil {
		change(s)
	}
	return p.Wanted(s)
}

// table says per view what a grantee is granted, and denied with a minus.
func table(w *grants.Wanted, grantee string) map[string]string {
	granted, denied := map[string]catalog.Permissions{}, map[string]catalog.Permissions{}
	for _, e := range w.Entries {
		if e.Grantee != grantee {
			continue
		}
		if e.State == grants.Denied {
			denied[e.View] = denied[e.View].Union(e.Permission)
		} else {
			granted[e.View] = granted[e.View].Union(e.Permission)
		}
	}
	out := map[string]string{}
	for v, p := range granted {
		out[v] = p.String()
	}
	for v, p := range denied {
		out[v] = strings.TrimSpace(out[v] + " -" + p.String())
	}
	return out
}

// T is the group of the acceptance example.
const groupT = `
[[group]]
name = "T"
[[group.allow]]
on = "Modules | Work Orders | Work Orders"
permissions = ["select", "update"]
`

func TestWantedByLevel(t *testing.T) {
	p := parse(t, fleet+groupT)
	w, found := wanted(t, p, nil)
	if len(found) > 0 {
		t.Error(lines(found))
	}
	want := map[string]string{"imvw_work_order": "SELECT, UPDATE"}
	for _, v := range strings.Fields(`work_order_attribute wo_attribute_data work_order_comments woap woap_est_res
		woap_act_res woap_est_part woap_act_prt woap_est_misc_cst woap_act_misc_cst woap_downtime woap_code woap_task
		woap_tool woap_attach woap_comments woap_total gl_split_info`) {
		want["imvw_"+v] = "SELECT, UPDATE"
	}
	for _, v := range strings.Fields(`work_order_status work_order_status_change schedule work_type priority contact
		project general_ledger shift warehouse reason
		asset asset_group procedure procedure_type asset_location craft pay_type part warehouse_location misc_cost
		downtime_type meter_type code code_type task tool attachment`) {
		want["imvw_"+v] = "SELECT"
	}
	if len(want) != 1+18+11+17 {
		t.Fatalf("%d views expected", len(want))
	}
	if d := cmp.Diff(want, table(w, "T")); d != "" {
		t.Error(d)
	}
	for _, e := range w.Entries {
		if c := e.Causes[0]; len(e.Causes) != 1 || c.Node.String() != "Modules | Work Orders | Work Orders" || c.Pos.String() != "p.toml:15:1" || c.Group != "T" {
			t.Errorf("%s: causes %+v", e.View, e.Causes)
		}
	}
}

func TestWantedLines(t *testing.T) {
	tests := []struct {
		name, group string
		want        map[string]string
	}{
		{"a view", "[[group.allow]]\nview = \"IMVW_Part\"\npermissions = [\"insert\"]", map[string]string{"imvw_part": "INSERT"}},
		{"an alias goes to the site's name", "[[group.allow]]\nview = \"invw_schedule_status\"\npermissions = [\"select\"]",
			map[string]string{"imvw_schedule_status": "SELECT"}},
		{"an exception below the node", "[[group.allow]]\non = \"Modules | Projects\"\npermissions = [\"select\"]\nexcept = [\"Projects | Projects\"]", map[string]string{}},
		{"an exception that is clear within the node", "[[group.allow]]\non = \"Modules | Inventory\"\npermissions = [\"select\"]\nexcept = [\"Parts | Parts\"]", map[string]string{}},
		{"an exception that is a view", "[[group.allow]]\non = \"Meter Update\"\npermissions = [\"select\"]\nexcept = [\"imvw_asset\"]",
			map[string]string{"imvw_line": "SELECT", "imvw_meter_type": "SELECT", "imvw_asset_group": "SELECT"}},
		{"caps", "[[group.allow]]\non = \"Meter Update\"\npermissions = [\"select\", \"insert\", \"update\", \"delete\"]",
			map[string]string{"imvw_line": "SELECT", "imvw_meter_type": "SELECT", "imvw_asset_group": "SELECT", "imvw_asset": "SELECT, UPDATE"}},
		{"a deny leaves look-ups alone", "[[group.deny]]\non = \"Meter Update\"\npermissions = [\"update\"]", map[string]string{"imvw_asset": "-UPDATE"}},
		{"a deny on a node with children", "[[group.deny]]\non = \"Time Cards\"\npermissions = [\"select\"]",
			map[string]string{"imvw_time_card_detail": "-SELECT", "imvw_gl_split_info": "-SELECT"}},
		{"a deny beats an allow of the same group", "[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"select\", \"insert\"]\n[[group.deny]]\nview = \"imvw_part\"\npermissions = [\"insert\"]\nreason = \"counted\"",
			map[string]string{"imvw_part": "SELECT -INSERT"}},
		{"an area's own views", "[[group.allow]]\non = \"Purchase Requests\"\npermissions = [\"insert\"]",
			map[string]string{"imvw_purchase_request": "INSERT", "imvw_work_order": "SELECT", "imvw_asset": "SELECT", "imvw_procedure": "SELECT",
				"imvw_project": "SELECT", "imvw_general_ledger": "SELECT", "imvw_warehouse": "SELECT"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, found := wanted(t, parse(t, fleet+"[[group]]\nname = \"G\"\n"+tt.group), nil)
			if found.HasErrors() {
				t.Error(lines(found))
			}
			if d := cmp.Diff(tt.want, table(w, "G")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWantedDenyKeepsBothCauses(t *testing.T) {
	p := parse(t, fleet+`
[[group]]
name = "G"
[[group.allow]]
view = "imvw_part"
permissions = ["select"]
[[group.deny]]
view = "imvw_part"
permissions = ["select"]
`)
	w, found := wanted(t, p, nil)
	if got, want := lines(found), "warning p.toml:18:1: G: the deny of SELECT on imvw_part beats the allow at p.toml:15:1; remove one of the lines, or give the deny a reason (deny-beats-allow)\n"; got != want {
		t.Errorf("findings:\n%swant\n%s", got, want)
	}
	var causes []string
	for _, c := range w.Entries[0].Causes {
		causes = append(causes, fmt.Sprint(c.State, " ", c.Pos))
	}
	if d := cmp.Diff([]string{"D p.toml:18:1", "G p.toml:15:1"}, causes); d != "" {
		t.Error(d)
	}
}

func TestWantedPeople(t *testing.T) {
	p := parse(t, fleet+groupT+`
[[group]]
name = "Everyone"
role = "all_users"
baseline = true
[[user]]
name = "bob"
groups = ["t", "T"]
sites = ["*"]
[[user.allow]]
view = "imvw_work_order"
permissions = ["delete"]
[[user.deny]]
view = "imvw_pay_type"
permissions = ["select"]
[[user]]
name = "southerner"
groups = ["T"]
sites = ["South"]
[[user]]
name = "gone"
groups = ["T"]
sites = ["*"]
inactive = true
[[user]]
name = "eve"
login = 'CORP\eve'
groups = ["T"]
sites = ["north"]
`)
	w, found := wanted(t, p, nil)
	if found.HasErrors() {
		t.Error(lines(found))
	}
	var got []string
	for _, r := range w.Roles {
		got = append(got, "role "+r.Name+" of "+r.Group)
	}
	for _, u := range w.Users {
		got = append(got, "user "+u.Name+" for "+u.Login)
	}
	for _, m := range w.Members {
		got = append(got, m.User+" in "+m.Role+" "+m.Cause.Note)
	}
	want := []string{"role T of T", "role all_users of Everyone", "user bob for bob", `user eve for CORP\eve`,
		"bob in T ", "eve in T ", "bob in all_users every user is in Everyone", "eve in all_users every user is in Everyone"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"imvw_work_order": "DELETE", "imvw_pay_type": "-SELECT"}, table(w, "bob")); d != "" {
		t.Error(d)
	}
}

func TestWantedMissingViews(t *testing.T) {
	const group = "[[group]]\nname = \"G\"\n[[group.allow]]\non = \"General Ledger Accounts\"\npermissions = [\"select\"]\n[[group.allow]]\nview = \"imvw_budgett\"\npermissions = [\"select\"]\n"
	without := func(s *grants.Snapshot) {
		s.Views = slices.DeleteFunc(s.Views, func(v grants.SiteView) bool { return v.Name == "imvw_actual_cost" })
		s.Schemas = append(s.Schemas, grants.Schema{ID: 9, Name: "other", Owner: 1})
		s.Views = append(s.Views, grants.SiteView{ID: 1, Schema: 9, Name: "imvw_actual_cost", Owner: 1})
		s.Views = append(s.Views, grants.SiteView{ID: 2, Schema: 1, Name: "imvw_new", Owner: 1}, grants.SiteView{ID: 3, Schema: 1, Name: "hr", Owner: 1})
	}
	p := parse(t, fleet+group)
	w, found := wanted(t, p, without)
	const want = `warning p.toml:14:1: site "North" has no view imvw_actual_cost, which the policy reaches; add it to the site's ignore list if that is right (view-missing)
`
	if d := cmp.Diff(want, lines(found)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"imvw_general_ledger": "SELECT", "imvw_budget": "SELECT", "imvw_gl_split_info": "SELECT"}, table(w, "G")); d != "" {
		t.Error(d)
	}
	if !slices.Contains(w.Views, "imvw_new") || slices.Contains(w.Views, "hr") || slices.Contains(w.Views, "imvw_actual_cost") {
		t.Errorf("managed views: %v", w.Views)
	}
	ignoring := parse(t, strings.Replace(fleet, `"iMaint_North"`, "\"iMaint_North\"\nignore = [\"imvw_actual_cost\", \"IMVW_budgett\"]", 1)+group)
	if _, found := wanted(t, ignoring, without); len(found) > 0 {
		t.Errorf("ignored views are reported: %s", lines(found))
	}
}

func TestWantedReachesNoView(t *testing.T) {
	const text = fleet + `
[[group]]
name = "Mechanic"
[[group.allow]]
on = "Resources"
permissions = ["select"]
[[group.allow]]
on = "iMaint Mobile"
permissions = ["select", "update"]
except = ["Inventory"]
[[group.allow]]
on = "Modules | Projects"
permissions = ["select"]
except = ["imvw_project"]
[[group.deny]]
on = "Create Purchase Requests"
permissions = ["select"]
except = ["imvw_purchase_request"]
`
	const want = `warning p.toml:15:1: Mechanic: SELECT on Resources reaches no view; the catalog lists no view there (reaches-no-view)
warning p.toml:18:1: Mechanic: SELECT, UPDATE on iMaint Mobile reaches no view; iMaint Mobile is not in the navigation tree, and the page does not say which nodes it works on (reaches-no-view)
warning p.toml:22:1: Mechanic: SELECT on Modules | Projects reaches no view; its exceptions leave nothing (reaches-no-view)
warning p.toml:26:1: Mechanic: deny SELECT on Create Purchase Requests reaches no view; its exceptions leave nothing (reaches-no-view)
`
	p := parse(t, text)
	var all finding.List
	for _, site := range p.Sites {
		_, found := p.Wanted(p.Offline(site))
		all = append(all, found...)
	}
	if d := cmp.Diff(want, lines(all.Sorted())); d != "" {
		t.Errorf("over both sites (-want +got):\n%s", d)
	}
}

func TestWantedCollisions(t *testing.T) {
	tests := []struct {
		name, text, ci, cs string // the codes that each collation gives
	}{
		{"groups that differ in case", "[[group]]\nname = \"A\"\n[[group]]\nname = \"a\"\n", "duplicate-group", ""},
		{"users that differ in case", "[[group]]\nname = \"A\"\n[[user]]\nname = \"bob\"\ngroups = [\"A\"]\nsites = [\"*\"]\n[[user]]\nname = \"Bob\"\nlogin = \"b2\"\ngroups = [\"A\"]\nsites = [\"*\"]\n", "duplicate-user", ""},
		{"a user with a role's name", "[[group]]\nname = \"Bob\"\n[[user]]\nname = \"Bob\"\ngroups = [\"Bob\"]\nsites = [\"*\"]\n", "duplicate-principal", "duplicate-principal"},
		{"a user in another site", "[[group]]\nname = \"Bob\"\n[[user]]\nname = \"Bob\"\ngroups = [\"Bob\"]\nsites = [\"South\"]\n", "", ""},
	}
	codes := func(found finding.List) string {
		var out []string
		for _, f := range found {
			out = append(out, f.Code)
		}
		return strings.Join(out, " ")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, fleet+tt.text)
			_, found := wanted(t, p, nil)
			if got := codes(found); got != tt.ci {
				t.Errorf("case-insensitive: %q, want %q", got, tt.ci)
			}
			_, found = wanted(t, p, func(s *grants.Snapshot) {
				s.Collation = grants.ParseCollation("Latin1_General_CS_AS")
				s.ServerCollation = s.Collation
			})
			if got := codes(found); got != tt.cs {
				t.Errorf("case-sensitive: %q, want %q", got, tt.cs)
			}
		})
	}
}

// TestWantedByCollation: which view of the site a line means, and who is one
// name, is for the site's collation to say.
func TestWantedByCollation(t *testing.T) {
	const text = `[[group]]
name = "Équipe"
[[group.allow]]
views = "*"
permissions = ["select"]
except = ["imvw_site"]
[[group]]
name = "Equipe"
role = "EQUIPE"
[[group.allow]]
view = "imvw_site"
permissions = ["update"]
[[user]]
name = "isin"
groups = ["Equipe"]
sites = ["*"]
[[user]]
name = "ISIN"
login = "i2"
groups = ["Equipe"]
sites = ["*"]
`
	tests := []struct {
		collation string
		codes     string
		update    string // whose view the line on imvw_site means
		all       string // what views = "*" gives of the two
	}{
		{"SQL_Latin1_General_CP1_CI_AS", "duplicate-user", "IMVW_SITE", ""},
		{"Latin1_General_CI_AI", "duplicate-group duplicate-user", "IMVW_SITE", ""},
		{"Latin1_General_CS_AS", "not-the-application", "", "IMVW_SITE"},
		{"Latin1_General_BIN2", "not-the-application", "", "IMVW_SITE"},
		{"Turkish_CI_AS", "not-the-application", "", "IMVW_SITE"},
	}
	for _, tt := range tests {
		t.Run(tt.collation, func(t *testing.T) {
			p := parse(t, fleet+text)
			w, found := wanted(t, p, func(s *grants.Snapshot) {
				s.Collation = grants.ParseCollation(tt.collation)
				s.Views = []grants.SiteView{{ID: 1, Schema: grants.DboID, Name: "IMVW_SITE", Owner: grants.DboID}}
			})
			var codes []string
			for _, f := range found.Of("error") {
				codes = append(codes, f.Code)
			}
			if got := strings.Join(codes, " "); got != tt.codes {
				t.Errorf("%q, want %q", got, tt.codes)
			}
			given := map[catalog.Permissions]string{}
			for _, e := range w.Entries {
				given[e.Permission] += e.View
			}
			if given[catalog.Update] != tt.update || given[catalog.Select] != tt.all {
				t.Errorf("update on %q, select on %q", given[catalog.Update], given[catalog.Select])
			}
		})
	}
}

func TestCopies(t *testing.T) {
	p := parse(t, "[policy]\nextends = \"imaint\"\n"+fleet+`
[[group]]
name = "Night Shift"
copies = "mechanic"
[[group.deny]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "pay rates are confidential"
[[group]]
name = "Public"
copies = "Public"
[[group.allow]]
view = "imvw_part"
permissions = ["select"]
[[group]]
name = "Deep Night"
copies = "Night Shift"
`)
	w, found := wanted(t, p, nil)
	if found.HasErrors() {
		t.Error(lines(found))
	}
	mechanic, night := table(w, "Mechanic"), table(w, "Night Shift")
	mechanic["imvw_pay_type"] = "-SELECT"
	if d := cmp.Diff(mechanic, night); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(night, table(w, "Deep Night")); d != "" {
		t.Error(d)
	}
	public := p.Group("Public")
	if public.Role != "imaint_users" || !public.Baseline {
		t.Errorf("a group that takes the vendor's place: role %q, baseline %v", public.Role, public.Baseline)
	}
	if got := table(w, "imaint_users"); got["imvw_part"] != "SELECT" || got["imvw_filter"] != "SELECT, INSERT, UPDATE, DELETE" {
		t.Errorf("imaint_users: %v", got)
	}
	if n := len(p.Groups); n != 16 {
		t.Errorf("%d groups, want the vendor's 14 and 2 more", n)
	}
	if e := p.Group("Deep Night").Allow[0]; e.From != "Mechanic" {
		t.Errorf("the first line comes from %q", e.From)
	}
}

// TestWantedIgnoresOrder shuffles everything that a policy lists.
func TestWantedIgnoresOrder(t *testing.T) {
	const text = "[policy]\nextends = \"imaint\"\n" + fleet + groupT + `
[[group.deny]]
view = "imvw_part"
permissions = ["select"]
[[group]]
name = "N"
copies = "Mechanic"
[[user]]
name = "bob"
groups = ["N", "T", "Planner"]
sites = ["*"]
[[user.allow]]
view = "imvw_work_order"
permissions = ["delete", "insert"]
[[user.deny]]
on = "Time Cards"
permissions = ["delete"]
[[user]]
name = "eve"
groups = ["Management"]
sites = ["North"]
`
	ordered := parse(t, text)
	want, wantFound := wanted(t, ordered, nil)
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		p := shuffled(r, ordered)
		got, found := wanted(t, p, func(s *grants.Snapshot) { s.Views = shuffle(r, s.Views) })
		if !reflect.DeepEqual(want, got) {
			rt.Fatal(cmp.Diff(want, got))
		}
		if !reflect.DeepEqual(wantFound, found) {
			rt.Fatal(cmp.Diff(wantFound, found))
		}
	})
}

// shuffled returns a copy of a policy with everything in another order.
func shuffled(r *rand.Rand, p *policy.Policy) *policy.Policy {
	out := *p
	out.Groups, out.Users = shuffle(r, p.Groups), shuffle(r, p.Users)
	for i, g := range out.Groups {
		c := *g
		c.Allow, c.Deny = shuffle(r, g.Allow), shuffle(r, g.Deny)
		out.Groups[i] = &c
	}
	for i, u := range out.Users {
		c := *u
		c.Allow, c.Deny, c.Groups = shuffle(r, u.Allow), shuffle(r, u.Deny), shuffle(r, u.Groups)
		out.Users[i] = &c
	}
	return &out
}

// shuffle returns the items in another order.
func shuffle[T any](r *rand.Rand, items []T) []T {
	out := slices.Clone(items)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// TestWantedLeavers: who is inactive leaves the sites that were theirs, and no
// other.
func TestWantedLeavers(t *testing.T) {
	p := parse(t, fleet+"[[group]]\nname = \"Crew\"\n"+
		"[[user]]\nname = \"dora\"\nlogin = 'EX\\dora'\ngroups = [\"Crew\"]\nsites = [\"north\"]\ninactive = true\n"+
		"[[user]]\nname = \"ann\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\n")
	for i, want := range []string{"dora EX\\dora inactive", ""} {
		w, _ := p.Wanted(p.Offline(p.Sites[i]))
		got := ""
		for _, l := range w.Leavers {
			got += l.Name + " " + l.Login + " " + l.Cause.Note
			if l.Cause.Pos.Line == 0 {
				t.Errorf("%s has no line", l.Name)
			}
		}
		if got != want || len(w.Users) != 1 {
			t.Errorf("site %s: leavers %q and %d users, want %q and ann", p.Sites[i].Name, got, len(w.Users), want)
		}
	}
}
