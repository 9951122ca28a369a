package sites

import (
	"context"
	"strings"
	"testing"

	"grantree/grants"
	"grantree/sql/mssql"
)

// scripts is a live site with a plan that widens, narrows, drops and makes,
// and the scripts of that plan.
type scripts struct {
	live
	forward, back string
	was           string // the fingerprint before
}

// newScripts makes a site whose Reader is about to lose a view and win one,
// whose Old is about to go, and where eve and Night are about to come.
func newScripts(t *testing.T) scripts {
	return newScriptsOf(t, func(*grants.Snapshot) {})
}

// newScriptsOf is newScripts with a snapshot that shows something else.
func newScriptsOf(t *testing.T, show func(*grants.Snapshot)) scripts {
	looksAtPlans(t)
	l := newLive(t)
	l.admin("CREATE LOGIN eve WITH PASSWORD = N'Kj3-lkj2-Lkj9'; CREATE LOGIN stranger WITH PASSWORD = N'Kj3-lkj2-Lkj9'; CREATE USER stranger FOR LOGIN stranger; CREATE ROLE Other; CREATE ROLE Third;")
	if err := l.apply(l.policyFleet(runner(), `
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_site"
permissions = ["select", "update"]
[[group]]
name = "Old"
[[group.allow]]
view = "imvw_part"
permissions = ["select"]
[[user]]
name = "ann"
groups = ["Reader", "Old"]
sites = ["*"]
`)); err != nil {
		t.Fatal(err)
	}
	to := l.policyFleet(runner(), `
[[group]]
name = "Reader"
[[group.allow]]
view = "imvw_site"
permissions = ["select"]
[[group.allow]]
view = "imvw_asset"
permissions = ["select"]
[[group]]
name = "Night"
[[group.allow]]
view = "imvw_asset"
permissions = ["select", "update"]
[[user]]
name = "ann"
groups = ["Reader"]
sites = ["*"]
[[user]]
name = "eve"
groups = ["Night"]
sites = ["*"]
`)
	sp := l.plan(to).Sites[0]
	show(sp.Snapshot)
	site := []mssql.SiteScript{{Site: "Site", Database: "Site", From: sp.Snapshot, Changes: sp.Plan.Changes}}
	forward, err := mssql.Script([]string{"a test"}, mssql.ServerScript{}, site)
	if err != nil {
		t.Fatal(err)
	}
	back, err := mssql.RollbackScript(mssql.ServerScript{}, site)
	if err != nil {
		t.Fatal(err)
	}
	return scripts{live: l, forward: forward, back: back, was: l.fingerprint()}
}

// fingerprint is the state of the site.
func (l live) fingerprint() string {
	l.Helper()
	f := l.fleet("imvw_site")
	r := f.Read(context.Background())
	if err := Failures(r); err != nil {
		l.Fatal(err)
	}
	return r[0].Snapshot.Fingerprint()
}

// run sends a script from master, as sqlcmd would.
func (l live) run(script string) error {
	return l.server.Exec(context.Background(), "master", script)
}

// TestScriptDoesAndUndoes: there and back, each once.
func TestScriptDoesAndUndoes(t *testing.T) {
	l := newScripts(t)
	if err := l.run(l.back); err == nil || !strings.Contains(err.Error(), "no longer what this script was made from") {
		t.Errorf("the reverse ran before the script: %v", err)
	}
	if err := l.run(l.forward); err != nil {
		t.Fatal(err)
	}
	done := l.fingerprint()
	if done == l.was {
		t.Error("the whole file undid itself")
	}
	if err := l.run(l.forward); err == nil || l.fingerprint() != done {
		t.Errorf("a second run was not refused whole: %v", err)
	}
	if err := l.run(l.back); err != nil {
		t.Fatal(err)
	}
	if l.fingerprint() != l.was {
		t.Error("the reverse did not bring back what there was")
	}
}

