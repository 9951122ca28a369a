package grants

import (
	"slices"

	"grantree/finding"
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
				j.doubt(finding.EntryNotVerified, advice{}, "%q: %s", u.Name, why.Text)
			} else {
				j.remark(finding.WindowsAccount, "%s%q: %s", j.where(false), u.Name, why.Text)
			}
			continue
		}
		code, do := j.obstacle(acc, u)
		j.mismatch(code, u.Cause.Pos, do, "%q cannot enter: %s", u.Name, why.Text)
	}
}

// obstacle is the code and the statement for somebody who cannot enter.
func (j *judge) obstacle(acc account, u WantedUser) (code string, do advice) {
	p := j.a.m.principals[acc.user]
	connect := mend(Remedy{Kind: RemedyGrant, Permissions: []string{"CONNECT"}, Principal: p.Name})
	if acc.login >= 0 {
		l := j.s.Logins[acc.login]
		v := j.a.server.connectSQL(j.a.server.closure(l.ID))
		switch {
		case l.Disabled:
			return finding.LoginDisabled, mend(Remedy{Kind: RemedyEnableLogin, Principal: l.Name})
		case v.denied || !v.granted && j.a.server.connects && j.s.LoginsVisible:
			return finding.ConnectSQLMissing, mend(Remedy{Kind: RemedyGrant, On: theServer, Permissions: []string{"CONNECT SQL"}, Principal: l.Name})
		}
	} else if p.AuthType != 2 {
		table := newLoginTable(j.s)
		if l, known := table.named(u.login()); known {
			return finding.OrphanedUser, mend(table.relink(p, l)...)
		}
		return finding.OrphanedUser, mend(Remedy{Kind: RemedyCreateLogin, Type: p.Type, Principal: u.login(), SID: p.SID})
	}
	for _, row := range j.a.rowsOn(securable{onDatabase, 0}) {
		if row.State != Denied || !slices.Contains([]string{"CONNECT", "CONNECT REPLICATION", "CONTROL"}, row.Name) || !j.a.holds(token{db: j.a.tokensOf(acc.user)}, row.Grantee) {
			continue
		}
		if row.Grantee == p.ID && row.Name == "CONNECT" {
			return finding.ConnectDenied, connect
		}
		return finding.ConnectDenied, mend(j.mender.revokes([]PermissionRow{row})...)
	}
	return finding.ConnectMissing, connect
}

// identity reports a user of the policy who belongs to another login, or whose
// login was renamed: the link is the SID (reference A.8).
func (j *judge) identity(u WantedUser, acc account) {
	if acc.login < 0 || j.s.ServerCollation.Equal(j.s.Logins[acc.login].Name, u.login()) {
		return
	}
	has := j.s.Logins[acc.login].Name
	table := newLoginTable(j.s)
	if other, exists := table.named(u.login()); exists {
		j.mismatch(finding.LoginDiffers, u.Cause.Pos, advice{remedies: table.relink(j.a.m.principals[acc.user], other), or: "name the right login"},
			"the user %q belongs to the login %q and not to %q: somebody else enters as it", u.Name, has, other.Name)
		return
	}
	j.remark(finding.LoginRenamed, "%sthe login %q of %q is called %q now: whoever holds the login %q is %q here", j.where(false), u.login(), u.Name, has, has, u.Name)
}
