package hardening_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/hardening"
	"grantree/sql/mssql"
)

// The stage of every case: a site that nobody objects to, with a person and a
// role of the policy, on a server that nobody objects to.
const (
	dbo, ann, crew, temp, eve = grants.DboID, 5, 6, 7, 8
	saID, publicID, annLogin  = 1, 2, 260
	eveLogin, owner, boss     = 261, 262, 263
)

func aSite() hardening.SiteFacts {
	s := &grants.Snapshot{Site: "North", Server: "main", Database: "iMaint_North", OwnerSID: "0A", LoginsVisible: true, Runner: grants.Runner{Login: "runner"},
		Principals: []grants.Principal{{ID: 0, Name: "public", Type: "R"}, {ID: dbo, Name: "dbo", Type: "S", SID: "0A", AuthType: 1}, {ID: grants.GuestID, Name: "guest", Type: "S", SID: "00"},
			{ID: ann, Name: "ann", Type: "S", SID: "A1", AuthType: 1}, {ID: crew, Name: "Crew", Type: "R", Owner: dbo}, {ID: temp, Name: "Temps", Type: "R", Owner: dbo},
			{ID: eve, Name: "eve", Type: "S", SID: "E1", AuthType: 1},
			{ID: grants.DBOwnerID, Name: "db_owner", Type: "R", Fixed: true, Owner: dbo}, {ID: 16389, Name: "db_backupoperator", Type: "R", Fixed: true, Owner: dbo},
			{ID: grants.DBDenyDataReaderID, Name: "db_denydatareader", Type: "R", Fixed: true, Owner: dbo}},
		Members: []grants.Member{{Role: crew, Member: ann}, {Role: temp, Member: eve}, {Role: grants.DBOwnerID, Member: dbo}},
		Permissions: []grants.PermissionRow{{Grantee: ann, Grantor: dbo, Name: "CONNECT", State: "G"}, {Grantee: eve, Grantor: dbo, Name: "CONNECT", State: "G"},
			{Grantee: 0, Grantor: dbo, Name: "VIEW ANY COLUMN MASTER KEY DEFINITION", State: "G"}, {Class: 1, Major: 100, Grantee: crew, Grantor: dbo, Name: "SELECT", State: "G"}},
		Schemas: []grants.Schema{{ID: 1, Name: "dbo", Owner: dbo}, {ID: 5, Name: "app", Owner: dbo}, {ID: grants.DBOwnerID, Name: "db_owner", Owner: grants.DBOwnerID}},
		Views:   []grants.SiteView{{ID: 100, Schema: 1, Name: "v_order", Owner: dbo}},
		Objects: []grants.Object{{ID: 200, Schema: 1, Name: "t_log", Type: grants.Table, Owner: dbo}, {ID: 201, Schema: 1, Name: "usp_close", Type: grants.Procedure, Owner: dbo}},
		Logins:  logins(),
	}
	w := &grants.Wanted{Site: "North", Views: []string{"v_order"}, Roles: []grants.WantedRole{{Name: "Crew", Group: "Crew"}}, Users: []grants.WantedUser{{Name: "ann", Login: "ann"}},
		Members: []grants.WantedMember{{Role: "Crew", User: "ann"}},
		Entries: []grants.WantedEntry{{Grantee: "Crew", Schema: "dbo", View: "v_order", Permission: catalog.Select, State: grants.Granted}}}
	w.Sort()
	return hardening.SiteFacts{Snapshot: s, Wanted: w}
}

func logins() []grants.Login {
	return []grants.Login{{ID: saID, Name: "root", SID: grants.SASID, Type: "S", Disabled: true}, {ID: publicID, Name: "public", Type: "R"},
		{ID: 3, Name: "sysadmin", Type: "R", Fixed: true}, {ID: 8, Name: "diskadmin", Type: "R", Fixed: true}, {ID: 10, Name: "securityadmin", Type: "R", Fixed: true},
		{ID: annLogin, Name: "ann", SID: "A1", Type: "S"}, {ID: eveLogin, Name: "eve", SID: "E1", Type: "S"}, {ID: owner, Name: "nobody", SID: "0A", Type: "S", Disabled: true, OwnsDatabase: true},
		{ID: 270, Name: "runner", SID: "FF", Type: "S"}}
}

func aServer() hardening.ServerFacts {
	site := aSite()
	s := site.Snapshot
	return hardening.ServerFacts{Name: "main", Logins: s, SeesSessions: true, Sites: []hardening.SiteUse{hardening.Uses(s)}, People: []string{"ann"},
		Settings: hardening.Settings{WindowsOnly: grants.Yes, Chaining: grants.No, ContainedLogins: grants.No, LoginsAudited: grants.Yes, Machine: "SQL01", SeesDatabases: true,
			Databases: []hardening.Database{{Name: "iMaint_North", OwnerSID: "0A"}}},
		Accounts: []grants.Account{{Name: "ann", SID: "A1", Type: "S", Password: &grants.PasswordState{Policy: true, Expiration: true}},
			{Name: "eve", SID: "E1", Type: "S", Password: &grants.PasswordState{Policy: true, Expiration: true}}}}
}

// judged is what is said of a site, once package grants has judged it.
func judged(x hardening.SiteFacts) hardening.Report {
	x.Judged = grants.Judge(x.Snapshot, x.Wanted, x.Accepted, mssql.Statement)
	return hardening.Site(x, mssql.Statement)
}

// given adds a permission row.
func given(s *grants.Snapshot, class grants.Class, major, grantee int, name string, state grants.State) {
	s.Permissions = append(s.Permissions, grants.PermissionRow{Class: class, Major: major, Grantee: grantee, Grantor: dbo, Name: name, State: state})
}

