package agreement

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
)

// reports is what the permission reports that administrators run read of a server and
// one of its databases: sp_SrvPermissions, sp_DBPermissions and Get-DbaPermission
// of dbatools, asked in words of our own. Names, as they print them.
type reports struct {
	principals []reported // of the database
	logins     []reported
	members    [][2]string // role, member
	inServer   [][2]string
	rows       []reportRow // of the database
	onServer   []reportRow
	implied    []reportRow // what no row says: fixed roles, owners
}

// reported is a principal: its type in words, its login or "", and who owns it.
type reported struct{ name, kind, login, owner string }

// reportRow is a row of permissions.
type reportRow struct{ grantee, state, permission, class, schema, object, column string }

// The questions. What stands behind a row is looked up class by class, as the reports
// do, among everything that a database may hold.
const (
	askPrincipals = `SELECT p.name, p.type_desc, ISNULL(l.name, N''), ISNULL(o.name, N'')
FROM sys.database_principals AS p
LEFT OUTER JOIN sys.database_principals AS o ON o.principal_id = p.owning_principal_id
LEFT OUTER JOIN sys.server_principals AS l ON l.sid = p.sid AND p.sid NOT IN (0x00, 0x01)
ORDER BY p.name`
	askLogins = `SELECT l.name, l.type_desc, ISNULL(c.name, ISNULL(k.name, N'')), CASE WHEN q.is_policy_checked = 1 THEN N'ON' ELSE N'OFF' END
FROM sys.server_principals AS l
LEFT OUTER JOIN sys.sql_logins AS q ON q.sid = l.sid
LEFT OUTER JOIN sys.certificates AS c ON c.sid = l.sid
LEFT OUTER JOIN sys.asymmetric_keys AS k ON k.sid = l.sid
ORDER BY l.name`
	askMembers = `SELECT r.name, m.name FROM sys.database_role_members AS x
JOIN sys.database_principals AS r ON r.principal_id = x.role_principal_id
JOIN sys.database_principals AS m ON m.principal_id = x.member_principal_id ORDER BY r.name, m.name`
	askInServer = `SELECT r.name, m.name FROM sys.server_role_members AS x
JOIN sys.server_principals AS r ON r.principal_id = x.role_principal_id
JOIN sys.server_principals AS m ON m.principal_id = x.member_principal_id ORDER BY r.name, m.name`
	askRows = `WITH Things AS (
  SELECT NULL AS schema_name, d.name COLLATE DATABASE_DEFAULT AS name, d.database_id AS id, 'DATABASE' AS class_desc FROM master.sys.databases AS d
  UNION ALL SELECT SCHEMA_NAME(o.schema_id) COLLATE DATABASE_DEFAULT, o.name COLLATE DATABASE_DEFAULT, o.object_id, 'OBJECT_OR_COLUMN' FROM sys.all_objects AS o
  UNION ALL SELECT s.name COLLATE DATABASE_DEFAULT, NULL, s.schema_id, 'SCHEMA' FROM sys.schemas AS s
  UNION ALL SELECT NULL, p.name COLLATE DATABASE_DEFAULT, p.principal_id, 'DATABASE_PRINCIPAL' FROM sys.database_principals AS p
  UNION ALL SELECT SCHEMA_NAME(t.schema_id) COLLATE DATABASE_DEFAULT, t.name COLLATE DATABASE_DEFAULT, t.user_type_id, 'TYPE' FROM sys.types AS t
  UNION ALL SELECT NULL, a.name COLLATE DATABASE_DEFAULT, a.assembly_id, 'ASSEMBLY' FROM sys.assemblies AS a
  UNION ALL SELECT SCHEMA_NAME(x.schema_id) COLLATE DATABASE_DEFAULT, x.name COLLATE DATABASE_DEFAULT, x.xml_collection_id, 'XML_SCHEMA_COLLECTION' FROM sys.xml_schema_collections AS x
  UNION ALL SELECT NULL, c.name COLLATE DATABASE_DEFAULT, c.certificate_id, 'CERTIFICATE' FROM sys.certificates AS c
  UNION ALL SELECT NULL, k.name COLLATE DATABASE_DEFAULT, k.symmetric_key_id, 'SYMMETRIC_KEYS' FROM sys.symmetric_keys AS k)
SELECT g.name, x.state_desc, x.permission_name, x.class_desc, ISNULL(t.schema_name, N''), ISNULL(t.name, N''), ISNULL(c.name, N'')
FROM sys.database_permissions AS x
JOIN sys.database_principals AS g ON g.principal_id = x.grantee_principal_id
JOIN sys.database_principals AS r ON r.principal_id = x.grantor_principal_id
LEFT OUTER JOIN Things AS t ON t.id = x.major_id AND t.class_desc = x.class_desc
LEFT OUTER JOIN sys.columns AS c ON c.object_id = x.major_id AND c.column_id = x.minor_id
WHERE NOT (x.class = 1 AND x.major_id < 0)
ORDER BY 1, 2, 3, 4, 5, 6, 7`
	askOnServer = `SELECT g.name, x.state_desc, x.permission_name, x.class_desc, N'', CASE WHEN x.class = 100 THEN N'' WHEN x.class = 101 THEN SUSER_NAME(x.major_id) ELSE N'?' END, N''
FROM sys.server_permissions AS x
JOIN sys.server_principals AS g ON g.principal_id = x.grantee_principal_id
JOIN sys.server_principals AS r ON r.principal_id = x.grantor_principal_id
WHERE x.class IN (100, 101) ORDER BY 1, 2, 3, 4, 6`
	askImplied = `SELECT p.name, CASE WHEN p.name LIKE N'db[_]deny%' THEN N'DENY' ELSE N'GRANT' END, b.permission_name, b.class_desc, N'', N'', N''
FROM sys.database_principals AS p
JOIN sys.fn_builtin_permissions('DATABASE') AS b
  ON p.name IN (N'db_datareader', N'db_denydatareader') AND b.permission_name = 'SELECT'
  OR p.name IN (N'db_datawriter', N'db_denydatawriter') AND b.permission_name IN ('INSERT', 'UPDATE', 'DELETE')
  OR p.name = N'db_owner' AND b.permission_name = 'CONTROL'
WHERE p.type = 'R' AND p.is_fixed_role = 1
UNION ALL SELECT ISNULL(SUSER_SNAME(d.owner_sid), N''), N'OWNER', N'CONTROL', N'DATABASE', N'', N'', N'' FROM sys.databases AS d WHERE d.name = DB_NAME()
UNION ALL SELECT USER_NAME(s.principal_id), N'OWNER', N'CONTROL', N'SCHEMA', s.name, N'', N'' FROM sys.schemas AS s
  WHERE s.name NOT IN (SELECT r.name FROM sys.database_principals AS r WHERE r.type = 'R') AND s.name NOT IN (N'guest', N'INFORMATION_SCHEMA', N'sys')
UNION ALL SELECT l.name, N'GRANT', b.permission_name, b.class_desc, N'', N'', N''
  FROM sys.server_principals AS l JOIN sys.fn_builtin_permissions('SERVER') AS b ON l.name = N'sysadmin' AND b.permission_name = 'CONTROL SERVER' WHERE l.type = 'R'
ORDER BY 1, 2, 3, 4, 5`
)

