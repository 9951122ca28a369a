package sites

import "grantree/policy"

// Plan is Fleet.Plan of these readings alone: of other sites nothing is known.
func Plan(p *policy.Policy, readings []Reading, o PlanOptions) *FleetPlan {
	return draft(p, readings, o).seated()
}
