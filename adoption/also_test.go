package adoption_test

import (
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
)

// two is a base of two sites.
const two = fleet + "[[site]]\nname = \"South\"\nserver = \"main\"\ndatabase = \"iMaint_South\"\n"

// readers are two sites with a group that reads.
func readers(t *testing.T) []*grants.Snapshot {
	t.Helper()
	_, sites := applied(t, two+"[[group]]\nname = \"Crew\"\n[[group.allow]]\non = \"Assets\"\npermissions = [\"select\"]\n")
	for _, s := range sites {
		for k := range s.Principals {
			s.Principals[k].Managed = false
		}
	}
	return sites
}

// TestAlsoIsOfItsSite accepts a fixed role in the site where somebody is in it, and
// in no other: given there later, it is a mismatch.
func TestAlsoIsOfItsSite(t *testing.T) {
	sql := grants.Principal{Type: grants.SQLUser, AuthType: grants.AuthLogin}
	sites := readers(t)
	var yan int
	for i, s := range sites {
		for _, name := range []string{"ann", "yan", "zoe"} {
			sql.Name = name
			member(s, sql, name)
			if id := s.Principals[len(s.Principals)-1].ID; name == "yan" && i == 0 || name == "zoe" {
				s.Members = append(s.Members, grants.Member{Role: grants.DBOwnerID, Member: id})
			} else if name == "yan" {
				yan = id
			}
		}
	}
	got := imported(t, two, sites...)
	for _, s := range sites {
		complete(t, got, s)
		judged(t, got, s)
	}
	for _, want := range []string{
		"name = \"yan\"\ngroups = [\"Crew\"]\nsites = [\"South\"]\n\n[[user.at]]\nsites = [\"North\"]\ngroups = [\"Crew\"]\nalso = [\"db_owner\"]\nalso_reason = ",
		"name = \"zoe\"\ngroups = [\"Crew\"]\nsites = [\"*\"]\nalso = [\"db_owner\"]",
	} {
		if !strings.Contains(string(got.Text), want) {
			t.Errorf("no %q in\n%s", want, got.Text)
		}
	}
	if said := got.Report.Text(10_000); !strings.Contains(said, `"yan" may also be "db_owner" in "North": [[user.at]]`) || strings.Contains(said, "other groups") {
		t.Error(said)
	}
	later := *sites[1]
	later.Members = append(slices.Clone(later.Members), grants.Member{Role: grants.DBOwnerID, Member: yan})
	w, _ := got.Policy.Wanted(&later)
	if j := grants.Judge(&later, w, got.Policy.Accepts("South", day), nil); len(j.Mismatches) != 1 || j.Mismatches[0].Code != "fixed-role" {
		t.Errorf("db_owner in the other site: %v", j.Mismatches)
	}
}

// alone adds an account that is in no group, with rows of its own.
func alone(s *grants.Snapshot, name string, rows ...grants.PermissionRow) int {
	member(s, grants.Principal{Name: name, Type: grants.SQLUser, AuthType: grants.AuthLogin}, name)
	s.Members = s.Members[:len(s.Members)-1]
	id := s.Principals[len(s.Principals)-1].ID
	for _, row := range rows {
		row.Grantee, row.Grantor = id, grants.DboID
		s.Permissions = append(s.Permissions, row)
	}
	return id
}

