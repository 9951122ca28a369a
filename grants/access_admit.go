package grants

import "slices"

// admits answers whether the database lets in somebody who may enter it: with
// RESTRICTED_USER members of db_owner, dbcreator and sysadmin alone, with
// SINGLE_USER whoever comes first (reference H.2).
func (a *Access) admits(acc account, e entry) Answer {
	switch a.s.Access {
	case SingleUser:
		return NotVerified
	case RestrictedUser:
		owner, ok := a.m.byID[DBOwnerID]
		creator := slices.ContainsFunc(e.token.server, func(id int) bool { return a.server.name(id) == "dbcreator" })
		switch {
		case e.token.dbo || ok && slices.Contains(e.token.db, int32(owner)) || creator:
			return Yes
		case !a.s.LoginsVisible:
			return NotVerified
		}
		return No
	}
	return Yes
}

// arrive is enter, and whether the database lets them in as it stands now.
func (a *Access) arrive(acc account) entry { return a.admitted(acc, a.enter(acc)) }

// admitted is how somebody enters, where the database lets them in.
func (a *Access) admitted(acc account, e entry) entry {
	if e.in == No {
		return e
	}
	switch a.admits(acc, e) {
	case No:
		e.refuse("connect", "the database is in %s, and %s is in none of db_owner, dbcreator and sysadmin", a.s.Access, acc.name)
		e.token = token{server: e.token.server}
	case NotVerified:
		e.doubt("connect", "the database is in %s: whether it lets %s in could not be read", a.s.Access, acc.name)
	}
	return e
}
