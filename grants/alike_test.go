package grants

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAlike is what makes the server tell two accounts apart. Ann (5) and ben
// (6) are in one role (10) and have logins (105, 106) in no server role.
func TestAlike(t *testing.T) {
	type site struct {
		s        Snapshot
		ann, ben Identity
	}
	row := func(grantee int, name string, state State) PermissionRow {
		return PermissionRow{Class: ClassObject, Major: 100, Grantee: grantee, Name: name, State: state}
	}
	server := func(grantee int, name string, state State) ServerPermissionRow {
		return ServerPermissionRow{Class: ClassServer, Grantee: grantee, Name: name, State: state}
	}
	tests := []struct {
		name  string
		edit  func(x *site)
		alike bool
	}{
		{"in the same roles", func(*site) {}, true},
		{"in another order", func(x *site) { x.ben.Parts[1], x.ben.Parts[2] = x.ben.Parts[2], x.ben.Parts[1] }, true},
		{"CONNECT is nothing of their own", func(x *site) {
			x.s.Permissions = []PermissionRow{{Class: ClassDatabase, Grantee: 6, Name: "CONNECT", State: Granted}}
			x.s.ServerPermissions = []ServerPermissionRow{server(106, "CONNECT SQL", Granted)}
		}, true},
		{"one in one more role", func(x *site) { x.ben.Parts = append(x.ben.Parts, IdentityPart{ID: 11, Usage: "GRANT OR DENY"}) }, false},
		{"one in another role", func(x *site) { x.ben.Parts[1].ID = 11 }, false},
		{"one whose role can only deny", func(x *site) { x.ben.Parts[1].Usage = "DENY ONLY" }, false},
		{"one in a server role", func(x *site) {
			x.ben.Parts = append(x.ben.Parts, IdentityPart{Server: true, ID: 9, Usage: "DENY ONLY"})
		}, false},
		{"one is the other's id in the other place", func(x *site) { x.ben.Parts[3].Server = false }, false},
		{"one with a row of their own", func(x *site) { x.s.Permissions = []PermissionRow{row(6, "SELECT", Granted)} }, false},
		{"one with a DENY of their own", func(x *site) { x.s.Permissions = []PermissionRow{row(6, "SELECT", Denied)} }, false},
		{"the same row", func(x *site) { x.s.Permissions = []PermissionRow{row(5, "SELECT", Granted), row(6, "SELECT", Granted)} }, true},
		{"the same rows in another order", func(x *site) {
			x.s.Permissions = []PermissionRow{row(5, "SELECT", Granted), row(6, "INSERT", Granted), row(6, "SELECT", Granted), row(5, "INSERT", Granted)}
		}, true},
		{"the same row, granted and denied", func(x *site) { x.s.Permissions = []PermissionRow{row(5, "SELECT", Granted), row(6, "SELECT", Denied)} }, false},
		{"a row on another view", func(x *site) {
			x.s.Permissions = []PermissionRow{row(5, "SELECT", Granted), {Class: ClassObject, Major: 101, Grantee: 6, Name: "SELECT", State: Granted}}
		}, false},
		{"a row on a column", func(x *site) {
			x.s.Permissions = []PermissionRow{row(5, "SELECT", Granted), {Class: ClassObject, Major: 100, Minor: 2, Grantee: 6, Name: "SELECT", State: Granted}}
		}, false},
		{"a row of another class", func(x *site) {
			x.s.Permissions = []PermissionRow{row(5, "SELECT", Granted), {Class: ClassSchema, Major: 100, Grantee: 6, Name: "SELECT", State: Granted}}
		}, false},
		{"CONNECT denied", func(x *site) {
			x.s.Permissions = []PermissionRow{{Class: ClassDatabase, Grantee: 6, Name: "CONNECT", State: Denied}}
		}, false},
		{"CONNECT on something else", func(x *site) { x.s.Permissions = []PermissionRow{row(6, "CONNECT", Granted)} }, false},
		{"a login that is denied something", func(x *site) {
			x.s.ServerPermissions = []ServerPermissionRow{server(106, "SELECT ALL USER SECURABLES", Denied)}
		}, false},
		{"a login that may not log in", func(x *site) { x.s.ServerPermissions = []ServerPermissionRow{server(106, "CONNECT SQL", Denied)} }, false},
		{"an owner of a schema", func(x *site) { x.s.Schemas = []Schema{{ID: 7, Owner: 6}} }, false},
		{"an owner of a view", func(x *site) { x.s.Views = []SiteView{{ID: 100, Owner: 6}} }, false},
		{"an owner of a table", func(x *site) { x.s.Objects = []Object{{ID: 100, Owner: 5}} }, false},
		{"an owner of a role", func(x *site) { x.s.Principals[2].Owner = 6 }, false},
		{"one that the server would not be", func(x *site) { x.ben.Refused = "no" }, false},
		{"one of whom nothing was said", func(x *site) { x.ben.Parts = nil }, false},
		{"both of whom nothing was said", func(x *site) { x.ann.Parts, x.ben.Parts = nil, nil }, false},
		{"logins that may not be seen", func(x *site) { x.s.LoginsVisible = false }, false},
		{"a login that is not there", func(x *site) { x.s.Logins = x.s.Logins[:1] }, false},
		{"both without a login", func(x *site) {
			x.s.LoginsVisible, x.s.Principals[0].AuthType, x.s.Principals[1].AuthType = false, 0, 0
			x.ann.Parts, x.ben.Parts = x.ann.Parts[:3], x.ben.Parts[:3]
		}, true},
		{"one the snapshot does not know", func(x *site) { x.ben.User = "carl" }, false},
	}
	for _, tt := range tests {
		x := site{
			s: Snapshot{LoginsVisible: true,
				Principals: []Principal{{ID: 5, Name: "ann", Type: SQLUser, SID: "A5", AuthType: 1}, {ID: 6, Name: "ben", Type: SQLUser, SID: "A6", AuthType: 1}, {ID: 10, Name: "role", Type: DatabaseRole, Owner: DboID}},
				Logins:     []Login{{ID: 105, Name: "ann", SID: "A5", Type: SQLUser}, {ID: 106, Name: "ben", SID: "A6", Type: SQLUser}}},
			ann: Identity{User: "ann", Parts: []IdentityPart{{ID: 5, Usage: "GRANT OR DENY"}, {ID: 10, Usage: "GRANT OR DENY"}, {ID: PublicID, Usage: "GRANT OR DENY"}, {Server: true, ID: 105, Usage: "DENY ONLY"}}},
			ben: Identity{User: "ben", Parts: []IdentityPart{{ID: 6, Usage: "GRANT OR DENY"}, {ID: 10, Usage: "GRANT OR DENY"}, {ID: PublicID, Usage: "GRANT OR DENY"}, {Server: true, ID: 106, Usage: "DENY ONLY"}}},
		}
		tt.edit(&x)
		want := []int{0, 1}
		if tt.alike {
			want[1] = 0
		}
		if d := cmp.Diff(want, Alike(&x.s, []Identity{x.ann, x.ben})); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}
