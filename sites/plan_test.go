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
	return draft(p, readings, o).seated()
}
