package sites

import (
	"slices"

	"grantree/finding"
	"grantree/grants"
)

// lockout holds every plan to rule 5. Who loses something is counted over all
// sites of the run, a person once.
func (fp *FleetPlan) lockout() {
	guard := fp.Policy.Guard(fp.options.ExpectLoss)
	guard.Losers = fp.losers()
	for i, s := range fp.Sites {
		fp.Sites[i].Findings = slices.Concat(s.Findings, s.known().rule5(s.Site.Name, guard))
	}
	if len(fp.Sites) > 0 && fp.Policy.Administrators() == nil {
		fp.run.Warnf(finding.NoAdministrators, fp.Policy.Settings.Pos, `name the group: [policy] administrators = "…"`,
			"no group is the administrators': a site is kept from losing the last person who may do everything, and no other")
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

// staysIn reports whether a login has a user in a site when the plan is done.
func staysIn(s SitePlan, sid string) bool {
	return hasUser(s, sid) && !slices.ContainsFunc(s.known().out, func(o putOut) bool { return o.sid == sid })
}
