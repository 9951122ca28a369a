package mssql

import (
	"testing"

	"grantree/grants"
	"grantree/sql/tsql"
)

func TestStatement(t *testing.T) {
	view := grants.Securable{Class: "OBJECT", Schema: "dbo", Name: "yd]job"}
	for _, tt := range []struct {
		name   string
		remedy grants.Remedy
		want   string
	}{
		{"rows of another grantor", grants.Remedy{Kind: grants.RemedyRevoke, On: view, Permissions: []string{"INSERT", "UPDATE"}, Principal: "Crew", As: "quin"},
			"REVOKE INSERT, UPDATE ON [dbo].[yd]]job] FROM [Crew] AS [quin];"},
		{"and handed on", grants.Remedy{Kind: grants.RemedyRevoke, On: view, Permissions: []string{"INSERT"}, Principal: "Crew", As: "quin", Cascade: true},
			"REVOKE INSERT ON [dbo].[yd]]job] FROM [Crew] CASCADE AS [quin];"},
		{"columns", grants.Remedy{Kind: grants.RemedyRevoke, On: view, Columns: []string{"id", "pay rate"}, Permissions: []string{"SELECT"}, Principal: "Crew"},
			"REVOKE SELECT ON [dbo].[yd]]job] ([id], [pay rate]) FROM [Crew];"},
		{"on a schema", grants.Remedy{Kind: grants.RemedyRevoke, On: grants.Securable{Class: "SCHEMA", Name: "app"}, Permissions: []string{"SELECT"}, Principal: "Crew"},
			"REVOKE SELECT ON SCHEMA::[app] FROM [Crew];"},
		{"on a user", grants.Remedy{Kind: grants.RemedyRevoke, On: grants.Securable{Class: "USER", Name: "pete"}, Permissions: []string{"IMPERSONATE"}, Principal: "eve"},
			"REVOKE IMPERSONATE ON USER::[pete] FROM [eve];"},
		{"on the database", grants.Remedy{Kind: grants.RemedyRevoke, Permissions: []string{"SHOWPLAN"}, Principal: "pete"}, "REVOKE SHOWPLAN FROM [pete];"},
		{"grant option", grants.Remedy{Kind: grants.RemedyRevokeOption, On: view, Permissions: []string{"SELECT"}, Principal: "Crew"},
			"REVOKE GRANT OPTION FOR SELECT ON [dbo].[yd]]job] FROM [Crew] CASCADE;"},
		{"connect", grants.Remedy{Kind: grants.RemedyGrant, Permissions: []string{"CONNECT"}, Principal: "pete"}, "GRANT CONNECT TO [pete];"},
		{"owner of a schema", grants.Remedy{Kind: grants.RemedyOwner, On: grants.Securable{Class: "SCHEMA", Name: "pete"}, To: "dbo"}, "ALTER AUTHORIZATION ON SCHEMA::[pete] TO [dbo];"},
		{"owner of a view", grants.Remedy{Kind: grants.RemedyOwner, On: view, To: "dbo"}, "ALTER AUTHORIZATION ON OBJECT::[dbo].[yd]]job] TO [dbo];"},
		{"owner of the database", grants.Remedy{Kind: grants.RemedyOwner, On: grants.Securable{Class: "DATABASE", Name: "N"}, To: "sa"}, "ALTER AUTHORIZATION ON DATABASE::[N] TO [sa];"},
		{"drop", grants.Remedy{Kind: grants.RemedyDropUser, Principal: "pete"}, "DROP USER [pete];"},
		{"another login", grants.Remedy{Kind: grants.RemedyWithLogin, Principal: "rita", To: `YARD\walt`}, `ALTER USER [rita] WITH LOGIN = [YARD\walt];`},
		{"another name", grants.Remedy{Kind: grants.RemedyWithName, Principal: "pete", To: "peter"}, "ALTER USER [pete] WITH NAME = [peter];"},
		{"a Windows account", grants.Remedy{Kind: grants.RemedyCreateLogin, Type: grants.WindowsUser, Principal: `YARD\rita`}, `CREATE LOGIN [YARD\rita] FROM WINDOWS;`},
		{"an account of Entra", grants.Remedy{Kind: grants.RemedyCreateLogin, Type: grants.ExternalUser, Principal: "rita@yard.example"}, "CREATE LOGIN [rita@yard.example] FROM EXTERNAL PROVIDER;"},
		{"an orphan", grants.Remedy{Kind: grants.RemedyCreateLogin, Type: grants.SQLUser, Principal: "pete", SID: "0A1B"}, "CREATE LOGIN [pete] WITH PASSWORD = N'…', SID = 0x0A1B;"},
		{"a login that no user waits for", grants.Remedy{Kind: grants.RemedyCreateLogin, Type: grants.SQLUser, Principal: "pete"}, "CREATE LOGIN [pete] WITH PASSWORD = N'…';"},
		{"drop an application role", grants.Remedy{Kind: grants.RemedyDropAppRole, Principal: "erp"}, "DROP APPLICATION ROLE [erp];"},
		{"out of a role", grants.Remedy{Kind: grants.RemedyDropMember, On: grants.Securable{Class: "ROLE", Name: "Crew"}, Principal: "pete"}, "ALTER ROLE [Crew] DROP MEMBER [pete];"},
		{"out of a server role", grants.Remedy{Kind: grants.RemedyDropMember, On: grants.Securable{Class: "SERVER ROLE", Name: "ops"}, Principal: "pete"}, "ALTER SERVER ROLE [ops] DROP MEMBER [pete];"},
		{"on the server", grants.Remedy{Kind: grants.RemedyRevoke, On: grants.Securable{Class: "SERVER"}, Permissions: []string{"CONTROL SERVER"}, Principal: "pete", Cascade: true, As: "rita"},
			"USE master; REVOKE CONTROL SERVER FROM [pete] CASCADE AS [rita];"},
		{"on a login", grants.Remedy{Kind: grants.RemedyRevoke, On: grants.Securable{Class: "LOGIN", Name: "rita"}, Permissions: []string{"IMPERSONATE"}, Principal: "pete"},
			"USE master; REVOKE IMPERSONATE ON LOGIN::[rita] FROM [pete];"},
		{"connect to the server", grants.Remedy{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{"CONNECT SQL"}, Principal: "pete"}, "USE master; GRANT CONNECT SQL TO [pete];"},
		{"owner of a server role", grants.Remedy{Kind: grants.RemedyOwner, On: grants.Securable{Class: "SERVER ROLE", Name: "ops"}, To: "sa"}, "USE master; ALTER AUTHORIZATION ON SERVER ROLE::[ops] TO [sa];"},
		{"an option of the database", grants.Remedy{Kind: grants.RemedySetDatabase, On: grants.Securable{Class: "DATABASE", Name: "N"}, Option: "DB_CHAINING OFF"}, "ALTER DATABASE [N] SET DB_CHAINING OFF;"},
		{"an option of the server", grants.Remedy{Kind: grants.RemedyConfigure, Option: "cross db ownership chaining"}, "EXEC sys.sp_configure N'cross db ownership chaining', 0; RECONFIGURE;"},
		{"enable", grants.Remedy{Kind: grants.RemedyEnableLogin, Principal: "pete"}, "ALTER LOGIN [pete] ENABLE;"},
		{"disable", grants.Remedy{Kind: grants.RemedyDisableLogin, Principal: "pete"}, "ALTER LOGIN [pete] DISABLE;"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Statement(tt.remedy)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if _, err := tsql.Parse(got); err != nil {
				t.Errorf("not T-SQL: %v", err)
			}
		})
	}
}
