package scripts

import (
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// serverPermissions are those of the server that no database has
// (sys.fn_builtin_permissions('SERVER')).
func serverPermissions() []string {
	return strings.Split(`ADMINISTER BULK OPERATIONS;ALTER ANY AVAILABILITY GROUP;ALTER ANY CONNECTION;ALTER ANY CREDENTIAL;`+
		`ALTER ANY DATABASE;ALTER ANY ENDPOINT;ALTER ANY EVENT NOTIFICATION;ALTER ANY EVENT SESSION;`+
		`ALTER ANY EVENT SESSION ADD EVENT;ALTER ANY EVENT SESSION ADD TARGET;ALTER ANY EVENT SESSION DISABLE;`+
		`ALTER ANY EVENT SESSION DROP EVENT;ALTER ANY EVENT SESSION DROP TARGET;ALTER ANY EVENT SESSION ENABLE;`+
		`ALTER ANY EVENT SESSION OPTION;ALTER ANY LINKED SERVER;ALTER ANY LOGIN;ALTER ANY SERVER AUDIT;ALTER ANY SERVER ROLE;`+
		`ALTER RESOURCES;ALTER SERVER STATE;ALTER SETTINGS;ALTER TRACE;AUTHENTICATE SERVER;CONNECT ANY DATABASE;CONNECT SQL;`+
		`CONTROL SERVER;CREATE ANY DATABASE;CREATE ANY EVENT SESSION;CREATE AVAILABILITY GROUP;CREATE DDL EVENT NOTIFICATION;`+
		`CREATE ENDPOINT;CREATE LOGIN;CREATE SERVER ROLE;CREATE TRACE EVENT NOTIFICATION;DROP ANY EVENT SESSION;`+
		`EXTERNAL ACCESS ASSEMBLY;IMPERSONATE ANY LOGIN;SELECT ALL USER SECURABLES;SHUTDOWN;UNSAFE ASSEMBLY;`+
		`VIEW ANY CRYPTOGRAPHICALLY SECURED DEFINITION;VIEW ANY DATABASE;VIEW ANY DEFINITION;VIEW ANY ERROR LOG;`+
		`VIEW ANY PERFORMANCE DEFINITION;VIEW ANY SECURITY DEFINITION;VIEW SERVER PERFORMANCE STATE;VIEW SERVER SECURITY AUDIT;`+
		`VIEW SERVER SECURITY STATE;VIEW SERVER STATE`, ";")
}

// serverPermission returns the first permission of a statement that is of the
// server, or "".
func serverPermission(s *tsql.Permission) string {
	if s.On != nil {
		return ""
	}
	all := serverPermissions()
	for _, item := range s.Items {
		if slices.Contains(all, item.Name) {
			return item.Name
		}
	}
	return ""
}

// elsewhere says why a statement is about none of the sites, or nothing.
func (r *reader) elsewhere(s tsql.Statement) (why string) {
	server := false
	switch s := s.(type) {
	case *tsql.Permission:
		on := ""
		if s.On != nil {
			on = s.On.Class
		}
		if serverPermission(s) != "" || slices.Contains([]string{"SERVER", "LOGIN", "ENDPOINT", "SERVER ROLE", "AVAILABILITY GROUP"}, on) {
			return "it is a permission of the server, which no site holds"
		}
	case *tsql.AlterRole:
		server = s.Server
	case *tsql.CreateRole:
		server = s.Server
	case *tsql.DropRole:
		server = s.Server
	}
	switch {
	case server:
		return "no site holds what is of the server"
	case len(r.in) == 0 && (grants.Collation{}).Equal(r.database, "master"):
		return noSite(r.database)
	}
	return ""
}

// another says that a name is of another database than the one of the statement.
func another(name tsql.ObjectName) (why string) {
	if name.Database != "" || name.Server != "" {
		return fmt.Sprintf("%s is of another database", name)
	}
	return ""
}