// TestScriptHoldsToItsSite: what a script touches is as the plan found it, or
// nothing happens; everything else may have changed.
func TestScriptHoldsToItsSite(t *testing.T) {
	tests := []struct{ name, meanwhile, refusal string }{
		{"nothing", "", ""},
		{"a stranger's role has come", "CREATE ROLE Somebody; GRANT SELECT ON dbo.imvw_site TO Somebody;", ""},
		{"a stranger's role has other members", "ALTER ROLE Other ADD MEMBER stranger;", ""},
		{"a view that it does not touch was made anew", "CREATE VIEW dbo.imvw_more AS SELECT 1 AS one;", ""},
		{"a permission that it takes is gone", "REVOKE UPDATE ON dbo.imvw_site FROM Reader;", "a permission on [dbo].[imvw_site]"},
		{"a permission that it gives is denied", "DENY SELECT ON dbo.imvw_asset TO Reader;", "SELECT of Reader on [dbo].[imvw_asset]"},
		{"a permission of another kind on its view", "GRANT DELETE ON dbo.imvw_site TO ann;", "DELETE of ann on [dbo].[imvw_site]"},
		{"a permission on a column of its view", "GRANT SELECT ON dbo.imvw_asset (id) TO Reader;", "SELECT of Reader on [dbo].[imvw_asset]"},
		{"a granted row became a denied one", "DENY SELECT ON dbo.imvw_site TO Reader;", "SELECT of Reader on [dbo].[imvw_site]"},
		{"a stranger has joined the role that it widens", "ALTER ROLE Reader ADD MEMBER stranger;", "member stranger of role Reader"},
		{"somebody has left the role that it widens", "ALTER ROLE Reader DROP MEMBER ann;", "who is a member of the roles"},
		{"its role has joined another", "ALTER ROLE Other ADD MEMBER Reader;", "member Reader of role Other"},
		{"its person has joined another role", "ALTER ROLE Other ADD MEMBER ann;", "member ann of role Other"},
		{"its role is another of the same name", "ALTER ROLE Old DROP MEMBER ann; DROP ROLE Old; CREATE ROLE Spare; CREATE ROLE Old; ALTER ROLE Old ADD MEMBER ann; GRANT SELECT ON dbo.imvw_part TO Old; EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'Old';", "role or user Old"},
		{"its person is another of the same name", "DROP USER ann; CREATE LOGIN ann2 WITH PASSWORD = N'Kj3-lkj2-Lkj9'; CREATE USER ann FOR LOGIN ann2; ALTER ROLE Reader ADD MEMBER ann; ALTER ROLE Old ADD MEMBER ann; EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'ann';", "role or user ann"},
		{"somebody has made the role that it makes", "CREATE ROLE Night;", "role or user Night"},
		{"its role is not marked any more", "EXEC sys.sp_dropextendedproperty @name = N'grantree', @level0type = N'USER', @level0name = N'Reader';", "role or user Reader"},
		{"the role that it drops has got something else", "GRANT CREATE VIEW TO Old;", "role or user Old"},
		{"its view was made anew", "DROP VIEW dbo.imvw_asset;\nGO\nCREATE VIEW dbo.imvw_asset AS SELECT 1 AS id;", "view [dbo].[imvw_asset]"},
		{"its view is gone", "DROP VIEW dbo.imvw_asset;", "view [dbo].[imvw_asset]"},
		{"the login of the person that it makes is another", "ALTER LOGIN eve WITH NAME = eve_old; CREATE LOGIN eve WITH PASSWORD = N'Kj3-lkj2-Lkj9';", "role or user eve"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newScripts(t)
			if tt.meanwhile != "" {
				l.admin(tt.meanwhile)
			}
			was := l.fingerprint()
			err := l.run(l.forward)
			switch {
			case tt.refusal == "" && err != nil:
				t.Errorf("it was refused: %v", err)
			case tt.refusal != "" && (err == nil || !strings.Contains(err.Error(), "the first difference is "+tt.refusal)):
				t.Errorf("want a refusal that names %q, got %v", tt.refusal, err)
			case tt.refusal != "" && l.fingerprint() != was:
				t.Error("it was refused, and something was done")
			}
		})
	}
}

