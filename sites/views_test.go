package sites

import (
	"slices"
	"testing"

	"grantree/finding"
	"grantree/policy"
)

// TestPlanJudgesNamesOfViews holds a plan to the sites that it read: a name
// that none of them has stops it only where nobody is left to have it.
func TestPlanJudgesNamesOfViews(t *testing.T) {
	const custom, slip = "[[group.deny]]\nview = \"imvw_rates_2024\"\npermissions = [\"select\"]\n", "[[group.deny]]\nview = \"imvw_pay_typ\"\npermissions = [\"select\"]\n"
	tests := []struct {
		name, line string
		away       bool // South could not be read
		made       bool // the sites were made from the catalog
		code       string
		stops      bool
	}{
		{"every site read", custom, false, false, "unknown-view", true},
		{"a site away", custom, true, false, "view-not-checked", false},
		{"sites made from the catalog", custom, false, true, "view-not-checked", false},
		{"a slip, every site read", slip, false, false, "unknown-view", true},
		{"a slip, a site away", slip, true, false, "unknown-view", true},
		{"a slip, sites made from the catalog", slip, false, true, "unknown-view", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parsed(t, twoSites+tt.line)
			r := readings(p, nil)
			if tt.away {
				r[1].Snapshot = nil
			}
			found := slices.DeleteFunc(Plan(p, r, PlanOptions{ExpectLoss: -1, FromCatalog: tt.made}).Findings, func(f finding.Finding) bool { return f.Code == "no-administrators" })
			if len(found) != 1 || found[0].Code != tt.code || found.HasErrors() != tt.stops {
				t.Errorf("found %v, want one %s", found, tt.code)
			}
		})
	}
}

// TestVerifyJudgesNamesOfViews does the same with the sites that answered.
func TestVerifyJudgesNamesOfViews(t *testing.T) {
	p := parsed(t, twoSites+"[[group.deny]]\nview = \"imvw_rates_2024\"\npermissions = [\"select\"]\n")
	answered := []Verified{{Site: "North", names: policy.SiteNames{Site: "North"}}, {Site: "South", names: policy.SiteNames{Site: "South"}}}
	f := &Fleet{Policy: p}
	if found := f.CheckNames(answered); len(found) != 1 || found[0].Code != "unknown-view" {
		t.Errorf("no site has the view: %v", found)
	}
	answered[1].names.Views = []string{"imvw_rates_2024"}
	if found := f.CheckNames(answered); found.HasErrors() {
		t.Errorf("South has the view: %v", found)
	}
	answered[1].Err = &UnknownSiteError{}
	if found := f.CheckNames(answered); len(found) != 1 || found[0].Code != "view-not-checked" {
		t.Errorf("South did not answer: %v", found)
	}
}

// TestPolicySeats counts what the policy alone shows.
func TestPolicySeats(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "*")+person("ben", "North")+person("cid", "South", "inactive = true")+person("service", "North"))
	if count, found := PolicySeats(p); count.Used != 2 || len(found) > 0 {
		t.Errorf("%s: %v", count, found)
	}
	p = parsed(t, twoSites+person("ann", "*")+person("ben", "North")+person("dora", "South"))
	if count, found := PolicySeats(p); count.Used != 3 || len(found) != 1 || found[0].Code != "no-seat-left" {
		t.Errorf("%s: %v", count, found)
	}
}
