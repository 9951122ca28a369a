package grants

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/finding"
)

// reserved refuses people of the policy whose login is the server's own
// administrator, whatever it is called: it can have no user (error 15405).
func (j *judge) reserved() {
	j.mismatches = append(j.mismatches, ReservedLogins(j.s, j.w)...)
	j.mismatches = append(j.mismatches, forSite(j.s.Site, notContained(j.s, j.w, j.write))...)
}

// ReservedLogins reports, as errors, the people of the policy whose login has
// SID 0x01: the server's own administrator, which is dbo everywhere and can
// have no user.
func ReservedLogins(s *Snapshot, w *Wanted) finding.List {
	var out finding.List
	own := slices.DeleteFunc(slices.Clone(s.Logins), func(l Login) bool { return l.SID != SASID })
	for _, u := range w.Users {
		for _, l := range own {
			if s.ServerCollation.Equal(l.Name, u.login()) {
				out.Errorf(finding.LoginIsSA, u.Cause.Pos, "give them a login of their own", "the login %q of %q is the server's own administrator: it is dbo everywhere and can have no user", l.Name, u.Name)
			}
		}
	}
	return forSite(s.Site, out)
}

// enters is whether and as whom a user enters, which gather has worked out.
func (j *judge) enters(p int, acc account) entry {
	if at, ok := j.selves.get(p); ok && j.people[at].account == acc {
		return j.people[at].entry
	}
	return j.a.enter(acc)
}

