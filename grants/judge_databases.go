package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// What another database lets its own people do here cannot be read there, so it
// is not verified until it is shut, or accepted by an outsider of this name and
// that of the database, or of all of them.
const (
	aDatabase    = "DATABASE::"
	allDatabases = aDatabase + "*"
)

// databases reports what other databases of the server open here.
func (j *judge) databases() {
	if len(j.views) == 0 {
		return
	}
	j.chaining()
	for _, d := range j.s.Databases {
		if d.Trustworthy && !j.acceptsDatabase(d.Name) {
			j.trusted(d)
		}
	}
	for _, o := range j.acc.Outsiders {
		if name, ok := cutDatabase(o.Name); ok && o.May.Has(catalog.All) {
			j.remark(finding.Outsider, "%swhat the database %q opens is accepted by the policy: %s", j.where(false), name, o.Reason)
		}
	}
}

// chaining reports databases from which a chain of owners may reach the views:
// both say so, or the server for all (reference C.3).
func (j *judge) chaining() {
	off := Remedy{Kind: RemedySetDatabase, On: Securable{Class: "DATABASE", Name: j.s.Database}, Option: "DB_CHAINING OFF"}
	unread := slices.ContainsFunc(j.s.Unread, func(u Unread) bool { return u.What == WhatDatabases })
	switch {
	case j.s.ServerChaining && !j.acceptsDatabase("*"):
		found := j.unsure.Warnf(finding.OtherDatabase, finding.Pos{}, "",
			"%sthe option \"cross db ownership chaining\" is on: chains of owners cross from every database into every other, and who comes by that cannot be read", j.where(true))
		advice{remedies: []Remedy{{Kind: RemedyConfigure, Option: "cross db ownership chaining"}}, or: asOutsider(allDatabases)}.advise(found, j.write, j.s.Database)
	case !j.s.Chaining:
	case unread && !j.acceptsDatabase("*"):
		j.doubt(finding.OtherDatabase, advice{remedies: []Remedy{off}, or: asOutsider(allDatabases)},
			"DB_CHAINING is on: which other databases chain into this one, and who comes by that, cannot be read")
	default:
		for _, d := range j.s.Databases {
			if d.Chaining && j.sharesOwner(d) && !j.acceptsDatabase(d.Name) {
				j.doubt(finding.OtherDatabase, advice{remedies: []Remedy{off}, or: asOutsider(aDatabase + d.Name)},
					"DB_CHAINING is on here and in the database %q: what reaches the views from there, and who may use it, cannot be read", d.Name)
			}
		}
	}
}

// sharesOwner reports whether another database may hold objects of an owner of
// the catalog's data: its dbo where that is the same login, or a user of the
// login that is an owner here.
func (j *judge) sharesOwner(d Database) bool {
	for owner := range j.ownsData() {
		if owner != DboID || d.OwnerSID == j.s.OwnerSID {
			return true
		}
	}
	return false
}

// trusted reports a TRUSTWORTHY database whose owner is trusted here, by
// AUTHENTICATE: whoever can act as a user there is that user's login here too
// (reference C.6).
func (j *judge) trusted(d Database) {
	const does = "whoever can act as others there acts as them %s too, and who that is cannot be read"
	do := advice{remedies: []Remedy{{Kind: RemedySetDatabase, On: Securable{Class: "DATABASE", Name: d.Name}, Option: "TRUSTWORTHY OFF"}}, or: asOutsider(aDatabase + d.Name)}
	owner, known := j.a.server.bySID[d.OwnerSID]
	i := int(owner)
	switch {
	case d.OwnerSID == SASID, known && j.rules(i):
		found := j.unsure.Warnf(finding.TrustedDatabase, finding.Pos{}, "", "%sthe database %q is TRUSTWORTHY and its owner is trusted in every database: "+does, j.where(true), d.Name, "everywhere")
		do.advise(found, j.write, j.s.Database)
	case d.OwnerSID == j.s.OwnerSID, known && j.a.can(j.a.enterLogin(j.a.loginAccount(i), true).token, securable{onDatabase, 0}, "AUTHENTICATE"):
		j.doubt(finding.TrustedDatabase, do, "the database %q is TRUSTWORTHY and its owner is trusted in this one: "+does, d.Name, "here")
	case !known:
		j.doubt(finding.TrustedDatabase, do, "the database %q is TRUSTWORTHY, and whether its owner is trusted in this one cannot be read", d.Name)
	}
}

// rules reports whether a login is trusted on the whole server.
func (j *judge) rules(i int) bool {
	ids := j.a.server.closure(j.s.Logins[i].ID)
	return j.a.can(token{server: ids, sysadmin: j.a.server.isSysadmin(ids)}, securable{onServer, 0}, "AUTHENTICATE SERVER")
}

// acceptsDatabase reports whether the policy accepts what another database
// opens: all of it, for less cannot be told apart.
func (j *judge) acceptsDatabase(name string) bool {
	return slices.ContainsFunc(j.acc.Outsiders, func(o Outsider) bool {
		accepted, ok := cutDatabase(o.Name)
		return ok && o.May.Has(catalog.All) && (accepted == "*" || j.s.ServerCollation.Equal(accepted, name))
	})
}

// cutDatabase returns the database that an outsider's name stands for.
func cutDatabase(name string) (string, bool) {
	if len(name) < len(aDatabase) || !sameWord(name[:len(aDatabase)], aDatabase) {
		return "", false
	}
	return strings.TrimSpace(name[len(aDatabase):]), true
}

// restricted reports that the database lets hardly anybody in, which keeps out
// whoever else should enter.
func (j *judge) restricted() {
	var out []string
	for _, x := range j.people {
		if x.wanted >= 0 && x.in != No && j.a.admits(x.account, x.entry) != Yes {
			out = append(out, fmt.Sprintf("%q", x.name))
		}
	}
	if len(out) == 0 {
		return
	}
	who := map[UserAccess]string{SingleUser: "which one session at a time may enter", RestrictedUser: "which only db_owner, dbcreator and sysadmin may enter"}[j.s.Access]
	j.mismatch(finding.RestrictedAccess, j.s.Access.String(), finding.Pos{},
		mend(Remedy{Kind: RemedySetDatabase, On: Securable{Class: "DATABASE", Name: j.s.Database}, Option: MultiUser.String()}),
		"the database is in %s, %s: %s cannot", j.s.Access, who, some(out, 3))
}