// TestScriptComparesIDs: a role made anew is another one, though its SID was
// not to be seen.
func TestScriptComparesIDs(t *testing.T) {
	l := newScriptsOf(t, func(s *grants.Snapshot) {
		for i := range s.Principals {
			s.Principals[i].SID = ""
		}
	})
	l.admin("ALTER ROLE Old DROP MEMBER ann; DROP ROLE Old; CREATE ROLE Spare; CREATE ROLE Spare2; CREATE ROLE Old; ALTER ROLE Old ADD MEMBER ann; GRANT SELECT ON dbo.imvw_part TO Old; EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'Old';")
	if err := l.run(l.forward); err == nil || !strings.Contains(err.Error(), "the first difference is role or user Old") {
		t.Errorf("another role of the same name was dropped: %v", err)
	}
}

// TestScriptReverseHoldsToItsSite: so does the half that undoes it.
func TestScriptReverseHoldsToItsSite(t *testing.T) {
	for _, tt := range []struct{ name, meanwhile, refusal string }{
		{"the role that it made has got something else", "GRANT CREATE VIEW TO Night;", "role or user Night"},
		{"a stranger has joined it", "ALTER ROLE Night ADD MEMBER stranger;", "member stranger of role Night"},
		{"the role that it dropped is there again", "CREATE ROLE Old;", "role or user Old"},
		{"what it gave is gone", "REVOKE SELECT ON dbo.imvw_asset FROM Reader;", "a permission on [dbo].[imvw_asset]"},
		{"the person that it made is another", "DROP USER eve; CREATE USER eve FOR LOGIN stranger2; ALTER ROLE Night ADD MEMBER eve; EXEC sys.sp_addextendedproperty @name = N'grantree', @value = N'managed', @level0type = N'USER', @level0name = N'eve';", "role or user eve"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newScripts(t)
			l.admin("CREATE LOGIN stranger2 WITH PASSWORD = N'Kj3-lkj2-Lkj9';")
			if err := l.run(l.forward); err != nil {
				t.Fatal(err)
			}
			l.admin(tt.meanwhile)
			was := l.fingerprint()
			if err := l.run(l.back); err == nil || !strings.Contains(err.Error(), "the first difference is "+tt.refusal) || l.fingerprint() != was {
				t.Errorf("want a refusal that names %q, got %v", tt.refusal, err)
			}
		})
	}
}

// TestScriptKeepsItsPromise: where a statement does not do what the plan says,
// everything is rolled back.
func TestScriptKeepsItsPromise(t *testing.T) {
	for _, tt := range []struct{ name, statement, instead, refusal string }{
		{"a grant that does nothing", "GRANT SELECT ON [dbo].[imvw_asset] TO [Reader];", "", "a permission on [dbo].[imvw_asset]"},
		{"a grant of something else", "GRANT SELECT ON [dbo].[imvw_asset] TO [Reader];", "GRANT DELETE ON [dbo].[imvw_asset] TO [Reader];", "DELETE of "},
		{"a membership that is not made", "ALTER ROLE [Night] ADD MEMBER [eve];", "", "who is a member of the roles"},
		{"a membership of another", "ALTER ROLE [Night] ADD MEMBER [eve];", "ALTER ROLE [Night] ADD MEMBER [stranger];", "member stranger of role Night"},
		{"a role that stays", "DROP ROLE [Old];", "", "role or user Old"},
		{"a user of another login", "CREATE USER [eve] FOR LOGIN [eve];", "CREATE USER [eve] FOR LOGIN [ann2];", "role or user eve"},
		{"a role without its mark", "@level0name = N'Night';", "@level0name = N'Third';", "role or user Night"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newScripts(t)
			l.admin("CREATE LOGIN ann2 WITH PASSWORD = N'Kj3-lkj2-Lkj9';")
			forward := strings.Replace(l.forward, tt.statement, tt.instead, 1)
			if forward == l.forward {
				t.Fatalf("the script does not say %s", tt.statement)
			}
			err := l.run(forward)
			if err == nil || !strings.Contains(err.Error(), "was not what this script promises") || !strings.Contains(err.Error(), "the first difference is "+tt.refusal) {
				t.Errorf("want a refusal that names %q, got %v", tt.refusal, err)
			}
			if l.fingerprint() != l.was {
				t.Error("it was not rolled back")
			}
		})
	}
}

