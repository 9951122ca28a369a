package sites

import (
	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
)

// PolicySeats counts the seats that the policy's own people need, whatever its
// sites hold, and refuses what exceeds the licence already (rule 3).
func PolicySeats(p *policy.Policy) (licensing.Count, finding.List) {
	l, fold := license(p), grants.Collation{}.Key
	count := licensing.Tally(promised(p), l, fold)
	return count, licensing.Check(licensing.Count{}, count, l, fold)
}
