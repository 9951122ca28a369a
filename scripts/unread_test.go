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
		{"rows", "DELETE FROM dbo.t", "", "a.sql:1 DELETE is not read"},
		{"another user", "EXECUTE AS USER = 'x'", "", "a.sql:1 EXECUTE AS is not read"},
	})
}
