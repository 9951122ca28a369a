package check

import (
	"slices"
	"strings"
	"testing"
)

// twoSites is a policy in which one role is another group in each site, and what is
// denied is denied in one site alone.
const twoSites = `
[server.main]
url = "sqlserver://127.0.0.1"
user = "x"
[[site]]
name = "North"
server = "main"
database = "North"
[[site]]
name = "South"
server = "main"
database = "South"
[[group]]
name = "Store"
sites = ["North"]
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[group]]
name = "Store South"
role = "Store"
sites = ["South"]
[[group.allow]]
view = "imvw_asset"
permissions = ["select", "update"]
[[user]]
name = "ann"
groups = ["Store", "Store South"]
sites = ["*"]
[[user]]
name = "bob"
groups = ["Store", "Store South"]
sites = ["*"]
[[user.at]]
sites = ["North"]
groups = ["Store"]
[[user.at.deny]]
view = "imvw_pay_type"
permissions = ["select"]
reason = "pay rates are confidential"
`

// TestGroupsOfASite: a role that is two groups is two in the filter, in the tree and in
// what is found.
func TestGroupsOfASite(t *testing.T) {
	file, _ := reports(t, "-f", policyFile(t, twoSites), "--offline")
	p := open(t, file)
	options := p.texts("#group option")
	if want := []string{"all", "Store", "Store South (Store)"}; !slices.Equal(options[:3], want) {
		t.Errorf("%q", options)
	}
	p.choose("group", "Store\x00Store South")
	if got := p.text("#count"); !strings.Contains(got, "2 of 2 people, 1 group") {
		t.Errorf("%q", got)
	}
	p.choose("q", "Store South")
	if got := p.text("#answers"); !strings.Contains(got, "Group Store South (Store)") || !strings.Contains(got, "in South") {
		t.Errorf("%s", got)
	}
}

// TestDeniedWhere: a sign that warns stands beside the sites where it is so.
func TestDeniedWhere(t *testing.T) {
	file, _ := reports(t, "-f", policyFile(t, twoSites), "--offline")
	p := open(t, file)
	p.choose("q", "see pay")
	rows := p.texts("#answers table.who tbody tr")
	if len(rows) != 1 || !strings.HasPrefix(rows[0], "bobNorth!denied") {
		t.Errorf("%q", rows)
	}
}
