package mssql

import (
	"fmt"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// RunnerSite is a site in which a runner gets their role.
type RunnerSite struct {
	Site, Database string
	// Users are those under whose names the server is asked; of verify alone.
	Users []string
}

// RunnerServer is a server on which a runner gets their role.
type RunnerServer struct {
	Server string
	Logins bool // they make and change logins
	Audits bool // they set up the audit of log-ins
	Sites  []RunnerSite
}

// RunnerScript is the T-SQL that makes the exact role of a runner on a server: a
// server role, and in each site a database role with the login's user as its
// member. It can be run again, takes nothing away, and makes no login. It is for
// SQL Server 2016 to 2025; what only 2022 has it gives where the server has it.
// Its error is a *CarryError.
func RunnerScript(task grants.Task, login string, s RunnerServer) (string, error) {
	var b strings.Builder
	role := "grantree_" + string(task) + "_runner"
	if isOrder(login) {
		return "", &CarryError{Object: "login", Name: login}
	}
	fmt.Fprintf(&b, "-- %s\nUSE [master];\nSET XACT_ABORT ON;\n", asciiComment(fmt.Sprintf("What grantree's login needs to %s, on server %s: run this there as an administrator.", task, s.Server)))
	fmt.Fprintf(&b, "IF SUSER_ID(%s) IS NULL THROW 50000, N'make the login first', 1;\n", tsql.QuoteString(login))
	fmt.Fprintf(&b, "DECLARE @make nvarchar(400) = N'CREATE SERVER ROLE %s AUTHORIZATION ' + QUOTENAME(SUSER_SNAME(0x01)) + N';'; -- sa, by whatever name\n", tsql.Quote(role))
	fmt.Fprintf(&b, "IF NOT EXISTS (SELECT 1 FROM sys.server_principals AS p WHERE p.name = %s) EXEC(@make);\n", tsql.QuoteString(role))
	for _, n := range serverNeeds(task, s) {
		b.WriteString(guardedGrant(n, role) + "\n")
	}
	fmt.Fprintf(&b, "ALTER SERVER ROLE %s ADD MEMBER %s;\nGO\n", tsql.Quote(role), tsql.Quote(login))
	for _, site := range s.Sites {
		if err := writeRunnerSite(&b, task, login, role, site); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// serverNeeds are what a runner needs of a server.
func serverNeeds(task grants.Task, s RunnerServer) []grants.Need {
	var out []grants.Need
	for _, n := range grants.NeedsToLook() {
		if n.On.OfServer() {
			out = append(out, n)
		}
	}
	if task == grants.Apply && s.Logins {
		out = append(out, grants.NeedOfLogins(""))
	}
	if task == grants.Apply && s.Audits {
		out = append(out, grants.NeedOfAudits())
	}
	return out
}

// guardedGrant is the GRANT of a need to a role. Of one that SQL Server 2022 brought
// it is the older one where the server has it not.
func guardedGrant(n grants.Need, role string) string {
	grant := func(modern bool) string { return statementOf(n.Remedy(role, role, modern)) }
	if n.Older == "" {
		return grant(true)
	}
	return fmt.Sprintf("-- SQL Server 2022 and later have %s, which is less.\nIF HAS_PERMS_BY_NAME(NULL, NULL, %s) IS NULL EXEC(%s);\nELSE EXEC(%s);",
		n.Permission, tsql.QuoteString(n.Permission), tsql.QuoteString(grant(false)), tsql.QuoteString(grant(true)))
}

// siteNeeds are what a runner needs in a site.
func siteNeeds(task grants.Task, site RunnerSite) []grants.Need {
	var out []grants.Need
	for _, n := range grants.NeedsToLook() {
		if !n.On.OfServer() {
			out = append(out, n)
		}
	}
	switch task {
	case grants.Verify:
		out = append(out, grants.NeedsToAsk(site.Users)...)
	case grants.Apply: // making roles that belong to dbo, and asking as users who are new, takes it
		out = append(out, grants.NeedsToSend(&grants.Snapshot{}, []grants.Change{{Kind: grants.CreateRole, Principals: []string{"any"}}})...)
	}
	return out
}

func writeRunnerSite(b *strings.Builder, task grants.Task, login, role string, site RunnerSite) error {
	for _, name := range append([]string{site.Database}, site.Users...) {
		if isOrder(name) {
			return &CarryError{Site: site.Site, Object: "database or user", Name: name}
		}
	}
	fmt.Fprintf(b, "USE %s;\nSET XACT_ABORT ON;\n", tsql.Quote(site.Database))
	fmt.Fprintf(b, "DECLARE @user nvarchar(128) = (SELECT p.name FROM sys.database_principals AS p WHERE p.sid = SUSER_SID(%s)), @add nvarchar(400);\n", tsql.QuoteString(login))
	fmt.Fprintf(b, "IF @user IS NULL\nBEGIN\n    CREATE USER %[1]s FOR LOGIN %[1]s;\n    SET @user = %[2]s;\nEND;\n", tsql.Quote(login), tsql.QuoteString(login))
	fmt.Fprintf(b, "IF DATABASE_PRINCIPAL_ID(%s) IS NULL CREATE ROLE %s AUTHORIZATION [dbo];\n", tsql.QuoteString(role), tsql.Quote(role))
	for _, n := range siteNeeds(task, site) {
		b.WriteString(guardedGrant(n, role) + "\n")
	}
	fmt.Fprintf(b, "SET @add = N'ALTER ROLE %s ADD MEMBER ' + QUOTENAME(@user) + N';';\nEXEC(@add);\nGO\n", tsql.Quote(role))
	return nil
}
