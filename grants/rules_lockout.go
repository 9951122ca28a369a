package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// Lockout is rule 5, nobody is locked out by accident: a plan must not take
// something from more than the policy's share of the site's users, unless
// expectLoss is exactly their number; must not leave a site that had an
// administrator without one; and must not take anything from who runs it.
// A negative or zero expectLoss names no number.
func Lockout(p *Policy, s *Snapshot, plan *Plan, expectLoss int) finding.List {
	if plan.Empty() {
		return nil
	}
	return forSite(s.Site, lockout(p, s, plan, expectLoss))
}

func lockout(p *Policy, s *Snapshot, plan *Plan, expectLoss int) finding.List {
	var out finding.List
	before := NewAccess(s)
	tooLarge(&out, p, plan, len(before.users), expectLoss)
	end, err := s.With(plan.Changes)
	if err != nil {
		out.Errorf("plan-refused", finding.Pos{}, "take the snapshot again", "the server would refuse the plan: %v", err)
		return out
	}
	after := NewAccess(end)
	lastAdministrator(&out, p, before, after)
	runnerNarrowed(&out, s, plan, before, after)
	return out
}

func tooLarge(out *finding.List, p *Policy, plan *Plan, users, expectLoss int) {
	share := p.MaxLoss()
	lose := len(plan.People.Lose)
	if float64(lose) <= share*float64(users) || lose == expectLoss {
		return
	}
	out.Errorf("loss-too-large", p.Settings.Pos, fmt.Sprintf("look at who loses; if it is meant, say --expect-loss %d", lose),
		"the plan takes something from %d of %d users, and max_loss allows %.0f%%", lose, users, share*100)
}

// lastAdministrator compares who is in the administrators' role before and
// after. A group that is not in the policy any more counts by its name.
func lastAdministrator(out *finding.List, p *Policy, before, after *Access) {
	role, where := p.administratorsRole()
	had, has := before.members(role), after.members(role)
	if len(had) == 0 || len(has) > 0 {
		return
	}
	out.Errorf("last-administrator", where, fmt.Sprintf("keep somebody in %s", role),
		"nobody would be left in %q, which is the administrators' role; %s would leave it", role, strings.Join(had, ", "))
}

// administratorsRole returns the role of the administrators' group and the line
// that decides it.
func (p *Policy) administratorsRole() (role string, where finding.Pos) {
	g := p.Administrators()
	if g == nil {
		return cmp.Or(p.Settings.Administrators, defaultAdministrators), p.Settings.Pos
	}
	return cmp.Or(g.Role, g.Name), g.Pos
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
