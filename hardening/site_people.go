package hardening

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// denying are the fixed roles that only take.
var denying = []int{grants.DBDenyDataReaderID, grants.DBDenyDataWriterID}

// members finds who is in a fixed role (reference A.6), and guest in any.
func (j *site) members() {
	for _, m := range j.s.Members {
		role, p := j.byID[m.Role], j.byID[m.Member]
		evidence := fmt.Sprintf("%s: role %s, member %s", roleMembers, role.Name, p.Name)
		drop := grants.Remedy{Kind: grants.RemedyDropMember, On: grants.Securable{Class: "ROLE", Name: role.Name}, Principal: p.Name}
		switch {
		case p.Name == "" || m.Member == grants.DboID || j.accepted(p, role.Name):
		case m.Member == grants.GuestID:
			f := j.Errorf(finding.GuestMember, evidence, "guest is in %q: every login that has no user here has what it has", role.Name)
			f.About = p.Name
			j.mend(f, drop)
		case m.Role < grants.DBOwnerID || m.Role > grants.LastFixedRoleID || slices.Contains(denying, m.Role):
		case j.said(finding.FixedRole, p.Name, role.Name):
		default:
			f := j.Warnf(finding.FixedRole, evidence, "%s is in %s", j.subject(p), role.Name)
			f.About, f.Caveat = p.Name, "what needs the role stops working"
			if p.Type == grants.DatabaseRole {
				f.Caveat = "whoever is in the role loses it"
			}
			j.mend(f, drop)
		}
	}
}

// orphans finds users whose login is gone (reference A.9). Where not every login
// is seen nobody can say so.
func (j *site) orphans() {
	if !j.s.LoginsVisible {
		return
	}
	for _, p := range j.s.Principals {
		if _, has := j.bySID[p.SID]; !isPerson(p) || has || p.SID == "" || strings.HasPrefix(p.Name, "##MS_") {
			continue
		}
		evidence := fmt.Sprintf("%s: %s, sid 0x%s", databasePeople, p.Name, p.SID)
		switch {
		case p.AuthType == grants.AuthLogin:
			f := j.Warnf(finding.OrphanedUser, evidence, "the user %q has no login", p.Name)
			f.About = p.Name
			if l, ok := j.namesake(p); ok {
				f.Caveat, f.Fix = "only where the login is the same person's", "drop the user"
				j.mend(f, grants.Remedy{Kind: grants.RemedyWithLogin, Principal: p.Name, To: l.Name})
				continue
			}
			f.Caveat = "it is refused while the user owns something; its permissions go with it"
			j.mend(f, grants.Remedy{Kind: grants.RemedyDropUser, Principal: p.Name})
		case p.AuthType == grants.AuthWindows && !j.s.Contained:
			f := j.Warnf(finding.WindowsLoginMissing, evidence, "the user %q of Windows has no login: they enter through a group's, or not at all", p.Name)
			f.About, f.Fix = p.Name, "see whether a group's login lets them in, else drop the user"
		}
	}
}

// namesake is the login of an orphan's name and kind that is nobody's here.
func (j *site) namesake(p grants.Principal) (grants.Login, bool) {
	for _, l := range j.s.Logins {
		if !l.IsRole() && l.Type == p.Type && j.s.ServerCollation.Equal(l.Name, p.Name) {
			return l, !slices.ContainsFunc(j.s.Principals, func(x grants.Principal) bool { return x.SID == l.SID && x.AuthType == grants.AuthLogin })
		}
	}
	return grants.Login{}, false
}

// names finds users who are called as another's login.
func (j *site) names() {
	for _, p := range j.s.Principals {
		own, has := j.bySID[p.SID]
		if !isPerson(p) || !has || j.s.ServerCollation.Equal(own.Name, p.Name) || j.said(finding.LoginDiffers, p.Name) {
			continue
		}
		i := slices.IndexFunc(j.s.Logins, func(l grants.Login) bool {
			return !l.IsRole() && l.SID != p.SID && j.s.ServerCollation.Equal(l.Name, p.Name)
		})
		if i < 0 {
			continue
		}
		f := j.Warnf(finding.ForeignName, fmt.Sprintf("%s: %s, sid 0x%s of login %s", databasePeople, p.Name, p.SID, own.Name),
			"the user %q is the login %q's, and not that of the login of its name", p.Name, own.Name)
		f.About = p.Name
		if !slices.ContainsFunc(j.s.Principals, func(x grants.Principal) bool { return j.s.Collation.Equal(x.Name, own.Name) }) {
			f.Caveat = "what knows the user by its name no longer finds it"
			j.mend(f, grants.Remedy{Kind: grants.RemedyWithName, Principal: p.Name, To: own.Name})
		} else {
			f.Fix = "give the user another name"
		}
	}
}

// contained finds users with a password of the database's own, but in a site
// that the policy calls contained.
func (j *site) contained() {
	if j.x.Wanted != nil && j.x.Wanted.Contained {
		return
	}
	for _, p := range j.s.Principals {
		if p.AuthType == grants.AuthDatabase && isPerson(p) && !j.accepted(p, "") {
			f := j.Warnf(finding.ContainedUser, fmt.Sprintf("%s: %s, authentication_type 2", databasePeople, p.Name),
				"the user %q has a password of the database's own, which nothing locks and nothing makes expire", p.Name)
			f.About, f.Fix = p.Name, "give them a login and a user for it, and drop this one; or write contained = true at the site"
		}
	}
}

// empty finds roles that nobody is in and that the policy does not name.
func (j *site) empty() {
	used := map[int]bool{}
	for _, m := range j.s.Members {
		used[m.Role] = true
	}
	for _, p := range j.s.Principals {
		ours := j.x.Wanted != nil && slices.ContainsFunc(j.x.Wanted.Roles, func(r grants.WantedRole) bool { return j.s.Collation.Equal(r.Name, p.Name) })
		if p.Type != grants.DatabaseRole || p.ID < grants.FirstUserID || p.Fixed || ours || used[p.ID] || p.ID >= grants.DBOwnerID && p.ID <= grants.LastFixedRoleID {
			continue
		}
		f := j.Notef(finding.EmptyRole, roleMembers+": no row with role "+p.Name, "the role %q has no members", p.Name)
		f.About, f.Fix = p.Name, "drop it where nothing needs it"
	}
}
