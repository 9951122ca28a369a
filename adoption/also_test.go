package adoption_test

import (
	"slices"
	"strings"
	"testing"

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