// TestScriptMindsItsSession: a script runs in its own database, outside any
// transaction, alone, and in none of these cases it does half its work.
func TestScriptMindsItsSession(t *testing.T) {
	l := newScripts(t)
	for _, tt := range []struct{ name, script, refusal string }{
		{"inside a transaction", "BEGIN TRANSACTION;\nGO\n" + l.forward, "a transaction is open in this session"},
		{"inside one that it opened by itself", "SET IMPLICIT_TRANSACTIONS ON;\nGO\nSELECT name FROM sys.objects;\nGO\n" + l.forward, "a transaction is open in this session"},
		{"where USE failed", "USE tempdb;\nGO\n" + strings.Replace(l.forward, "USE [Site];\nGO\n", "", 1), "this session is in database tempdb, and site Site is in Site"},
		{"where there is no such database", strings.Replace(l.forward, "@grantree_database nvarchar(128) = N'Site'", "@grantree_database nvarchar(128) = N'Nowhere'", 1), "and site Site is in Nowhere"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := l.run(tt.script); err == nil || !strings.Contains(err.Error(), tt.refusal) {
				t.Errorf("want %q, got %v", tt.refusal, err)
			}
			if l.fingerprint() != l.was {
				t.Error("something was done")
			}
		})
	}
	t.Run("with transactions that begin by themselves", func(t *testing.T) {
		if err := l.run("SET IMPLICIT_TRANSACTIONS ON;\nGO\n" + l.forward); err != nil || l.fingerprint() == l.was {
			t.Errorf("nothing of it was kept: %v", err)
		}
	})
}

// TestScriptLeavesAnOpenTransaction: what a DBA has open is theirs to end.
func TestScriptLeavesAnOpenTransaction(t *testing.T) {
	l := newScripts(t)
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	batch := l.forward[strings.Index(l.forward, "DECLARE @grantree_site"):]
	batch = batch[:strings.Index(batch, "\nGO\n")]
	for _, text := range []string{"SET XACT_ABORT ON; BEGIN TRANSACTION; CREATE ROLE Mine;", batch, "COMMIT;"} {
		if _, err := conn.ExecContext(context.Background(), text); err != nil && !strings.Contains(err.Error(), "a transaction is open") {
			t.Fatal(err)
		}
	}
	r := l.fleet("imvw_site").Read(context.Background())[0].Snapshot
	for _, p := range r.Principals {
		if p.Name == "Mine" && p.Type == grants.DatabaseRole {
			return
		}
	}
	t.Error("the refusal rolled back what was open")
}

// TestScriptTakesTheLock: a script and an apply do not run side by side.
func TestScriptTakesTheLock(t *testing.T) {
	l := newScripts(t)
	db, err := mssql.Open(mssql.Address{URL: l.url, User: "sa", Password: livePassword, Database: "Site"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	held, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback()
	if _, err := held.Exec("EXEC sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Exclusive', @LockOwner = N'Transaction';"); err != nil {
		t.Fatal(err)
	}
	impatient := strings.ReplaceAll(l.forward, "@LockTimeout = 15000", "@LockTimeout = 0")
	if err := l.run(impatient); err == nil || !strings.Contains(err.Error(), "another grantree is changing this site") {
		t.Errorf("it ran beside another: %v", err)
	}
}
