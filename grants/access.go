package grants

import (
	"slices"

	"grantree/catalog"
)

// Access is the model of effective access: who may do what on each view, and
// why, worked out from a snapshot by the rules of the engine
// (reference A to C) and nothing else.
//
// It answers two questions. Of is what HAS_PERMS_BY_NAME says to a user under
// EXECUTE AS USER: it knows neither who can enter, nor the server, nor chains of
// owners. Everything else is the truth: what somebody may really do, by
// whatever way, once they have entered the site or acting as somebody else.
//
// Both answer for the view as a whole: a grant on some columns is not a grant
// on the view, nor is a column's DENY a DENY. Columns says where columns differ.
type Access struct {
	s        *Snapshot
	m        *matrix
	server   *instance
	objects  *things
	table    *rowTable
	users    []int            // positions of accounts, sorted by name
	loginOf  places           // the login with an account's SID, by the account's position
	userOf   places           // the account that belongs to a login, by the login's
	tokens   [][]int32        // of the accounts, by position; nil of what is none
	column   map[int][]colRow // rows on columns, by position of the view
	connects bool             // some row says who may connect
	catalog  map[int]bool     // object ids of the application's views; nil: unknown

	// These are made when first asked for.
	all []account
	// heldOn are the positions of the users that there are rows on.
	heldOn []int
	// serverCells is what the permissions of logins and server roles bring to
	// every view, by id.
	serverCells map[int]cell
	over        map[int][]int
	led         map[[2]int]course // see leads
	asking      []int             // see askers
	wayOf       map[int][]int     // see ways
}

// NewAccess reads a snapshot. It keeps a reference to s and never changes it.
func NewAccess(s *Snapshot) *Access { return newAccess(NewSurvey(s)) }

func newAccess(x *Survey) *Access {
	s := x.s
	a := &Access{s: s, m: x.matrix(), server: x.instance(), objects: x.objects(), table: x.table(), serverCells: map[int]cell{}}
	a.loginOf, a.userOf = newPlaces(len(a.m.principals)), newPlaces(len(a.server.logins))
	a.tokens = make([][]int32, len(a.m.principals))
	for p, principal := range a.m.principals {
		if isAccount(principal) {
			a.users = append(a.users, p)
			a.tokens[p] = a.m.tokens(int32(p))
			a.link(p)
		}
	}
	a.server.twins(func(i, twin int) { a.userOf[i] = a.userOf[twin] })
	a.column = columnRows(s, a.m.index)
	a.connects = slices.ContainsFunc(s.Permissions, func(row PermissionRow) bool { return row.Class == ClassDatabase && row.Name == "CONNECT" })
	return a
}

// link finds the login of an account.
func (a *Access) link(p int) {
	principal := &a.m.principals[p]
	i, ok := a.server.bySID[principal.SID]
	if !ok || principal.SID == "" {
		return
	}
	a.loginOf[p] = i
	if principal.AuthType != AuthNone {
		a.userOf[i] = int32(p)
	}
}

// NewAccessFor is NewAccess with the knowledge of which views are the
// application's, so that another view over the same table is a way in.
func NewAccessFor(s *Snapshot, w *Wanted) *Access {
	return NewSurvey(s).Access(w)
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

// Of returns what HAS_PERMS_BY_NAME answers about the whole of view to user
// under EXECUTE AS USER, and whether both exist.
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

func (a *Access) of(u, v int) catalog.Permissions { return a.ofAll(u, []int{v})[0] }

// ofAll is what of returns for each of some views.
func (a *Access) ofAll(u int, views []int) []catalog.Permissions {
	out := make([]catalog.Permissions, len(views))
	t := token{dbo: a.m.principals[u].ID == DboID, db: a.tokensOf(u)}
	if a.server.denies && !t.dbo {
		t = a.tokenOf(u, nil)
	}
	for i, v := range views {
		out[i] = a.holdsOn(t, v)
	}
	return out
}

func (a *Access) tokensOf(u int) []int32 {
	if known := a.tokens[u]; known != nil {
		return known
	}
	a.tokens[u] = a.m.tokens(int32(u))
	return a.tokens[u]
}

// CanEnter answers whether somebody can enter the site, and why not.
func (a *Access) CanEnter(name string) (Answer, []Reason) {
	acc, ok := a.account(name)
	if !ok {
		return No, nil
	}
	e := a.arrive(acc)
	return e.in, e.why
}

// In reports whether user is in role, directly or through other roles.
func (a *Access) In(user, role string) bool {
	u, okUser := a.m.principal(user)
	r, okRole := a.m.principal(role)
	return okUser && okRole && slices.Contains(a.tokensOf(u), int32(r))
}
