package scripts_test

import (
	"strings"
	"testing"
)

// unread is a script of which something cannot be read for certain: what North
// holds all the same, and what is said, a part of each warning in its order.
type unread struct{ name, script, want, said string }

// check reads the scripts.
func check(t *testing.T, tests []unread) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			north, _, warnings := read(t, tt.script)
			if got := strings.Join(holds(north), "; "); got != tt.want {
				t.Errorf("holds %s\nwant  %s", got, tt.want)
			}
			var want []string
			if tt.said != "" {
				want = strings.Split(tt.said, " / ")
			}
			for i, w := range warnings {
				if len(warnings) != len(want) || !strings.Contains(w, want[i]) {
					t.Errorf("said %q\nwant %q", warnings, want)
					return
				}
			}
			if len(warnings) != len(want) {
				t.Errorf("said %q\nwant %q", warnings, want)
			}
		})
	}
}

const bossed = "EXEC sp_addrolemember 'Boss', 'eve'\n"

const evesBoss = "eve G CONNECT on database; eve in Boss"

func TestReadOfProcedures(t *testing.T) {
	check(t, []unread{
		{"a member that is a variable", bossed + "EXEC sp_droprolemember N'Boss', @u", evesBoss, "a.sql:2 EXEC sp_droprolemember is not read: @u is no text; it may take away what was read before"},
		{"a role that is a variable", bossed + "EXEC sp_droprole @r", evesBoss, "a.sql:2 EXEC sp_droprole is not read: @r is no text; it may take away"},
		{"a new role that is a variable", "EXEC sp_addrole @r", "", "a.sql:1 EXEC sp_addrole is not read: @r is no text"},
		{"an account that is a variable", "EXEC sp_grantdbaccess @l", "", "a.sql:1 EXEC sp_grantdbaccess is not read: @l is no text"},
		{"a name that is given back", "EXEC sp_grantdbaccess 'eve', @n OUTPUT", "", "EXEC sp_grantdbaccess is not read: @n is no text"},
		{"an argument that is missing", "EXEC sp_addrolemember 'Boss'", "", "EXEC sp_addrolemember is not read: it has no @membername"},
		{"an argument of another name", "EXEC sp_addrolemember 'Boss', @who = 'eve'", "", "EXEC sp_addrolemember is not read: it has no parameter @who"},
		{"one argument too many", "EXEC sp_droprole 'Boss', 'eve'", "", "EXEC sp_droprole is not read: it has one argument too many"},
		{"a procedure that is a variable", "EXEC @p 'Boss', 'eve'", "", "a.sql:1 EXEC @p is not read: what it gives or takes away is unknown"},
		{"another procedure", "EXEC dbo.usp_grant 'Boss'", "", "a.sql:1 EXEC dbo.usp_grant is not read: what it gives or takes away is unknown"},
		{"one of another schema", "EXEC own.sp_addrolemember 'Boss', 'eve'", "", "EXEC own.sp_addrolemember is not read"},
		{"of another database", "EXEC Payroll.dbo.sp_addrolemember N'Boss', N'eve'", "", `a.sql:1 EXEC Payroll.dbo.sp_addrolemember is not read: no site has the database "Payroll"`},
		{"of another server", "EXEC s.iMaint_North.dbo.sp_addrolemember N'Boss', N'eve'", "", "EXEC s.iMaint_North.dbo.sp_addrolemember is not read: it is of another server"},
		{"of another site", "USE iMaint_South\nEXEC iMaint_North..sp_addrolemember N'Boss', N'eve'", evesBoss, ""},
		{"not of this site", "EXEC iMaint_South..sp_addrolemember N'Boss', N'eve'", "", ""},
		{"who is dropped", bossed + "EXEC sp_revokedbaccess 'eve'", "", ""},
		{"a role's owner", "EXEC sp_addrole 'Boss', 'eve'; GRANT SELECT ON imvw_asset TO Boss", "Boss G SELECT on imvw_asset", ""},
		{"a role for a new user", "EXEC sp_adduser 'eve', 'eve', 'Boss'", evesBoss, ""},
	})
}

func TestReadSpeaksTSQL(t *testing.T) {
	check(t, []unread{
		{"text made at run time", "EXEC (@s)", "", "a.sql:1 EXEC of a text is not read: what it gives or takes away is unknown"},
		{"text made at run time, by a procedure", "EXEC sp_executesql N'GRANT SELECT TO a'", "", "a.sql:1 EXEC sp_executesql is not read"},
		{"a procedure", "CREATE PROCEDURE p AS SELECT 1", "", "a.sql:1 CREATE PROCEDURE is not read"},
		{"a view that goes", "DROP VIEW imvw_asset", "", "a.sql:1 DROP VIEW is not read; it may take away"},
		{"a word that is written small", "drop /* it */ schema own", "", "a.sql:1 DROP"},
		{"rows", "delete from dbo.t", "", "a.sql:1 DELETE is not read"},
		{"another user", "EXECUTE AS USER = 'x'", "", "a.sql:1 EXECUTE AS is not read"},
	})
}

