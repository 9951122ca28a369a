package adoption_test

import (
	"strings"
	"testing"

	"grantree/grants"
)

// TestSeatsOfOnePerson counts somebody once, whatever accepts them in which site.
func TestSeatsOfOnePerson(t *testing.T) {
	role := func(s *grants.Snapshot, name string, id int) { // that can be no group, for the robot in it
		s.Principals = append(s.Principals, grants.Principal{ID: id, Name: name, Type: grants.DatabaseRole, Owner: grants.DboID})
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: id, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
		member(s, grants.Principal{Name: "robot", Type: grants.SQLUser, AuthType: grants.AuthNone}, "")
		s.Members[len(s.Members)-1].Role = id
	}
	in := func(s *grants.Snapshot, id int, names ...string) {
		for _, name := range names {
			s.Members = append(s.Members, grants.Member{Role: id, Member: alone(s, name)})
		}
	}
	tests := []struct {
		name string
		add  func(north, south *grants.Snapshot)
		want string
	}{
		{"two roles that are outsiders", func(north, south *grants.Snapshot) {
			role(north, "Buyers", 800)
			in(north, 800, "ann", "bob")
			role(south, "Clerks", 800)
			in(south, 800, "ann")
		}, "seats = 2 "},
		{"a role that is an outsider, and an account that holds nothing", func(north, south *grants.Snapshot) {
			role(north, "Buyers", 800)
			in(north, 800, "ann", "bob")
			alone(south, "ann")
		}, "seats = 2 "},
		{"a role that is an outsider, and an account that is one", func(north, south *grants.Snapshot) {
			role(north, "Buyers", 800)
			in(north, 800, "ann", "bob")
			alone(south, "ann", grants.PermissionRow{Class: grants.ClassObject, Major: south.Views[0].ID, Name: "UPDATE", State: grants.Granted})
		}, "seats = 2 "},
		{"one role of other people and more permissions", func(north, south *grants.Snapshot) {
			role(north, "Buyers", 800)
			in(north, 800, "ann")
			role(south, "Buyers", 800)
			in(south, 800, "bob")
			south.Permissions[len(south.Permissions)-3].Name = "UPDATE"
		}, "seats = 2 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sites := readers(t)
			tt.add(sites[0], sites[1])
			got := imported(t, two, sites...)
			for _, s := range sites {
				complete(t, got, s)
				judged(t, got, s)
			}
			if !strings.Contains(string(got.Text), tt.want) {
				t.Errorf("no %q in\n%s", tt.want, got.Text)
			}
		})
	}
}
