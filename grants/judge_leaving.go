package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// left reports who is inactive in the policy and enters all the same, by what it
// accepts of others or by what is nobody's to take. In a site that is theirs a
// finding about what they have says that already.
func (j *judge) left() {
	for _, l := range j.w.Leavers {
		for _, acc := range j.accountsOf(l) {
			if !j.chargedOf(acc.name) {
				j.stillEnters(l, acc)
			}
		}
	}
	for _, l := range j.w.Absent {
		for _, acc := range j.accountsOf(l) {
			j.stillEnters(l, acc)
		}
	}
}

// accountsOf are the users of somebody who is inactive, and their login where it
// has none here.
func (j *judge) accountsOf(l Leaver) []account {
	var out []account
	login, known := j.table.named(cmp.Or(l.Login, l.Name))
	add := func(p int) {
		own, _ := l.account(j.a.m.principals[p], j.table, j.s.Collation)
		if acc := j.a.userAccount(p); own && !j.ours(p) && !slices.Contains(out, acc) {
			out = append(out, acc)
		}
	}
	if p, ok := j.a.m.principal(l.Name); ok {
		add(p)
	}
	if !known || login.SID == "" {
		return out
	}
	if at, has := j.table.user[login.SID]; has {
		if p, ok := j.a.m.byID[j.table.users[at].ID]; ok && j.table.users[at].ID != DboID {
			add(p)
		}
		return out
	}
	if acc, ok := j.a.accountOf(login.Name); ok && acc.user < 0 && j.wantedAs(acc) < 0 {
		out = append(out, acc)
	}
	return out
}

// chargedOf reports whether something is to be said of what somebody has.
func (j *judge) chargedOf(name string) bool {
	for k := range j.facts {
		if who, _, _ := strings.Cut(k.who, "\x00"); who == name {
			return true
		}
	}
	return false
}

// stillEnters reports one who is inactive and enters, with through what.
func (j *judge) stillEnters(l Leaver, acc account) {
	e := j.a.enter(acc)
	if acc.user >= 0 {
		e = j.enters(acc.user, acc)
	}
	if e.in != Yes {
		return
	}
	through, do := j.waysIn(acc, e)
	j.mismatch(finding.LeaverEnters, l.Name, l.Cause.Pos, do, "%q, who %s, still enters, by %s%s", l.Name, l.gone(), through, j.acceptedOf(acc))
}

// gone says why the policy lets somebody in no more.
func (l Leaver) gone() string {
	if until, past := strings.CutPrefix(l.Cause.Note, "active until "); past {
		return "by the policy was active until " + until
	}
	return "is inactive in the policy"
}

// waysIn says through what somebody enters, and what keeps them, and nobody else, out.
func (j *judge) waysIn(acc account, e entry) (string, advice) {
	disable := advice{}
	if acc.login >= 0 {
		disable = mend(Remedy{Kind: RemedyDisableLogin, Principal: j.s.Logins[acc.login].Name})
	}
	if len(e.why) > 0 {
		return "their login: " + e.why[0].Text, disable
	}
	if acc.user < 0 {
		return "CONNECT ANY DATABASE of their login", disable
	}
	var through []string
	var remedies []Remedy
	own := j.a.m.principals[acc.user]
	for _, row := range j.a.rowsOn(securable{onDatabase, 0}) {
		p, known := j.a.m.byID[row.Grantee]
		if !known || row.State == Denied || row.Name != "CONNECT" && row.Name != "CONTROL" || !j.a.holds(e.token, row.Grantee) {
			continue
		}
		name := j.a.m.principals[p].Name
		switch {
		case row.Grantee == own.ID:
			through = append(through, fmt.Sprintf("%s of the user %q", row.Name, name))
			remedies = append(remedies, j.mender.revokes([]PermissionRow{row})...)
		case row.Grantee == PublicID:
			return row.Name + " of public", disable
		default:
			through = append(through, fmt.Sprintf("%s of %q", row.Name, name))
			for _, way := range j.leading(acc.user, p) {
				remedies = append(remedies, j.dropMember(way.role, way.member))
			}
		}
	}
	if len(through) == 0 {
		return fmt.Sprintf("the user %q", own.Name), disable
	}
	return strings.Join(through, ", "), mend(remedies...)
}

// acceptedOf names what the policy accepts by which somebody has access.
func (j *judge) acceptedOf(acc account) string {
	var names []string
	if o := j.outsider(acc); o != nil {
		names = append(names, fmt.Sprintf("%q", o.Name))
	}
	if acc.user >= 0 {
		for _, r := range j.acceptedRoles(j.a.tokensOf(acc.user)) {
			names = append(names, fmt.Sprintf("%q", r.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", and has what the policy accepts of " + some(names, 3)
}
