package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestIMaintCounts holds the numbers of the source document.
func TestIMaintCounts(t *testing.T) {
	c, findings := Parse(IMaintFile, imaintTOML)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", findings)
	}
	withViews := 0
	for _, n := range c.Nodes {
		if len(n.Views) > 0 {
			withViews++
		}
	}
	want := map[string]int{
		"nodes": 146, "nodes with views": 60,
		"names in the tree": 142, "names outside the tree": 48,
		"views of a site": 189, // 190 names, one of them an alias
	}
	got := map[string]int{
		"nodes": len(c.Nodes), "nodes with views": withViews,
		"names in the tree": len(c.WrittenViews()), "names outside the tree": len(c.Outside),
		"views of a site": len(c.Views()),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
}

func TestIMaintRoots(t *testing.T) {
	var got []string
	for _, n := range IMaint().Nodes {
		if len(n.Path) == 1 {
			got = append(got, n.Path.Name())
		}
	}
	if d := cmp.Diff([]string{"Modules", "Reports/Graphs", "Sites", "Utilities", "Admin"}, got); d != "" {
		t.Errorf("roots (-want +got):\n%s", d)
	}
}

// reached returns what a grant on a name reaches, by view.
func reached(t *testing.T, c *Catalog, name string, asked Permissions) map[ViewName]string {
	t.Helper()
	target, failed := c.Resolve(name)
	if failed != nil {
		t.Fatal(failed)
	}
	got := map[ViewName]Permissions{}
	for _, n := range c.Under(target.Roots(), target.Except) {
		for i := range n.Views {
			v := &n.Views[i]
			got[v.Site] = got[v.Site].Union(c.Reaches(n, v, asked))
		}
	}
	for _, v := range target.Views {
		got[v] = got[v].Union(asked)
	}
	out := map[ViewName]string{}
	for v, p := range got {
		if !p.IsEmpty() {
			out[v] = p.String()
		}
	}
	return out
}

// TestIMaintWorkOrders is the example of the project's own description: select
// and update on the node Work Orders.
func TestIMaintWorkOrders(t *testing.T) {
	count := map[string]int{}
	got := reached(t, IMaint(), "Modules | Work Orders | Work Orders", Select|Update)
	for _, p := range got {
		count[p]++
	}
	want := map[string]int{"SELECT, UPDATE": 1 + 18, "SELECT": 11 + 17}
	if d := cmp.Diff(want, count); d != "" {
		t.Errorf("views by permissions (-want +got):\n%s", d)
	}
	if got["imvw_work_order"] != "SELECT, UPDATE" || got["imvw_pay_type"] != "SELECT" {
		t.Errorf("imvw_work_order gets %q, imvw_pay_type %q", got["imvw_work_order"], got["imvw_pay_type"])
	}
}

func TestIMaintAreas(t *testing.T) {
	tests := []struct {
		name  string
		on    string
		asked Permissions
		want  map[ViewName]string
	}{
		{"insert on purchase requests makes purchase requests", "Purchase Requests", Insert, map[ViewName]string{
			"imvw_purchase_request": "INSERT", "imvw_work_order": "SELECT", "imvw_asset": "SELECT", "imvw_procedure": "SELECT",
			"imvw_project": "SELECT", "imvw_general_ledger": "SELECT", "imvw_warehouse": "SELECT"}},
		{"meter update does not make assets", "Meter Update", Select | Insert | Update, map[ViewName]string{
			"imvw_asset": "SELECT, UPDATE", "imvw_asset_group": "SELECT", "imvw_line": "SELECT", "imvw_meter_type": "SELECT"}},
		{"mobile has no node", "iMaint Mobile", All, map[ViewName]string{}},
		{"resources have no view", "resources", All, map[ViewName]string{}},
		{"sites", "Sites", Select, map[ViewName]string{
			"imvw_site": "SELECT", "imvw_site_address": "SELECT", "imvw_site_financial_period": "SELECT", "imvw_warehouse": "SELECT",
			"imvw_country": "SELECT", "imvw_currency": "SELECT", "imvw_general_ledger": "SELECT", "imvw_corporate": "SELECT"}},
		{"review proof writes the proof, not its look-ups", "Review Proof", Update, map[ViewName]string{
			"imvw_schedule_proof": "UPDATE", "imvw_schedule_exception": "UPDATE", "imvw_warranty_coverage": "UPDATE", "imvw_part_exception": "UPDATE"}},
		{"an alias is granted by its name in the site", "Asset | Other Costs", Select, map[ViewName]string{"imvw_other_cost": "SELECT"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, reached(t, IMaint(), tt.on, tt.asked)); d != "" {
				t.Errorf("views (-want +got):\n%s", d)
			}
		})
	}
}

// TestIMaintAlias holds that the misspelt name never reaches a site.
func TestIMaintAlias(t *testing.T) {
	c := IMaint()
	if got := reached(t, c, "Modules | Asset | Asset", Insert)["imvw_schedule_status"]; got != "SELECT" {
		t.Errorf("imvw_schedule_status gets %q, want SELECT", got)
	}
	for _, v := range c.Views() {
		if v == "invw_schedule_status" {
			t.Error("invw_schedule_status is expected in the site")
		}
	}
	if len(c.Places("invw_schedule_status")) != len(c.Places("imvw_schedule_status")) {
		t.Error("the alias and its name stand at different places")
	}
}

func TestIMaintParents(t *testing.T) {
	tests := []struct {
		view    ViewName
		want    []ViewName
		assumed bool
	}{
		{"imvw_work_order", []ViewName{}, false},
		{"imvw_woap", []ViewName{"imvw_work_order"}, false},
		{"imvw_gl_split_info", []ViewName{"imvw_general_ledger", "imvw_purchase_order", "imvw_time_card_detail", "imvw_work_order"}, false},
		{"IMVW_schedule_meter", []ViewName{"imvw_calender_lockout", "imvw_schedule"}, false},
		{"imvw_asset_group", []ViewName{"imvw_asset"}, true},
		{"imvw_part_component", []ViewName{"imvw_part"}, true},
		{"imvw_priority", []ViewName{}, false},
		{"imvw_no_such", []ViewName{}, false},
	}
	c := IMaint()
	for _, tt := range tests {
		t.Run(string(tt.view), func(t *testing.T) {
			if d := cmp.Diff(tt.want, c.Parents(tt.view)); d != "" {
				t.Errorf("parents (-want +got):\n%s", d)
			}
			if got := c.AssumedChild(tt.view); got != tt.assumed {
				t.Errorf("assumed: %t, want %t", got, tt.assumed)
			}
		})
	}
}
