package sites

import (
	"time"

	"grantree/grants"
	"grantree/policy"
)

// SeatsFor is how many seats a licence must have so that neither a plan of a policy
// over these sites as they are, nor the policy by itself, is over it (rule 3).
func SeatsFor(p *policy.Policy, held []*grants.Snapshot, today time.Time) int {
	c := census{p: p, options: PlanOptions{Today: today}}
	for _, s := range held {
		site, _ := p.Site(s.Site)
		c.site(site, s, s)
	}
	alone, _ := PolicySeats(p, c.servers...)
	return max(c.tally().Used, alone.Used)
}
