package mssql

import (
	"cmp"
	"fmt"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// Statement returns the T-SQL of a remedy, ready to paste. What is the server's
// moves to master first, where alone it is taken (reference B.4).
func Statement(r grants.Remedy) string {
	if r.On.OfServer() && r.Kind != grants.RemedyDropMember {
		return "USE master; " + statementOf(r)
	}
	return statementOf(r)
}

func statementOf(r grants.Remedy) string {
	who := tsql.Quote(r.Principal)
	switch r.Kind {
	case grants.RemedyRevoke:
		return fmt.Sprintf("REVOKE %s%s FROM %s%s;", strings.Join(r.Permissions, ", "), onSecurable(r), who, cascadeAs(r))
	case grants.RemedyRevokeOption:
		r.Cascade = true // else error 4611, whether it was handed on or not (reference B.5)
		return fmt.Sprintf("REVOKE GRANT OPTION FOR %s%s FROM %s%s;", strings.Join(r.Permissions, ", "), onSecurable(r), who, cascadeAs(r))
	case grants.RemedyGrant:
		return fmt.Sprintf("GRANT %s%s TO %s;", strings.Join(r.Permissions, ", "), onSecurable(r), who)
	case grants.RemedyOwner:
		return fmt.Sprintf("ALTER AUTHORIZATION ON %s::%s TO %s;", r.On.Class, securable(r.On), tsql.Quote(r.To))
	case grants.RemedyDropMember:
		return fmt.Sprintf("ALTER %s %s DROP MEMBER %s;", r.On.Class, securable(r.On), who)
	case grants.RemedyAddMember:
		return fmt.Sprintf("ALTER %s %s ADD MEMBER %s;", r.On.Class, securable(r.On), who)
	case grants.RemedyDropUser:
		return fmt.Sprintf("DROP USER %s;", who)
	case grants.RemedyDropAppRole:
		return fmt.Sprintf("DROP APPLICATION ROLE %s;", who)
	case grants.RemedyWithLogin:
		return fmt.Sprintf("ALTER USER %s WITH LOGIN = %s;", who, tsql.Quote(r.To))
	case grants.RemedyWithName:
		return fmt.Sprintf("ALTER USER %s WITH NAME = %s;", who, tsql.Quote(r.To))
	case grants.RemedyCreateLogin:
		return createLogin(r)
	case grants.RemedyDisableLogin:
		return fmt.Sprintf("ALTER LOGIN %s DISABLE;", who)
	case grants.RemedyEnableLogin:
		return fmt.Sprintf("ALTER LOGIN %s ENABLE;", who)
	case grants.RemedySetDatabase:
		return fmt.Sprintf("ALTER DATABASE %s SET %s;", securable(r.On), r.Option)
	case grants.RemedyConfigure:
		return fmt.Sprintf("EXEC sys.sp_configure %s, %s; RECONFIGURE;", tsql.QuoteString(r.Option), cmp.Or(r.To, "0"))
	case grants.RemedyMigrate:
		return fmt.Sprintf("EXEC sys.sp_migrate_user_to_contained @username = %s, @rename = N'keep_name', @disablelogin = N'do_not_disable_login';", tsql.QuoteString(r.Principal))
	case grants.RemedyUse:
		return fmt.Sprintf("USE %s;", securable(r.On))
	case grants.RemedySetLogin:
		return fmt.Sprintf("ALTER LOGIN %s WITH %s;", who, r.Option)
	case grants.RemedyRenameLogin:
		return fmt.Sprintf("ALTER LOGIN %s WITH NAME = %s;", who, tsql.Quote(r.To))
	}
	return ""
}

// createLogin makes a login that is missing. The password of a SQL login is
// left for whoever pastes it to fill in; as it stands the server refuses it.
func createLogin(r grants.Remedy) string {
	switch r.Type {
	case grants.WindowsUser, grants.WindowsGroup:
		return fmt.Sprintf("CREATE LOGIN %s FROM WINDOWS;", tsql.Quote(r.Principal))
	case grants.ExternalUser, grants.ExternalGroup:
		return fmt.Sprintf("CREATE LOGIN %s FROM EXTERNAL PROVIDER;", tsql.Quote(r.Principal))
	}
	sid := "" // the server's choice
	if r.SID != "" {
		sid = ", SID = 0x" + r.SID
	}
	return fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = N'…'%s;", tsql.Quote(r.Principal), sid)
}

// onSecurable is the ON clause, which the current database and the server do
// without.
func onSecurable(r grants.Remedy) string {
	var on string
	switch r.On.Class {
	case "", "SERVER":
		return ""
	case "OBJECT":
		on = " ON " + securable(r.On)
	default:
		on = " ON " + r.On.Class + "::" + securable(r.On)
	}
	if len(r.Columns) > 0 {
		on += " (" + quoteAll(r.Columns) + ")"
	}
	return on
}

// securable is the quoted name of what a permission or an owner is on.
func securable(on grants.Securable) string {
	if on.Schema == "" {
		return tsql.Quote(on.Name)
	}
	return tsql.Quote(on.Schema) + "." + tsql.Quote(on.Name)
}

// cascadeAs is the end of a REVOKE.
func cascadeAs(r grants.Remedy) string {
	var end string
	if r.Cascade {
		end = " CASCADE"
	}
	if r.As != "" {
		end += " AS " + tsql.Quote(r.As)
	}
	return end
}
