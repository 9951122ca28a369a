package adoption_test

import (
	"strings"
	"testing"

	"grantree/grants"
)

// TestWhereSitesDiffer holds a report of sites that do not agree to what is so in
// each, and its advice to what a plan would do.
func TestWhereSitesDiffer(t *testing.T) {
	sql := grants.Principal{Type: grants.SQLUser, AuthType: grants.AuthLogin}
	role := func(s *grants.Snapshot, name string, id int) int {
		s.Principals = append(s.Principals, grants.Principal{ID: id, Name: name, Type: grants.DatabaseRole, Owner: grants.DboID})
		return id
	}
	row := func(s *grants.Snapshot, to, view int, name string, state grants.State) {
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[view].ID, Grantee: to, Grantor: grants.DboID, Name: name, State: state})
	}
	said := func(add func(i int, s *grants.Snapshot)) string {
		sites := readers(t)
		for i, s := range sites {
			for _, name := range []string{"ann", "bob"} {
				sql.Name = name
				member(s, sql, name)
			}
			add(i, s)
		}
		got := imported(t, two, sites...)
		for _, s := range sites {
			complete(t, got, s)
			judged(t, got, s)
		}
		return got.Report.Text(10_000)
	}
	for _, tt := range []struct {
		name      string
		add       func(i int, s *grants.Snapshot)
		want, not []string
	}{
		{"a role that can be no group in one", func(i int, s *grants.Snapshot) {
			row(s, role(s, "Techs", 800), 0, "SELECT", grants.Granted)
			if i == 1 {
				member(s, grants.Principal{Name: "robot", Type: grants.SQLUser, AuthType: grants.AuthNone}, "")
				s.Members[len(s.Members)-1].Role = 800
			}
		}, []string{`the role "Techs" is no group in "South": "robot" is in it, and can be no person of a policy; mend that, and import again`}, []string{"North\" alone", "leave sites out"}},
		{"a user of the name in one", func(i int, s *grants.Snapshot) {
			if i == 0 {
				row(s, role(s, "Techs", 800), 0, "SELECT", grants.Granted)
				return
			}
			sql.Name = "Techs"
			member(s, sql, "Techs")
		}, []string{`the role "Techs" cannot be in "South", where a user has its name`}, []string{"North\" alone", "leave sites out"}},
		{"a role that one has not", func(i int, s *grants.Snapshot) {
			if i == 0 {
				row(s, role(s, "Techs", 800), 0, "SELECT", grants.Granted)
				s.Members = append(s.Members, grants.Member{Role: 800, Member: s.Members[len(s.Members)-1].Member})
			}
		}, []string{`the role "Techs" is in site "North" alone; leave sites out of the [[group]] to have it everywhere: a plan then makes it there and puts 1 person into it, "bob"`}, nil},
		{"a role that one has not, and nobody is in", func(i int, s *grants.Snapshot) {
			if i == 0 {
				row(s, role(s, "Techs", 800), 0, "SELECT", grants.Granted)
			}
		}, []string{`leave sites out of the [[group]] to have it everywhere: a plan then makes it there`}, []string{"puts"}},
		{"a DENY more in one", func(i int, s *grants.Snapshot) {
			row(s, role(s, "Techs", 800), 0, "SELECT", grants.Granted)
			if i == 1 {
				row(s, 800, 1, "DELETE", grants.Denied)
			}
		}, []string{`the role "Techs" holds 1 DENY more in "South" than in "North": there it is the group "Techs South"`}, []string{"permissions more", "less"}},
		{"a permission more and less", func(i int, s *grants.Snapshot) {
			row(s, role(s, "Techs", 800), i, "SELECT", grants.Granted)
			row(s, 800, 2, "DELETE", []grants.State{grants.Denied, grants.Granted}[i])
		}, []string{`the role "Techs" holds 2 permissions more, 1 permission less and 1 DENY less in "South" than in "North"`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := said(tt.add)
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(text, not) {
					t.Errorf("there is %q in\n%s", not, text)
				}
			}
		})
	}
}
