package grants

import "slices"

// entrance says whose login can enter a server, and who enters it with power
// over all of it, so that no row of the site binds them (reference A.7, C.6).
type entrance struct {
	s      *Snapshot
	logins loginTable
	roles  map[int][]int // the server roles that a login or role is in, by Login.ID
}

func newEntrance(s *Snapshot) *entrance {
	e := &entrance{s: s, logins: newLoginTable(s), roles: map[int][]int{}}
	for _, m := range s.ServerMembers {
		e.roles[m.Member] = append(e.roles[m.Member], m.Role)
	}
	return e
}

// canLogin reports whether somebody can enter the server as the user p: through
// a login that exists, is enabled and is not denied CONNECT SQL. A login that
// the snapshot does not show is taken to be there where the runner may not see
// all, and where the plan makes it.
func (e *entrance) canLogin(p Principal) bool {
	switch {
	case p.AuthType == 2:
		return e.s.Contained
	case !enters(p):
		return false
	case p.SID == "":
		return true
	}
	l, ok := e.logins.bySID[p.SID]
	if !ok {
		return !e.s.LoginsVisible
	}
	return !l.Disabled && !e.says(l, Denied, "CONNECT SQL")
}

// powerful reports whether a user's login rules the server or is dbo here.
func (e *entrance) powerful(p Principal) bool {
	l, ok := e.logins.bySID[p.SID]
	if !ok || p.SID == "" {
		return false
	}
	sysadmin := slices.ContainsFunc(e.tokens(l), func(id int) bool {
		return slices.ContainsFunc(e.s.Logins, func(r Login) bool { return r.ID == id && r.Fixed && r.Name == "sysadmin" })
	})
	return sysadmin || l.SID == SASID || l.SID == e.s.OwnerSID || e.says(l, Granted, "CONTROL SERVER") || e.says(l, GrantedWithGrant, "CONTROL SERVER")
}

// says reports whether a row of the server about the whole of it reaches a
// login, through its roles too.
func (e *entrance) says(l Login, state State, name string) bool {
	tokens := e.tokens(l)
	return slices.ContainsFunc(e.s.ServerPermissions, func(r ServerPermissionRow) bool {
		return r.Class == ClassServer && r.State == state && r.Name == name && slices.Contains(tokens, r.Grantee)
	})
}

// serverPublicID is the server role that every login is in (reference A.5).
const serverPublicID = 2

// tokens lists a login and the server roles that it is in.
func (e *entrance) tokens(l Login) []int {
	out := []int{l.ID}
	for i := 0; i < len(out); i++ {
		for _, role := range e.roles[out[i]] {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	return append(out, serverPublicID)
}