// ask runs the reports in the database where a connection is.
func ask(t *testing.T, conn *sql.Conn) reports {
	t.Helper()
	var r reports
	for _, row := range texts(t, conn, askPrincipals, 4) {
		r.principals = append(r.principals, reported{row[0], row[1], row[2], row[3]})
	}
	for _, row := range texts(t, conn, askLogins, 4) {
		r.logins = append(r.logins, reported{name: row[0], kind: row[1]})
	}
	for _, x := range []struct {
		query string
		to    *[][2]string
	}{{askMembers, &r.members}, {askInServer, &r.inServer}} {
		for _, row := range texts(t, conn, x.query, 2) {
			*x.to = append(*x.to, [2]string{row[0], row[1]})
		}
	}
	for _, x := range []struct {
		query string
		to    *[]reportRow
	}{{askRows, &r.rows}, {askOnServer, &r.onServer}, {askImplied, &r.implied}} {
		for _, row := range texts(t, conn, x.query, 7) {
			*x.to = append(*x.to, reportRow{row[0], row[1], row[2], row[3], row[4], row[5], row[6]})
		}
	}
	return r
}

// texts are the rows of a query, all columns as texts.
func texts(t *testing.T, conn *sql.Conn, query string, columns int) [][]string {
	t.Helper()
	rows, err := conn.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var out [][]string
	for rows.Next() {
		row, targets := make([]string, columns), make([]any, columns)
		for i := range row {
			targets[i] = &row[i]
		}
		check(t, rows.Scan(targets...))
		out = append(out, row)
	}
	check(t, rows.Err())
	return out
}

