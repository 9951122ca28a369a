package adoption_test

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkImport imports a site of 40 groups and 2,000 people.
func BenchmarkImport(b *testing.B) {
	vendor := []string{"Mechanic", "Maintenance Manager", "Planner", "Purchasing Clerk", "Purchasing Buyer", "Inventory Clerk", "Inventory Manager", "Management"}
	var text strings.Builder
	text.WriteString(licensed + "[policy]\nextends = \"imaint\"\n")
	areas := []string{"Work Orders", "Assets", "Purchasing", "Inventory", "Scheduling", "Projects", "Suppliers", "Time Cards"}
	for i := range 26 {
		fmt.Fprintf(&text, "[[group]]\nname = \"Group %d\"\ncopies = %q\n[[group.allow]]\non = %q\npermissions = [\"select\", \"update\"]\n", i, vendor[i%len(vendor)], areas[i*3%len(areas)])
	}
	for i := range 2000 {
		fmt.Fprintf(&text, "[[user]]\nname = \"user%d\"\ngroups = [\"Group %d\", %q]\nsites = [\"*\"]\n", i, i%26, vendor[i%len(vendor)])
	}
	_, sites := applied(b, text.String())
	for b.Loop() {
		imported(b, licensed, sites...)
	}
}
