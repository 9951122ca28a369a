package grants

import (
	"strings"
	"testing"
)

// TestWhoIsInactiveAndStillEnters is a mismatch, in a site that is theirs and in one
// that is not, and says through what.
func TestWhoIsInactiveAndStillEnters(t *testing.T) {
	login := func(s *Snapshot, disabled bool) {
		s.Logins = []Login{{ID: 300, Name: "ann", SID: "ab", Type: SQLUser, Disabled: disabled}}
	}
	kept := Acceptance{Outsiders: []Outsider{{Name: "mech", May: 15}}}
	for _, tt := range []struct {
		name   string
		change func(*Snapshot, *Wanted)
		want   string // what the one leaver-enters says; "" for none
	}{
		{"elsewhere", func(s *Snapshot, w *Wanted) { w.Absent = w.Leavers; w.Leavers = nil },
			`"ann", who is inactive in the policy, still enters, by CONNECT of the user "ann", and has what the policy accepts of "mech"`},
		{"in a site of theirs", func(*Snapshot, *Wanted) {}, `"ann", who is inactive in the policy, still enters`},
		{"whose time is over", func(s *Snapshot, w *Wanted) { w.Leavers[0].Cause.Note = "active until 2026-01-31" },
			`"ann", who by the policy was active until 2026-01-31, still enters`},
		{"through a role", func(s *Snapshot, w *Wanted) {
			s.Permissions = []PermissionRow{{Class: ClassDatabase, Name: "CONNECT", State: Granted, Grantee: s.principalNamed("mech").ID, Grantor: DboID}}
		}, `still enters, by CONNECT of "mech"`},
		{"who may not connect", func(s *Snapshot, w *Wanted) {
			s.Permissions = s.Permissions[:0]
			s.Permissions = append(s.Permissions, PermissionRow{Class: ClassDatabase, Name: "CONNECT", State: Granted, Grantee: DboID})
		}, ""},
		{"whose login is disabled", func(s *Snapshot, w *Wanted) { login(s, true) }, ""},
		{"whom the policy wants here by the same login", func(s *Snapshot, w *Wanted) {
			w.Users, w.Absent, w.Leavers = []WantedUser{{Name: "ann"}}, []Leaver{{Name: "bob", Login: "ann"}}, nil
		}, ""},
	} {
		s := &Snapshot{Principals: []Principal{{ID: DboID, Name: "dbo", Type: SQLUser}, {ID: 5, Name: "ann", Type: SQLUser, SID: "ab", AuthType: AuthLogin}, {ID: 6, Name: "mech", Type: DatabaseRole}},
			Members: []Member{{Role: 6, Member: 5}}, Permissions: []PermissionRow{{Class: ClassDatabase, Name: "CONNECT", State: Granted, Grantee: 5, Grantor: DboID}}, LoginsVisible: true}
		login(s, false)
		w := &Wanted{Leavers: []Leaver{{Name: "ann"}}}
		tt.change(s, w)
		got := ""
		for _, f := range Judge(s, w, kept, nil).Mismatches {
			if f.Code == "leaver-enters" {
				got += f.Message + "\n"
			}
		}
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func (s *Snapshot) principalNamed(name string) Principal {
	for _, p := range s.Principals {
		if p.Name == name {
			return p
		}
	}
	return Principal{}
}
