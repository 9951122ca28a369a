package grants

import "testing"

// TestGuarded: whoever has the whole server, itself, by a role or as another login,
// is nobody's to change but a DBA's.
func TestGuarded(t *testing.T) {
	logins := []Login{{ID: 1, Name: "sa", SID: SASID, Type: SQLUser}, {ID: 3, Name: "sysadmin", Type: DatabaseRole, Fixed: true}, {ID: 20, Name: "ops", Type: DatabaseRole},
		{ID: 10, Name: "ann", SID: "0A", Type: SQLUser}, {ID: 11, Name: "ben", SID: "0B", Type: SQLUser}, {ID: 12, Name: "cid", SID: "0C", Type: SQLUser}, {ID: 13, Name: "boss", SID: "0D", Type: SQLUser}}
	on := func(name string, target, who int, s State) ServerPermissionRow {
		return ServerPermissionRow{Class: ClassServerPrincipal, Major: target, Grantee: who, Name: name, State: s}
	}
	all := func(name string, who int, s State) ServerPermissionRow {
		return ServerPermissionRow{Class: ClassServer, Grantee: who, Name: name, State: s}
	}
	for _, tt := range []struct {
		name    string
		rows    []ServerPermissionRow
		members []Member
		want    string // of ann
	}{
		{"nothing", nil, nil, ""},
		{"the server", []ServerPermissionRow{all("CONTROL SERVER", 10, Granted)}, nil, "holds CONTROL SERVER"},
		{"the server, denied", []ServerPermissionRow{all("CONTROL SERVER", 10, Denied)}, nil, ""},
		{"by a role", []ServerPermissionRow{all("CONTROL SERVER", 20, Granted)}, []Member{{Role: 20, Member: 10}}, "holds CONTROL SERVER"},
		{"as anybody", []ServerPermissionRow{all("IMPERSONATE ANY LOGIN", 10, Granted)}, nil, "holds IMPERSONATE ANY LOGIN"},
		{"as sa", []ServerPermissionRow{on("IMPERSONATE", 1, 10, GrantedWithGrant)}, nil, `holds IMPERSONATE on login "sa", which is the server's own administrator`},
		{"as sa, denied", []ServerPermissionRow{on("IMPERSONATE", 1, 10, Denied)}, nil, ""},
		{"as sa, by a role", []ServerPermissionRow{on("CONTROL", 1, 20, Granted)}, []Member{{Role: 20, Member: 10}}, `holds CONTROL on login "sa", which is the server's own administrator`},
		{"as a member of sysadmin", []ServerPermissionRow{on("IMPERSONATE", 13, 10, Granted)}, []Member{{Role: 3, Member: 13}}, `holds IMPERSONATE on login "boss", which is in the server role sysadmin`},
		{"as one who has the server", []ServerPermissionRow{on("IMPERSONATE", 11, 10, Granted), all("CONTROL SERVER", 11, Granted)}, nil, `holds IMPERSONATE on login "ben", which holds CONTROL SERVER`},
		{"as one who may act as sa", []ServerPermissionRow{on("IMPERSONATE", 11, 10, Granted), on("IMPERSONATE", 1, 11, Granted)}, nil,
			`holds IMPERSONATE on login "ben", which holds IMPERSONATE on login "sa", which is the server's own administrator`},
		{"as one who has nothing", []ServerPermissionRow{on("IMPERSONATE", 11, 10, Granted)}, nil, ""},
		{"in a circle", []ServerPermissionRow{on("IMPERSONATE", 11, 10, Granted), on("IMPERSONATE", 10, 11, Granted)}, nil, ""},
		{"in a circle with a way out", []ServerPermissionRow{on("IMPERSONATE", 11, 10, Granted), on("IMPERSONATE", 10, 11, Granted), on("IMPERSONATE", 12, 11, Granted), all("CONTROL SERVER", 12, Granted)}, nil,
			`holds IMPERSONATE on login "ben", which holds IMPERSONATE on login "cid", which holds CONTROL SERVER`},
		{"another's", []ServerPermissionRow{on("IMPERSONATE", 1, 11, Granted), all("CONTROL SERVER", 12, Granted)}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &Snapshot{Logins: logins, ServerPermissions: tt.rows, ServerMembers: tt.members}
			if got := Guarded(s)(logins[3]); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