// entering reports the people of the policy who cannot enter, and why.
func (j *judge) entering() {
	for p, i := range j.users {
		if i < 0 {
			continue
		}
		u := j.w.Users[i]
		acc := j.a.userAccount(p)
		principal := j.a.m.principals[p]
		if principal.Type == DatabaseRole || isBuiltIn(principal.ID) || !j.identity(u, principal, acc) {
			continue // no user of theirs
		}
		e := j.enters(p, acc)
		if e.in == Yes {
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
		text := why.Text
		if l, known := j.table.named(u.login()); known && code == finding.OrphanedUser {
			text = fmt.Sprintf("the login %q on the server has another SID than the user: nobody can enter as it", l.Name)
		}
		j.mismatch(code, u.Name, u.Cause.Pos, do, "%q cannot enter: %s", u.Name, text)
	}
}

// obstacle is the code and the statements for somebody who cannot enter: all
// that is in the way, in the order of entering.
func (j *judge) obstacle(acc account, u WantedUser) (code string, do advice) {
	p := j.a.m.principals[acc.user]
	if off := j.s.ContainedOff && j.s.Contained && (p.AuthType == AuthDatabase || acc.login < 0 && p.AuthType == AuthWindows); off {
		return finding.ContainedOff, mend(Remedy{Kind: RemedyConfigure, Option: ContainedOption, To: "1"})
	}
	if acc.login < 0 && p.AuthType != AuthDatabase && p.AuthType != AuthExternal && !(j.s.Contained && p.AuthType == AuthWindows) {
		table := j.table
		if l, known := table.named(u.login()); known {
			return finding.OrphanedUser, advice{remedies: table.relink(p, l), or: "name the right login"}
		}
		return finding.OrphanedUser, mend(Remedy{Kind: RemedyCreateLogin, Type: p.Type, Principal: u.login(), SID: p.SID})
	}
	t := token{db: j.a.tokensOf(acc.user)}
	if acc.login >= 0 {
		l := j.s.Logins[acc.login]
		t.server = j.a.server.closure(l.ID)
		if l.Disabled {
			code, do.remedies = finding.LoginDisabled, []Remedy{{Kind: RemedyEnableLogin, Principal: l.Name}}
		}
		if v := j.a.server.connectSQL(t.server); v.denied || !v.granted && j.a.server.connects && j.s.LoginsVisible {
			code = cmp.Or(code, finding.ConnectSQLMissing)
			do.remedies = append(do.remedies, j.serverFrees(l, "CONNECT SQL", "CONTROL SERVER")...)
			if !v.granted {
				do.remedies = append(do.remedies, Remedy{Kind: RemedyGrant, On: theServer, Permissions: []string{"CONNECT SQL"}, Principal: l.Name})
			}
		}
	}
	kind, more := j.lacksConnect(acc, t)
	return cmp.Or(code, kind, finding.ConnectMissing), mend(append(do.remedies, more...)...)
}

// lacksConnect is the code and the statements for a user who may not connect to
// the database; none where they may.
func (j *judge) lacksConnect(acc account, t token) (code string, out []Remedy) {
	at := securable{onDatabase, 0}
	var v verdict
	for _, l := range (level{onDatabase, "CONNECT"}).space() {
		j.a.judgeLevel(&v, t, at, l)
	}
	if !j.a.connects || v.allowed() {
		return "", nil
	}
	p, replaced := j.a.m.principals[acc.user], false
	for _, row := range j.a.rowsOn(at) {
		if row.State != Denied || !slices.Contains([]string{"CONNECT", "CONNECT REPLICATION", "CONTROL"}, row.Name) || !j.a.holds(t, row.Grantee) {
			continue
		}
		if row.Grantee == p.ID && row.Name == "CONNECT" {
			replaced = true // GRANT takes the place of this one
			continue
		}
		out = append(out, j.frees(row, j.a.m.byID[row.Grantee], []int{acc.user})...)
	}
	if acc.login >= 0 {
		out = append(out, j.serverFrees(j.s.Logins[acc.login], "CONNECT ANY DATABASE", "CONTROL SERVER")...)
	}
	if replaced || !v.granted {
		out = append(out, Remedy{Kind: RemedyGrant, Permissions: []string{"CONNECT"}, Principal: p.Name})
	}
	if v.denied {
		return finding.ConnectDenied, out
	}
	return finding.ConnectMissing, out
}

// identity reports a user of the policy who belongs to another login, or to one
// of another kind, or whose login was renamed: the link is the SID (reference
// A.8). It reports whether the user is the policy's person.
func (j *judge) identity(u WantedUser, p Principal, acc account) bool {
	if j.w.Contained {
		why, wrong := u.misfit(p)
		if wrong {
			j.mismatch(finding.ContainedOther, u.Name, u.Cause.Pos, u.makeOwn(p), "the site is contained, and the user %q %s", p.Name, why)
		}
		return !wrong
	}
	switch p.AuthType {
	case AuthDatabase:
		j.mismatch(finding.LoginDiffers, u.Name, u.Cause.Pos, ownPassword(p), "the user %q does not belong to %s: %s", p.Name, u.describeLogin(), hasOwnPassword)
		return false
	case AuthNone:
		if p.Type == SQLUser {
			j.mismatch(finding.UserWithoutLogin, u.Name, u.Cause.Pos, mend(Remedy{Kind: RemedyDropUser, Principal: p.Name}),
				"the user %q was made WITHOUT LOGIN: nobody can enter as it, and no login can be given to it", p.Name)
			return false
		}
	}
	own, other, link := j.linked(u, p, acc)
	switch link {
	case otherKind:
		j.mismatch(finding.LoginDiffers, u.Name, u.Cause.Pos, j.table.another(u, p), "the user %q belongs to %s and not to %s: %s", u.Name, own.describe(), u.describeLogin(), own.whose())
	case otherLogin:
		j.mismatch(finding.LoginDiffers, u.Name, u.Cause.Pos, j.table.another(u, p), "the user %q belongs to the login %q and not to %q: somebody else enters as it", u.Name, own.Name, other.Name)
	case renamedLogin:
		j.remark(finding.LoginRenamed, "%sthe login %q of %q is called %q now: whoever holds the login %q is %q here", j.where(false), u.login(), u.Name, own.Name, own.Name, u.Name)
	}
	return link == ownLogin || link == renamedLogin
}

// userLink is how a user stands to the login that the policy means for them.
type userLink int

const (
	ownLogin     userLink = iota // it is theirs, or none is
	otherKind                    // theirs is of another kind
	otherLogin                   // theirs is another, and the policy's exists or the user is not grantree's
	renamedLogin                 // theirs has another name, and the policy's does not exist
)

// linked returns the login that a user of the policy belongs to, and the one that
// the policy means, where that is another.
func (j *judge) linked(u WantedUser, p Principal, acc account) (own, other Login, _ userLink) {
	if i, has := j.a.loginOf.get(acc.user); has {
		own = j.s.Logins[i]
	} else if own, has = j.table.withSID(p.SID); !has {
		own = Login{Type: p.Type}
	}
	switch {
	case !u.fits(own.Type):
		return own, Login{}, otherKind
	case acc.login < 0 || j.s.ServerCollation.Equal(own.Name, u.login()):
		return own, Login{}, ownLogin
	}
	if other, exists := j.table.named(u.login()); exists {
		return own, other, otherLogin
	}
	if !p.Managed {
		return own, Login{Name: u.login()}, otherLogin
	}
	return own, Login{}, renamedLogin
}
