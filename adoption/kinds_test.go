package adoption_test

import (
	"strings"
	"testing"

	"grantree/adoption"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// someone is a site with a group and whatever a test adds.
func someone(t *testing.T, base string, add func(*grants.Snapshot)) *adoption.Result {
	t.Helper()
	_, sites := applied(t, base+`
[[group]]
name = "Crew"
[[group.allow]]
on = "Assets"
permissions = ["select"]
`)
	s := sites[0]
	for i := range s.Principals {
		s.Principals[i].Managed = false
	}
	add(s)
	got := imported(t, base, s)
	complete(t, got, s)
	judged(t, got, s)
	return got
}

// member adds an account to the group.
func member(s *grants.Snapshot, p grants.Principal, login string) {
	p.ID = 900 + len(s.Principals)
	if login != "" {
		p.SID = sidOf(login)
		s.Logins = append(s.Logins, grants.Login{ID: 400 + len(s.Logins), Name: login, Type: p.Type, SID: p.SID})
	}
	s.Principals = append(s.Principals, p)
	s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: p.ID, Grantor: grants.DboID, Name: "CONNECT", State: grants.Granted})
	for _, r := range s.Principals {
		if r.Name == "Crew" {
			s.Members = append(s.Members, grants.Member{Role: r.ID, Member: p.ID})
		}
	}
}

