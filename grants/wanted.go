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
	// Absent are people who are inactive and have no line here: a plan takes nothing from
	// them, and who of them enters is said.
	Absent  []Leaver
	Spared  []Spared
	Members []WantedMember
	// Openings are memberships for a while; they are among Members, too. Over are those
	// that a site has whose time is over: nothing is wanted by them.
	Openings []Opening
	Over     []Opening
	Closing  []Opening     // that are ended before or after their time: see Close
	Entries  []WantedEntry // sorted; no two with the same grantee, view and permission
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
	// Ledger is the table in which the site keeps the record of its changes; nil for
	// none.
	Ledger *WantedLedger
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
	// Lent is one for a while, by an opening alone. Kept stays where it is, and is not
	// made where it is not.
	Lent, Kept bool
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
	rank(w.Users, func(u *WantedUser) string { return u.Name }, func(*WantedUser) string { return "" },
		func(x, y *WantedUser) int { return x.Cause.Pos.Compare(y.Cause.Pos) })
	for _, list := range [][]Leaver{w.Leavers, w.Absent} {
		slices.SortFunc(list, func(x, y Leaver) int {
			return cmp.Or(cmp.Compare(x.Name, y.Name), x.Cause.Pos.Compare(y.Cause.Pos))
		})
	}
	rank(w.Members, func(m *WantedMember) string { return m.Role }, func(m *WantedMember) string { return m.User },
		func(x, y *WantedMember) int { return x.Cause.Pos.Compare(y.Cause.Pos) })
	rank(w.Entries, func(e *WantedEntry) string { return e.View }, func(e *WantedEntry) string { return e.Grantee },
		func(x, y *WantedEntry) int { return cmp.Compare(x.Permission, y.Permission) })
}

// rank puts a list in the order of two names, then of compare. There are very many
// items of few names: names are compared once, items by their ranks, and each item
// is moved once, within the list, for which there may not be room twice.
func rank[T any](list []T, first, second func(*T) string, compare func(x, y *T) int) {
	if len(list) < 2 {
		return
	}
	type place struct {
		key uint64
		at  int32
	}
	order := make([]place, len(list))
	ranks(list, first, func(i int, rank uint32) { order[i] = place{uint64(rank) << 32, int32(i)} })
	ranks(list, second, func(i int, rank uint32) { order[i].key |= uint64(rank) })
	by := func(a, b place) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return compare(&list[a.at], &list[b.at])
	}
	if slices.IsSortedFunc(order, by) {
		return
	}
	slices.SortFunc(order, by)
	for i := range order { // round after round of places, each of which gives its item to the one before
		item, to := list[i], i
		for from := int(order[to].at); from != i; from = int(order[to].at) {
			list[to], order[to].at = list[from], int32(to)
			to = from
		}
		list[to], order[to].at = item, int32(to)
	}
}

// ranks tells of each item which its name is among all of them, in order.
func ranks[T any](list []T, name func(*T) string, tell func(i int, rank uint32)) {
	place := map[string]uint32{}
	var names []string
	of, last, at := make([]uint32, len(list)), "", uint32(0)
	for i := range list {
		if n := name(&list[i]); i == 0 || n != last { // neighbours often have one name
			known := false
			if at, known = place[n]; !known {
				at = uint32(len(names))
				place[n], names = at, append(names, n)
			}
			last = n
		}
		of[i] = at
	}
	order := make([]uint32, len(names))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(names[a], names[b]) })
	rank := make([]uint32, len(names))
	for i, n := range order {
		rank[n] = uint32(i)
	}
	for i, n := range of {
		tell(i, rank[n])
	}
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
	leaver := func(x, y Leaver) bool { return x.Name == y.Name && x.Login == y.Login && cause(x.Cause, y.Cause) }
	shareList(&w.Leavers, other.Leavers, leaver)
	shareList(&w.Absent, other.Absent, leaver)
	shareList(&w.Members, other.Members, func(x, y WantedMember) bool {
		return x.Role == y.Role && x.User == y.User && x.Lent == y.Lent && x.Kept == y.Kept && cause(x.Cause, y.Cause)
	})
	shareList(&w.Entries, other.Entries, func(x, y WantedEntry) bool {
		return CompareEntries(x, y) == 0 && x.Schema == y.Schema && x.State == y.State && slices.EqualFunc(x.Causes, y.Causes, cause)
	})
}

func shareList[T any](list *[]T, other []T, same func(T, T) bool) {
	if slices.EqualFunc(*list, other, same) {
		*list = other
	}
}