// TestMayIsWhatWasFound: where only all four permissions would accept what somebody
// has, they are written where it is as much; else it stays a mismatch, and whatever
// they are given later is one too.
func TestMayIsWhatWasFound(t *testing.T) {
	view := func(s *grants.Snapshot, name string, state grants.State) grants.PermissionRow {
		return grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Name: name, State: state}
	}
	crew := func(s *grants.Snapshot) int {
		return s.Principals[slices.IndexFunc(s.Principals, func(p grants.Principal) bool { return p.Name == "Crew" })].ID
	}
	on := func(class grants.Class, id int, name string) grants.PermissionRow {
		return grants.PermissionRow{Class: class, Major: id, Name: name, State: grants.Granted}
	}
	tests := []struct {
		name string
		add  func(s *grants.Snapshot) int // kim
		may  string                       // in the policy; "": no outsider
		left string                       // code of the mismatch that stays
	}{
		{"a grant option", func(s *grants.Snapshot) int { return alone(s, "kim", view(s, "SELECT", grants.GrantedWithGrant)) }, `["select"]`, "grant-option"},
		{"a role that may be joined", func(s *grants.Snapshot) int { return alone(s, "kim", on(grants.ClassPrincipal, crew(s), "ALTER")) }, "", "power-grant"},
		{"a role that may be joined, and a row", func(s *grants.Snapshot) int {
			return alone(s, "kim", view(s, "UPDATE", grants.Granted), on(grants.ClassPrincipal, crew(s), "ALTER"))
		}, `["update"]`, "power-grant"},
		{"a fixed role that reads", func(s *grants.Snapshot) int {
			id := alone(s, "kim")
			s.Members = append(s.Members, grants.Member{Role: grants.DBDataReaderID, Member: id})
			return id
		}, `["select"]`, ""},
		{"db_owner", func(s *grants.Snapshot) int {
			id := alone(s, "kim")
			s.Members = append(s.Members, grants.Member{Role: grants.DBOwnerID, Member: id})
			return id
		}, `["select", "insert", "update", "delete"]`, ""},
		{"CONTROL", func(s *grants.Snapshot) int { return alone(s, "kim", on(grants.ClassDatabase, 0, "CONTROL")) }, `["select", "insert", "update", "delete"]`, ""},
		{"every role", func(s *grants.Snapshot) int {
			return alone(s, "kim", on(grants.ClassDatabase, 0, "ALTER ANY ROLE"))
		}, `["select", "insert", "update", "delete"]`, ""},
		{"the owner of a view", func(s *grants.Snapshot) int {
			id := alone(s, "kim")
			s.Views[0].Owner = id
			return id
		}, `["select", "insert", "update", "delete"]`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s *grants.Snapshot
			kim := 0
			got := someone(t, fleet, func(x *grants.Snapshot) { s, kim = x, tt.add(x) })
			if want := "name = \"kim\"\nmay = " + tt.may; strings.Contains(string(got.Text), "[[outsider]]") != (tt.may != "") || tt.may != "" && !strings.Contains(string(got.Text), want) {
				t.Errorf("no %q in\n%s", want, got.Text)
			}
			text := got.Report.Text(10_000)
			if strings.Contains(text, "What verify will find") != (tt.left != "") || !strings.Contains(text, tt.left) {
				t.Errorf("%q does not stay a mismatch\n%s", tt.left, text)
			}
			all := strings.Count(tt.may, ",") == 3
			if says := strings.Contains(text, "all four permissions accept any power"); says != all {
				t.Errorf("that all four accept any power is said: %v\n%s", says, text)
			}
			if all {
				return
			}
			for _, row := range []grants.PermissionRow{view(s, "INSERT", grants.Granted), view(s, "DELETE", grants.Granted), on(grants.ClassPrincipal, crew(s), "CONTROL")} {
				row.Grantee, row.Grantor = kim, grants.DboID
				after := *s
				after.Permissions = append(slices.Clone(s.Permissions), row)
				w, _ := got.Policy.Wanted(&after)
				accepts := got.Policy.Accepts(after.Site, day)
				was, _ := got.Policy.Wanted(s)
				if now, before := grants.Judge(&after, w, accepts, nil).Mismatches, grants.Judge(s, was, accepts, nil).Mismatches; slices.EqualFunc(now, before, func(a, b finding.Finding) bool { return a.Message == b.Message }) {
					t.Errorf("%s by hand is accepted without a word", row.Name)
				}
			}
		})
	}
}
