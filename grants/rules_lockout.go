package grants

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// Guard is what rule 5 needs to know beside the site: values of the policy and
// of the command line.
type Guard struct {
	// MaxLoss is the share of a site's users, 0 to 1, that a plan may take
	// something from.
	MaxLoss float64
	// Administrators is the role whose members administer the site, and
	// AdministratorsAt the line that says so.
	Administrators   string
	AdministratorsAt finding.Pos
	// At is where the policy states its limits.
	At finding.Pos
	// ExpectLoss is how many users the administrator expects to lose
	// something. Negative and zero name no number.
	ExpectLoss int
}

// Lockout is rule 5, nobody is locked out by accident: a plan must not take
// something from more than the guard's share of the site's users, unless
// ExpectLoss is exactly their number; must not leave a site that had an
// administrator without one; and must not take anything from who runs it.
func Lockout(s *Snapshot, plan *Plan, g Guard) finding.List {
	if plan.Empty() {
		return nil
	}
	return forSite(s.Site, lockout(s, plan, g))
}

func lockout(s *Snapshot, plan *Plan, g Guard) finding.List {
	var out finding.List
	before := NewAccess(s)
	tooLarge(&out, plan, len(before.users), g)
	end, err := s.With(plan.Changes)
	if err != nil {
		out.Errorf("plan-refused", finding.Pos{}, "take the snapshot again", "the server would refuse the plan: %v", err)
		return out
	}
	after := NewAccess(end)
	lastAdministrator(&out, before, after, g)
	runnerNarrowed(&out, s, plan, before, after)
	return out
}

func tooLarge(out *finding.List, plan *Plan, users int, g Guard) {
	lose := len(plan.People.Lose)
	if float64(lose) <= g.MaxLoss*float64(users) || lose == g.ExpectLoss {
		return
	}
	out.Errorf("loss-too-large", g.At, fmt.Sprintf("look at who loses; if it is meant, say --expect-loss %d", lose),
		"the plan takes something from %d of %d users, and max_loss allows %.0f%%", lose, users, g.MaxLoss*100)
}

// lastAdministrator compares who is in the administrators' role before and
// after.
func lastAdministrator(out *finding.List, before, after *Access, g Guard) {
	had, has := before.members(g.Administrators), after.members(g.Administrators)
	if len(had) == 0 || len(has) > 0 {
		return
	}
	out.Errorf("last-administrator", g.AdministratorsAt, fmt.Sprintf("keep somebody in %s", g.Administrators),
		"nobody would be left in %q, which is the administrators' role; %s would leave it", g.Administrators, strings.Join(had, ", "))
}

// members returns the accounts in a role, however deep, sorted.
func (a *Access) members(role string) []string {
	var out []string
	for _, user := range a.Users() {
		if a.In(user, role) {
			out = append(out, user)
		}
	}
	return out
}

// runnerNarrowed compares what the runner may do before and after: on views,
// and by the roles and database permissions that let it run grantree.
func runnerNarrowed(out *finding.List, s *Snapshot, plan *Plan, before, after *Access) {
	name := s.Runner.User
	p, ok := before.m.principal(name)
	if name == "" || !ok || isBuiltIn(before.m.principals[p].ID) {
		return
	}
	lost := slices.Contains(plan.People.Lose, before.m.principals[p].Name)
	for _, power := range before.powers(name) {
		lost = lost || !slices.Contains(after.powers(name), power)
	}
	if lost {
		out.Errorf("runner-narrowed", finding.Pos{}, "run grantree as somebody whom the policy leaves alone",
			"the plan takes something from %q, who runs it", name)
	}
}

// powers lists the fixed roles a user is in and the permissions on the
// database that reach it.
func (a *Access) powers(user string) []string {
	u, ok := a.m.principal(user)
	if !ok {
		return nil
	}
	var out []string
	for _, t := range a.tokensOf(u) {
		principal := a.m.principals[t]
		if isBuiltIn(principal.ID) && principal.ID >= DBOwnerID {
			out = append(out, "in "+principal.Name)
		}
		for _, row := range a.rowsOf(principal.ID) {
			if row.Class == ClassDatabase && row.State != Denied {
				out = append(out, row.Name)
			}
		}
	}
	return out
}
