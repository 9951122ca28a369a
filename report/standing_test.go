package report

import (
	"fmt"
	"strings"
	"testing"

	"grantree/grants"
)

// bySite is a policy in which one name is two groups' role, each in a site of its own,
// and somebody is accepted in one site alone.
var bySite = strings.Replace(base, "[[outsider]]\nname = \"svc\"", "[[group]]\nname = \"Store\"\nsites = [\"North\"]\n[[group.allow]]\nview = \"imvw_asset\"\npermissions = [\"select\"]\n"+
	"[[group]]\nname = \"Store South\"\nrole = \"Store\"\nsites = [\"South\"]\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n"+
	"[[group]]\nname = \"Techs\"\nsites = [\"North\"]\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n"+
	"[[outsider]]\nname = \"Techs\"\nmay = [\"select\"]\nsites = [\"South\"]\nreason = \"of the site\"\n[[outsider]]\nname = \"svc\"\nsites = [\"South\"]", 1)

// withTechs puts a role of its own into the site that has no such group.
func withTechs(s *grants.Snapshot) {
	withStrangers(s)
	if s.Site == "South" {
		s.Principals = append(s.Principals, grants.Principal{ID: 950, Name: "Techs", Type: grants.DatabaseRole})
		s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassSchema, Major: s.Schemas[0].ID, Grantee: 950, Grantor: 1, Name: "SELECT", State: grants.Granted})
	}
}

// TestGroupOfASite: which group a role is of is said by what it is in that site.
func TestGroupOfASite(t *testing.T) {
	r := New(source(t, bySite, withTechs))
	got := ""
	for _, s := range r.Sites {
		for _, role := range s.Roles {
			if role.Role == "Store" || role.Role == "Techs" {
				got += fmt.Sprintf("%s %s of %q; ", s.Site, role.Role, role.Of)
			}
		}
	}
	if want := `North Store of "Store"; North Techs of "Techs"; South Store of "Store South"; South Techs of ""; `; got != want {
		t.Errorf("%s", got)
	}
}

// TestStandingOfASite: who somebody is in a site does not depend on which other sites
// are in the report.
func TestStandingOfASite(t *testing.T) {
	src := source(t, bySite, withTechs)
	whole := New(src)
	one := src
	one.Sites = src.Sites[:1]
	north := New(one)
	of := func(r *Report, site, name string) Standing {
		for _, p := range r.People {
			if p.Name == name {
				return p.In(site)
			}
		}
		t.Fatalf("nobody is %s", name)
		return ""
	}
	if of(whole, "North", "svc") != Stranger || of(north, "North", "svc") != Stranger || of(whole, "South", "svc") != Outsider {
		t.Errorf("%s, alone %s, South %s", of(whole, "North", "svc"), of(north, "North", "svc"), of(whole, "South", "svc"))
	}
	var b strings.Builder
	if err := whole.WriteCSV(&b); err != nil || !strings.Contains(b.String(), "North,svc,,,stranger") || !strings.Contains(b.String(), "South,svc,,,outsider") {
		t.Error(err, "the table does not say it by site")
	}
}