// TestKindsOfAccounts holds each kind of account to how a policy writes it.
func TestKindsOfAccounts(t *testing.T) {
	sql := grants.Principal{Name: "ann", Type: grants.SQLUser, AuthType: grants.AuthLogin}
	contained := strings.Replace(fleet, "database =", "contained = true\ndatabase =", 1)
	tests := []struct {
		name, base string
		add        func(s *grants.Snapshot)
		want       []string // in the text or the report
		not        string   // in the text
	}{
		{"a login of the user's name", fleet, func(s *grants.Snapshot) { member(s, sql, "ann") }, []string{"name = \"ann\"\ngroups = [\"Crew\"]\nsites = [\"*\"]"}, "login ="},
		{"a login of another name", fleet, func(s *grants.Snapshot) { member(s, sql, "a.smith") }, []string{`login = "a.smith"`}, "[[outsider]]"},
		{"an account of Windows", fleet, func(s *grants.Snapshot) {
			member(s, grants.Principal{Name: `CORP\ann`, Type: grants.WindowsUser, AuthType: grants.AuthWindows}, `CORP\ann`)
		}, []string{`name = "CORP\\ann"`}, "auth ="},
		{"a group of Windows", fleet, func(s *grants.Snapshot) {
			member(s, grants.Principal{Name: `CORP\crew`, Type: grants.WindowsGroup, AuthType: grants.AuthWindows}, `CORP\crew`)
		}, []string{`name = "CORP\\crew"`, "# a group of Windows or Entra"}, "auth ="},
		{"an account of Entra", fleet, func(s *grants.Snapshot) {
			member(s, grants.Principal{Name: "ann@corp.example", Type: grants.ExternalUser, AuthType: grants.AuthExternal}, "ann@corp.example")
		}, []string{`auth = "entra"`}, "[[outsider]]"},
		{"a password of the database, in a contained site", contained, func(s *grants.Snapshot) {
			s.Contained = true
			member(s, grants.Principal{Name: "ann", Type: grants.SQLUser, AuthType: grants.AuthDatabase}, "")
		}, []string{`name = "ann"`, "[[user]]"}, "[[outsider]]"},
		{"a password of the database, elsewhere", fleet, func(s *grants.Snapshot) {
			s.Contained = true
			member(s, grants.Principal{Name: "ann", Type: grants.SQLUser, AuthType: grants.AuthDatabase}, "")
		}, []string{"[[outsider]]\nname = \"Crew\"", `"ann" is in it, and can be no person of a policy`, "it has a password of its own, and the site is not contained in the policy", "DROP MEMBER [ann]"}, "[[user]]"},
		{"an orphan", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			s.Logins = s.Logins[:0]
			s.Logins = append(s.Logins, grants.Login{ID: 1, Name: "sa", SID: grants.SASID, Type: grants.SQLUser})
		}, []string{"[[user]]\nname = \"ann\""}, "[[outsider]]"},
		{"an orphan whose name another login has", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			s.Logins = []grants.Login{{ID: 1, Name: "ann", SID: "ABCD", Type: grants.SQLUser}}
		}, []string{"[[outsider]]\nname = \"Crew\"", `its login is gone, and the server has another of the name "ann"`}, "[[user]]"},
		{"nobody's CONNECT", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			s.Permissions = s.Permissions[:len(s.Permissions)-1]
		}, []string{"[[outsider]]\nname = \"Crew\"", "it has no CONNECT: a plan would give it back"}, "[[user]]"},
		{"logins that cannot be seen", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			s.Logins, s.LoginsVisible = nil, false
		}, []string{"[[user]]\nname = \"ann\"", "the server's logins could not be read"}, "[[outsider]]"},
		{"a login that grantree made and disabled", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			sid := mssql.NewSID()
			s.Principals[len(s.Principals)-1].SID = sid
			s.Logins[len(s.Logins)-1].SID, s.Logins[len(s.Logins)-1].Disabled = sid, true
		}, []string{"a plan would enable it"}, "[[user]]"},
		{"sysadmin", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			s.Logins = append(s.Logins, grants.Login{ID: 3, Name: "sysadmin", Type: grants.DatabaseRole, Fixed: true})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: s.Logins[len(s.Logins)-2].ID})
		}, []string{`also = ["sysadmin"]`}, "[[outsider]]"},
		{"a sysadmin without a user", fleet, func(s *grants.Snapshot) {
			s.Logins = append(s.Logins, grants.Login{ID: 3, Name: "sysadmin", Type: grants.DatabaseRole, Fixed: true}, grants.Login{ID: 310, Name: "root2", SID: "CD", Type: grants.SQLUser})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 310})
		}, []string{"[[outsider]]\nname = \"root2\"\nmay = [\"select\", \"insert\", \"update\", \"delete\"]\nreason"}, "[[user]]"},
		{"a view of which the policy sees two", fleet, func(s *grants.Snapshot) {
			s.Collation = grants.ParseCollation("Latin1_General_CS_AS")
			s.Views = append(s.Views, grants.SiteView{ID: 7000, Schema: 1, Name: "imvw_ASSET", Owner: grants.DboID})
			for _, r := range s.Principals {
				if r.Name == "Crew" {
					s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: 7000, Grantee: r.ID, Grantor: grants.DboID, Name: "DELETE", State: grants.Granted})
				}
			}
		}, []string{"[[outsider]]\nname = \"Crew\"", "a plan would change it (revoke)"}, "[[group]]"},
		{"a deny that takes from another role", fleet, func(s *grants.Snapshot) {
			s.Principals = append(s.Principals, grants.Principal{ID: 800, Name: "No Assets", Type: grants.DatabaseRole, Owner: grants.DboID})
			member(s, sql, "ann")
			s.Members = append(s.Members, grants.Member{Role: 800, Member: s.Principals[len(s.Principals)-1].ID})
			for _, v := range s.Views {
				if v.Name == "imvw_asset" {
					s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: v.ID, Grantee: 800, Grantor: grants.DboID, Name: "SELECT", State: grants.Denied})
				}
			}
		}, []string{"overrides = true\nreason = \"found by import 2026-11-27\"", "which rule 1 forbids"}, "[[outsider]]"},
		{"ways beside the views", fleet, func(s *grants.Snapshot) {
			view := s.Views[0]
			s.Objects = append(s.Objects, grants.Object{ID: 7100, Schema: 1, Name: "part", Type: grants.Table, Owner: grants.DboID},
				grants.Object{ID: 7101, Schema: 1, Name: "sy", Type: grants.Synonym, Owner: grants.DboID}, grants.Object{ID: 7102, Schema: 1, Name: "st", Type: grants.Synonym, Owner: grants.DboID},
				grants.Object{ID: 7104, Schema: 1, Name: "note", Type: grants.Table, Owner: grants.DboID})
			s.Views = append(s.Views, grants.SiteView{ID: 7103, Schema: 1, Name: "beside", Owner: grants.DboID})
			s.Dependencies = append(s.Dependencies, grants.Dependency{From: view.ID, To: 7100}, grants.Dependency{From: 7101, To: view.ID}, grants.Dependency{From: 7102, To: 7100}, grants.Dependency{From: 7103, To: 7100})
			s.Schemas = append(s.Schemas, grants.Schema{ID: 70, Name: "side", Owner: grants.DboID})
			s.Objects = append(s.Objects, grants.Object{ID: 7105, Schema: 70, Name: "sz", Type: grants.Synonym, Owner: grants.DboID})
			s.Dependencies = append(s.Dependencies, grants.Dependency{From: 7105, To: view.ID})
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassSchema, Major: 70, Grantee: grants.GuestID, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
			for id := 7100; id <= 7104; id++ {
				s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: id, Grantee: grants.GuestID, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
			}
		}, []string{`"guest" holds SELECT on dbo.sy, a synonym that reaches dbo.imvw_actual_cost`, "REVOKE SELECT ON [dbo].[sy] FROM [guest]",
			`on dbo.st, a synonym that reaches dbo.part, which dbo.imvw_actual_cost stands on`, `on dbo.beside, a view that reaches dbo.part`, `on dbo.part, a table that dbo.imvw_actual_cost stands on`,
			`"guest" holds SELECT on the schema side, which no`, `"guest" holds SELECT on 1 thing that no view`}, "guest"},
		{"owners", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			own := s.Principals[len(s.Principals)-1].ID
			s.Views[0].Owner = own
			s.Principals = append(s.Principals, grants.Principal{ID: 800, Name: "Held", Type: grants.DatabaseRole, Owner: own})
			s.Schemas = append(s.Schemas, grants.Schema{ID: 70, Name: "side", Owner: own}, grants.Schema{ID: 16384, Name: "db_owner", Owner: grants.DBOwnerID})
			s.Objects = append(s.Objects, grants.Object{ID: 7100, Schema: 70, Name: "part", Type: grants.Table, Owner: own}, grants.Object{ID: 7101, Schema: 1, Name: "usp", Type: grants.Procedure, Owner: own})
			s.OwnerSID = sidOf("boss")
			s.Logins = append(s.Logins, grants.Login{ID: 1, Name: "sa", SID: grants.SASID, Type: grants.SQLUser}, grants.Login{ID: 999, Name: "boss", SID: s.OwnerSID, Type: grants.SQLUser})
		}, []string{`the user "ann" owns dbo.imvw_actual_cost: the owner may do everything with it`, "ALTER AUTHORIZATION ON OBJECT::[dbo].[imvw_actual_cost] TO [dbo];",
			`the user "ann" owns the role "Held": the owner may put anybody into it`, "ALTER AUTHORIZATION ON ROLE::[Held] TO [dbo];",
			"owns the schema side", "ALTER AUTHORIZATION ON SCHEMA::[side] TO [dbo];", "owns dbo.usp", `the login "boss" owns the database`, "ALTER AUTHORIZATION ON DATABASE::[iMaint_North] TO [sa];",
			"What belongs to somebody else than dbo: left as it is (5)"}, ""},
		{"a role called *", fleet, func(s *grants.Snapshot) {
			member(s, sql, "ann")
			ann := s.Principals[len(s.Principals)-1].ID
			s.Principals = append(s.Principals, grants.Principal{ID: 800, Name: "*", Type: grants.DatabaseRole, Owner: grants.DboID})
			s.Members = append(s.Members, grants.Member{Role: 800, Member: ann})
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: 800, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
		}, []string{`the role "*", with 1 permission on 1 view, is left alone: its name is "*", which in a policy is every one`, "adopt = [\"Crew\"]"}, `name = "*"`},
		{"a user called *", fleet, func(s *grants.Snapshot) {
			member(s, grants.Principal{Name: "*", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "star")
		}, []string{`"*" is in it, and can be no person of a policy`, `its name or its login's is "*"`}, `name = "*"`},
		{"a login called *", fleet, func(s *grants.Snapshot) {
			member(s, sql, "*")
		}, []string{`its name or its login's is "*"`}, `login = "*"`},
		{"a role that holds the schema alone, and somebody's own rows", fleet, func(s *grants.Snapshot) {
			s.Principals = append(s.Principals, grants.Principal{ID: 800, Name: "Office", Type: grants.DatabaseRole, Owner: grants.DboID})
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassSchema, Major: 1, Grantee: 800, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
			member(s, sql, "ann")
			ann := s.Principals[len(s.Principals)-1].ID
			s.Members[len(s.Members)-1].Role = 800
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: ann, Grantor: grants.DboID, Name: "UPDATE", State: grants.Granted})
		}, []string{"[[outsider]]\nname = \"Office\"", "[[outsider]]\nname = \"ann\"", "it is in no group of the policy"}, "[[user]]"},
		{"who runs it", fleet, func(s *grants.Snapshot) {
			member(s, grants.Principal{Name: "grantree", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "grantree")
			s.Members = s.Members[:len(s.Members)-1]
			s.Members = append(s.Members, grants.Member{Role: grants.DBOwnerID, Member: s.Principals[len(s.Principals)-1].ID})
			s.Runner = grants.Runner{Login: "grantree", User: "grantree", UserID: s.Principals[len(s.Principals)-1].ID, CanControl: true}
		}, []string{"it runs grantree"}, "[[outsider]]"},
		{"who runs it, by a role of its own", fleet, func(s *grants.Snapshot) { runsByRole(s) },
			[]string{`the role "grantree_apply_runner" is left alone: nobody is in it but the login that runs grantree`}, "[[outsider]]"},
		{"who runs it, by a role that others are in too", fleet, func(s *grants.Snapshot) {
			role := runsByRole(s)
			member(s, sql, "ann")
			s.Members[len(s.Members)-1].Role = role
		}, []string{"[[outsider]]\nname = \"grantree_apply_runner\"", "REVOKE CONTROL FROM [grantree_apply_runner];"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := someone(t, tt.base, tt.add)
			all := string(got.Text) + got.Report.Text(10_000)
			for _, want := range tt.want {
				if !strings.Contains(all, want) {
					t.Errorf("no %q in\n%s", want, all)
				}
			}
			if tt.not != "" && strings.Contains(string(got.Text), tt.not) {
				t.Errorf("there is %q in\n%s", tt.not, got.Text)
			}
		})
	}
}