// may lists who may SELECT the whole of a view, as somebody reads it off the reports:
// logins that enter as dbo, and accounts that hold it by their rows and roles, none
// of which denies it. They know nothing of chains of owners and of EXECUTE AS.
func (r reports) may(schema, view string) []string {
	var out []string
	for _, l := range r.logins {
		if l.kind == "SQL_LOGIN" && !strings.HasPrefix(l.name, "##") && r.rules(l.name) && !slices.ContainsFunc(r.principals, func(p reported) bool { return p.login == l.name }) {
			out = append(out, l.name)
		}
	}
	for _, p := range r.principals {
		if p.kind != "SQL_USER" || slices.Contains([]string{"dbo", "guest", "sys", "INFORMATION_SCHEMA"}, p.name) || p.login == "" {
			continue
		}
		if r.rules(p.login) || r.reads(p, schema, view) {
			out = append(out, p.name)
		}
	}
	slices.Sort(out)
	return out
}

// rules reports whether a login is dbo in the database.
func (r reports) rules(login string) bool {
	return login == "sa" || slices.Contains(closure(r.inServer, login), "sysadmin") ||
		slices.ContainsFunc(r.implied, func(x reportRow) bool { return x.class == "DATABASE" && x.state == "OWNER" && x.grantee == login })
}

// reads reports whether the rows and roles of an account let it in, and read a view.
func (r reports) reads(p reported, schema, view string) bool {
	here, there := append(closure(r.members, p.name), "public"), append(closure(r.inServer, p.login), "public")
	var enters, reads verdict
	for _, x := range slices.Concat(r.rows, r.implied) {
		switch {
		case !slices.Contains(here, x.grantee) || x.class == "SERVER" || x.state == "OWNER" && x.class == "DATABASE":
		case x.state == "OWNER":
			reads.owns = reads.owns || x.schema == schema
		case x.class == "DATABASE" && (x.permission == "CONNECT" || x.permission == "CONTROL"):
			enters.add(x.state)
		}
		on := x.class == "DATABASE" || x.class == "SCHEMA" && x.schema == schema || x.class == "OBJECT_OR_COLUMN" && x.schema == schema && x.object == view && x.column == ""
		if on && x.state != "OWNER" && slices.Contains(here, x.grantee) && (x.permission == "SELECT" || x.permission == "CONTROL") {
			reads.add(x.state)
		}
	}
	for _, x := range r.onServer {
		if x.class == "SERVER" && slices.Contains(there, x.grantee) && (x.permission == "CONTROL SERVER" || x.permission == "SELECT ALL USER SECURABLES") {
			reads.add(x.state)
			if x.permission == "CONTROL SERVER" {
				enters.add(x.state)
			}
		}
	}
	return enters.yes() && reads.yes()
}

// verdict is what rows say together: an owner may, else a DENY beats a GRANT.
type verdict struct{ owns, granted, denied bool }

func (v *verdict) add(state string) {
	v.granted = v.granted || strings.HasPrefix(state, "GRANT")
	v.denied = v.denied || state == "DENY"
}

func (v verdict) yes() bool { return v.owns || v.granted && !v.denied }

// closure is a name and every role that it is in by some members.
func closure(members [][2]string, name string) []string {
	out := []string{name}
	for i := 0; i < len(out); i++ {
		for _, m := range members {
			if m[1] == out[i] && !slices.Contains(out, m[0]) {
				out = append(out, m[0])
			}
		}
	}
	return out
}
