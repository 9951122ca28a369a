package grants

import (
	"cmp"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// Wanted is what the policy says one site should be, with every view resolved
// against the site and every statement traced to the line that asked for it.
// It speaks only of what the policy manages.
type Wanted struct {
	Site    string
	Roles   []WantedRole
	Users   []WantedUser
	Leavers []Leaver
	Spared  []Spared
	Members []WantedMember
	Entries []WantedEntry // sorted; no two with the same grantee, view and permission
	// Ended is what lines gave whose time is over: it is not wanted, and what is
	// left of it has these causes. Permission may be several.
	Ended     []WantedEntry
	Collation Collation
	// Views names the site's views whose permission rows grantree manages:
	// those in the catalog or with its prefix.
	Views []string
	// Contained says that the people here have accounts of the database, and no
	// login. KeepsPasswords is whether the account of who leaves stays there, shut.
	Contained      bool
	KeepsPasswords bool
}

// WantedRole is a database role made from a group.
type WantedRole struct {
	Name  string
	Was   string // the role's name before, or ""
	Group string
	Cause Cause
}

// WantedUser is a database user made from a person's account.
type WantedUser struct {
	Name     string
	Was      string // the user's name before, or ""
	Login    string
	WasLogin string        // the login's name before, or ""
	Type     PrincipalType // of a login that is made: with a password unless said otherwise
	NewLogin bool
	Cause    Cause
}

// external reports whether a login is to be made for an account that Windows or
// Entra has.
func (u WantedUser) external() bool { return u.NewLogin && u.Type != "" && u.Type != SQLUser }

// ofEntra reports whether the policy says that the account is one of Entra.
func (u WantedUser) ofEntra() bool { return u.Type.external() }

// Leaver is a person whom the policy names as gone: whatever account they still
// have here loses what grantree gave it, whoever made the account.
type Leaver struct {
	Name  string
	Login string
	Cause Cause
}

// Spared is a person whose turn has not come: no user is made for them, and the
// one that they have here stays as it is, in the roles that it is in.
type Spared struct {
	Name, Login string
}

// WantedMember puts a user into a role.
type WantedMember struct {
	Role  string
	User  string
	Cause Cause
}

// WantedEntry is one permission row that shall stand: Permission is a single
// permission, State is Granted or Denied.
type WantedEntry struct {
	Grantee    string
	View       string // the view's name in the site, in Schema
	Schema     string
	Permission catalog.Permissions
	State      State
	Causes     []Cause
}

// Cause is why something is wanted: the line that asked, and for a permission
// the node and level through which it reached the view.
type Cause struct {
	Pos   finding.Pos
	Group string // the group, or "" for a user's own line
	User  string
	Node  catalog.Path
	Level catalog.Level
	Note  string // "copied from Mechanic", the vendor's sentence, a cap's reason
	// State is what the line says: Granted or Denied; empty for a role, a user
	// or a membership. An entry that is Denied keeps the allows it beats, after
	// its denies.
	State State
	// Overrides is a deny that may take from what another group grants (rule 1).
	Overrides bool
}

// Sort orders everything by name, entries as CompareEntries has it.
func (w *Wanted) Sort() {
	slices.Sort(w.Views)
	slices.SortFunc(w.Roles, func(x, y WantedRole) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Users, func(x, y WantedUser) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Leavers, func(x, y Leaver) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Members, func(x, y WantedMember) int {
		return cmp.Or(cmp.Compare(x.Role, y.Role), cmp.Compare(x.User, y.User), x.Cause.Pos.Compare(y.Cause.Pos))
	})
	slices.SortFunc(w.Entries, CompareEntries)
}

// CompareEntries orders entries by view, grantee and permission.
func CompareEntries(x, y WantedEntry) int {
	if by := cmp.Compare(x.View, y.View); by != 0 {
		return by
	}
	return cmp.Or(cmp.Compare(x.Grantee, y.Grantee), cmp.Compare(x.Permission, y.Permission))
}

// Share makes w hold the lists of another where they are the same, so that
// sites that are alike are kept as one. Neither may be changed afterwards.
func (w *Wanted) Share(other *Wanted) {
	cause := func(x, y Cause) bool {
		return compareCauses(x, y) == 0 && x.State == y.State && x.Overrides == y.Overrides
	}
	shareList(&w.Views, other.Views, func(x, y string) bool { return x == y })
	shareList(&w.Roles, other.Roles, func(x, y WantedRole) bool { return x.Name == y.Name && x.Group == y.Group && cause(x.Cause, y.Cause) })
	shareList(&w.Users, other.Users, func(x, y WantedUser) bool {
		return x.Name == y.Name && x.Login == y.Login && x.NewLogin == y.NewLogin && cause(x.Cause, y.Cause)
	})
	shareList(&w.Leavers, other.Leavers, func(x, y Leaver) bool { return x.Name == y.Name && x.Login == y.Login && cause(x.Cause, y.Cause) })
	shareList(&w.Members, other.Members, func(x, y WantedMember) bool { return x.Role == y.Role && x.User == y.User && cause(x.Cause, y.Cause) })
	shareList(&w.Entries, other.Entries, func(x, y WantedEntry) bool {
		return CompareEntries(x, y) == 0 && x.Schema == y.Schema && x.State == y.State && slices.EqualFunc(x.Causes, y.Causes, cause)
	})
}

func shareList[T any](list *[]T, other []T, same func(T, T) bool) {
	if slices.EqualFunc(*list, other, same) {
		*list = other
	}
}