// ofSites are the cases about a site: what is done to it, and what is said.
var ofSites = []struct {
	name     string
	do       func(*hardening.SiteFacts)
	code     string
	severity finding.Severity
	message  string
	mends    string // the statements, or what is advised in words
	evidence string
}{
	{"guest may connect", func(x *hardening.SiteFacts) { given(x.Snapshot, 0, 0, grants.GuestID, "CONNECT", "G") },
		finding.GuestConnect, finding.Error, "guest holds CONNECT: every login of the server enters", "USE [iMaint_North]; REVOKE CONNECT FROM [guest];", "sys.database_permissions: CONNECT, G, to guest"},
	{"guest is in a role", func(x *hardening.SiteFacts) {
		x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: temp, Member: grants.GuestID})
	}, finding.GuestMember, finding.Error, `guest is in "Temps"`, "ALTER ROLE [Temps] DROP MEMBER [guest];", "sys.database_role_members: role Temps, member guest"},
	{"guest may run something", func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 201, grants.GuestID, "EXECUTE", "G") },
		finding.GuestGrant, finding.Warning, "guest is granted EXECUTE on dbo.usp_close", "REVOKE EXECUTE ON [dbo].[usp_close] FROM [guest];", "EXECUTE on dbo.usp_close"},
	{"public may read a table", func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 200, 0, "SELECT", "G") },
		finding.PublicGrant, finding.Warning, "public is granted SELECT on dbo.t_log", "REVOKE SELECT ON [dbo].[t_log] FROM [public];", "SELECT on dbo.t_log"},
	{"a user without a login", func(x *hardening.SiteFacts) {
		x.Snapshot.Principals = append(x.Snapshot.Principals, grants.Principal{ID: 9, Name: "old", Type: "S", SID: "DEAD", AuthType: 1})
	}, finding.OrphanedUser, finding.Warning, `the user "old" has no login`, "DROP USER [old];", "old, sid 0xDEAD"},
	{"a user whose login was made anew", func(x *hardening.SiteFacts) {
		x.Snapshot.Principals = append(x.Snapshot.Principals, grants.Principal{ID: 9, Name: "old", Type: "S", SID: "DEAD", AuthType: 1})
		x.Snapshot.Logins = append(x.Snapshot.Logins, grants.Login{ID: 280, Name: "old", SID: "BEEF", Type: "S"})
	}, finding.OrphanedUser, finding.Warning, `the user "old" has no login`, "ALTER USER [old] WITH LOGIN = [old];", "old, sid 0xDEAD"},
	{"a user of Windows without a login", func(x *hardening.SiteFacts) {
		x.Snapshot.Principals = append(x.Snapshot.Principals, grants.Principal{ID: 9, Name: `CORP\old`, Type: "U", SID: "DEAD", AuthType: 3})
	}, finding.WindowsLoginMissing, finding.Warning, "they enter through a group's", "see whether a group's login", "sid 0xDEAD"},
	{"a user called as another's login", func(x *hardening.SiteFacts) {
		x.Snapshot.Principals = append(x.Snapshot.Principals, grants.Principal{ID: 9, Name: "runner", Type: "S", SID: "0B", AuthType: 1})
		x.Snapshot.Logins = append(x.Snapshot.Logins, grants.Login{ID: 280, Name: "mallory", SID: "0B", Type: "S"})
	}, finding.ForeignName, finding.Warning, `the user "runner" is the login "mallory"'s`, "ALTER USER [runner] WITH NAME = [mallory];", "sid 0x0B of login mallory"},
	{"a member of a fixed role that reaches no view", func(x *hardening.SiteFacts) {
		x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: 16389, Member: ann})
	}, finding.FixedRole, finding.Warning, `the user "ann" is in db_backupoperator`, "ALTER ROLE [db_backupoperator] DROP MEMBER [ann];", "role db_backupoperator, member ann"},
	{"a role in a fixed role", func(x *hardening.SiteFacts) {
		x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: 16389, Member: crew})
	}, finding.FixedRole, finding.Warning, `the role "Crew" is in db_backupoperator`, "ALTER ROLE [db_backupoperator] DROP MEMBER [Crew];", "role db_backupoperator, member Crew"},
	{"a permission of a user's own", func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 201, ann, "EXECUTE", "G") },
		finding.DirectGrant, finding.Warning, `the user "ann" is granted EXECUTE on dbo.usp_close`, "REVOKE EXECUTE ON [dbo].[usp_close] FROM [ann];", "EXECUTE on dbo.usp_close, to ann"},
	{"a permission on a view that no policy gives", func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 100, ann, "REFERENCES", "G") },
		finding.DirectGrant, finding.Warning, `the user "ann" is granted REFERENCES on dbo.v_order`, "REVOKE REFERENCES ON [dbo].[v_order] FROM [ann];", "REFERENCES on dbo.v_order, to ann"},
	{"a permission that may be handed on", func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 201, crew, "EXECUTE", "W") },
		finding.GrantOption, finding.Warning, `the role "Crew" may hand on EXECUTE on dbo.usp_close`, "REVOKE GRANT OPTION FOR EXECUTE ON [dbo].[usp_close] FROM [Crew] CASCADE;", "W, EXECUTE on dbo.usp_close, to Crew"},
	{"a schema of a person's", func(x *hardening.SiteFacts) { x.Snapshot.Schemas[1].Owner = ann },
		finding.Owner, finding.Warning, `the user "ann" owns the schema app`, "ALTER AUTHORIZATION ON SCHEMA::[app] TO [dbo];", "sys.schemas: app, owner ann"},
	{"a table of a person's", func(x *hardening.SiteFacts) { x.Snapshot.Objects[0].Owner = ann },
		finding.Owner, finding.Warning, `the user "ann" owns dbo.t_log`, "ALTER AUTHORIZATION ON OBJECT::[dbo].[t_log] TO [dbo];", "dbo.t_log, owner ann"},
	{"a role of a person's", func(x *hardening.SiteFacts) { x.Snapshot.Principals[5].Owner = ann },
		finding.Owner, finding.Warning, `the user "ann" owns the role "Temps"`, "ALTER AUTHORIZATION ON ROLE::[Temps] TO [dbo];", "Temps, owner ann"},
	{"a module that runs as its owner", func(x *hardening.SiteFacts) { x.Snapshot.Objects[1].ExecuteAs = -2 },
		finding.ExecuteAs, finding.Note, "dbo.usp_close runs as its owner, whoever calls it", "accept it as a [[module]]", "execute_as_principal_id -2"},
	{"a role without members", func(x *hardening.SiteFacts) { x.Snapshot.Members = slices.Delete(x.Snapshot.Members, 1, 2) },
		finding.EmptyRole, finding.Note, `the role "Temps" has no members`, "drop it", "no row with role Temps"},
	{"a user with a password of the database's own", func(x *hardening.SiteFacts) {
		x.Snapshot.Contained = true
		x.Snapshot.Principals[6].AuthType = grants.AuthDatabase
	}, finding.ContainedUser, finding.Warning, `the user "eve" has a password of the database's own`, "contained = true", "authentication_type 2"},
}

