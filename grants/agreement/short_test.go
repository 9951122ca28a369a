package agreement

import (
	"context"
	"errors"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/mssql"
)

// changing is what a script changes of its site: queries of one form, by the word
// of it that can change what they read, and what is forgotten before.
var changing = []struct {
	word, query string
	forget      func(*grants.Snapshot)
}{
	{"ALTER ROLE", "SELECT 1, role_principal_id, member_principal_id, 0, 0, 0, N'', N'' FROM sys.database_role_members", func(s *grants.Snapshot) { s.Members = nil }},
	{"", "SELECT 2, class, major_id, minor_id, grantee_principal_id, grantor_principal_id, permission_name, state FROM sys.database_permissions WHERE NOT (class = 1 AND major_id < 0)", func(s *grants.Snapshot) { s.Permissions = nil }},
	{"AUTHORIZATION", "SELECT 3, schema_id, principal_id, 0, 0, 0, N'', N'' FROM sys.schemas", nil},
	{"AUTHORIZATION", "SELECT 4, object_id, ISNULL(principal_id, 0), schema_id, 0, 0, N'', N'' FROM sys.objects", nil},
	{"AUTHORIZATION", "SELECT 5, principal_id, ISNULL(owning_principal_id, 0), 0, 0, 0, N'', N'' FROM sys.database_principals", nil},
	{"SERVER ROLE", "SELECT 6, role_principal_id, member_principal_id, 0, 0, 0, N'', N'' FROM sys.server_role_members", func(s *grants.Snapshot) { s.ServerMembers = nil }},
	{"USE master", "SELECT 7, class, major_id, 0, grantee_principal_id, grantor_principal_id, permission_name, state FROM sys.server_permissions WHERE class IN (100, 101)", func(s *grants.Snapshot) { s.ServerPermissions = nil }},
	{"ON DATABASE", "SELECT 8, l.principal_id, 0, 0, 0, 0, N'', N'' FROM sys.server_principals AS l JOIN sys.databases AS d ON d.owner_sid = l.sid WHERE d.name = DB_NAME()", nil},
}

// read is mssql.Snapshot for a site of which most is known: reading all of it,
// and what the script does not change, would be most of the work. One state in a
// hundred is read whole as well, which must be the same.
func (st *state) read(ctx context.Context) (*grants.Snapshot, error) {
	short, err := st.readShort(ctx)
	if err != nil || st.number%100 != 0 {
		return short, err
	}
	whole, err := mssql.Snapshot(ctx, st.conn, "agreement", "test")
	if err == nil && whole.Fingerprint() != short.Fingerprint() {
		err = errors.New("the site was not read as mssql.Snapshot reads it")
	}
	return whole, err
}

func (st *state) readShort(ctx context.Context) (*grants.Snapshot, error) {
	s := *st.base
	s.Principals, s.Schemas, s.Views, s.Objects = slices.Clone(s.Principals), slices.Clone(s.Schemas), slices.Clone(s.Views), slices.Clone(s.Objects)
	schemas, objects, roles := map[int]int{}, map[int][2]int{}, map[int]int{}
	var batch strings.Builder
	for _, c := range changing {
		if !strings.Contains(st.script, c.word) {
			continue
		}
		batch.WriteString(c.query + ";\n")
		if c.forget != nil {
			c.forget(&s)
		}
	}
	rows, err := st.conn.QueryContext(ctx, batch.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	next := func() bool {
		for !rows.Next() {
			if !rows.NextResultSet() {
				return false
			}
		}
		return true
	}
	for next() {
		var k, a, b, c, d, e int
		var name, state string
		if err := rows.Scan(&k, &a, &b, &c, &d, &e, &name, &state); err != nil {
			return nil, err
		}
		switch k {
		case 1:
			s.Members = append(s.Members, grants.Member{Role: a, Member: b})
		case 2:
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.Class(a), Major: b, Minor: c, Grantee: d, Grantor: e, Name: name, State: grants.State(state)})
		case 3:
			schemas[a] = b
		case 4:
			objects[a] = [2]int{b, c}
		case 5:
			roles[a] = b
		case 6:
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: a, Member: b})
		case 7:
			s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ServerClass(a), Major: b, Grantee: d, Grantor: e, Name: name, State: grants.State(state)})
		case 8:
			for _, l := range s.Logins {
				if l.ID == a {
					s.OwnerSID = l.SID
				}
			}
		}
	}
	if len(schemas) == 0 {
		return &s, rows.Err()
	}
	owner := func(id int) int {
		if o := objects[id]; o[0] != 0 {
			return o[0]
		}
		return schemas[objects[id][1]]
	}
	for i := range s.Schemas {
		s.Schemas[i].Owner = schemas[s.Schemas[i].ID]
	}
	for i := range s.Views {
		s.Views[i].Owner = owner(s.Views[i].ID)
	}
	for i := range s.Objects {
		s.Objects[i].Owner = owner(s.Objects[i].ID)
	}
	for i := range s.Principals {
		s.Principals[i].Owner = roles[s.Principals[i].ID]
	}
	return &s, rows.Err()
}
