package scripts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/scripts"
)

const fleet = `
[server.main]
url = "sqlserver://sql01.example:1433?encrypt=true"
[[site]]
name = "North"
server = "main"
database = "iMaint_North"
[[site]]
name = "South"
server = "main"
database = "iMaint_South"
`

// readSites reads one script for both sites of a fleet, and returns all that is said.
func readSites(t testing.TB, text string) ([]*grants.Snapshot, finding.List) {
	t.Helper()
	p, found := policy.Parse(policy.Source{File: "fleet.toml", Data: []byte(fleet)}, nil)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return scripts.Read([]scripts.File{{Name: "a.sql", Data: []byte(text)}}, []*grants.Snapshot{p.Offline(p.Sites[0]), p.Offline(p.Sites[1])}, "imvw_")
}

// read reads one script for both sites of a fleet, and returns what is said of its
// lines.
func read(t testing.TB, text string) (north, south *grants.Snapshot, warnings []string) {
	t.Helper()
	sites, said := readSites(t, text)
	for _, f := range said {
		if f.Code != finding.ImportScriptNothing {
			warnings = append(warnings, f.Where.String()+" "+f.Message)
		}
	}
	return sites[0], sites[1], warnings
}

// holds lists what a site holds beyond what every one does, in words.
func holds(s *grants.Snapshot) []string {
	names := map[int]string{0: "database"}
	for _, p := range s.Principals {
		names[p.ID] = p.Name
	}
	things := map[int]string{}
	for _, v := range s.Views {
		things[v.ID] = v.Name
	}
	for _, o := range s.Objects {
		things[o.ID] = "object " + o.Name
	}
	var out []string
	for _, r := range s.Permissions {
		on := "database"
		switch r.Class {
		case grants.ClassObject:
			on = things[r.Major]
		case grants.ClassSchema:
			on = fmt.Sprint("schema ", r.Major)
		case grants.ClassPrincipal:
			on = "principal " + names[r.Major]
		}
		if r.Minor != 0 {
			on += fmt.Sprint("#", r.Minor)
		}
		out = append(out, fmt.Sprintf("%s %s %s on %s", names[r.Grantee], r.State, r.Name, on))
	}
	for _, m := range s.Members {
		out = append(out, names[m.Member]+" in "+names[m.Role])
	}
	slices.Sort(out)
	return out
}

