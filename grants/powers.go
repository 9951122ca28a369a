package grants

import (
	"maps"
	"slices"

	"grantree/catalog"
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

// Opens is what a word of Acceptance.Also brings by itself to every view of a
// database: of a fixed role what it grants, of a permission what it covers. It is
// nothing for a power by which somebody could only give themselves more, and for
// a role that is somebody's own.
func Opens(word string) catalog.Permissions {
	for _, all := range []string{sysadmin, "CONTROL SERVER", databaseOwner, "db_owner", "CONTROL"} {
		if sameWord(word, all) {
			return catalog.All
		}
	}
	if sameWord(word, "SELECT ALL USER SECURABLES") {
		return catalog.Select
	}
	out := catalog.None
	for _, p := range builtIn {
		if p.Fixed && sameWord(word, p.Name) {
			granted, _ := fixedPowers(p.ID)
			for _, name := range granted {
				out = out.Union(covers(ClassDatabase, name))
			}
		}
	}
	return out
}
