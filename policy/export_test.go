package policy

import (
	"grantree/catalog"
	"grantree/finding"
)

// VendorGroups returns the default groups of iMaint, in the order of the
// vendor's page, resolved against a catalog. Each line carries the page's own
// words as its Source. The list has errors only where the catalog lacks what
// the groups name.
func VendorGroups(c *catalog.Catalog) ([]*Group, finding.List) {
	p := parser{p: &Policy{File: vendorFile, Catalog: c}}
	p.readVendor()
	p.expandAll()
	return p.p.Groups, finding.List(p.findings).Sorted()
}
