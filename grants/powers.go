package grants

import (
	"maps"
	"slices"
)

// Powers lists the words by which a policy may let a person be more than it
// gives them (Acceptance.Also), as Judge knows them: the fixed roles of a
// database and of a server, and the permissions that stand above a view. A role
// that is somebody's own is accepted as well, by its name.
func Powers() []string {
	out := []string{sysadmin, databaseOwner, roleOwner, "CONTROL", "IMPERSONATE", "TAKE OWNERSHIP"}
	for _, p := range builtIn {
		if p.Fixed {
			out = append(out, p.Name)
		}
	}
	for _, lists := range []map[kind][]string{powersOf, serverPowersOf} {
		for _, names := range lists {
			out = append(out, names...)
		}
	}
	out = append(out, slices.Collect(maps.Keys(fixedServerRoles))...)
	slices.Sort(out)
	return slices.Compact(out)
}

// What a person may also be that is neither a role nor a permission.
const (
	databaseOwner = "database_owner" // the login that owns the database
	roleOwner     = "owner"          // of a server role
)
