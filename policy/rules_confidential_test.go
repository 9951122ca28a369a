package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

// rates is a policy with a confidential view.
const rates = fleet + `
[[group]]
name = "Manager"
[[group.allow]]
view = "imvw_pay_type"
permissions = ["select"]
[[group]]
name = "Crew"
[[group.allow]]
on = "Modules | Work Orders | Work Orders"
permissions = ["select", "update"]
[[user]]
name = "ann"
groups = ["Manager", "Crew"]
sites = ["*"]
[[user]]
name = "bob"
groups = ["Crew"]
sites = ["*"]
[[confidential]]
view = "imvw_pay_type"
groups = ["manager"]
`

func TestConfidential(t *testing.T) {
	const eve = "[[user]]\nname = \"eve\"\nsites = [\"South\"]\ngroups = [\"Crew\"]\n"
	crew := func(people, sites, end string) string {
		return `error p.toml:31:1: ` + people + ` may SELECT on imvw_pay_type by group "Crew" (p.toml:20:1) in ` + sites + `, which is confidential to group "manager"` + end
	}
	const fix = `; add "imvw_pay_type" to the except list of the line, or add "Crew" to groups (confidential-open)` + "\n"
	tests := []rulesTest{
		{"who is in no group of it", rates, crew(`user "bob"`, `sites "North" and "South"`, fix)},
		{"with a reason", rates + "reason = \"pay rates\"\n", crew(`user "bob"`, `sites "North" and "South"`, ": pay rates"+fix)},
		{"except", strings.Replace(rates, "permissions = [\"select\", \"update\"]\n", "permissions = [\"select\", \"update\"]\nexcept = [\"imvw_pay_type\"]\n", 1), ""},
		{"a deny", strings.Replace(rates, "[[confidential]]", "[[user.deny]]\nview = \"imvw_pay_type\"\npermissions = [\"select\"]\n[[confidential]]", 1), ""},
		{"every group", strings.Replace(rates, `["manager"]`, `["manager", "Crew"]`, 1), ""},
		{"for nobody", strings.Replace(rates, `["manager"]`, `[]`, 1),
			`error p.toml:31:1: user "ann" may SELECT on imvw_pay_type by group "Manager" (p.toml:15:1) in sites "North" and "South", which is confidential to nobody; remove the line, or add "Manager" to groups (confidential-open)
error p.toml:31:1: users "ann" and "bob" may SELECT on imvw_pay_type by group "Crew" (p.toml:20:1) in sites "North" and "South", which is confidential to nobody` + fix},
		{"a line of their own", strings.Replace(rates, "permissions = [\"select\", \"update\"]\n", "permissions = [\"select\", \"update\"]\nexcept = [\"imvw_pay_type\"]\n", 1) + eve + "[[user.allow]]\nview = \"imvw_pay_type\"\npermissions = [\"update\"]\n",
			`error p.toml:32:1: user "eve" may UPDATE on imvw_pay_type by a line of their own (p.toml:39:1) in site "South", which is confidential to group "manager"; remove the line, or put them into one of these groups (confidential-open)` + "\n"},
		{"in the sites where they are", strings.Replace(rates, "[[confidential]]", "[[user.at]]\nsites = [\"South\"]\ngroups = [\"Manager\"]\n[[confidential]]", 1),
			strings.Replace(crew(`user "bob"`, `site "North"`, fix), ":31:", ":34:", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(of(rules(t, tt.text), finding.ConfidentialOpen))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestConfidentialAccepted: whom the policy lets reach a confidential view by
// itself, beside its groups, is told.
func TestConfidentialAccepted(t *testing.T) {
	closed := strings.Replace(rates, "permissions = [\"select\", \"update\"]\n", "permissions = [\"select\", \"update\"]\nexcept = [\"imvw_pay_type\"]\n", 1)
	also := func(user, words string) string {
		return strings.Replace(closed, "name = \""+user+"\"\n", "name = \""+user+"\"\nalso = ["+words+"]\nalso_reason = \"r\"\n", 1)
	}
	const out = "[[outsider]]\nname = \"svc\"\nreason = \"r\"\n"
	const bob = `warning p.toml:30:9: user "bob" may %s on imvw_pay_type, which is confidential, by also = [%s] in sites "North" and "South"; take it out of also, or put them into a group that the view is for (confidential-accepted)` + "\n"
	const svc = `warning p.toml:35:1: outsider "svc" may %s on imvw_pay_type, which is confidential, by [[outsider]], whose may is of every view in %s; see that it holds nothing there, or remove the [[outsider]] (confidential-accepted)` + "\n"
	tests := []rulesTest{
		{"nobody", closed, ""},
		{"a fixed role that reads", also("bob", `"db_datareader"`), fmt.Sprintf(bob, "SELECT", `"db_datareader"`)},
		{"sysadmin, in other letters, and what opens nothing", also("bob", `"SysAdmin", "ALTER ANY ROLE"`), fmt.Sprintf(bob, "SELECT, INSERT, UPDATE, DELETE", `"SysAdmin"`)},
		{"in a site alone", closed + "[[user]]\nname = \"cyd\"\n[[user.at]]\nsites = [\"South\"]\ngroups = [\"Crew\"]\nalso = [\"db_owner\"]\nalso_reason = \"r\"\n",
			`warning p.toml:40:9: user "cyd" may SELECT, INSERT, UPDATE, DELETE on imvw_pay_type, which is confidential, by also = ["db_owner"] in site "South"; take it out of also, or put them into a group that the view is for (confidential-accepted)` + "\n"},
		{"what opens nothing by itself", also("bob", `"ALTER ANY ROLE", "db_denydatareader"`), ""},
		{"somebody of its group", also("ann", `"db_owner"`), ""},
		{"an outsider", closed + out, fmt.Sprintf(svc, "SELECT, INSERT, UPDATE, DELETE", `sites "North" and "South"`)},
		{"an outsider of a site with less", closed + out + "may = [\"select\"]\nsites = [\"South\"]\n", fmt.Sprintf(svc, "SELECT", `site "South"`)},
		{"an outsider whose time is over", closed + out + "until = 2020-01-01\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(of(rules(t, tt.text), finding.ConfidentialAccepted))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestConfidentialOfTheVendor: the vendor's lines are not the reader's to change,
// and what is said to be done closes the view.
func TestConfidentialOfTheVendor(t *testing.T) {
	const text = "[policy]\nextends = \"imaint\"\n" + fleet + "[[user]]\nname = \"ann\"\ngroups = [\"Mechanic\"]\nsites = [\"North\"]\n" +
		"[[confidential]]\nview = \"imvw_pay_type\"\ngroups = [\"Maintenance Manager\"]\n"
	found := of(rules(t, text), finding.ConfidentialOpen)
	const fix = `add a [[group]] with name = "Mechanic", copies = "Mechanic", without = ["imvw_pay_type"], or add "Mechanic" to groups`
	if len(found) != 1 || found[0].Fix != fix || !strings.Contains(found[0].Message, `by group "Mechanic" (vendor's groups:`) {
		t.Error(lines(found))
	}
	const copied = "[[group]]\nname = \"Mechanic\"\ncopies = \"Mechanic\"\n"
	found = of(rules(t, text+copied), finding.ConfidentialOpen)
	if len(found) != 1 || !strings.HasPrefix(found[0].Fix, `add "imvw_pay_type" to without of the group`) {
		t.Error(lines(found))
	}
	if found := of(rules(t, text+copied+"without = [\"imvw_pay_type\"]\n"), finding.ConfidentialOpen); len(found) > 0 {
		t.Errorf("after what is to be done:\n%s", lines(found))
	}
}

func TestBadConfidential(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "p.toml:12:1: a [[confidential]] has no view; add view = \"…\" (missing-key)\n"},
		{"no groups", "view = \"imvw_part\"", `p.toml:12:1: the confidential view "imvw_part" has no groups; add groups = ["…"], whose members may reach it, or groups = [] for nobody (missing-key)` + "\n"},
		{"another's view", "view = \"dbo.x\"\ngroups = []", `p.toml:13:1: view "dbo.x" does not start with "imvw_"; grantree manages the application's views only; write the name without its schema (view-outside-prefix)` + "\n"},
		{"no such group", "view = \"imvw_part\"\ngroups = [\"A\"]", `p.toml:14:11: the confidential view "imvw_part" is for the group "A", which does not exist; add a [[group]], or [policy] extends = "imaint" for the vendor's groups (unknown-group)` + "\n"},
		{"twice, by an alias", "view = \"invw_schedule_status\"\ngroups = []\n[[confidential]]\nview = \"IMVW_schedule_status\"\ngroups = []",
			`p.toml:16:1: the view "IMVW_schedule_status" is confidential at p.toml:12:1 already; keep one, with all the groups (duplicate-confidential)` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := policy.Parse(policy.Source{File: "p.toml", Data: []byte(fleet + "[[confidential]]\n" + tt.text)}, nil)
			var got strings.Builder
			for _, f := range found {
				got.WriteString(f.String() + "\n")
			}
			if d := cmp.Diff(tt.want, got.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestConfidentialViewIsAsked: whoever judges by what a view is finds it by any of
// its names.
func TestConfidentialViewIsAsked(t *testing.T) {
	p := parse(t, fleet+"[[confidential]]\nview = \"invw_schedule_status\"\ngroups = []\nreason = \"r\"\n")
	for _, name := range []catalog.ViewName{"imvw_schedule_status", "IMVW_SCHEDULE_STATUS", "invw_schedule_status"} {
		if c, ok := p.ConfidentialView(name); !ok || c.Reason != "r" {
			t.Errorf("%s: %+v %v", name, c, ok)
		}
	}
	if _, ok := p.ConfidentialView("imvw_part"); ok {
		t.Error("imvw_part is none")
	}
}
