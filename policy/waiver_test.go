package policy_test

import (
	"strings"
	"testing"

	"grantree/policy"

	"github.com/google/go-cmp/cmp"
)

func TestWaivers(t *testing.T) {
	const child = fleet + `
[[group]]
name = "Foreman"
[[group.allow]]
view = "imvw_woap"
permissions = ["select"]
[[group]]
name = "Deputy"
copies = "Foreman"
[[user]]
name = "bob"
groups = ["Foreman"]
sites = ["*"]
`
	const own = fleet + `
[[group]]
name = "Foreman"
[[user]]
name = "bob"
groups = ["Foreman"]
sites = ["*"]
[[user.allow]]
view = "imvw_woap"
permissions = ["select"]
`
	tests := []struct {
		name, policy, waiver string
		want                 string // the codes
	}{
		{"none", child, "", "child-above-parent child-above-parent"},
		{"for the group and its copies", child, "view = \"IMVW_woap\"\ngroup = \"foreman\"\nreason = \"trial\"", ""},
		{"for everyone", child, "view = \"imvw_woap\"\nreason = \"trial\"", ""},
		{"for a copy alone", child, "view = \"imvw_woap\"\ngroup = \"Deputy\"\nreason = \"trial\"", "child-above-parent"},
		{"for a member, not the group", child, "view = \"imvw_woap\"\nuser = \"bob\"\nreason = \"trial\"", "child-above-parent child-above-parent"},
		{"for another view", child, "view = \"imvw_woap_total\"\nreason = \"trial\"", "child-above-parent child-above-parent waiver-unused"},
		{"up to its last day", child, "view = \"imvw_woap\"\nreason = \"trial\"\nexpires = 2026-06-02", ""},
		{"expired", child, "view = \"imvw_woap\"\nreason = \"trial\"\nexpires = 2026-06-01", "child-above-parent child-above-parent waiver-expired"},
		{"for a user", own, "view = \"imvw_woap\"\nuser = \"Bob\"\nreason = \"trial\"", ""},
		{"for a user's group", own, "view = \"imvw_woap\"\ngroup = \"Foreman\"\nreason = \"trial\"", ""},
		{"not needed", bobsGroups, "view = \"imvw_woap\"\nreason = \"trial\"", "waiver-unused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.policy
			if tt.waiver != "" {
				text += "[[waiver]]\n" + tt.waiver + "\n"
			}
			var codes []string
			for _, f := range rules(t, text) {
				codes = append(codes, f.Code)
			}
			if got := strings.Join(codes, " "); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestVendorWaiversHoldForCopies: copying or editing a vendor's group does not
// bring up what the vendor's page itself waives.
func TestVendorWaiversHoldForCopies(t *testing.T) {
	const text = "[policy]\nextends = \"imaint\"\n" + fleet + `
[[group]]
name = "Purchasing Buyer"
copies = "Purchasing Buyer"
[[group.allow]]
on = "Suppliers"
permissions = ["select"]
[[group]]
name = "Trainee"
copies = "Purchasing Buyer"
[[user]]
name = "bob"
groups = ["Trainee"]
sites = ["North"]
`
	if found := rules(t, text); len(found) > 0 {
		t.Error(lines(found))
	}
}

func TestWaiverFindings(t *testing.T) {
	const text = bobsGroups + `
[[waiver]]
view = "imvw_woap"
user = "bob"
reason = "trial"
[[waiver]]
view = "imvw_woap_total"
group = "Mechanics"
reason = "trial"
expires = 2026-01-31
`
	const unused = "warning p.toml:33:1: the waiver of imvw_woap for user \"bob\" is not needed; remove it (waiver-unused)\n"
	const expired = "warning p.toml:37:1: the waiver of imvw_woap_total for group \"Mechanics\" expired on 2026-01-31; remove it, or give it a later date if its reason still holds (waiver-expired)\n"
	if d := cmp.Diff(unused+expired, lines(rules(t, text))); d != "" {
		t.Error(d)
	}
	p := parse(t, text)
	if d := cmp.Diff(expired, lines(policy.Rules(p, checks(t, p)[:1], today))); d != "" {
		t.Errorf("with one site of two nothing is known to be unused:\n%s", d)
	}
}
