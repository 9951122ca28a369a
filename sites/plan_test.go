package sites

import (
	"cmp"

	"grantree/policy"
)

// Plan is Fleet.Plan of these readings alone: of other sites nothing is known.
func Plan(p *policy.Policy, readings []Reading, o PlanOptions) *FleetPlan {
	if len(readings) > cmp.Or(*whole, len(readings)) {
		o.keep = newKeeping(p)
	}
	fp := draft(p, readings, o)
	fp.Seats = fp.countSeats()
	return fp.seated()
}