func TestReadOfTwoOptions(t *testing.T) {
	north, _, warnings := read(t, "CREATE USER ann FOR LOGIN ann; ALTER USER ann WITH NAME = chief, LOGIN = zed")
	var sid string
	for _, l := range north.Logins {
		if l.Name == "zed" {
			sid = l.SID
		}
	}
	for _, p := range north.Principals {
		if p.Name == "chief" && p.SID == sid && sid != "" && len(warnings) == 0 {
			return
		}
	}
	t.Error(north.Principals, north.Logins, warnings)
}

func TestReadOfServer(t *testing.T) {
	check(t, []unread{
		{"a permission of the server", "GRANT CONTROL SERVER TO al", "", "a.sql:1 GRANT CONTROL SERVER is not read: it is a permission of the server, which no site holds"},
		{"among others", "GRANT SELECT, VIEW SERVER STATE TO al", "", "GRANT VIEW SERVER STATE is not read"},
		{"that is taken away", "USE master\nREVOKE VIEW ANY DATABASE FROM al", "", "a.sql:2 REVOKE VIEW ANY DATABASE is not read: it is a permission of the server, which no site holds; it may take away"},
		{"on a login", "GRANT IMPERSONATE ON LOGIN::sa TO al", "", "GRANT on LOGIN::sa is not read: it is a permission of the server"},
		{"a server role", "USE master; ALTER SERVER ROLE sysadmin ADD MEMBER al", "", "a.sql:1 ALTER SERVER ROLE is not read: no site holds what is of the server"},
		{"in master", "USE master; GRANT SELECT ON v TO al", "", `a.sql:1 GRANT on v is not read: no site has the database "master"`},
		{"all of a database", "GRANT ALL TO al", "", "a.sql:1 GRANT ALL is not read: it is on no object"},
		{"another database", "GRANT SELECT ON Payroll.dbo.imvw_asset TO al", "", "GRANT on Payroll.dbo.imvw_asset is not read: it is of another database"},
		{"who is unknown", "ALTER USER ann WITH NAME = chief", "", `a.sql:1 ALTER USER is not read: no script makes the user "ann"`},
		{"a name that is taken", "CREATE ROLE Boss; CREATE USER ann; ALTER USER ann WITH NAME = Boss", "ann G CONNECT on database", `ALTER USER is not read: there is a "Boss" already`},
		{"a role's name that is taken", "CREATE ROLE Boss; CREATE ROLE Crew; GRANT SELECT TO Crew; ALTER ROLE Crew WITH NAME = Boss", "Crew G SELECT on database", `ALTER ROLE is not read: there is a "Boss" already`},
		{"a table of the session", "CREATE TABLE #t (a int)", "", ""},
	})
}

func TestReadOfOwners(t *testing.T) {
	const eves = " CREATE USER eve "
	tests := []struct{ name, script, schema, view, object string }{
		{"nothing", "CREATE SCHEMA own", "dbo", "", ""},
		{"a schema's", "CREATE SCHEMA own AUTHORIZATION eve", "eve", "", ""},
		{"a schema without a name", "CREATE SCHEMA AUTHORIZATION own", "own", "", ""},
		{"what is in it", "CREATE SCHEMA own AUTHORIZATION eve\nGO\nCREATE VIEW own.imvw_x AS SELECT 1 AS a\nGO\nCREATE TABLE own.t (a int)", "eve", "eve", "eve"},
		{"a schema's that is changed", "CREATE TABLE own.t (a int); ALTER AUTHORIZATION ON SCHEMA::own TO eve", "eve", "", "eve"},
		{"a table's", "CREATE TABLE own.t (a int); ALTER AUTHORIZATION ON OBJECT::own.t TO eve", "dbo", "", "eve"},
		{"a table's that no script makes", "ALTER AUTHORIZATION ON own.t TO eve", "dbo", "", "eve"},
		{"a view's", "GRANT SELECT ON own.imvw_x TO eve; ALTER AUTHORIZATION ON own.imvw_x TO eve", "dbo", "eve", ""},
		{"back to the schema's", "CREATE TABLE own.t (a int); ALTER AUTHORIZATION ON own.t TO eve; ALTER AUTHORIZATION ON own.t TO SCHEMA OWNER", "dbo", "", "dbo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			north, _, warnings := read(t, eves+"\nGO\n"+tt.script)
			names := map[int]string{0: ""}
			for _, p := range north.Principals {
				names[p.ID] = p.Name
			}
			var schema, view, object string
			for _, s := range north.Schemas {
				if s.Name == "own" {
					schema = names[s.Owner]
					for _, v := range north.Views {
						if v.Schema == s.ID {
							view = names[v.Owner]
						}
					}
					for _, o := range north.Objects {
						if o.Schema == s.ID {
							object = names[o.Owner]
						}
					}
				}
			}
			if schema != tt.schema || view != tt.view || object != tt.object || len(warnings) > 0 {
				t.Errorf("got %q %q %q, want %q %q %q: %v", schema, view, object, tt.schema, tt.view, tt.object, warnings)
			}
		})
	}
	check(t, []unread{
		{"a database's", "ALTER AUTHORIZATION ON DATABASE::x TO eve", "", "a.sql:1 ALTER AUTHORIZATION is not read: an owner of DATABASE is not"},
		{"of another database", "ALTER AUTHORIZATION ON OBJECT::x.dbo.t TO eve", "", "ALTER AUTHORIZATION is not read: x.dbo.t is of another database"},
	})
}

