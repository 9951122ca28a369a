package grants

import (
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/sql/tsql"
)

// reserved refuses people of the policy whose login is the server's own
// administrator, whatever it is called: it can have no user (error 15405).
func (j *judge) reserved() { j.mismatches = append(j.mismatches, ReservedLogins(j.s, j.w)...) }

// ReservedLogins reports, as errors, the people of the policy whose login has
// SID 0x01: the server's own administrator, which is dbo everywhere and can
// have no user.
func ReservedLogins(s *Snapshot, w *Wanted) finding.List {
	var out finding.List
	for _, u := range w.Users {
		for _, l := range s.Logins {
			if l.SID == SASID && s.ServerCollation.Equal(l.Name, u.login()) {
				out.Errorf(finding.LoginIsSA, u.Cause.Pos, "give them a login of their own", "the login %q of %q is the server's own administrator: it is dbo everywhere and can have no user", l.Name, u.Name)
			}
		}
	}
	return forSite(s.Site, out)
}

// entering reports the people of the policy who cannot enter, and why.
func (j *judge) entering() {
	for p, i := range j.users {
		u := j.w.Users[i]
		acc := j.a.userAccount(p)
		j.identity(u, acc)
		e := j.a.enter(acc)
		if e.in == Yes || !isAccount(j.a.m.principals[p]) {
			continue
		}
		why := e.why[0]
		if e.in == NotVerified {
			if j.a.m.principals[p].Type == SQLUser {
				j.doubt(finding.EntryNotVerified, "", "%q: %s", u.Name, why.Text)
			} else {
				j.remark(finding.WindowsAccount, "%s%q: %s", j.where(false), u.Name, why.Text)
			}
			continue
		}
		code, fix := j.obstacle(acc, u)
		j.mismatch(code, u.Cause.Pos, fix, "%q cannot enter: %s", u.Name, why.Text)
	}
}

// obstacle is the code and the statement for somebody who cannot enter.
func (j *judge) obstacle(acc account, u WantedUser) (code, fix string) {
	p := j.a.m.principals[acc.user]
	user := tsql.Quote(p.Name)
	if acc.login >= 0 {
		l := j.s.Logins[acc.login]
		login := tsql.Quote(l.Name)
		v := j.a.server.connectSQL(j.a.server.closure(l.ID))
		switch {
		case l.Disabled:
			return finding.LoginDisabled, "ALTER LOGIN " + login + " ENABLE"
		case v.denied || !v.granted && j.a.server.connects && j.s.LoginsVisible:
			return finding.ConnectSQLMissing, "GRANT CONNECT SQL TO " + login
		}
	} else if p.AuthType != 2 {
		if l, known := newLoginTable(j.s).named(u.login()); known {
			return finding.OrphanedUser, fmt.Sprintf("ALTER USER %s WITH LOGIN = %s", user, tsql.Quote(l.Name))
		}
		return finding.OrphanedUser, fmt.Sprintf("CREATE LOGIN %s WITH PASSWORD = '…', SID = 0x%s", tsql.Quote(u.login()), p.SID)
	}
	for _, row := range j.a.rowsOn(securable{onDatabase, 0}) {
		if row.State != Denied || !slices.Contains([]string{"CONNECT", "CONNECT REPLICATION", "CONTROL"}, row.Name) || !j.a.holds(token{db: j.a.tokensOf(acc.user)}, row.Grantee) {
			continue
		}
		if row.Grantee == p.ID && row.Name == "CONNECT" {
			return finding.ConnectDenied, "GRANT CONNECT TO " + user
		}
		return finding.ConnectDenied, fmt.Sprintf("REVOKE %s FROM %s", row.Name, tsql.Quote(j.a.principalName(row.Grantee)))
	}
	return finding.ConnectMissing, "GRANT CONNECT TO " + user
}

// identity reports a user of the policy who belongs to another login, or whose
// login was renamed: the link is the SID (reference A.8).
func (j *judge) identity(u WantedUser, acc account) {
	has, other, exists := j.otherLogin(u, acc)
	switch {
	case has == "":
	case exists:
		j.mismatch(finding.LoginDiffers, u.Cause.Pos, fmt.Sprintf("ALTER USER %s WITH LOGIN = %s", tsql.Quote(j.a.m.principals[acc.user].Name), tsql.Quote(other.Name)),
			"the user %q belongs to the login %q and not to %q: somebody else enters as it", u.Name, has, other.Name)
	default:
		j.remark(finding.LoginRenamed, "%sthe login %q of %q is called %q now: whoever holds the login %q is %q here", j.where(false), u.login(), u.Name, has, has, u.Name)
	}
}

// otherLogin is the name of a login that a user of the policy belongs to and
// the policy does not name, or "", with the one that it names, where that exists.
func (j *judge) otherLogin(u WantedUser, acc account) (has string, named Login, exists bool) {
	if acc.login < 0 || j.s.ServerCollation.Equal(j.s.Logins[acc.login].Name, u.login()) {
		return "", Login{}, false
	}
	named, exists = newLoginTable(j.s).named(u.login())
	return j.s.Logins[acc.login].Name, named, exists
}