func TestSite(t *testing.T) {
	if r := judged(aSite()); len(r.Findings)+len(r.Unread) > 0 {
		t.Fatalf("there is something to say of the stage: %v %v", r.Findings, r.Unread)
	}
	for _, c := range ofSites {
		t.Run(c.name, func(t *testing.T) {
			x := aSite()
			c.do(&x)
			r := judged(x)
			if holds(t, r, c.code, c.severity, c.message, c.mends, c.evidence).Site != "North" {
				t.Error("it is not about the site")
			}
		})
	}
}

// holds finds the one finding of a code and holds it to what a case says.
func holds(t *testing.T, r hardening.Report, code string, severity finding.Severity, message, mends, evidence string) hardening.Finding {
	t.Helper()
	var found []hardening.Finding
	for _, f := range r.Findings {
		if _, ok := hardening.RuleOf(f.Code); !ok {
			t.Errorf("%s has no rule", f.Code)
		}
		if f.Code == code {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d findings %s in %v", len(found), code, r.Findings)
	}
	f := found[0]
	if f.Server != "main" || f.Severity != severity || !strings.Contains(f.Message, message) || !strings.Contains(f.Evidence, evidence) {
		t.Errorf("server %q, %s: %s (%s)\nwant %s: %s (%s)", f.Server, f.Severity, f.Message, f.Evidence, severity, message, evidence)
	}
	if rule, _ := hardening.RuleOf(code); f.Evidence == "" || f.Evidence == rule.View || strings.HasSuffix(f.Evidence, ": ") {
		t.Errorf("the row is %q", f.Evidence)
	}
	if !f.Bypass && f.Severity != "" {
		whole := slices.Contains([]string{finding.ServerChaining, finding.SQLAuthentication, finding.ContainedLogins, finding.LoginsNotAudited, finding.ModuleNotVerified}, code)
		if (f.About == "") != whole {
			t.Errorf("it is about %q", f.About)
		}
		harmless := []string{finding.GuestMember, finding.AutoClose, finding.DatabaseOwner, finding.Owner, finding.UnusedLogin, finding.ModuleNotVerified}
		if len(f.Statements) > 0 && f.Caveat == "" && !slices.Contains(harmless, code) {
			t.Error("it does not say what the statement may break")
		}
	}
	if said := strings.Join(f.Pasted(), " ") + f.Fix; !strings.Contains(said, mends) {
		t.Errorf("it is mended by %q, want %q", said, mends)
	}
	return f
}

// ofServers are the cases about a server.
var ofServers = []struct {
	name     string
	do       func(*hardening.ServerFacts)
	code     string
	severity finding.Severity
	message  string
	mends    string
	evidence string
}{
	{"chains between all databases", func(x *hardening.ServerFacts) { x.Settings.Chaining = grants.Yes },
		finding.ServerChaining, finding.Error, "cross db ownership chaining", "EXEC sys.sp_configure N'cross db ownership chaining', 0; RECONFIGURE;", "sys.configurations"},
	{"logins with passwords", func(x *hardening.ServerFacts) { x.Settings.WindowsOnly = grants.No },
		finding.SQLAuthentication, finding.Note, "may log in", "Windows Authentication mode", "IsIntegratedSecurityOnly"},
	{"contained databases", func(x *hardening.ServerFacts) { x.Settings.ContainedLogins = grants.Yes },
		finding.ContainedLogins, finding.Note, "need no login", "EXEC sys.sp_configure N'contained database authentication', 0; RECONFIGURE;", "= 1"},
	{"no audit of log-ins", func(x *hardening.ServerFacts) { x.Settings.LoginsAudited = grants.No },
		finding.LoginsNotAudited, finding.Warning, "no audit writes down", "login_audit", "SUCCESSFUL_LOGIN_GROUP"},
	{"a TRUSTWORTHY database", func(x *hardening.ServerFacts) { x.Settings.Databases[0].Trustworthy = true },
		finding.Trustworthy, finding.Warning, `"iMaint_North" is TRUSTWORTHY`, "ALTER DATABASE [iMaint_North] SET TRUSTWORTHY OFF;", "is_trustworthy_on 1"},
	{"a TRUSTWORTHY database of an administrator", func(x *hardening.ServerFacts) {
		x.Settings.Databases[0].Trustworthy = true
		x.Logins.ServerMembers = []grants.Member{{Role: 3, Member: owner}}
	}, finding.Trustworthy, finding.Error, `belongs to "nobody", who is in sysadmin`, "SET TRUSTWORTHY OFF;", "owner nobody"},
	{"chains of one database", func(x *hardening.ServerFacts) { x.Settings.Databases[0].Chaining = true },
		finding.DatabaseChaining, finding.Warning, "DB_CHAINING is on", "ALTER DATABASE [iMaint_North] SET DB_CHAINING OFF;", "is_db_chaining_on 1"},
	{"a contained database that closes", func(x *hardening.ServerFacts) {
		x.Settings.Databases[0].Contained, x.Settings.Databases[0].ClosesAlone = true, true
	}, finding.AutoClose, finding.Warning, "AUTO_CLOSE is on", "SET AUTO_CLOSE OFF;", "is_auto_close_on 1"},
	{"a database of an administrator's", func(x *hardening.ServerFacts) { x.Settings.Databases[0].OwnerSID = grants.SASID },
		finding.PrivilegedOwner, finding.Note, `belongs to "root", who is the server's own administrator`, "make a login for it", "owner_sid 0x01"},
	{"a database of a person's", func(x *hardening.ServerFacts) { x.Settings.Databases[0].OwnerSID = "E1" },
		finding.DatabaseOwner, finding.Warning, `belongs to "eve"`, "ALTER AUTHORIZATION ON DATABASE::[iMaint_North] TO [root];", "owner_sid 0xE1"},
	{"a database of nobody's", func(x *hardening.ServerFacts) { x.Settings.Databases[0].OwnerSID = "DEAD" },
		finding.DatabaseOwner, finding.Warning, "a login that the server does not have", "ALTER AUTHORIZATION ON DATABASE::[iMaint_North] TO [root];", "owner_sid 0xDEAD"},
	{"sa can log in", func(x *hardening.ServerFacts) { x.Logins.Logins[0].Disabled = false },
		finding.SAEnabled, finding.Warning, `"root", can log in`, "ALTER LOGIN [root] DISABLE;", "is_disabled 0"},
	{"sa is called so", func(x *hardening.ServerFacts) { x.Logins.Logins[0].Name = "SA" },
		finding.SAName, finding.Note, `is called "SA"`, "WITH NAME", "sid 0x01"},
	{"another is called sa", func(x *hardening.ServerFacts) { x.Logins.Logins[6].Name = "sa" },
		finding.SANamesake, finding.Warning, `is called "sa"`, "another name", "sid 0xE1"},
	{"a group that every Windows has", func(x *hardening.ServerFacts) {
		x.Logins.Logins = append(x.Logins.Logins, grants.Login{ID: 280, Name: `BUILTIN\Users`, SID: "0C", Type: "G"})
	}, finding.BuiltinLogin, finding.Warning, `BUILTIN\\Users`, `REVOKE CONNECT SQL FROM [BUILTIN\Users];`, "type G"},
	{"a group of the machine", func(x *hardening.ServerFacts) {
		x.Logins.Logins = append(x.Logins.Logins, grants.Login{ID: 280, Name: `sql01\Operators`, SID: "0C", Type: "G"})
	}, finding.LocalGroup, finding.Warning, `sql01\\Operators`, `REVOKE CONNECT SQL FROM [sql01\Operators];`, "type G"},
	{"a machine's account", func(x *hardening.ServerFacts) {
		x.Logins.Logins = append(x.Logins.Logins, grants.Login{ID: 280, Name: `CORP\WEB01$`, SID: "0C", Type: "U"})
	}, finding.MachineAccount, finding.Note, "a machine's account", "[[outsider]]", "type U"},
	{"CHECK_POLICY off", func(x *hardening.ServerFacts) {
		x.Accounts[1].Password = &grants.PasswordState{Expiration: true}
	}, finding.PasswordPolicy, finding.Warning, `"eve" has CHECK_POLICY off`, "ALTER LOGIN [eve] WITH CHECK_POLICY = ON;", "is_policy_checked 0"},
	{"CHECK_EXPIRATION off", func(x *hardening.ServerFacts) { x.Accounts[1].Password.Expiration = false },
		finding.PasswordExpiration, finding.Note, `"eve" has CHECK_EXPIRATION off`, "ALTER LOGIN [eve] WITH CHECK_EXPIRATION = ON;", "is_expiration_checked 0"},
	{"CHECK_EXPIRATION off of an administrator with no policy", func(x *hardening.ServerFacts) {
		x.Accounts[1].Password = &grants.PasswordState{}
		x.Logins.ServerMembers = []grants.Member{{Role: 3, Member: eveLogin}}
	}, finding.PasswordExpiration, finding.Warning, "an administrator of the server", "ALTER LOGIN [eve] WITH CHECK_POLICY = ON, CHECK_EXPIRATION = ON;", "is_expiration_checked 0"},
	{"a member of a fixed server role", func(x *hardening.ServerFacts) {
		x.Logins.ServerMembers = []grants.Member{{Role: 8, Member: eveLogin}}
	}, finding.ServerRole, finding.Warning, `the login "eve" is in diskadmin`, "ALTER SERVER ROLE [diskadmin] DROP MEMBER [eve];", "role diskadmin, member eve"},
	{"a permission of the server", func(x *hardening.ServerFacts) {
		x.Logins.ServerPermissions = []grants.ServerPermissionRow{{Class: 100, Grantee: eveLogin, Grantor: saID, Name: "VIEW SERVER STATE", State: "G"}}
	}, finding.ServerPermission, finding.Warning, `"eve" is granted VIEW SERVER STATE`, "USE master; REVOKE VIEW SERVER STATE FROM [eve];", "VIEW SERVER STATE, to eve"},
	{"a permission of everybody on the server", func(x *hardening.ServerFacts) {
		x.Logins.ServerPermissions = []grants.ServerPermissionRow{{Class: 100, Grantee: publicID, Grantor: saID, Name: "VIEW SERVER STATE", State: "G"},
			{Class: 100, Grantee: publicID, Grantor: saID, Name: "VIEW ANY DATABASE", State: "G"}}
	}, finding.PublicServerGrant, finding.Error, "public holds VIEW SERVER STATE: every login does", "USE master; REVOKE VIEW SERVER STATE FROM [public];", "to public"},
	{"a login that is nobody's", func(x *hardening.ServerFacts) {
		x.Logins.Logins = append(x.Logins.Logins, grants.Login{ID: 280, Name: "left", SID: "0C", Type: "S"})
	}, finding.UnusedLogin, finding.Note, `"left" has no user in 1 site that was read`, "ALTER LOGIN [left] DISABLE;", "its SID is no user's"},
	{"a login of two names", func(x *hardening.ServerFacts) {
		x.Sites = append(x.Sites, hardening.SiteUse{Site: "South", Database: "iMaint_South", Users: map[string]string{"E1": "frank"}})
	}, finding.SharedLogin, finding.Warning, "eve in North; frank in South", "a login of their own", "sid 0xE1"},
	{"a login on two machines", func(x *hardening.ServerFacts) {
		x.Accounts[1].Sessions = []grants.Session{{Host: "WS1"}, {Host: "WS2"}, {Host: "WS1"}}
	}, finding.SharedLogin, finding.Warning, "connected from 2 machines at once: WS1; WS2", "a login of their own", "host_name WS1; WS2"},
}

func TestServer(t *testing.T) {
	if r := hardening.Server(aServer(), mssql.Statement); len(r.Findings)+len(r.Unread) > 0 {
		t.Fatalf("there is something to say of the stage: %v %v", r.Findings, r.Unread)
	}
	for _, c := range ofServers {
		t.Run(c.name, func(t *testing.T) {
			x := aServer()
			c.do(&x)
			holds(t, hardening.Server(x, mssql.Statement), c.code, c.severity, c.message, c.mends, c.evidence)
		})
	}
}

// TestEveryGuideHasACase: each rule of the guides is found somewhere above; that
// of weak passwords, which a server is asked for, is not judged here.
func TestEveryGuideHasACase(t *testing.T) {
	made := map[string]bool{finding.WeakPassword: true}
	for _, c := range ofSites {
		made[c.code] = true
	}
	for _, c := range ofServers {
		made[c.code] = true
	}
	rules := hardening.Rules()
	end := slices.IndexFunc(rules, func(r hardening.Rule) bool { return r.Code == finding.UnmanagedGrant })
	for _, r := range rules[:end] {
		if !made[r.Code] {
			t.Errorf("no case of %s", r.Code)
		}
	}
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.Code] || r.Means == "" || r.View == "" {
			t.Errorf("%s stands twice, or says nothing: %+v", r.Code, r)
		}
		seen[r.Code] = true
	}
}

