package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRights is what somebody may do beside the four permissions on whole views:
// an owner may, else a DENY refuses, else a GRANT gives, each on the thing
// itself or on what it is in (reference B.8, C.1).
func TestRights(t *testing.T) {
	const view, other = 1000, 1001
	base := func() siteBuilder { return newSite("v", "w").role("r").user("bob").member("r", "bob") }
	on := func(name string) right { return right{class: ClassObject, major: view, name: name} }
	column := func(n int) right { return right{class: ClassObject, major: view, minor: n, name: "SELECT"} }
	database := func(name string) right { return right{class: ClassDatabase, name: name} }
	owner := func(class Class, id int) right { return right{class: classOwner, major: id, minor: int(class)} }
	elsewhere := func() siteBuilder {
		b := base()
		b.Schemas = append(b.Schemas, Schema{ID: 7, Name: "app", Owner: DboID})
		b.view("w").Schema = 7
		return b
	}
	tests := []struct {
		name string
		site siteBuilder
		of   right
		want bool
	}{
		{"nothing given", base(), on("REFERENCES"), false},
		{"the permission itself", base().row(Granted, "REFERENCES", "v", "bob"), on("REFERENCES"), true},
		{"by a role", base().row(GrantedWithGrant, "REFERENCES", "v", "r"), on("REFERENCES"), true},
		{"on another view", base().row(Granted, "REFERENCES", "w", "bob"), on("REFERENCES"), false},
		{"another permission", base().row(Granted, "VIEW DEFINITION", "v", "bob"), on("REFERENCES"), false},
		{"CONTROL of it", base().row(Granted, "CONTROL", "v", "bob"), on("REFERENCES"), true},
		{"on its schema", base().schemaRow(Granted, "REFERENCES", DboID, "r"), on("REFERENCES"), true},
		{"on another schema", elsewhere().schemaRow(Granted, "REFERENCES", 7, "r"), on("REFERENCES"), false},
		{"CONTROL of its schema", base().schemaRow(Granted, "CONTROL", DboID, "r"), on("REFERENCES"), true},
		{"a schema does not hold the database", base().schemaRow(Granted, "CREATE VIEW", DboID, "r"), database("CREATE VIEW"), false},
		{"on the database", base().databaseRow(Granted, "REFERENCES", "r"), on("REFERENCES"), true},
		{"CONTROL of the database", base().databaseRow(Granted, "CONTROL", "r"), on("REFERENCES"), true},
		{"CONTROL of the database, for what else it has", base().databaseRow(Granted, "CONTROL", "r"), right{class: 25, major: 4, name: "REFERENCES"}, true},
		{"db_owner", base().member("db_owner", "r"), on("REFERENCES"), true},
		{"db_accessadmin lets connect", base().with(noConnect("bob")).member("db_accessadmin", "bob"), right{class: ClassDatabase, name: "CONNECT"}, true},
		{"db_datareader reads columns", base().member("db_datareader", "bob"), column(2), true},
		{"db_denydatareader does not let them", base().column(Granted, "SELECT", "v", 2, "bob").member("db_denydatareader", "bob"), column(2), false},
		{"a DENY beats it", base().row(Granted, "REFERENCES", "v", "bob").row(Denied, "REFERENCES", "v", "r"), on("REFERENCES"), false},
		{"a DENY on the schema beats it", base().row(Granted, "REFERENCES", "v", "bob").schemaRow(Denied, "REFERENCES", DboID, "r"), on("REFERENCES"), false},
		{"a DENY on another view does not", base().row(Granted, "REFERENCES", "v", "bob").row(Denied, "REFERENCES", "w", "r"), on("REFERENCES"), true},
		{"a DENY of CONTROL beats it", base().row(Granted, "REFERENCES", "v", "bob").row(Denied, "CONTROL", "v", "r"), on("REFERENCES"), false},
		{"a column", base().column(Granted, "SELECT", "v", 2, "bob"), column(2), true},
		{"another column", base().column(Granted, "SELECT", "v", 2, "bob"), column(3), false},
		{"a column by the whole view's CONTROL", base().row(Granted, "CONTROL", "v", "bob"), column(2), true},
		{"a column that is revoked out of a grant", base().column(Revoked, "SELECT", "v", 2, "bob"), column(2), false},
		{"an owner of the view", owned(base(), "bob").row(Denied, "REFERENCES", "v", "bob"), on("REFERENCES"), true},
		{"an owner of the schema", schemaOwned(base(), "r").row(Denied, "REFERENCES", "v", "bob"), on("REFERENCES"), true},
		{"an owner of another view", owned(base(), "bob"), right{class: ClassObject, major: other, name: "REFERENCES"}, false},
		{"ownership itself", owned(base(), "bob"), owner(ClassObject, view), true},
		{"ownership of another", owned(base(), "bob"), owner(ClassObject, other), false},
		{"ownership of the schema is none of the view", schemaOwned(base(), "bob"), owner(ClassObject, view), false},
		{"CONTROL of it is worth ownership", base().row(Granted, "CONTROL", "v", "bob"), owner(ClassObject, view), true},
		{"a fixed role is itself", base().member("db_ddladmin", "bob"), right{class: classFixedRole, major: DBDDLAdminID, name: "db_ddladmin"}, true},
		{"another fixed role is not", base().member("db_securityadmin", "bob"), right{class: classFixedRole, major: DBDDLAdminID, name: "db_ddladmin"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ix := newIndex(tt.site.Snapshot)
			bob, _ := ix.principal("bob")
			if got := newRights(tt.site.Snapshot, ix).may(newMatrix(tt.site.Snapshot, ix).tokens(int32(bob)), tt.of); got != tt.want {
				t.Errorf("may is %t", got)
			}
		})
	}
}