func TestRead(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"nothing", "", ""},
		{"a grant makes who is named", "GRANT SELECT, UPDATE ON dbo.imvw_asset TO Crew", "Crew G SELECT on imvw_asset; Crew G UPDATE on imvw_asset"},
		{"a member is a user with a login", "ALTER ROLE Crew ADD MEMBER ann", "ann G CONNECT on database; ann in Crew"},
		{"the old procedures", "EXEC sp_addrolemember 'Crew', 'ann'; EXEC sp_addrolemember @rolename = N'Crew', @membername = N'bob'; EXEC sp_droprolemember 'Crew', 'ann'",
			"ann G CONNECT on database; bob G CONNECT on database; bob in Crew"},
		{"DENY takes the place of GRANT", "GRANT SELECT ON imvw_asset TO a; DENY SELECT ON imvw_asset TO a", "a D SELECT on imvw_asset"},
		{"parts of a name that are left out", "GRANT SELECT ON ..imvw_asset TO a", "a G SELECT on imvw_asset"},
		{"GRANT takes the place of DENY", "DENY SELECT ON imvw_asset TO a; GRANT SELECT ON imvw_asset TO a", "a G SELECT on imvw_asset"},
		{"REVOKE", "GRANT SELECT, DELETE ON imvw_asset TO a; REVOKE SELECT ON imvw_asset FROM a", "a G DELETE on imvw_asset"},
		{"the grant option and its end", "GRANT SELECT ON imvw_asset TO a, b WITH GRANT OPTION; REVOKE GRANT OPTION FOR SELECT ON imvw_asset FROM b CASCADE", "a W SELECT on imvw_asset; b G SELECT on imvw_asset"},
		{"ALL", "GRANT ALL ON imvw_asset TO a", "a G DELETE on imvw_asset; a G INSERT on imvw_asset; a G REFERENCES on imvw_asset; a G SELECT on imvw_asset; a G UPDATE on imvw_asset"},
		{"columns", "GRANT SELECT (id, name) ON imvw_asset TO a; GRANT UPDATE ON imvw_asset (name) TO a", "a G SELECT on imvw_asset#1; a G SELECT on imvw_asset#2; a G UPDATE on imvw_asset#2"},
		{"a grant of the whole wipes the columns", "GRANT SELECT (id) ON imvw_asset TO a; GRANT SELECT ON imvw_asset TO a", "a G SELECT on imvw_asset"},
		{"a column out of the whole", "GRANT SELECT ON imvw_asset TO a; REVOKE SELECT ON imvw_asset (id) FROM a", "a G SELECT on imvw_asset; a R SELECT on imvw_asset#1"},
		{"schemas, the database, principals", "GRANT SELECT ON SCHEMA::dbo TO a; GRANT VIEW DEFINITION TO a; GRANT ALTER ON ROLE::b TO a", "a G ALTER on principal b; a G SELECT on schema 1; a G VIEW DEFINITION on database"},
		{"what is no view", "GRANT EXECUTE ON dbo.usp_close TO a; GRANT SELECT ON imvw_own TO a", "a G EXECUTE on object usp_close; a G SELECT on imvw_own"},
		{"what may be there already", "IF DATABASE_PRINCIPAL_ID('a') IS NULL BEGIN CREATE ROLE a END; BEGIN TRY GRANT SELECT ON imvw_asset TO a END TRY BEGIN CATCH PRINT 'no' END CATCH", "a G SELECT on imvw_asset"},
		{"who is dropped holds nothing", "GRANT SELECT ON imvw_asset TO a; ALTER ROLE a ADD MEMBER u; DROP ROLE a", "u G CONNECT on database"},
		{"a rename", "CREATE ROLE a; GRANT SELECT ON imvw_asset TO a; ALTER ROLE a WITH NAME = b", "b G SELECT on imvw_asset"},
		{"of one database", "USE iMaint_South; GRANT SELECT ON imvw_asset TO a; USE iMaint_North; DENY SELECT ON imvw_asset TO a", "a D SELECT on imvw_asset"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			north, _, warnings := read(t, tt.script)
			if got := strings.Join(holds(north), "; "); got != tt.want || len(warnings) > 0 {
				t.Errorf("got  %s\nwant %s\n%v", got, tt.want, warnings)
			}
		})
	}
}

func TestReadOfTwoSites(t *testing.T) {
	north, south, warnings := read(t, "GRANT SELECT ON imvw_asset TO a\nGO\nUSE iMaint_South\nGO\nGRANT DELETE ON imvw_asset TO a\nGO\nUSE other\nGRANT INSERT ON imvw_asset TO a\n")
	if got := strings.Join(holds(north), "; "); got != "a G SELECT on imvw_asset" {
		t.Error(got)
	}
	if got := strings.Join(holds(south), "; "); got != "a G DELETE on imvw_asset; a G SELECT on imvw_asset" {
		t.Error(got)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], `a.sql:7 no site has the database "other"`) {
		t.Error(warnings)
	}
}

func TestReadSaysWhatItSkips(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"a procedure", "GRANT SELECT ON imvw_asset TO a\nGO\nCREATE PROCEDURE p AS GRANT SELECT ON imvw_asset TO b\n", "a.sql:3 CREATE PROCEDURE is not read"},
		{"text made at run time", "SELECT 1\nEXEC ('GRANT SELECT ON imvw_asset TO a')", "a.sql:2 EXEC of a text is not read: what it"},
		{"no T-SQL", "GRANT SELECT ON imvw_asset TO a\nGO\nGRANT GRANT", "a.sql:3 the batch is not read: "},
		{"a command of sqlcmd", ":r other.sql", "a.sql:1 from here on the script is not read: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, warnings := read(t, tt.script)
			if len(warnings) != 1 || !strings.HasPrefix(warnings[0], tt.want) {
				t.Errorf("got %q, want %q", warnings, tt.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("GRANT SELECT ON dbo.imvw_asset TO Crew WITH GRANT OPTION\nGO\nEXEC sp_addrolemember 'Crew', 'ann'")
	f.Add("USE iMaint_South; REVOKE ALL ON imvw_asset (id) FROM public CASCADE; DROP ROLE public; ALTER ROLE db_owner WITH NAME = x")
	p, _ := policy.Parse(policy.Source{File: "fleet.toml", Data: []byte(fleet)}, nil)
	f.Fuzz(func(t *testing.T, text string) {
		scripts.Read([]scripts.File{{Name: "a.sql", Data: []byte(text)}}, []*grants.Snapshot{p.Offline(p.Sites[0])}, "imvw_")
	})
}