// TestAccepted: what the policy accepts of somebody is no finding, and that their
// password is weak is one all the same.
func TestAccepted(t *testing.T) {
	out := grants.Acceptance{Outsiders: []grants.Outsider{{Name: "eve", May: catalog.All, Reason: "the vendor"}, {Name: "guest", May: catalog.All, Reason: "the kiosk"}}}
	for _, c := range ofSites {
		x := aSite()
		x.Accepted = out
		c.do(&x)
		for _, f := range judged(x).Findings {
			if f.About == "guest" || f.About == "eve" {
				t.Errorf("%s: %s: %s", c.name, f.Code, f.Message)
			}
		}
	}
	x := aServer()
	x.Accepted = []grants.Acceptance{out}
	x.Settings.Databases[0].OwnerSID = "E1"
	x.Logins.ServerPermissions = []grants.ServerPermissionRow{{Class: 100, Grantee: eveLogin, Grantor: saID, Name: "VIEW SERVER STATE", State: "G"}}
	x.Accounts[1] = grants.Account{Name: "eve", SID: "E1", Type: "S", Password: &grants.PasswordState{}, Sessions: []grants.Session{{Host: "A"}, {Host: "B"}}}
	var codes []string
	for _, f := range hardening.Server(x, mssql.Statement).Findings {
		codes = append(codes, f.Code)
	}
	if want := []string{finding.PasswordPolicy, finding.PasswordExpiration}; !slices.Equal(codes, want) {
		t.Errorf("codes %v, want %v", codes, want)
	}
	x.Settings.Databases[0].OwnerSID, x.Logins.ServerMembers = "0A", []grants.Member{{Role: 8, Member: eveLogin}}
	if r := hardening.Server(x, mssql.Statement); slices.ContainsFunc(r.Findings, func(f hardening.Finding) bool { return f.Code == finding.ServerRole }) {
		t.Errorf("%v", r.Findings)
	}
	also := aSite()
	also.Accepted.Also = map[string][]string{"ann": {"db_backupoperator"}}
	also.Snapshot.Members = append(also.Snapshot.Members, grants.Member{Role: 16389, Member: ann})
	if r := judged(also); len(r.Findings) > 0 {
		t.Errorf("%v", r.Findings)
	}
}