// TestRightsListed is all that a plan can take from somebody: not CONNECT, not
// what public has in every database, and nothing that a DENY takes away.
func TestRightsListed(t *testing.T) {
	site := newSite("v").role("r").user("bob").member("r", "bob").member("db_ddladmin", "r").
		row(Granted, "SELECT", "v", "bob").row(Granted, "REFERENCES", "v", "r").row(Granted, "REFERENCES", "v", "bob").
		databaseRow(Granted, "VIEW ANY COLUMN MASTER KEY DEFINITION", "public").databaseRow(Granted, "CREATE VIEW", "public").
		databaseRow(Granted, "SHOWPLAN", "bob").databaseRow(Denied, "SHOWPLAN", "r").column(Granted, "SELECT", "v", 2, "bob")
	site.Principals[len(site.Principals)-2].Owner = site.id("bob") // the role r
	ix := newIndex(site.Snapshot)
	bob, _ := ix.principal("bob")
	got := newRights(site.Snapshot, ix).of(newMatrix(site.Snapshot, ix).tokens(int32(bob)))
	want := []right{{class: classOwner, major: site.id("r"), minor: int(ClassPrincipal)}, {class: classFixedRole, major: DBDDLAdminID, name: "db_ddladmin"},
		{class: ClassDatabase, name: "CREATE VIEW"}, {class: ClassObject, major: 1000, name: "REFERENCES"}, {class: ClassObject, major: 1000, minor: 2, name: "SELECT"}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(right{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestRightsAfter: of what is no row on a view, a plan changes who may connect.
func TestRightsAfter(t *testing.T) {
	site := newSite("v").user("bob", "ann").databaseRow(Granted, "SHOWPLAN", "bob").databaseRow(Denied, "SHOWPLAN", "ann").with(noConnect("ann"))
	ix := newIndex(site.Snapshot, Principal{ID: -1, Name: "new", Type: SQLUser})
	before := newRights(site.Snapshot, ix)
	after := before.after([]Change{{Kind: RevokeConnect, Principals: []string{"bob"}}, {Kind: GrantConnect, Principals: []string{"ann"}}, {Kind: CreateUser, Principals: []string{"new"}},
		{Kind: DenyConnect, Principals: []string{"nobody"}}, {Kind: AddMember, Role: "db_owner", Principals: []string{"ann"}}})
	for who, want := range map[string][4]bool{"bob": {true, true, false, true}, "ann": {false, false, true, false}, "new": {false, false, true, false}} {
		p, _ := ix.principal(who)
		showplan := right{class: ClassDatabase, name: "SHOWPLAN"}
		got := [4]bool{before.grants(int32(p), connectRight), before.grants(int32(p), showplan), after.grants(int32(p), connectRight), after.grants(int32(p), showplan)}
		if got != want {
			t.Errorf("%s: CONNECT and SHOWPLAN before, then after: %v, want %v", who, got, want)
		}
		if denies := after.denies(int32(p), showplan); denies != (who == "ann") {
			t.Errorf("%s is denied SHOWPLAN: %t", who, denies)
		}
	}
}
