package grants

import "slices"

// ServerRight is a permission on the server.
type ServerRight struct {
	Permission string
	State      State
}

// WithRights is the site where the login of a SID is in these server roles and has these
// permissions on the server, beside what it has. Roles that the server has not, and a
// login that is not there, are left out.
func (s *Snapshot) WithRights(sid string, roles []string, rights []ServerRight) *Snapshot {
	i := slices.IndexFunc(s.Logins, func(l Login) bool { return l.SID == sid && !l.IsRole() })
	if i < 0 || len(roles)+len(rights) == 0 {
		return s
	}
	out, id := *s, s.Logins[i].ID
	out.ServerMembers, out.ServerPermissions = slices.Clip(s.ServerMembers), slices.Clip(s.ServerPermissions)
	for _, name := range roles {
		role := slices.IndexFunc(s.Logins, func(l Login) bool { return l.IsRole() && s.ServerCollation.Equal(l.Name, name) })
		if role < 0 {
			continue
		}
		if m := (Member{Role: s.Logins[role].ID, Member: id}); !slices.Contains(out.ServerMembers, m) {
			out.ServerMembers = append(out.ServerMembers, m)
		}
	}
	for _, r := range rights {
		out.ServerPermissions = slices.DeleteFunc(slices.Clone(out.ServerPermissions), func(row ServerPermissionRow) bool {
			return row.Class == ClassServer && row.Grantee == id && row.Name == r.Permission
		})
		out.ServerPermissions = append(out.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: id, Name: r.Permission, State: r.State})
	}
	return &out
}
