package adoption_test

import (
	"strings"
	"testing"

	"grantree/adoption"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// TestOtherCatalog imports a site of another application: its nodes are used, and
// the vendor's groups, of which it knows nothing, are not.
func TestOtherCatalog(t *testing.T) {
	files := map[string]string{"c.toml": `
name = "shop"
prefix = "v_"
schema = "shop"
[[node]]
path = "Stock"
[[node]]
path = "Stock | Items"
views = [ { name = "v_item", level = "parent" }, { name = "v_item_price", level = "child" }, { name = "v_unit", level = "search" } ]
[[node]]
path = "Stock | Counts"
views = [ { name = "v_count", level = "parent" } ]
`}
	read := func(name string) ([]byte, error) { return []byte(files[name]), nil }
	base := "[catalog]\nfile = \"c.toml\"\n" + fleet
	p, found := policy.Parse(policy.Source{File: "fleet.toml", Data: []byte(base)}, read)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	s := p.Offline(p.Sites[0])
	s.Principals = append(s.Principals, grants.Principal{ID: 5, Name: "Clerks", Type: grants.DatabaseRole, Owner: grants.DboID})
	for _, v := range s.Views {
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: v.ID, Grantee: 5, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
		if v.Name == "v_count" {
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: v.ID, Grantee: 5, Grantor: grants.DboID, Name: "UPDATE", State: grants.Granted})
		}
	}
	got, err := adoption.Import(adoption.Input{Base: policy.Source{File: "fleet.toml", Data: []byte(base)}, Read: read, File: "grantree.toml", Include: "fleet.toml", Snapshots: []*grants.Snapshot{s}, Date: day, Statement: mssql.Statement})
	if err != nil {
		t.Fatal(err)
	}
	unchanged(t, got, s)
	complete(t, got, s)
	for _, want := range []string{`views = "*"`, "on = \"Counts\"\npermissions = [\"select\", \"update\"]"} {
		if !strings.Contains(string(got.Text), want) {
			t.Errorf("no %q in\n%s", want, got.Text)
		}
	}
	if strings.Contains(string(got.Text), "extends") {
		t.Error("the vendor's groups are extended")
	}
}
