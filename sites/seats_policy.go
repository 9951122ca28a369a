package sites

import (
	"grantree/finding"
	"grantree/licensing"
	"grantree/policy"
)

// PolicySeats is rule 3 as far as the policy alone shows it, without any server:
// the seats that its people ask for, and an error where they are too many.
func PolicySeats(p *policy.Policy) (licensing.Count, finding.List) {
	accounts := people(p)
	for _, u := range p.Users {
		for _, s := range p.UserSites(u) {
			accounts = append(accounts, licensing.Account{Name: u.Name, Site: s.Name, Active: true, Origin: "policy", Pos: u.Pos})
		}
	}
	count := licensing.Tally(accounts, license(p), folds(nil)...)
	return count, licensing.Check(count, license(p))
}