// TestNotRead: what could not be read is said, and nothing is concluded from it.
func TestNotRead(t *testing.T) {
	x := aSite()
	x.Snapshot.LoginsVisible, x.Snapshot.Logins = false, nil
	x.Snapshot.Unread = []grants.Unread{{What: "the server's logins, roles and permissions", Why: "it needs VIEW ANY DEFINITION"}, {What: grants.WhatDependencies, Why: "it needs SELECT"}}
	r := judged(x)
	for _, f := range r.Findings {
		if f.Code == finding.OrphanedUser || f.Code == finding.WindowsLoginMissing {
			t.Errorf("%s: %s", f.Code, f.Message)
		}
	}
	if len(r.Unread) != 2 || r.Unread[0].Site != "" || r.Unread[1].Site != "North" {
		t.Errorf("unread %+v", r.Unread)
	}
	v := aServer()
	v.Logins = x.Snapshot
	v.SeesSessions = false
	v.Accounts[1].Password = nil
	v.Settings = hardening.Settings{WindowsOnly: grants.NotVerified, Chaining: grants.NotVerified, ContainedLogins: grants.NotVerified, LoginsAudited: grants.NotVerified, Why: "no"}
	got := hardening.Server(v, mssql.Statement)
	if len(got.Findings) > 0 || len(got.Unread) != 7 {
		t.Errorf("%d unread, want 7: %+v; %v", len(got.Unread), got.Unread, got.Findings)
	}
}

// TestNotReadStatements: where no site of a server was read, the statement
// that mends it names the runner by what the server's accounts say; where nobody
// knows who that is, there is none.
func TestNotReadStatements(t *testing.T) {
	for runner, want := range map[string]string{"low": "USE master; GRANT VIEW ANY DEFINITION TO [low]; USE master; GRANT VIEW SERVER STATE TO [low];", "": ""} {
		x := aServer()
		x.Logins, x.Sites, x.Runner, x.SeesSessions = nil, nil, runner, false
		x.Accounts[1].Password = nil
		var got []string
		for _, u := range hardening.Server(x, mssql.Statement).Unread {
			got = append(got, u.Statements...)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", runner, got, want)
		}
	}
}

// TestNotReadOfANewerServer: where SQL Server 2022 has a permission that gives less,
// that one is given.
func TestNotReadOfANewerServer(t *testing.T) {
	for version, want := range map[string]string{"15.0.4": "GRANT VIEW SERVER STATE TO", "16.0.1": "GRANT VIEW SERVER PERFORMANCE STATE TO"} {
		x := aServer()
		x.Logins.Version, x.SeesSessions = version, false
		unread := hardening.Server(x, mssql.Statement).Unread
		if len(unread) != 1 || !strings.Contains(strings.Join(unread[0].Statements, " "), want) {
			t.Errorf("%s: %+v", version, unread)
		}
	}
}

// TestReport: what two sites say of one server is said once, the worst first.
func TestReport(t *testing.T) {
	one := func(site, code string, s finding.Severity) hardening.Finding {
		return hardening.Finding{Finding: finding.Finding{Code: code, Severity: s, Message: "m"}, Server: "main", Site: site}
	}
	var r hardening.Report
	r.Add(hardening.Report{Findings: []hardening.Finding{one("", "b", finding.Note), one("North", "a", finding.Warning)}, Unread: []hardening.Unread{{Server: "main", What: "logins"}}})
	r.Add(hardening.Report{Findings: []hardening.Finding{one("", "b", finding.Note), one("South", "a", finding.Error)}, Unread: []hardening.Unread{{Server: "main", What: "logins"}}})
	r.Sort()
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Code, f.Site))
	}
	if want := []string{"error a South", "warning a North", "note b "}; !slices.Equal(got, want) || len(r.Unread) != 1 {
		t.Errorf("%q, %v", got, r.Unread)
	}
}

