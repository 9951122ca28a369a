package grants

import (
	"slices"

	"grantree/catalog"
)

// A DENY is lifted for people of the policy and for nobody else: where nobody else
// gains by that, by taking the row away; where it comes through a role by which it
// takes something from others, by taking them out of what leads there, which takes
// what else the role gives too.

// frees are the statements by which a DENY to p stops reaching users of the
// policy.
func (j *judge) frees(row PermissionRow, p int, users []int) []Remedy {
	if j.ours(p) || j.a.m.principals[p].Type != DatabaseRole || row.Grantee == PublicID || !j.strangersGain(row, p) {
		return j.mender.revokes([]PermissionRow{row})
	}
	var out []Remedy
	for _, u := range users {
		for _, e := range j.leading(u, p) {
			if r := j.dropMember(e.role, e.member); !slices.ContainsFunc(out, r.equal) {
				out = append(out, r)
			}
		}
	}
	return out
}

// strangersGain reports whether members of a role whom the policy does not name may do
// more without one of its DENYs: as far as is known of a plain row on a view, where
// something else grants it to them. Of what is wider it is taken for granted.
func (j *judge) strangersGain(row PermissionRow, role int) bool {
	v, onView := j.a.m.viewByID[row.Major]
	if !onView || row.Class != ClassObject || row.Minor != 0 || !plain(row.Name) {
		return j.strangersIn(role)
	}
	worth := covers(row.Class, row.Name)
	return slices.ContainsFunc(j.a.users, func(u int) bool {
		_, ours := j.users.get(u)
		tokens := j.a.tokensOf(u)
		return !ours && slices.Contains(tokens, int32(role)) && (j.grantedTo(u, v).Has(worth) || j.onColumns(row, tokens))
	})
}

// grantedTo is what a user is granted on a view by whatever it is, DENYs aside.
func (j *judge) grantedTo(u, v int) catalog.Permissions {
	var union cell
	for _, t := range j.a.tokensOf(u) {
		union |= j.a.m.cells.at(int(t), v)
	}
	if at, known := j.selves.get(u); known && j.people[at].login >= 0 {
		union |= j.a.serverCell(j.a.server.closure(j.s.Logins[j.people[at].login].ID))
	}
	return (union &^ denials).effective()
}

// onColumns reports whether a token is granted on columns what a row denies on the whole.
func (j *judge) onColumns(row PermissionRow, tokens []int32) bool {
	return slices.ContainsFunc(j.a.rowsOn(securable{onObject, row.Major}), func(x PermissionRow) bool {
		p, known := j.a.m.byID[x.Grantee]
		return known && x.Minor != 0 && x.State != Denied && x.Name == row.Name && slices.Contains(tokens, int32(p))
	})
}

// strangersIn reports whether a role has members, however deep, whom the policy
// does not name.
func (j *judge) strangersIn(role int) bool {
	known, ok := j.strange[role]
	if !ok {
		known = slices.ContainsFunc(j.a.users, func(u int) bool {
			_, ours := j.users.get(u)
			return !ours && slices.Contains(j.a.tokensOf(u), int32(role))
		})
		j.strange[role] = known
	}
	return known
}

// leading lists the memberships, of a user or of a role that the policy has
// them in, that lead to a role and that the policy does not want.
func (j *judge) leading(user, role int) []edge {
	var out []edge
	own := []int32{int32(user)}
	for i := 0; i < len(own); i++ {
		for _, up := range j.a.m.parents[own[i]] {
			switch {
			case int(up) != role && j.roles[int(up)]:
				if !slices.Contains(own, up) {
					own = append(own, up)
				}
			case slices.Contains(j.a.m.tokens(up), int32(role)):
				out = append(out, edge{role: int(up), member: int(own[i])})
			}
		}
	}
	return out
}

// serverFrees are the statements by which DENYs on the server, of any of some
// permissions, stop reaching a login. A DENY of CONNECT SQL to the login itself
// goes with the GRANT that takes its place.
func (j *judge) serverFrees(l Login, names ...string) []Remedy {
	x := j.a.server
	ids := x.closure(l.ID)
	var out []Remedy
	for _, row := range x.rows {
		if x.on(row).kind != onServer || row.State != Denied || !slices.Contains(names, row.Name) || !slices.Contains(ids, row.Grantee) {
			continue
		}
		list := []Remedy{j.serverRevoke(row)}
		switch {
		case row.Grantee == l.ID && row.Name == "CONNECT SQL":
			list = []Remedy{{Kind: RemedyGrant, On: theServer, Permissions: []string{row.Name}, Principal: l.Name}}
		case row.Grantee != l.ID && row.Grantee != x.public && j.othersIn(row.Grantee):
			list = j.leaves(l, row.Grantee)
		}
		for _, r := range list {
			if !slices.ContainsFunc(out, r.equal) {
				out = append(out, r)
			}
		}
	}
	return out
}

// othersIn reports whether a server role has members, however deep, that are no
// login of a user of the policy here.
func (j *judge) othersIn(role int) bool {
	for i, l := range j.s.Logins {
		if l.IsRole() || !slices.Contains(j.a.server.closure(l.ID), role) {
			continue
		}
		if at, ok := j.logins.get(i); !ok || j.people[at].wanted < 0 {
			return true
		}
	}
	return false
}

// leaves takes a login out of every server role through which it is in another.
func (j *judge) leaves(l Login, role int) []Remedy {
	var out []Remedy
	for _, up := range j.a.server.parents[l.ID] {
		if slices.Contains(j.a.server.closure(up), role) {
			out = append(out, Remedy{Kind: RemedyDropMember, On: Securable{Class: "SERVER ROLE", Name: j.a.server.name(up)}, Principal: l.Name})
		}
	}
	return out
}
