package sites

import (
	"slices"
	"strings"

	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
)

// seats counts who uses a seat now and after the plan, over all sites of the
// policy and over what the snapshots hold (rule 3).
func (fp *FleetPlan) seats() {
	fold := fp.fold()
	l := license(fp.Policy)
	fp.Before = licensing.Tally(fp.held(false), l, fold)
	fp.After = licensing.Tally(slices.Concat(promised(fp.Policy), fp.held(true)), l, fold)
	fp.NewSeats = licensing.New(fp.Before, fp.After, fold)
	fp.Findings = append(fp.Findings, licensing.Check(fp.Before, fp.After, l, fold)...)
}

// license is the policy's licence in the words of package licensing.
func license(p *policy.Policy) licensing.License {
	return licensing.License{Seats: p.License.Seats, Limited: p.License.Limited, Exempt: p.License.Exempt, Pos: p.License.Pos}
}

// fold is how names compare over all sites: case counts only where every server
// says so, and accents do not where any says that, since a person must not get
// two seats by their spelling.
func (fp *FleetPlan) fold() func(string) string {
	var c grants.Collation
	c.CaseSensitive = len(fp.Sites) > 0
	for _, s := range fp.Sites {
		c.CaseSensitive = c.CaseSensitive && s.Snapshot.ServerCollation.CaseSensitive
		c.AccentBlind = c.AccentBlind || s.Snapshot.ServerCollation.AccentBlind
	}
	return c.Key
}

// promised is the policy's people, with every site they may enter, read in
// this run or not.
func promised(p *policy.Policy) []licensing.Account {
	var out []licensing.Account
	for _, u := range p.Users {
		a := licensing.Account{Name: u.Name, Active: !u.Inactive, Origin: "policy", Pos: u.Pos}
		out = append(out, a)
		for _, s := range p.UserSites(u) {
			a.Site = s.Name
			out = append(out, a)
		}
	}
	return out
}

// held is the people that the sites hold: now, or after the plan.
func (fp *FleetPlan) held(after bool) []licensing.Account {
	var out []licensing.Account
	for _, s := range fp.Sites {
		gone := map[string]bool{}
		if after && !s.Stays() {
			for _, c := range s.Plan.Changes {
				if c.Kind == grants.DropUser {
					gone[s.Snapshot.Collation.Key(c.Principals[0])] = true
				}
			}
			for _, u := range fp.Policy.Users {
				if u.Inactive {
					gone[s.Snapshot.Collation.Key(u.Name)] = true
				}
			}
		}
		disabled := map[string]bool{}
		for _, l := range s.Snapshot.Logins {
			disabled[l.SID] = l.Disabled
		}
		for _, p := range s.Snapshot.Principals {
			if isPerson(p) && !gone[s.Snapshot.Collation.Key(p.Name)] {
				out = append(out, licensing.Account{Name: p.Name, Site: s.Site.Name, Active: !disabled[p.SID], Origin: "site"})
			}
		}
	}
	return out
}

// isPerson tells a person's account from the engine's own users, from roles,
// and from users that nobody can log in as.
func isPerson(p grants.Principal) bool {
	return p.Type.IsUser() && p.Type != grants.WindowsGroup && p.ID >= grants.FirstUserID && p.AuthType != 0 && !strings.HasPrefix(p.Name, "##")
}