// TestBypass: what package grants finds to get round the policy is an error with
// everybody whom it reaches; what only takes is left to verify.
func TestBypass(t *testing.T) {
	x := aSite()
	x.Schema = "dbo"
	given(x.Snapshot, 1, 100, temp, "UPDATE", "G")
	f := holds(t, judged(x), finding.UnmanagedGrant, finding.Error, `the role "Temps", which the policy does not name, is granted UPDATE on dbo.v_order`,
		"REVOKE UPDATE ON [dbo].[v_order] FROM [Temps];", "sys.database_permissions: UPDATE on dbo.v_order, to Temps")
	if !f.Bypass || !slices.Equal(f.Reaches, []string{"eve"}) || strings.Contains(f.Message, "site") {
		t.Errorf("%+v", f)
	}
	x = aSite()
	x.Snapshot.Logins = append(x.Snapshot.Logins, grants.Login{ID: 281, Name: "boss", SID: "0D", Type: "S"})
	x.Snapshot.ServerMembers = []grants.Member{{Role: 3, Member: 281}}
	if f := holds(t, judged(x), finding.ServerRole, finding.Error, `the login "boss" is a member of sysadmin`, "ALTER SERVER ROLE [sysadmin] DROP MEMBER [boss];", "sys.server_role_members: "); f.Site != "" || !f.Bypass {
		t.Errorf("%+v", f)
	}
	x = aSite()
	given(x.Snapshot, 0, 0, ann, "CONNECT", grants.Denied)
	given(x.Snapshot, 1, 100, temp, "SELECT", grants.Denied)
	x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: temp, Member: ann}, grants.Member{Role: grants.DBDenyDataReaderID, Member: ann})
	if r := judged(x); len(r.Findings) > 0 {
		t.Errorf("what only takes: %v", r.Findings)
	}
}

// TestMissingDeny: a DENY of the policy's that a site lacks gives more than the
// policy does.
func TestMissingDeny(t *testing.T) {
	x := aSite()
	x.Schema = "dbo"
	x.Wanted.Entries = append(x.Wanted.Entries, grants.WantedEntry{Grantee: "ann", Schema: "dbo", View: "v_order", Permission: catalog.Select, State: grants.Denied})
	x.Wanted.Sort()
	if f := holds(t, judged(x), finding.AccessBeyondPolicy, finding.Error, `"ann"`, "", "sys.database_permissions"); !f.Bypass || f.About != "ann" {
		t.Errorf("%+v", f)
	}
}

// TestNotVerified: a way in of which nobody can say whether it is one is a
// warning, and a module that reaches a view too.
func TestNotVerified(t *testing.T) {
	x := aSite()
	given(x.Snapshot, 1, 201, temp, "EXECUTE", "G")
	x.Snapshot.Objects[1].Hidden = true
	if f := holds(t, judged(x), finding.ModuleNotVerified, finding.Warning, "usp_close", "", "sys.sql_modules"); f.Bypass {
		t.Errorf("%+v", f)
	}
	x.Snapshot.Objects[1].Hidden = false
	x.Snapshot.Dependencies = []grants.Dependency{{From: 201, To: 100, Schema: "dbo", Name: "v_order"}}
	holds(t, judged(x), finding.Module, finding.Warning, "usp_close", "", "sys.sql_expression_dependencies")
}

// TestNoFinding: what looks like a finding and is none.
func TestNoFinding(t *testing.T) {
	role := func(x *hardening.SiteFacts, role, member int) {
		x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: role, Member: member})
	}
	for name, c := range map[string]struct {
		do   func(*hardening.SiteFacts)
		code string
	}{
		"a person's row on a view, which the policy gives": {func(x *hardening.SiteFacts) {
			given(x.Snapshot, 1, 100, ann, "UPDATE", "G")
			x.Wanted.Entries = append(x.Wanted.Entries, grants.WantedEntry{Grantee: "ann", Schema: "dbo", View: "v_order", Permission: catalog.Update, State: grants.Granted})
			x.Wanted.Sort()
		}, finding.DirectGrant},
		"a DENY":                        {func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 200, ann, "SELECT", "D") }, finding.DirectGrant},
		"guest is denied CONNECT":       {func(x *hardening.SiteFacts) { given(x.Snapshot, 0, 0, grants.GuestID, "CONNECT", "D") }, finding.GuestConnect},
		"guest may connect and no more": {func(x *hardening.SiteFacts) { given(x.Snapshot, 0, 0, grants.GuestID, "CONNECT", "G") }, finding.GuestGrant},
		"a role that only takes":        {func(x *hardening.SiteFacts) { role(x, grants.DBDenyDataReaderID, eve) }, finding.FixedRole},
		"a role of a role":              {func(x *hardening.SiteFacts) { role(x, temp, crew) }, finding.FixedRole},
		"a role's schema":               {func(x *hardening.SiteFacts) { x.Snapshot.Schemas[1].Owner = crew }, finding.Owner},
		"a trigger is its table's": {func(x *hardening.SiteFacts) {
			x.Snapshot.Objects[1].Type, x.Snapshot.Objects[1].Owner = grants.Trigger, ann
		}, finding.Owner},
		"an accepted module": {func(x *hardening.SiteFacts) {
			x.Snapshot.Objects[1].ExecuteAs = -2
			x.Accepted.Modules = []grants.AcceptedModule{{Name: "dbo.usp_close"}}
		}, finding.ExecuteAs},
		"a role of the policy": {func(x *hardening.SiteFacts) { x.Snapshot.Members = x.Snapshot.Members[1:] }, finding.EmptyRole + " Crew"},
		"a contained site of the policy": {func(x *hardening.SiteFacts) {
			x.Wanted.Contained = true
			x.Snapshot.Contained = true
			x.Snapshot.Principals[6].AuthType = grants.AuthDatabase
		}, finding.ContainedUser},
		"a user without a login": {func(x *hardening.SiteFacts) {
			x.Snapshot.Principals[6].AuthType, x.Snapshot.Principals[6].SID = grants.AuthNone, "99"
		}, finding.OrphanedUser},
		"Windows in a contained database": {func(x *hardening.SiteFacts) {
			x.Snapshot.Contained = true
			x.Snapshot.Principals[6].AuthType, x.Snapshot.Principals[6].SID = grants.AuthWindows, "99"
		}, finding.WindowsLoginMissing},
		"the server's own user": {func(x *hardening.SiteFacts) {
			x.Snapshot.Principals = append(x.Snapshot.Principals, grants.Principal{ID: 9, Name: "##MS_Policy##", Type: "S", SID: "DEAD", AuthType: 1})
		}, finding.OrphanedUser},
		"a user of another name than its login, which nobody else has": {func(x *hardening.SiteFacts) { x.Snapshot.Principals[6].Name = "e_v_e" }, finding.ForeignName},
	} {
		t.Run(name, func(t *testing.T) {
			x := aSite()
			c.do(&x)
			code, about, _ := strings.Cut(c.code, " ")
			for _, f := range judged(x).Findings {
				if f.Code == code && (about == "" || f.About == about) {
					t.Errorf("%s: %s", f.Code, f.Message)
				}
			}
		})
	}
}

