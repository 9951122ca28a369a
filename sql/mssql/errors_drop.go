package mssql

import (
	"fmt"

	"grantree/grants"
	"grantree/sql/tsql"
)

// inTheWay is the query, behind a sentence, that lists what keeps a user or role from
// being dropped, or a user from being made: what came after the plan, or is of a kind that no plan looks at
// (reference D.3, D.4). It is "" of any other refusal.
func inTheWay(c grants.Change, number int32) string {
	if c.Kind == grants.CreateUser && number == 15063 {
		return fmt.Sprintf(": see SELECT name FROM sys.database_principals WHERE sid = SUSER_SID(%s);", tsql.QuoteString(c.Login))
	}
	if c.Kind != grants.DropUser && c.Kind != grants.DropRole {
		return ""
	}
	who := "DATABASE_PRINCIPAL_ID(" + tsql.QuoteString(c.Principals[0]) + ")"
	query := map[int32]string{
		15136: "SELECT OBJECT_NAME(object_id) FROM sys.sql_modules WHERE execute_as_principal_id = %[1]s UNION ALL SELECT name FROM sys.service_queues WHERE execute_as_principal_id = %[1]s",
		15138: ownedQuery,
		15183: "SELECT SCHEMA_NAME(schema_id), name FROM sys.objects WHERE principal_id = %[1]s",
		15184: "SELECT SCHEMA_NAME(schema_id), name FROM sys.types WHERE principal_id = %[1]s",
		15284: "SELECT class_desc, OBJECT_NAME(major_id), permission_name, USER_NAME(grantee_principal_id) FROM sys.database_permissions WHERE grantor_principal_id = %[1]s",
		15421: "SELECT name FROM sys.database_principals WHERE owning_principal_id = %[1]s",
	}[number]
	if query == "" {
		return ""
	}
	return ": see " + fmt.Sprintf(query, who) + ";"
}

// aboutLogin is what to do about a login that was not changed, with the query that
// lists what keeps it from being dropped (reference D.2), or "".
func aboutLogin(login string, number int32) string {
	says := numbers[number].says
	if says == "" {
		return ""
	}
	if query := map[int32]string{
		15141: "SELECT name FROM sys.endpoints WHERE principal_id = SUSER_ID(%s)",
		15155: "SELECT name FROM sys.server_principals WHERE owning_principal_id = SUSER_ID(%s)",
		15170: "SELECT name FROM msdb.dbo.sysjobs WHERE owner_sid = SUSER_SID(%s)",
		15173: "SELECT class_desc, permission_name, SUSER_NAME(grantee_principal_id) FROM sys.server_permissions WHERE grantor_principal_id = SUSER_ID(%s)",
		15174: "SELECT name FROM sys.databases WHERE owner_sid = SUSER_SID(%s)",
		15434: "SELECT session_id, host_name, program_name FROM sys.dm_exec_sessions WHERE security_id = SUSER_SID(%s)",
	}[number]; query != "" {
		says += ": see " + fmt.Sprintf(query, tsql.QuoteString(login)) + ";"
	}
	return "; " + says
}

// ownedQuery lists what error 15138 is about: whatever a principal owns that is in no
// schema, and schemas.
const ownedQuery = "SELECT N'SCHEMA', name COLLATE Latin1_General_BIN2 FROM sys.schemas WHERE principal_id = %[1]s" +
	" UNION ALL SELECT N'ASSEMBLY', name FROM sys.assemblies WHERE principal_id = %[1]s" +
	" UNION ALL SELECT N'CERTIFICATE', name FROM sys.certificates WHERE principal_id = %[1]s" +
	" UNION ALL SELECT N'SYMMETRIC KEY', name FROM sys.symmetric_keys WHERE principal_id = %[1]s" +
	" UNION ALL SELECT N'ASYMMETRIC KEY', name FROM sys.asymmetric_keys WHERE principal_id = %[1]s" +
	" UNION ALL SELECT N'SERVICE', name FROM sys.services WHERE principal_id = %[1]s" +
	" UNION ALL SELECT N'FULLTEXT CATALOG', name FROM sys.fulltext_catalogs WHERE principal_id = %[1]s"
