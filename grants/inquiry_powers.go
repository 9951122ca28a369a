package grants

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/finding"
)

// powers says by what somebody, or whoever they can act as, could give
// themselves what counts to the judge, the nearest first: each is the end of a
// sentence that begins with "through".
func (j *judge) powers(f face) []string {
	var out []string
	for _, id := range f.identities() {
		as := ""
		if len(id.via) > 0 {
			as = "acting as " + id.way() + ", and then "
		}
		var found []string
		if !id.out {
			found = j.powersInSite(id.token)
		}
		for _, by := range append(found, j.powersOverServer(id.token)...) {
			out = append(out, as+by)
		}
	}
	return out
}

// powersInSite names the permissions, fixed roles and things owned by which a
// token can give itself what counts.
func (j *judge) powersInSite(t token) []string {
	if t.dbo || len(t.db) == 0 {
		return nil
	}
	var out []string
	for _, at := range j.a.paths(int(t.db[0])) {
		id := j.a.m.principals[at.principal].ID
		var fixed, owned []string
		names, _ := fixedPowers(id)
		for _, name := range names {
			if j.overDatabase(t, name) {
				fixed = append(fixed, name)
			}
		}
		byTarget := map[string][]string{}
		for _, row := range j.rowsOf()[id] {
			k, _ := j.a.kindOf(row)
			if on := (securable{k, row.Major}); j.powerOver(t, on, row.Name) {
				target := j.powerTarget(on)
				byTarget[target] = append(byTarget[target], row.Name+option(row))
			}
		}
		for _, on := range j.owned() {
			// Who owns the schema of a view has all on it already.
			if j.ownerOf(on) == id && (on.kind == onRole && !j.inRole(t, on) && j.matters(on) || on.kind == onSchema && j.rewritable(t, on)) {
				owned = append(owned, j.powerTarget(on))
			}
		}
		out = append(out, j.holding(at, "holds", fixed)...)
		targets := slices.Sorted(maps.Keys(byTarget))
		for _, target := range targets[:min(len(targets), shownNames)] {
			out = append(out, j.holding(at, "is granted", []string{several(byTarget[target]) + " on " + target})...)
		}
		if n := len(targets) - shownNames; n > 0 {
			out = append(out, j.holding(at, "is granted", []string{fmt.Sprintf("the like on %d more", n)})...)
		}
		out = append(out, j.holding(at, "owns", owned)...)
	}
	return out
}

// shownNames is how many things of a kind are named, and the rest by number.
const shownNames = 3

// holding words what the principal of a path holds, is granted or owns; nothing
// where that is nothing.
func (j *judge) holding(at path, verb string, what []string) []string {
	if len(what) == 0 {
		return nil
	}
	text := several(what)
	switch {
	case at.principal == int(j.a.m.public):
		text = "public, which " + verb + " " + text
	case len(at.via) > 0:
		text = j.a.who(at) + ", which " + verb + " " + text
	case verb == "owns":
		text = "owning " + text
	}
	return []string{text}
}

// several joins names, the first few by name and the rest by number.
func several(names []string) string {
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > shownNames+1 {
		names = append(names[:shownNames:shownNames], fmt.Sprintf("%d more", len(names)-shownNames))
	}
	return strings.Join(names, " and ")
}

// powerTarget is target, and says why it matters what has nothing to do with
// the view.
func (j *judge) powerTarget(on securable) string {
	if !j.matters(on) {
		return j.target(on) + " (its owner's chain reaches the data)"
	}
	return j.target(on)
}

func (j *judge) ownerOf(on securable) int {
	if on.kind == onSchema {
		return j.a.m.schemas[j.a.m.schemaByID[on.id]].Owner
	}
	return j.a.m.principals[j.a.m.byID[on.id]].Owner
}

// overDatabase reports whether a permission on the database is, or covers, one
// by which a token that has it can give itself access.
func (j *judge) overDatabase(t token, name string) bool {
	return slices.ContainsFunc(powersOf[onDatabase], func(power string) bool {
		return slices.Contains((level{onDatabase, power}).space(), level{onDatabase, name}) && j.a.can(t, securable{onDatabase, 0}, power)
	})
}

// powerOver reports whether a permission on something gives a token that has it
// what counts. IMPERSONATE is none: whom one can act as is asked themselves.
func (j *judge) powerOver(t token, on securable, name string) bool {
	switch {
	case on.kind == onDatabase:
		return j.overDatabase(t, name)
	case name == "IMPERSONATE" || !j.a.can(t, on, name) || j.inRole(t, on):
		return false
	}
	return j.matters(on) || (on.kind == onObject || on.kind == onSchema) && j.rewritable(t, on)
}

// gets reports whether the policy gives what is asked to a role or a user of
// its own, who need not have it yet.
func (j *judge) gets(p int) bool {
	return slices.ContainsFunc(j.views, func(v int) bool {
		gives := func(to int) bool { return j.want.at(to, v).granted().Has(j.asked) }
		for role := range j.roles {
			if j.isWanted(role, p) && gives(role) {
				return true
			}
		}
		return gives(p)
	})
}

// inRole reports whether a token is, or is in, what a power is over already.
func (j *judge) inRole(t token, on securable) bool {
	return (on.kind == onRole || on.kind == onUser) && j.a.holds(t, on.id)
}

// powersOverServer names what a token's login holds over the server by which it
// can become somebody who has what counts. What gives access by itself, and whom
// one can act as, is told elsewhere.
func (j *judge) powersOverServer(t token) []string {
	if len(t.server) == 0 || t.sysadmin {
		return nil
	}
	nobody := person{account: account{user: -1, login: -1}} // to whom what gives access by itself gives none
	var out []string
	for _, id := range []int{t.server[0], j.a.server.public} {
		i, ok := j.a.server.byID[id]
		if !ok {
			continue
		}
		for _, power := range j.held(i) {
			if power.code() != finding.Impersonate && j.effective(nobody, power) {
				out = append(out, j.overServer(power))
			}
		}
	}
	return out
}

// overServer words a power over the server.
func (j *judge) overServer(power serverPower) string {
	through := ""
	if power.via != "" {
		through = fmt.Sprintf(" (through %s)", power.via)
	}
	switch {
	case power.role:
		return fmt.Sprintf("the server role %s%s, which %s", power.name, through, serverWorth(power.name))
	case power.name == "owner":
		return "owning " + j.target(power.on)
	case power.via != "":
		return fmt.Sprintf("the server role %s, which is granted %s on %s", power.via, power.name, j.target(power.on))
	}
	return power.name + " on " + j.target(power.on)
}
