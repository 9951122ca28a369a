package policy_test

import (
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

func TestRunTests(t *testing.T) {
	const bob = `
[[group]]
name = "G"
[[group.allow]]
on = "General Ledger"
permissions = ["select", "update"]
[[user]]
name = "bob"
groups = ["G"]
sites = ["North"]
[[user.deny]]
view = "imvw_budget"
permissions = ["update"]
[[test]]
user = "Bob"
`
	ledger := []string{"imvw_actual_cost", "imvw_budget", "imvw_general_ledger", "imvw_gl_split_info"}
	tests := []struct {
		name, test string
		want       []policy.TestResult
	}{
		{"a view, always", "on = \"imvw_budget\"\nalways = [\"select\"]", []policy.TestResult{{Site: "North", Views: []string{"imvw_budget"}, Pass: true}}},
		{"a view, never", "on = \"imvw_budget\"\nnever = [\"update\", \"delete\"]", []policy.TestResult{{Site: "North", Views: []string{"imvw_budget"}, Pass: true}}},
		{"a view, not always", "on = \"imvw_budget\"\nalways = [\"select\", \"update\"]",
			[]policy.TestResult{{Site: "North", Views: []string{"imvw_budget"}, Detail: "Bob may not UPDATE imvw_budget"}}},
		{"a view, not never", "on = \"imvw_budget\"\nnever = [\"select\"]",
			[]policy.TestResult{{Site: "North", Views: []string{"imvw_budget"}, Detail: "Bob may SELECT imvw_budget"}}},
		{"an area", "on = \"General Ledger\"\nalways = [\"select\"]\nnever = [\"delete\"]", []policy.TestResult{{Site: "North", Views: ledger, Pass: true}}},
		{"an area, on one view not", "on = \"General Ledger\"\nalways = [\"update\"]", []policy.TestResult{{Site: "North", Views: ledger, Detail: "Bob may not UPDATE imvw_budget"}}},
		{"an area, on most views not", "on = \"General Ledger\"\nnever = [\"select\"]", []policy.TestResult{{Site: "North", Views: ledger,
			Detail: "Bob may SELECT imvw_actual_cost; Bob may SELECT imvw_budget; Bob may SELECT imvw_general_ledger; and 1 more"}}},
		{"an area without views", "on = \"Resources\"\nnever = [\"select\"]", []policy.TestResult{{Site: "North", Detail: "Resources reaches no view"}}},
		{"a view that is none", "on = \"imvw_budgt\"\nnever = [\"select\"]", []policy.TestResult{{Site: "North", Views: []string{"imvw_budgt"}, Detail: "there is no view imvw_budgt to look at"}}},
		{"a view that the site ignores", "on = \"imvw_beyond\"\nnever = [\"select\"]", []policy.TestResult{{Site: "North", Views: []string{"imvw_beyond"}, Pass: true}}},
		{"a site that the user does not enter", "on = \"imvw_budget\"\nnever = [\"select\"]\nsites = [\"South\"]", []policy.TestResult{{Site: "South", Views: []string{"imvw_budget"}, Pass: true}}},
		{"every site", "on = \"imvw_budget\"\nalways = [\"select\"]\nsites = [\"*\"]", []policy.TestResult{
			{Site: "North", Views: []string{"imvw_budget"}, Pass: true}, {Site: "South", Views: []string{"imvw_budget"}, Detail: "Bob may not SELECT imvw_budget"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, strings.Replace(fleet, `"iMaint_North"`, "\"iMaint_North\"\nignore = [\"IMVW_beyond\"]", 1)+bob+tt.test)
			got := p.RunTests(checks(t, p))
			for i := range got {
				got[i].Test = policy.Test{}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRunTestsWithTheSiteAnswering(t *testing.T) {
	p := parse(t, bobsGroups+"[[test]]\nuser = \"BOB\"\non = \"imvw_pay_type\"\nnever = [\"select\"]\nsites = [\"North\"]\n")
	asked := ""
	got := p.RunTestsWith(checks(t, p), func(site, user, view string) catalog.Permissions {
		asked += site + " " + user + " " + view
		return catalog.None
	})
	if len(got) != 1 || !got[0].Pass || asked != "North bob imvw_pay_type" {
		t.Errorf("asked %q, got %+v", asked, got)
	}
}
