package agreement

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
	"grantree/sql/tsql"
)

// TestOtherDatabases opens the site from another database and lets a stranger
// read a view from there, or does not: what Judge says is what the server lets
// be, and what it says to send shuts it (reference C.3, C.6).
func TestOtherDatabases(t *testing.T) {
	const password = "aA1!kj3lkJ2lkj"
	ctx := context.Background()
	address, stop := server(t)
	t.Cleanup(stop)
	site, tools, boss, eve := fmt.Sprintf("gt_beside_%d", os.Getpid()), fmt.Sprintf("gt_tools_%d", os.Getpid()), fmt.Sprintf("gtd_boss_%d", os.Getpid()), fmt.Sprintf("gtd_eve_%d", os.Getpid())
	names := strings.NewReplacer("@site", tsql.Quote(site), "@tools", tsql.Quote(tools), "@boss", boss, "@eve", eve)
	db, err := mssql.Open(address)
	check(t, err)
	t.Cleanup(func() { db.Close() })
	admin, err := db.Conn(ctx)
	check(t, err)
	t.Cleanup(func() { admin.Close() })
	run := func(script string) error {
		batches, err := tsql.SplitScript(names.Replace(script))
		check(t, err)
		for _, b := range batches {
			if _, err := admin.ExecContext(ctx, b.Text); err != nil {
				return fmt.Errorf("%s: %w", b.Text, err)
			}
		}
		return nil
	}
	const stage = `CREATE DATABASE @site; CREATE DATABASE @tools;
CREATE LOGIN @boss WITH PASSWORD = N'` + password + `', CHECK_POLICY = OFF; CREATE LOGIN @eve WITH PASSWORD = N'` + password + `', CHECK_POLICY = OFF;
GO
USE @site;
CREATE TABLE dbo.t (id int NULL);
CREATE USER @boss FOR LOGIN @boss; CREATE USER @eve FOR LOGIN @eve; CREATE ROLE Crew AUTHORIZATION dbo; ALTER ROLE Crew ADD MEMBER @boss;
GO
CREATE VIEW dbo.v AS SELECT id FROM dbo.t;
GO
GRANT SELECT ON dbo.v TO Crew;
USE @tools;
CREATE USER @boss FOR LOGIN @boss; CREATE USER @eve FOR LOGIN @eve; ALTER ROLE db_owner ADD MEMBER @eve;
GO
CREATE VIEW dbo.peek AS SELECT id FROM @site.dbo.v;
GO
USE master;
`
	check(t, run(stage))
	t.Cleanup(func() {
		run("USE master; DROP DATABASE @site; DROP DATABASE @tools; DROP LOGIN @boss; DROP LOGIN @eve")
	})
	as := address
	as.User, as.Password, as.Database = eve, password, tools
	w := &grants.Wanted{Site: "North", Views: []string{"v"}, Roles: []grants.WantedRole{{Name: "Crew", Group: "Crew"}}, Users: []grants.WantedUser{{Name: boss, Login: boss}},
		Members: []grants.WantedMember{{Role: "Crew", User: boss}},
		Entries: []grants.WantedEntry{{Grantee: "Crew", Schema: "dbo", View: "v", Permission: catalog.Select, State: grants.Granted}}}
	judged := func(acc grants.Acceptance) grants.Judgement {
		t.Helper()
		_, err := admin.ExecContext(ctx, "USE "+tsql.Quote(site))
		check(t, err)
		s, err := mssql.Snapshot(ctx, admin, "North", "main")
		check(t, err)
		_, err = admin.ExecContext(ctx, "USE master")
		check(t, err)
		return grants.Judge(s, w, acc, mssql.Statement)
	}
	// Whether eve can reach the view from the other database.
	const acts, chains = "EXECUTE AS USER = '@boss'; SELECT COUNT(*) FROM @site.dbo.v; REVERT", "SELECT COUNT(*) FROM dbo.peek"
	reaches := func(try string) bool {
		t.Helper()
		pool, err := mssql.Open(as)
		check(t, err)
		defer pool.Close()
		_, err = pool.ExecContext(ctx, names.Replace(try))
		return err == nil
	}
	for _, tt := range []struct{ name, open, shut, try, code string }{
		{"nothing", "", "", chains, ""},
		{"a trusted database", "ALTER DATABASE @tools SET TRUSTWORTHY ON", "", acts, "trusted-database"},
		{"a trusted database of somebody who is not", "ALTER DATABASE @tools SET TRUSTWORTHY ON; ALTER AUTHORIZATION ON DATABASE::@tools TO @eve",
			"ALTER AUTHORIZATION ON DATABASE::@tools TO sa; ALTER DATABASE @tools SET TRUSTWORTHY OFF; USE @tools; CREATE USER @eve FOR LOGIN @eve; ALTER ROLE db_owner ADD MEMBER @eve; USE master", acts, ""},
		{"chains in both", "ALTER DATABASE @tools SET DB_CHAINING ON; ALTER DATABASE @site SET DB_CHAINING ON", "ALTER DATABASE @tools SET DB_CHAINING OFF", chains, "other-database"},
		{"chains here alone", "ALTER DATABASE @site SET DB_CHAINING ON", "ALTER DATABASE @site SET DB_CHAINING OFF", chains, ""},
		{"chains on the whole server", "EXEC sys.sp_configure N'cross db ownership chaining', 1; RECONFIGURE", "", chains, "other-database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Contains(tt.name, "who is not") {
				check(t, run("USE @tools; ALTER ROLE db_owner DROP MEMBER @eve; DROP USER @eve; USE master"))
			}
			check(t, run(tt.open))
			j := judged(grants.Acceptance{})
			open := reaches(tt.try)
			if open != (tt.code != "") {
				t.Errorf("the server lets the view be read from there: %v", open)
			}
			if tt.code == "" {
				if !clean(j) {
					t.Errorf("there is nothing to say, and it says %v", slices.Concat(j.Mismatches, j.Unverified))
				}
				check(t, run(tt.shut))
				return
			}
			if len(j.Unverified) != 1 || j.Unverified[0].Code != tt.code || len(j.Mismatches) > 0 {
				t.Fatalf("not verified %v, mismatches %v; want one %s", j.Unverified, j.Mismatches, tt.code)
			}
			for _, name := range []string{"DATABASE::" + strings.ToUpper(tools), "database::*"} {
				accepted := grants.Acceptance{Outsiders: []grants.Outsider{{Name: name, May: catalog.All, Reason: "the tools"}}}
				if j := judged(accepted); clean(j) != (name == "database::*" || !strings.Contains(tt.name, "whole server")) || !slices.ContainsFunc(j.Notes, func(f finding.Finding) bool { return f.Code == "outsider" }) {
					t.Errorf("accepted as %s: %v, %v", name, j.Unverified, j.Notes)
				}
				accepted.Outsiders[0].May = catalog.Select
				if clean(judged(accepted)) {
					t.Errorf("%s is accepted with SELECT alone, and it opens all", name)
				}
			}
			check(t, run(j.Unverified[0].Statements[0]))
			if j := judged(grants.Acceptance{}); !clean(j) || reaches(tt.try) {
				t.Errorf("%s does not shut it: %v", j.Unverified[0].Statements, j.Unverified)
			}
			check(t, run(tt.shut))
		})
	}
}