func TestReadOfConditions(t *testing.T) {
	const maybe = "is not read: whether it runs depends on the IF of line 1"
	check(t, []unread{
		{"then and else", "IF @a = 1 GRANT SELECT ON imvw_asset TO a ELSE DENY SELECT ON imvw_asset TO a", "",
			"a.sql:1 DENY on imvw_asset " + maybe + "; it may take away / a.sql:1 GRANT on imvw_asset " + maybe},
		{"a block", "IF @a = 1\nBEGIN\n GRANT SELECT ON imvw_asset TO a\n EXEC sp_addrolemember 'b', 'c'\nEND", "",
			"a.sql:3 GRANT on imvw_asset " + maybe + " / a.sql:4 EXEC sp_addrolemember " + maybe},
		{"a loop", "WHILE @a = 1 GRANT SELECT ON imvw_asset TO a", "", "a.sql:1 GRANT on imvw_asset is not read: whether it runs depends on the WHILE of line 1"},
		{"a catch", "BEGIN TRY GRANT SELECT ON imvw_asset TO a END TRY\nBEGIN CATCH REVOKE SELECT ON imvw_asset FROM a END CATCH", "a G SELECT on imvw_asset",
			"a.sql:2 REVOKE on imvw_asset is not read: whether it runs depends on the TRY of line 1; it may take away"},
		{"a catch that gives up", "BEGIN TRY GRANT SELECT ON imvw_asset TO a END TRY\nBEGIN CATCH IF @@TRANCOUNT > 0 ROLLBACK; THROW END CATCH", "a G SELECT on imvw_asset", ""},
		{"what changes nothing", "IF @a = 1 BEGIN PRINT 'x'; SELECT 1 END", "", ""},
		{"a role that may be there", "IF NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = N'a') CREATE ROLE a\nGRANT SELECT ON imvw_asset TO a", "a G SELECT on imvw_asset", ""},
		{"a user that may be there", "IF USER_ID('ann') IS NULL CREATE USER ann", "ann G CONNECT on database", ""},
		{"a user of the old kind", "IF NOT EXISTS (SELECT 1 FROM sysusers WHERE name = 'ann') EXEC sp_grantdbaccess 'ann'", "ann G CONNECT on database", ""},
		{"a view that may be there", "IF OBJECT_ID(N'[dbo].[t]', 'U') IS NULL CREATE TABLE dbo.t (a int)", "", ""},
		{"a role that may have to go", "CREATE ROLE a; GRANT SELECT TO a; IF DATABASE_PRINCIPAL_ID('a') IS NOT NULL DROP ROLE a", "", ""},
		{"what else is done for a new role", "IF DATABASE_PRINCIPAL_ID('a') IS NULL BEGIN CREATE ROLE a; GRANT SELECT ON imvw_asset TO a END", "", "GRANT on imvw_asset " + maybe},
		{"another name", "IF DATABASE_PRINCIPAL_ID('a') IS NULL CREATE USER b", "", "CREATE USER " + maybe},
		{"a name and more", "IF DATABASE_PRINCIPAL_ID('a') IS NULL AND @x = 1 CREATE USER a", "", "CREATE USER " + maybe},
		{"made where it is there", "IF DATABASE_PRINCIPAL_ID('a') IS NOT NULL CREATE USER a", "", "CREATE USER " + maybe},
		{"after RETURN", "GRANT SELECT ON imvw_asset TO a\nRETURN\nGRANT SELECT ON imvw_asset TO b\nGRANT SELECT ON imvw_asset TO c\nGO\nGRANT SELECT ON imvw_asset TO d", "a G SELECT on imvw_asset; d G SELECT on imvw_asset",
			"a.sql:3 what follows the RETURN of line 2 is not read, to the end of the batch"},
		{"after THROW", "BEGIN THROW 50000, 'x', 1 END\nGRANT SELECT ON imvw_asset TO b", "", "a.sql:2 what follows the THROW of line 1 is not read"},
		{"after GOTO", "GOTO done\nGRANT SELECT ON imvw_asset TO b\ndone:", "", "a.sql:2 what follows the GOTO of line 1 is not read"},
		{"an error that is caught", "BEGIN TRY RAISERROR('x', 16, 1); GRANT SELECT ON imvw_asset TO b END TRY BEGIN CATCH PRINT 'x' END CATCH", "", "what follows the RAISERROR of line 1 is not read"},
		{"an error that is not", "RAISERROR('x', 16, 1); GRANT SELECT ON imvw_asset TO b", "b G SELECT on imvw_asset", ""},
		{"after a RETURN that may be", "IF @a = 1\n RETURN\nGRANT SELECT ON imvw_asset TO b", "", "a.sql:3 what follows the RETURN of line 2 is not read"},
		{"RETURN in a loop", "WHILE 1 = 1 BREAK; GRANT SELECT ON imvw_asset TO b", "b G SELECT on imvw_asset", ""},
		{"nothing is executed", "SET NOEXEC ON\nGO\nGRANT SELECT ON imvw_asset TO a\nGO\nSET NOEXEC OFF\nGRANT SELECT ON imvw_asset TO b", "b G SELECT on imvw_asset", "a.sql:3 what follows the SET NOEXEC of line 1 is not read, until it is OFF"},
		{"perhaps nothing is executed", "IF @@ERROR <> 0 SET NOEXEC ON\nGO\nGRANT SELECT ON imvw_asset TO a", "", "a.sql:3 what follows the SET NOEXEC of line 1 is not read"},
		{"nothing may be executed after what may end", "IF @a = 1 RETURN\nSET NOEXEC ON\nGO\nGRANT SELECT ON imvw_asset TO a", "", "a.sql:2 what follows the RETURN of line 1 / a.sql:4 what follows the SET NOEXEC of line 2"},
		{"a database that may be used after what may end", "IF @a = 1 RETURN\nUSE iMaint_South\nGO\nGRANT SELECT ON imvw_asset TO a", "", "a.sql:2 USE is not read: what follows / a.sql:2 what follows the RETURN of line 1"},
		{"a database that may be used", "IF @a = 1 USE iMaint_South\nGRANT SELECT ON imvw_asset TO a\nGO\nUSE iMaint_North\nGRANT SELECT ON imvw_asset TO b", "b G SELECT on imvw_asset",
			"a.sql:1 USE is not read: whether it runs depends on the IF of line 1: what follows is not read, up to the next USE"},
		{"a database in a batch that is not read", "USE iMaint_South GRANT GRANT\nGO\nGRANT SELECT ON imvw_asset TO a", "", "a.sql:1 the batch is not read: / a.sql:1 the batch names a database with USE: what follows is not read, up to the next USE"},
		{"a database in a statement that is not read", "BACKUP DATABASE x TO DISK = 'x' USE iMaint_South\nGO\nGRANT SELECT ON imvw_asset TO a", "", "BACKUP is not read"},
		{"a name that sqlcmd writes", "GRANT SELECT ON imvw_asset TO [$(who)]", "", "a.sql:1 GRANT on imvw_asset is not read: it has a variable of sqlcmd, $(who)"},
		{"a database that sqlcmd writes", "USE [$(db)]\nGO\nGRANT SELECT ON imvw_asset TO a", "", "a.sql:1 USE is not read: it has a variable of sqlcmd, $(db): what follows is not read"},
		{"what is rolled back", "GRANT SELECT ON imvw_asset TO a\nBEGIN TRANSACTION\nGRANT SELECT ON imvw_asset TO b\nROLLBACK\nGRANT SELECT ON imvw_asset TO c", "a G SELECT on imvw_asset; c G SELECT on imvw_asset", ""},
		{"what is committed", "BEGIN TRANSACTION\nGRANT SELECT ON imvw_asset TO b\nCOMMIT\nROLLBACK", "b G SELECT on imvw_asset", "a.sql:4 ROLLBACK is not read: no BEGIN TRANSACTION was read that it ends"},
		{"what may be rolled back", "BEGIN TRANSACTION\nGRANT SELECT ON imvw_asset TO b\nIF @@ERROR <> 0 ROLLBACK", "b G SELECT on imvw_asset", "a.sql:3 ROLLBACK is not read: whether it runs depends on the IF of line 3; it may take away"},
	})
}
