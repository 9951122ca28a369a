package sites

import (
	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
)

// PolicySeats is rule 3 as far as the policy alone shows it, whatever any site
// holds: the seats that its people ask for, and an error where they are too many.
// Of the sites of a person, who uses one seat in all of them, it names the first.
// Whether a name is an exempt one is asked of these servers.
func PolicySeats(p *policy.Policy, servers ...grants.Collation) (licensing.Count, finding.List) {
	accounts := people(p)
	for _, u := range p.Users {
		if in := p.UserSites(u); len(in) > 0 {
			accounts = append(accounts, licensing.Account{Name: u.Name, Site: in[0].Name, Active: true, Origin: "policy", Pos: u.Pos})
		}
	}
	count := licensing.Tally(accounts, license(p), folds(servers)...)
	return count, licensing.Check(count, license(p))
}
