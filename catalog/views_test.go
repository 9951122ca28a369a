package catalog_test

import (
	"fmt"
	"testing"

	"grantree/catalog"
)

// TestMainViews: the views that stand for a name are the parents of its nodes and an
// area's own, or all where there are none, each once and by its name in a site.
func TestMainViews(t *testing.T) {
	c := catalog.IMaint()
	for name, want := range map[string]string{
		"Modules | Work Orders | Work Orders":             "[imvw_work_order]",
		"Purchase Requests":                               "[imvw_purchase_request]",
		"Modules | Purchasing | Create Purchase Requests": "[imvw_work_order imvw_asset imvw_procedure imvw_project imvw_general_ledger imvw_warehouse]",
		"Resources": "[]",
	} {
		target, failed := c.Resolve(name)
		if failed != nil {
			t.Fatal(failed)
		}
		if got := fmt.Sprint(c.Main(target)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
