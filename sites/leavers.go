package sites

import (
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
	"grantree/sql/mssql"
)

// lockout holds every plan to rule 5. Who loses something is counted over all
// sites of the run, a person once.
func (fp *FleetPlan) lockout() {
	var losers []licensing.Account
	for _, s := range fp.Sites {
		for _, name := range s.Plan.People.Lose {
			losers = append(losers, licensing.Account{Name: name, Origin: "site"})
		}
	}
	guard := fp.Policy.Guard(fp.options.ExpectLoss)
	guard.Losers = len(licensing.Tally(losers, licensing.License{}, fp.folds()...).Lines)
	for i, s := range fp.Sites {
		fp.Sites[i].Findings = append(s.Findings, grants.Lockout(s.Snapshot, s.Wanted, s.Plan, guard)...)
	}
	if len(fp.Sites) > 0 && fp.Policy.Administrators() == nil {
		fp.run.Warnf(finding.NoAdministrators, fp.Policy.Settings.Pos, `name the group: [policy] administrators = "…"`,
			"no group is the administrators': a site is kept from losing the last person who may do everything, and no other")
	}
}

// leftLogins names the logins of people whom the plan puts out of a site and
// who are in no other: they can still enter the server. grantree leaves them to
// whoever made them.
func (fp *FleetPlan) leftLogins() {
	for _, s := range fp.Sites {
		for _, c := range s.Plan.Changes {
			if c.Kind != grants.DropUser && c.Kind != grants.RevokeConnect {
				continue
			}
			if l, ok := loginOf(s.Snapshot, c.Principals[0]); ok && fp.leavesBehind(s, l) {
				fp.run.Warnf(finding.LoginStays, finding.Pos{}, "", "server %q: login %q is in no site of the policy any more and can still log in", s.Site.Server, l.Name).
					Statements = []string{mssql.Statement(grants.Remedy{Kind: grants.RemedyDisableLogin, Principal: l.Name})}
			}
		}
	}
}

// loginOf finds the login of a user of a site.
func loginOf(s *grants.Snapshot, user string) (grants.Login, bool) {
	for _, p := range s.Principals {
		if p.SID == "" || !s.Collation.Equal(p.Name, user) {
			continue
		}
		if i := slices.IndexFunc(s.Logins, func(l grants.Login) bool { return l.SID == p.SID }); i >= 0 {
			return s.Logins[i], true
		}
	}
	return grants.Login{}, false
}

// leavesBehind reports whether a login is nobody's any more on its server: not
// disabled, not the runner's nor the server's own, no active person's, and no
// user of another site of the run.
func (fp *FleetPlan) leavesBehind(s SitePlan, l grants.Login) bool {
	same := s.Snapshot.ServerCollation.Equal
	if l.Disabled || l.Type.IsGroup() || l.SID == grants.SASID || same(l.Name, s.Snapshot.Runner.Login) {
		return false
	}
	for _, u := range fp.Policy.Users {
		here := slices.ContainsFunc(fp.Policy.UserSites(u), func(x policy.Site) bool { return x.Server == s.Site.Server })
		if here && same(u.Login, l.Name) {
			return false
		}
	}
	return !slices.ContainsFunc(fp.Sites, func(other SitePlan) bool {
		return other.Site.Server == s.Site.Server && staysIn(other, l.SID)
	})
}

// staysIn reports whether a login has a user in a site when the plan is done.
func staysIn(s SitePlan, sid string) bool {
	for _, p := range s.Snapshot.Principals {
		if p.SID == sid {
			return !slices.ContainsFunc(s.Plan.Changes, func(c grants.Change) bool {
				return (c.Kind == grants.DropUser || c.Kind == grants.RevokeConnect) && s.Snapshot.Collation.Equal(c.Principals[0], p.Name)
			})
		}
	}
	return false
}
