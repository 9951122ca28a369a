package policy_test

import (
	"strings"
	"testing"
	"time"

	"grantree/finding"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// today is the day on which the rules are run here.
var today = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// checks expands a policy for every site of it, made from the catalog.
func checks(t testing.TB, p *policy.Policy) []policy.SiteCheck {
	t.Helper()
	var out []policy.SiteCheck
	for _, site := range p.Sites {
		s := p.Offline(site)
		w, found := p.Wanted(s)
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		out = append(out, policy.SiteCheck{Snapshot: s, Wanted: w})
	}
	return out
}

func rules(t testing.TB, text string) finding.List {
	t.Helper()
	p := parse(t, text)
	return policy.Rules(p, checks(t, p), today)
}

// bobsGroups is the source document's own example: Bob in three groups.
const bobsGroups = fleet + `
[[group]]
name = "Managers"
[[group.allow]]
on = "Scheduling"
permissions = ["select", "insert", "update"]
[[group]]
name = "Mechanics"
[[group.allow]]
on = "Work Requests"
permissions = ["select", "insert"]
[[group]]
name = "Admin"
[[group.allow]]
view = "imvw_pay_type"
permissions = ["select", "update"]
[[user]]
name = "bob"
groups = ["Managers", "Mechanics", "Admin"]
sites = ["*"]
`

func TestBobHasTheUnion(t *testing.T) {
	p := parse(t, bobsGroups+`
[[test]]
user = "bob"
on = "Scheduling"
always = ["select", "insert", "update"]
never = ["delete"]
[[test]]
user = "bob"
on = "imvw_work_request"
always = ["select", "insert"]
never = ["update", "delete"]
[[test]]
user = "bob"
on = "imvw_pay_type"
always = ["select", "update"]
never = ["insert", "delete"]
`)
	sites := checks(t, p)
	if found := policy.Rules(p, sites, today); len(found) > 0 {
		t.Error(lines(found))
	}
	results := p.RunTests(sites)
	if len(results) != 6 {
		t.Errorf("%d results, want 3 tests in 2 sites", len(results))
	}
	for _, r := range results {
		if !r.Pass {
			t.Errorf("%s in %s: %s", r.Test.On, r.Site, r.Detail)
		}
	}
}

// rulesTest is a policy and what the rules find in it.
type rulesTest struct{ name, text, want string }

func TestRules(t *testing.T) {
	const deny = "[[group.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\n"
	// lastGroup puts lines under the last group of the example.
	lastGroup := func(text string) string { return strings.Replace(bobsGroups, "[[user]]", text+"[[user]]", 1) }
	secondGroup := func(text string) string {
		return strings.Replace(bobsGroups, "[[group]]\nname = \"Admin\"", text+"[[group]]\nname = \"Admin\"", 1)
	}
	const foreman = fleet + "[[group]]\nname = \"Foreman\"\n"
	const bob = "[[user]]\nname = \"bob\"\ngroups = [\"Foreman\"]\nsites = [\"*\"]\n"
	const childOnly = foreman + "[[group.allow]]\nview = \"imvw_woap\"\npermissions = [\"select\", \"insert\"]\n[[group.allow]]\nview = \"imvw_work_order\"\npermissions = [\"select\"]\n"
	tests := []rulesTest{
		{"nothing wrong", bobsGroups, ""},

		{"a deny in another group", secondGroup(deny),
			`error p.toml:23:1: the deny of SELECT on imvw_pay_type in group "Mechanics" (p.toml:23:1) takes from user "bob" what group "Admin" grants (p.toml:28:1) in sites "North" and "South"; remove the deny, take them out of one of the groups, or add overrides = true and a reason to the deny (deny-contradicts)` + "\n"},
		{"a deny that overrides", secondGroup(deny + "overrides = true\nreason = \"rates are confidential\"\n"), ""},
		{"a deny of what nobody else grants", secondGroup(strings.Replace(deny, "select", "delete", 1)), ""},
		{"a deny in the group that grants", lastGroup(deny + "reason = \"rates are confidential\"\n"), ""},
		{"a deny in a group without common members", bobsGroups + "[[group]]\nname = \"Crew\"\n" + deny + "[[user]]\nname = \"eve\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\n", ""},
		{"a deny in the baseline", bobsGroups + "[[group]]\nname = \"Everyone\"\nbaseline = true\n" + deny,
			`error p.toml:35:1: the deny of SELECT on imvw_pay_type in group "Everyone" (p.toml:35:1) takes from user "bob" what group "Admin" grants (p.toml:25:1) in sites "North" and "South"; remove the deny, take them out of one of the groups, or add overrides = true and a reason to the deny (deny-contradicts)` + "\n"},
		{"a group's deny against a user's own allow", foreman + deny + bob + "[[user.allow]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\n",
			`error p.toml:14:1: the deny of SELECT on imvw_pay_type in group "Foreman" (p.toml:14:1) takes from user "bob" what the user's own line grants (p.toml:21:1) in sites "North" and "South"; remove the deny, take them out of one of the groups, or add overrides = true and a reason to the deny (deny-contradicts)` + "\n"},
		{"a user's own deny", bobsGroups + "[[user.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\n", ""},
		{"a deny on a node contradicts on several views", foreman + "[[group.deny]]\non = \"General Ledger\"\npermissions = [\"select\", \"delete\"]\n[[group]]\nname = \"B\"\n[[group.allow]]\non = \"General Ledger\"\npermissions = [\"select\", \"update\"]\n[[user]]\nname = \"bob\"\ngroups = [\"Foreman\", \"B\"]\nsites = [\"North\"]\n[[user]]\nname = \"eve\"\ngroups = [\"B\", \"Foreman\"]\nsites = [\"North\"]\n",
			`error p.toml:14:1: the deny of SELECT on imvw_actual_cost, imvw_budget, imvw_general_ledger and 1 more in group "Foreman" (p.toml:14:1) takes from users "bob" and "eve" what group "B" grants (p.toml:19:1) in site "North"; remove the deny, take them out of one of the groups, or add overrides = true and a reason to the deny (deny-contradicts)` + "\n"},

		{"a child without its parent", childOnly + bob,
			`error p.toml:14:1: group "Foreman" may INSERT on the child view imvw_woap of Modules | Work Orders | Work Orders, but not on its parent imvw_work_order in sites "North" and "South"; take INSERT out of the line, or add a [[waiver]] with view = "imvw_woap", group = "Foreman" and a reason (child-above-parent)` + "\n"},
		{"the parent comes from another group", strings.Replace(childOnly, "[[group.allow]]\nview = \"imvw_work_order\"", "[[group]]\nname = \"B\"\n[[group.allow]]\nview = \"imvw_work_order\"", 1),
			`error p.toml:14:1: group "Foreman" may SELECT, INSERT on the child view imvw_woap of Modules | Work Orders | Work Orders, but not on its parent imvw_work_order in sites "North" and "South"; take SELECT, INSERT out of the line, or add a [[waiver]] with view = "imvw_woap", group = "Foreman" and a reason (child-above-parent)` + "\n"},
		{"one of several parents is enough", foreman + "[[group.allow]]\nview = \"imvw_gl_split_info\"\npermissions = [\"select\"]\n[[group.allow]]\nview = \"imvw_time_card_detail\"\npermissions = [\"select\"]\n", ""},
		{"a deny on the parent alone", foreman + "[[group.allow]]\non = \"Modules | Work Orders | Work Orders\"\npermissions = [\"select\", \"update\"]\n[[group.deny]]\nview = \"imvw_work_order\"\npermissions = [\"update\"]\nreason = \"closed\"\n" + bob,
			`error p.toml:17:1: group "Foreman" may UPDATE on the child view imvw_gl_split_info of Modules | Work Orders | Work Orders, but on none of its parents imvw_general_ledger, imvw_purchase_order, imvw_time_card_detail, imvw_work_order, where it is denied at p.toml:17:1 in sites "North" and "South"; deny UPDATE on the child too, or add a [[waiver]] with view = "imvw_gl_split_info", group = "Foreman" and a reason (child-above-parent)
error p.toml:17:1: group "Foreman" may UPDATE on the child view imvw_wo_attribute_data of Modules | Work Orders | Work Orders (and on 16 more), but not on its parent imvw_work_order, where it is denied at p.toml:17:1 in sites "North" and "South"; deny UPDATE on the child too, or add a [[waiver]] with view = "imvw_wo_attribute_data", group = "Foreman" and a reason (child-above-parent)` + "\n"},
		{"a user's deny on the parent alone", foreman + "[[group.allow]]\non = \"Modules | Scheduling | Schedules\"\npermissions = [\"insert\"]\n" + bob + "[[user.deny]]\nview = \"imvw_schedule\"\npermissions = [\"insert\"]\n[[user.deny]]\nview = \"imvw_calender_lockout\"\npermissions = [\"insert\"]\n",
			`error p.toml:24:1: user "bob" may INSERT on the child view imvw_schedule_asset_procedure of Modules | Scheduling | Schedules (and on 5 more), but on none of its parents imvw_calender_lockout, imvw_schedule, where it is denied at p.toml:24:1 in sites "North" and "South"; deny INSERT on the child too, or add a [[waiver]] with view = "imvw_schedule_asset_procedure", user = "bob" and a reason (child-above-parent)` + "\n"},
		{"a user's own allow on the child alone", foreman + bob + "[[user.allow]]\nview = \"imvw_woap\"\npermissions = [\"delete\"]\n",
			`error p.toml:18:1: user "bob" may DELETE on the child view imvw_woap of Modules | Work Orders | Work Orders, but not on its parent imvw_work_order in sites "North" and "South"; take DELETE out of the line, or add a [[waiver]] with view = "imvw_woap", user = "bob" and a reason (child-above-parent)` + "\n"},
	}
	tests = append(tests, childTests(foreman)...)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(rules(t, tt.text))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestPolicyOfTheManual is the example of the design, with the group Managers
// that it mentions.
func TestPolicyOfTheManual(t *testing.T) {
	p := parse(t, `
[license]
seats = 25
exempt = ["iSysAdmin", "iSecurity", "iGuest"]
[server.main]
url = "sqlserver://sql01.example:1433?encrypt=true"
user = "grantree"
password_env = "GRANTREE_MAIN_PASSWORD"
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
[policy]
extends = "imaint"
[[group]]
name = "Managers"
[[group.allow]]
on = "Scheduling"
permissions = ["select"]
[[group]]
name = "Night Shift"
copies = "Mechanic"
[[group.allow]]
on = "Work Orders"
permissions = ["select", "insert", "update"]
except = ["Resource Allocation"]
[[group.deny]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "pay rates are confidential"
[[user]]
name = "bob"
groups = ["Managers", "Night Shift"]
sites = ["North"]
[[user.allow]]
view = "imvw_work_order"
permissions = ["delete"]
[[test]]
user = "bob"
on = "imvw_pay_type"
never = ["select"]
`)
	sites := checks(t, p)
	if found := policy.Rules(p, sites, today); len(found) > 0 {
		t.Error(lines(found))
	}
	if r := p.RunTests(sites); len(r) != 1 || !r[0].Pass {
		t.Errorf("tests: %+v", r)
	}
}

func TestRulesOneSiteOfTwo(t *testing.T) {
	p := parse(t, fleet+"[[group]]\nname = \"G\"\n[[group.allow]]\nview = \"imvw_woap\"\npermissions = [\"select\"]\n[[group.allow]]\nview = \"imvw_work_order\"\npermissions = [\"select\"]\n")
	sites := checks(t, p)
	s := sites[1].Snapshot
	for i, v := range s.Views {
		if v.Name == "imvw_work_order" {
			s.Views[i].Name = "imvw_job"
		}
	}
	sites[1].Wanted, _ = p.Wanted(s)
	const want = `error p.toml:14:1: group "G" may SELECT on the child view imvw_woap of Modules | Work Orders | Work Orders, but not on its parent imvw_work_order in site "South"; take SELECT out of the line, or add a [[waiver]] with view = "imvw_woap", group = "G" and a reason (child-above-parent)` + "\n"
	if d := cmp.Diff(want, lines(policy.Rules(p, sites, today))); d != "" {
		t.Error(d)
	}
}
