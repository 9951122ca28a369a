package adoption_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/adoption"
	"grantree/finding"
	"grantree/grants"
)

// listed holds a report to naming each [[outsider]] of its policy in each of its
// sites, as something to look at.
func listed(t testing.TB, got *adoption.Result) {
	t.Helper()
	for _, o := range got.Policy.Outsiders {
		in := o.Sites
		if len(in) == 0 {
			for _, s := range got.Policy.SitesInUse() {
				in = append(in, s.Name)
			}
		}
		for _, site := range in {
			if !slices.ContainsFunc(got.Report.Items, func(i adoption.Item) bool {
				return i.Code == finding.ImportOutside && i.Severity == finding.Warning && slices.Contains(i.Sites, site) && strings.Contains(i.Message, fmt.Sprintf("%q", o.Name))
			}) {
				t.Errorf("the outsider %q of %s is not in the report:\n%s", o.Name, site, got.Report.Text(200))
			}
		}
		if o.May.IsEmpty() || !strings.Contains(string(got.Text), "may = ") {
			t.Errorf("the outsider %q may nothing, or everything without a word", o.Name)
		}
	}
}

// outsiders are a site with three of them: a sysadmin without a user, public with a
// grant, and somebody in no role.
func outsiders(s *grants.Snapshot) {
	s.Logins = append(s.Logins, grants.Login{ID: 3, Name: "sysadmin", Type: grants.DatabaseRole, Fixed: true}, grants.Login{ID: 310, Name: "dot", SID: "CD", Type: grants.SQLUser})
	s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 310})
	member(s, grants.Principal{Name: "bob", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "bob")
	member(s, grants.Principal{Name: "amy", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "amy")
	s.Members = s.Members[:len(s.Members)-1]
	amy := s.Principals[len(s.Principals)-1].ID
	for _, who := range []int{amy, grants.PublicID} {
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: who, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
	}
}

// TestOutsidersAreListed has a sysadmin stand before others, and public among them.
func TestOutsidersAreListed(t *testing.T) {
	got := someone(t, fleet, outsiders)
	text := got.Report.Text(200)
	first, second := strings.Index(text, `the login "dot"`), strings.Index(text, `the user "amy"`)
	if first < 0 || second < first || !strings.Contains(text, `"public", in which everybody is,`) {
		t.Error(text)
	}
	// A sysadmin with a user in the site comes first as well.
	got = someone(t, fleet, func(s *grants.Snapshot) {
		outsiders(s)
		s.Principals = append(s.Principals, grants.Principal{ID: 990, Name: "zoe", Type: grants.SQLUser, AuthType: grants.AuthLogin, SID: "EF"})
		s.Logins = append(s.Logins, grants.Login{ID: 311, Name: "zoe", SID: "EF", Type: grants.SQLUser})
		s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 311})
		s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: 990, Grantor: grants.DboID, Name: "CONNECT", State: grants.Granted})
	})
	text = got.Report.Text(200)
	if zoe, amy := strings.Index(text, `"zoe"`), strings.Index(text, `the user "amy"`); zoe < 0 || amy < zoe {
		t.Error(text)
	}
}

// TestOutsidersMayWhatWasFound gives them more by hand after an import: verify finds
// each of it.
func TestOutsidersMayWhatWasFound(t *testing.T) {
	var s *grants.Snapshot
	got := someone(t, fleet, func(x *grants.Snapshot) { outsiders(x); s = x })
	for _, want := range []string{"name = \"public\"\nmay = [\"select\"]", "name = \"amy\"\nmay = [\"select\"]", "name = \"dot\"\nmay = [\"select\", \"insert\", \"update\", \"delete\"]"} {
		if !strings.Contains(string(got.Text), want) {
			t.Errorf("no %q in\n%s", want, got.Text)
		}
	}
	amy := s.Principals[len(s.Principals)-1].ID
	for _, row := range []grants.PermissionRow{
		{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: grants.PublicID, Name: "DELETE", State: grants.Granted},
		{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: amy, Name: "UPDATE", State: grants.Granted},
		{Class: grants.ClassSchema, Major: 1, Grantee: amy, Name: "CONTROL", State: grants.Granted},
		{Class: grants.ClassSchema, Major: 1, Grantee: amy, Name: "ALTER", State: grants.Granted},
	} {
		row.Grantor = grants.DboID
		after := *s
		after.Permissions = append(slices.Clone(s.Permissions), row)
		w, _ := got.Policy.Wanted(&after)
		if j := grants.Judge(&after, w, got.Policy.Accepts(after.Site, day), nil); len(j.Mismatches) == 0 {
			t.Errorf("%s by hand is accepted without a word", row.Name)
		}
	}
}

// TestUserInAnAcceptedRole counts somebody once who is a [[user]] of one site and in
// a role of another that is an outsider.
func TestUserInAnAcceptedRole(t *testing.T) {
	base := fleet + "[[site]]\nname = \"South\"\nserver = \"main\"\ndatabase = \"iMaint_South\"\n"
	_, sites := applied(t, base+"[[group]]\nname = \"Crew\"\n[[group.allow]]\non = \"Assets\"\npermissions = [\"select\"]\n")
	for i, s := range sites {
		for _, name := range []string{"ann", "bob"} {
			member(s, grants.Principal{Name: name, Type: grants.SQLUser, AuthType: grants.AuthLogin}, name)
		}
		if i == 1 { // what keeps the role from being a group
			member(s, grants.Principal{Name: "robot", Type: grants.SQLUser, AuthType: grants.AuthNone}, "")
			member(s, grants.Principal{Name: "cyd", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "cyd")
		}
		for k := range s.Principals {
			s.Principals[k].Managed = false
		}
	}
	got := imported(t, base, sites...)
	if text := string(got.Text); !strings.Contains(text, "seats = 3 ") || !strings.Contains(text, "name = \"Crew\"\nsites = [\"South\"]\nmay = [\"select\"]\nreason") {
		t.Error(text)
	}
}