// TestSaidOnce: what gets round the policy is not told again as what a guide asks.
func TestSaidOnce(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*hardening.SiteFacts)
		code string
	}{
		"a fixed role": {func(x *hardening.SiteFacts) {
			x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: grants.DBOwnerID, Member: eve})
		}, finding.FixedRole},
		"a schema":       {func(x *hardening.SiteFacts) { x.Snapshot.Schemas[0].Owner, x.Snapshot.Views[0].Owner = eve, eve }, finding.Owner},
		"public":         {func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 100, 0, "SELECT", "G") }, finding.PublicGrant},
		"a grant option": {func(x *hardening.SiteFacts) { given(x.Snapshot, 1, 100, ann, "SELECT", "W") }, finding.GrantOption},
	} {
		t.Run(name, func(t *testing.T) {
			x := aSite()
			x.Schema = "dbo"
			c.do(&x)
			var found []hardening.Finding
			for _, f := range judged(x).Findings {
				if f.Code == c.code {
					found = append(found, f)
				}
			}
			if len(found) != 1 || !found[0].Bypass || found[0].Severity != finding.Error {
				t.Errorf("%v", found)
			}
		})
	}
	x := aSite() // and of another role it is told
	x.Snapshot.Members = append(x.Snapshot.Members, grants.Member{Role: grants.DBOwnerID, Member: eve}, grants.Member{Role: 16389, Member: eve})
	var roles []string
	for _, f := range judged(x).Findings {
		if f.Code == finding.FixedRole {
			roles = append(roles, string(f.Severity))
		}
	}
	if !slices.Equal(roles, []string{"error", "warning"}) {
		t.Errorf("%q", roles)
	}
}

// TestServerNoFinding: what looks like a finding of a server and is none.
func TestServerNoFinding(t *testing.T) {
	login := func(x *hardening.ServerFacts, l grants.Login) { x.Logins.Logins = append(x.Logins.Logins, l) }
	row := func(x *hardening.ServerFacts, grantee int, name string, state grants.State) {
		x.Logins.ServerPermissions = append(x.Logins.ServerPermissions, grants.ServerPermissionRow{Class: 100, Grantee: grantee, Grantor: saID, Name: name, State: state})
	}
	left := grants.Login{ID: 280, Name: "left", SID: "0C", Type: "S"}
	for name, c := range map[string]struct {
		do   func(*hardening.ServerFacts)
		code string
	}{
		"a service of the server's": {func(x *hardening.ServerFacts) {
			login(x, grants.Login{ID: 280, Name: `NT SERVICE\MSSQL`, SID: "0C", Type: "U"})
			x.Logins.ServerMembers = []grants.Member{{Role: 8, Member: 280}}
		}, finding.ServerRole},
		"an administrator": {func(x *hardening.ServerFacts) { x.Logins.ServerMembers = []grants.Member{{Role: 3, Member: eveLogin}} }, finding.ServerRole},
		"a role of one's own": {func(x *hardening.ServerFacts) {
			login(x, grants.Login{ID: 280, Name: "ops", Type: "R"})
			x.Logins.ServerMembers = []grants.Member{{Role: 280, Member: eveLogin}}
		}, finding.ServerRole},
		"what a server role holds": {func(x *hardening.ServerFacts) {
			login(x, grants.Login{ID: 280, Name: "ops", Type: "R"})
			row(x, 280, "VIEW SERVER STATE", "G")
		}, finding.ServerPermission},
		"to log in":          {func(x *hardening.ServerFacts) { row(x, eveLogin, "CONNECT SQL", "G") }, finding.ServerPermission},
		"what is denied":     {func(x *hardening.ServerFacts) { row(x, eveLogin, "VIEW SERVER STATE", "D") }, finding.ServerPermission},
		"what runs grantree": {func(x *hardening.ServerFacts) { row(x, 270, "VIEW SERVER STATE", "G") }, finding.ServerPermission},
		"a certificate's": {func(x *hardening.ServerFacts) {
			login(x, grants.Login{ID: 280, Name: "signer", SID: "0C", Type: "C"})
			row(x, 280, "VIEW SERVER STATE", "G")
		}, finding.ServerPermission},
		"what a site's judgement tells":  {func(x *hardening.ServerFacts) { row(x, eveLogin, "CONTROL SERVER", "G") }, finding.ServerPermission},
		"what every server gives public": {func(x *hardening.ServerFacts) { row(x, publicID, "VIEW ANY DATABASE", "G") }, finding.PublicServerGrant},
		"what public is denied":          {func(x *hardening.ServerFacts) { row(x, publicID, "VIEW SERVER STATE", "D") }, finding.PublicServerGrant},
		"a login that is disabled":       {func(x *hardening.ServerFacts) { l := left; l.Disabled = true; login(x, l) }, finding.UnusedLogin},
		"a login with a server role": {func(x *hardening.ServerFacts) {
			login(x, left)
			x.Logins.ServerMembers = []grants.Member{{Role: 8, Member: 280}}
		}, finding.UnusedLogin},
		"a login with a permission":    {func(x *hardening.ServerFacts) { login(x, left); row(x, 280, "VIEW SERVER STATE", "G") }, finding.UnusedLogin},
		"a login that owns a database": {func(x *hardening.ServerFacts) { l := left; l.OwnsDatabase = true; login(x, l) }, finding.UnusedLogin},
		"a login that is connected": {func(x *hardening.ServerFacts) {
			login(x, left)
			x.Accounts = append(x.Accounts, grants.Account{SID: "0C", Sessions: []grants.Session{{Host: "WS1"}}})
		}, finding.UnusedLogin},
		"a login of a person to come":    {func(x *hardening.ServerFacts) { login(x, left); x.People = append(x.People, "LEFT") }, finding.UnusedLogin},
		"a login where not all are seen": {func(x *hardening.ServerFacts) { login(x, left); x.Logins.LoginsVisible = false }, finding.UnusedLogin},
		"a login where no site was read": {func(x *hardening.ServerFacts) { login(x, left); x.Sites = nil }, finding.UnusedLogin},
		"a Windows group without a user": {func(x *hardening.ServerFacts) { l := left; l.Type = "G"; login(x, l) }, finding.UnusedLogin},
		"a login of one name": {func(x *hardening.ServerFacts) {
			x.Sites = append(x.Sites, hardening.SiteUse{Site: "South", Users: map[string]string{"E1": "EVE"}})
		}, finding.SharedLogin},
		"a login on one machine": {func(x *hardening.ServerFacts) {
			x.Accounts[1].Sessions = []grants.Session{{Host: "WS1"}, {Host: "WS1"}, {}}
		}, finding.SharedLogin},
		"sessions that are not seen": {func(x *hardening.ServerFacts) {
			x.SeesSessions = false
			x.Accounts[1].Sessions = []grants.Session{{Host: "WS1"}, {Host: "WS2"}}
		}, finding.SharedLogin},
		"a password of nobody's": {func(x *hardening.ServerFacts) {
			x.Accounts[1].Password, x.Accounts[1].Disabled = &grants.PasswordState{}, true
		}, finding.PasswordPolicy},
		"a password of the server's own": {func(x *hardening.ServerFacts) {
			x.Accounts[1].Password, x.Accounts[1].Name = &grants.PasswordState{}, "##MS_Agent##"
		}, finding.PasswordPolicy},
		"an account of Windows": {func(x *hardening.ServerFacts) {
			x.Accounts[1].Password, x.Accounts[1].Type = &grants.PasswordState{}, "U"
		}, finding.PasswordPolicy},
		"contained sites of the policy": {func(x *hardening.ServerFacts) { x.Settings.ContainedLogins, x.Contained = grants.Yes, true }, finding.ContainedLogins},
		"an owner that is not seen": {func(x *hardening.ServerFacts) {
			x.Settings.Databases[0].OwnerSID = "DEAD"
			x.Logins.LoginsVisible = false
		}, finding.DatabaseOwner},
		"a database that closes alone": {func(x *hardening.ServerFacts) { x.Settings.Databases[0].ClosesAlone = true }, finding.AutoClose},
		"a group of the domain": {func(x *hardening.ServerFacts) {
			login(x, grants.Login{ID: 280, Name: `CORP\Ops`, SID: "0C", Type: "G"})
		}, finding.LocalGroup},
		"an account of the machine's name": {func(x *hardening.ServerFacts) {
			login(x, grants.Login{ID: 280, Name: `SQL01\ann`, SID: "0C", Type: "U"})
		}, finding.LocalGroup},
	} {
		t.Run(name, func(t *testing.T) {
			x := aServer()
			c.do(&x)
			for _, f := range hardening.Server(x, mssql.Statement).Findings {
				if f.Code == c.code {
					t.Errorf("%s: %s", f.Code, f.Message)
				}
			}
		})
	}
}