// runsByRole has a site run by a login that is in a role of its own alone, as doctor's
// script makes it.
func runsByRole(s *grants.Snapshot) (role int) {
	member(s, grants.Principal{Name: "grantree", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "grantree")
	own := s.Principals[len(s.Principals)-1].ID
	s.Principals = append(s.Principals, grants.Principal{ID: 800, Name: "grantree_apply_runner", Type: grants.DatabaseRole, Owner: grants.DboID})
	s.Members[len(s.Members)-1] = grants.Member{Role: 800, Member: own}
	s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassDatabase, Grantee: 800, Grantor: grants.DboID, Name: "CONTROL", State: grants.Granted})
	s.Runner = grants.Runner{Login: "grantree", User: "grantree", UserID: own, CanControl: true}
	return 800
}

// TestGroupOfItsOwn puts people who are in no role into the group that is asked
// for: a plan makes its role and members, and nobody gains or loses.
func TestGroupOfItsOwn(t *testing.T) {
	_, sites := applied(t, fleet)
	s := sites[0]
	member(s, grants.Principal{Name: "ann", Type: grants.SQLUser, AuthType: grants.AuthLogin}, "ann")
	ann := s.Principals[len(s.Principals)-1].ID
	s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: s.Views[0].ID, Grantee: ann, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
	in := adoption.Input{Base: policy.Source{File: "fleet.toml", Data: []byte(fleet)}, File: "grantree.toml", Include: "fleet.toml", Snapshots: sites, Date: day, Statement: mssql.Statement, Made: mssql.MadeLogin, Group: "Staff"}
	got, err := adoption.Import(in)
	if err != nil {
		t.Fatal(err)
	}
	complete(t, got, s)
	w, _ := got.Policy.Wanted(s)
	plan := grants.Diff(s, w, grants.DiffOptions{Adopt: got.Policy.Settings.Adopt})
	var kinds []string
	for _, c := range plan.Changes {
		kinds = append(kinds, string(c.Kind))
	}
	if kinds := strings.Join(kinds, " "); kinds != "create_role mark add_member" || len(plan.People.Gain)+len(plan.People.Lose) > 0 || plan.Findings.HasErrors() {
		t.Errorf("%s, %+v, %v\n%s", kinds, plan.People, plan.Findings, got.Text)
	}
	if said := got.Report.Text(10_000); !strings.Contains(said, `1 person was in no role, and put into the group "Staff"`) {
		t.Error(said)
	}
	for _, name := range []string{"ann", "public", "*", ""} {
		in.Group = name
		if _, err := adoption.Import(in); (err == nil) != (name == "") {
			t.Errorf("group %q: %v", name, err)
		}
	}
}

// TestBaseIsServersAndSites refuses a base that has what an import writes.
func TestBaseIsServersAndSites(t *testing.T) {
	for _, more := range []string{"[[group]]\nname = \"A\"\n", "[policy]\nextends = \"imaint\"\n", "[[outsider]]\nname = \"a\"\nreason = \"r\"\n"} {
		_, err := adoption.Import(adoption.Input{Base: policy.Source{File: "fleet.toml", Data: []byte(fleet + more)}, File: "grantree.toml", Include: "fleet.toml", Date: day})
		if err == nil || !strings.Contains(err.Error(), "has more than servers and sites") {
			t.Errorf("%s: %v", more, err)
		}
	}
	_, err := adoption.Import(adoption.Input{Base: policy.Source{File: "fleet.toml", Data: []byte("[[site]]\n")}, File: "grantree.toml", Include: "fleet.toml", Date: day})
	if err == nil {
		t.Error("a base that cannot be read is taken")
	}
}
