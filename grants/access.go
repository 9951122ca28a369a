package grants

import (
	"slices"

	"grantree/catalog"
)

// Access is the model of effective access: what each account of a site may do
// on each view, worked out from a snapshot by the rules of the engine
// (reference C.1, C.2, B.8 and A.6) and nothing else.
//
// It answers for the view as a whole, as HAS_PERMS_BY_NAME does for an object:
// a grant on some columns is not a grant on the view, nor is a column's DENY a
// DENY. Columns says where columns differ. It answers for a user who is in the
// database; that CONNECT may be denied is for Beyond to report. A login that
// is sysadmin enters as dbo whatever user it has, which a snapshot does not
// tell.
type Access struct {
	s      *Snapshot
	m      *matrix
	users  []int            // positions of accounts, sorted by name
	tokens map[int][]int32  // of the accounts
	column map[int][]colRow // rows on columns, by position of the view
}

// NewAccess reads a snapshot. It keeps a reference to s and never changes it.
func NewAccess(s *Snapshot) *Access {
	a := &Access{s: s, m: newMatrix(s, newIndex(s)), tokens: map[int][]int32{}}
	for p, principal := range a.m.principals {
		if isAccount(principal) {
			a.users = append(a.users, p)
			a.tokens[p] = a.m.tokens(int32(p))
		}
	}
	a.column = columnRows(s, a.m.index)
	return a
}

// Users returns the names of the accounts of the site, sorted: users and
// Windows groups, not roles, and not dbo, guest and the like.
func (a *Access) Users() []string {
	out := make([]string, 0, len(a.users))
	for _, u := range a.users {
		out = append(out, a.m.principals[u].Name)
	}
	return out
}

// Views returns the names of the site's views, without their schemas, in the
// snapshot's order.
func (a *Access) Views() []string {
	var out []string
	for _, v := range a.s.Views {
		out = append(out, v.Name)
	}
	return out
}

// Of returns what user may do on the whole of view, and whether both exist.
// The view may be written with its schema, "dbo.imvw_asset"; without, dbo is
// meant where it has such a view. The user dbo may do everything.
func (a *Access) Of(user, view string) (catalog.Permissions, bool) {
	u, okUser := a.m.principal(user)
	v, okView := a.m.view(view)
	if !okUser || !okView {
		return catalog.None, false
	}
	return a.of(u, v), true
}

func (a *Access) of(u, v int) catalog.Permissions {
	if a.m.principals[u].ID == DboID {
		return catalog.All
	}
	return a.m.at(a.tokensOf(u), v)
}

func (a *Access) tokensOf(u int) []int32 {
	if known, ok := a.tokens[u]; ok {
		return known
	}
	return a.m.tokens(int32(u))
}

// Who returns the accounts that may do all of p on view, sorted.
func (a *Access) Who(view string, p catalog.Permissions) []string {
	v, ok := a.m.view(view)
	if !ok {
		return nil
	}
	var out []string
	for _, u := range a.users {
		if a.of(u, v).Has(p) {
			out = append(out, a.m.principals[u].Name)
		}
	}
	return out
}

// In reports whether user is in role, directly or through other roles.
func (a *Access) In(user, role string) bool {
	u, okUser := a.m.principal(user)
	r, okRole := a.m.principal(role)
	return okUser && okRole && slices.Contains(a.tokensOf(u), int32(r))
}