// TestServerSays: how far a finding can be trusted, and what it may break.
func TestServerSays(t *testing.T) {
	left := grants.Login{ID: 280, Name: "left", SID: "0C", Type: "S"}
	say := func(do func(*hardening.ServerFacts), code string) hardening.Finding {
		x := aServer()
		x.Logins.Logins = append(x.Logins.Logins, left)
		do(&x)
		for _, f := range hardening.Server(x, mssql.Statement).Findings {
			if f.Code == code {
				return f
			}
		}
		t.Fatalf("no %s", code)
		return hardening.Finding{}
	}
	for _, c := range []struct {
		do   func(*hardening.ServerFacts)
		code string
		want string
	}{
		{func(x *hardening.ServerFacts) {}, finding.UnusedLogin, ""},
		{func(x *hardening.ServerFacts) { x.Unread = []string{"South"} }, finding.UnusedLogin, "not every site was read: it may have a user in South"},
		{func(x *hardening.ServerFacts) { x.Settings.SeesDatabases = false }, finding.UnusedLogin, "it may have a user in a database that is no site"},
		{func(x *hardening.ServerFacts) {
			x.Settings.Databases = append(x.Settings.Databases, hardening.Database{Name: "other"})
		}, finding.UnusedLogin, "it may have a user in a database that is no site"},
		{func(x *hardening.ServerFacts) { x.Logins.Logins[0].Disabled = false; x.Logins.Runner.Login = "root" }, finding.SAEnabled, "what logs in as it stops working, grantree among it"},
	} {
		if f := say(c.do, c.code); (c.want == "") != (f.Caveat == "") || !strings.HasPrefix(f.Caveat, c.want) {
			t.Errorf("%s: %q, want %q", c.code, f.Caveat, c.want)
		}
	}
	f := say(func(x *hardening.ServerFacts) {
		x.Logins.ServerPermissions = []grants.ServerPermissionRow{{Class: 101, Major: eveLogin, Grantee: publicID, Grantor: saID, Name: "IMPERSONATE", State: "W"}}
	}, finding.PublicServerGrant)
	if !strings.Contains(f.Message, `IMPERSONATE on the login "eve"`) || f.Statements[0] != "USE master; REVOKE IMPERSONATE ON LOGIN::[eve] FROM [public] CASCADE;" {
		t.Errorf("%+v", f)
	}
	f = say(func(x *hardening.ServerFacts) {
		x.Settings.Databases[0].Trustworthy = true
		x.Logins.Logins = append(x.Logins.Logins, grants.Login{ID: 281, Name: "ops", Type: "R"})
		x.Logins.ServerMembers = []grants.Member{{Role: 281, Member: owner}, {Role: 3, Member: 281}}
	}, finding.Trustworthy)
	if f.Severity != finding.Error || f.Site != "North" {
		t.Errorf("by a role in a role: %+v", f)
	}
}
