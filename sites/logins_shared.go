package sites

import (
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// withoutLogin is nil, or a *LeftOutError about the people who are left out of
// sites because their login is missing and none is made.
func (fp *FleetPlan) withoutLogin() error {
	var names []string
	why, more := "", 0
	for _, s := range fp.Sites {
		if s.Refused() {
			continue // that says why nobody is let in there
		}
		for _, f := range s.Findings {
			if !f.LeavesOut() {
				continue
			}
			if why == "" {
				why = f.Message
			} else {
				more++
			}
			if !slices.Contains(names, f.About) {
				names = append(names, f.About)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	if more > 0 {
		why = fmt.Sprintf("%s, and %d more as shown above", why, more)
	}
	return &LeftOutError{Names: names, Want: "a login", Why: why}
}

// waiting are the logins to be made with a SID that somebody has already: that of
// a user who waits for it, or of the same person's login on another server.
func (fp *FleetPlan) waiting() []NewLogin {
	return slices.DeleteFunc(slices.Clone(fp.Logins), func(l NewLogin) bool { return l.SID == "" || !l.HasPassword() })
}

// beside are those of some sites where such a SID may be somebody else's.
func (fp *FleetPlan) beside(others []policy.Site) []policy.Site {
	logins := fp.waiting()
	return slices.DeleteFunc(slices.Clone(others), func(s policy.Site) bool {
		return !slices.ContainsFunc(logins, func(l NewLogin) bool { return l.Server == s.Server })
	})
}

// withoutShared is the plan without the people whose login would let its owner
// into another site of the server at once: as somebody else, or where the policy
// does not have them. A site that was not read may be such a one.
func (fp *FleetPlan) withoutShared() *FleetPlan {
	type barred struct {
		login       NewLogin
		why, holder string // of the SID, on the login's server
	}
	var list []barred
	var names []string
	for _, l := range fp.waiting() {
		if holder, taken := fp.holderOf(l); taken {
			list = append(list, barred{login: l, holder: holder})
			names = append(names, l.Cause.User)
			continue
		}
		if why := fp.shared(l); why != "" {
			list = append(list, barred{login: l, why: why})
			names = append(names, l.Cause.User)
		}
	}
	if len(list) == 0 {
		return fp
	}
	fp.barred = names
	out := fp.without(nil)
	for _, b := range list {
		for _, s := range fp.Sites {
			again := out.site(s.Site.Name)
			switch {
			case again == nil:
			case s.wants(b.login) && b.holder != "":
				f := again.Findings.Errorf(finding.LoginClash, b.login.Cause.Pos, "give the person another login: login = \"…\"",
					"site %q: login %q is not made: the login %q of server %q has the SID that the person has elsewhere, by another name", s.Site.Name, b.login.Login, b.holder, s.Site.Server)
				f.Statements = []string{mssql.Statement(grants.Remedy{Kind: grants.RemedyRenameLogin, Principal: b.holder, To: b.login.Login})}
				f.About = b.login.Cause.User
			case s.wants(b.login):
				f := again.Findings.Errorf(finding.LoginShared, b.login.Cause.Pos, "see to that site first: drop its user, or give it a login of its own with ALTER USER … WITH LOGIN; or make the login yourself",
					"site %q: login %q is not made with the SID that user %q waits for: %s", s.Site.Name, b.login.Login, b.login.Cause.User, b.why)
				f.About = b.login.Cause.User
			}
		}
	}
	out.gather()
	return out
}

// holderOf is the login of another name that has the SID of a login to be made on
// its server (error 15433), as one that somebody renamed by hand.
func (fp *FleetPlan) holderOf(l NewLogin) (name string, taken bool) {
	for _, s := range fp.on(l.Server) {
		for _, has := range s.held().Logins {
			if has.SID == l.SID && !has.IsRole() && !s.known().head.ServerCollation.Equal(has.Name, l.Login) {
				return has.Name, true
			}
		}
	}
	return "", false
}

// shared says what a login of a SID would open beside what the policy gives its
// owner, or may open, or nothing.
func (fp *FleetPlan) shared(l NewLogin) string {
	i := slices.IndexFunc(fp.Policy.Users, func(u *policy.User) bool { return u.Name == l.Cause.User })
	if i < 0 {
		return ""
	}
	read := map[string]func() *grants.Snapshot{}
	for _, s := range fp.Sites {
		read[s.Site.Name] = s.held
		if s.Site.Server == l.Server && s.Stays() && hasUser(s, l.SID) {
			return fmt.Sprintf("it lets its owner into site %q, which is left as it is", s.Site.Name)
		}
	}
	for _, r := range fp.others {
		if r.Read() {
			read[r.Site.Name] = r.held
		}
	}
	for _, site := range fp.Policy.SitesInUse() {
		if site.Server != l.Server {
			continue
		}
		held, ok := read[site.Name]
		if !ok {
			return fmt.Sprintf("site %q could not be read, and may have another user of that SID", site.Name)
		}
		s := held()
		for _, p := range s.Principals {
			if p.SID == l.SID && !(fp.wants(site, l.Cause.User) && isNamed(fp.Policy.Users[i], p.Name, s.Collation)) {
				return fmt.Sprintf("it lets whoever has it into site %q as the user %q", site.Name, p.Name)
			}
		}
	}
	return ""
}

// isNamed reports whether a site calls a user by a person's name, or by the one
// before.
func isNamed(u *policy.User, name string, c grants.Collation) bool {
	return c.Equal(name, u.Name) || u.Was != "" && c.Equal(name, u.Was)
}
