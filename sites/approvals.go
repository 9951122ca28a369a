package sites

import (
	"fmt"
	"slices"

	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
)

// touches is what of a site's plan may need somebody's approval.
type touches struct {
	denies         bool // it writes or lifts a DENY
	administrators bool // it is about the administrators' role or somebody in it
}

// touched is what a site's plan does of what may need an approval. role is the
// administrators'.
func (s SitePlan) touched(role string) touches {
	var out touches
	same := s.Snapshot.Collation.Equal
	people := []string{role}
	for _, m := range s.Wanted.Members {
		if same(m.Role, role) {
			people = append(people, m.User)
		}
	}
	people = append(people, membersNow(s.Snapshot, role)...)
	for _, c := range s.Plan.Changes {
		out.denies = out.denies || denies(c)
		if c.Kind.Marks() {
			continue
		}
		for _, name := range slices.Concat(c.Principals, []string{c.Role, c.Was}) {
			out.administrators = out.administrators || name != "" && slices.ContainsFunc(people, func(p string) bool { return same(p, name) })
		}
	}
	return out
}

// membersNow are the members of a role of a site.
func membersNow(s *grants.Snapshot, role string) []string {
	names := map[int]string{}
	for _, p := range s.Principals {
		names[p.ID] = p.Name
	}
	var out []string
	for _, m := range s.Members {
		if s.Collation.Equal(names[m.Role], role) && names[m.Role] != "" {
			out = append(out, names[m.Member])
		}
	}
	return out
}

// denies reports whether a change writes a DENY or takes one away.
func denies(c grants.Change) bool {
	of := func(c grants.Change) bool {
		return slices.Contains([]grants.Kind{grants.DenyOn, grants.DenyConnect, grants.CreateLedger, grants.GuardLedger}, c.Kind)
	}
	return of(c) || slices.ContainsFunc(c.Reverse(), of)
}

// losers is how many different people lose something over all sites of the run.
func (fp *FleetPlan) losers() int {
	var out []licensing.Account
	for _, s := range fp.Sites {
		for _, name := range s.People().Lose {
			out = append(out, licensing.Account{Name: name, Origin: "site"})
		}
	}
	return len(licensing.Tally(out, licensing.License{}, fp.folds()...).Lines)
}

// Approvals says why the plan needs somebody's approval, in words, by these needs;
// nothing where it needs none. A site that is left as it is counts, too: what stops
// it may be gone when the plan is carried out.
func (fp *FleetPlan) Approvals(needs []policy.Need) []string {
	var out []string
	for _, n := range needs {
		if why := fp.needed(n); why != "" && !slices.Contains(out, why) {
			out = append(out, why)
		}
	}
	return out
}

// needed says of one need why the plan has it, or "".
func (fp *FleetPlan) needed(n policy.Need) string {
	any := func(of func(*facts) bool) bool {
		return slices.ContainsFunc(fp.Sites, func(s SitePlan) bool { return of(s.known()) })
	}
	switch n.Word {
	case policy.NeedAll:
		if !fp.Empty() {
			return "it changes something"
		}
	case policy.NeedLoss:
		if lost := fp.losers(); lost > n.Loss {
			return fmt.Sprintf("people who lose something: %d, more than %d", lost, n.Loss)
		}
	case policy.NeedDeny:
		if any(func(f *facts) bool { return f.touches.denies }) {
			return "it writes or lifts a DENY"
		}
	case policy.NeedAdministrators:
		if any(func(f *facts) bool { return f.touches.administrators }) || fp.administratorsLogins() {
			return "it is about the administrators' group, or somebody in it"
		}
	}
	return ""
}

// administratorsLogins reports whether the plan makes or changes a login of an
// administrator.
func (fp *FleetPlan) administratorsLogins() bool {
	admins := fp.Policy.Administrators()
	if admins == nil {
		return false
	}
	for _, u := range fp.Policy.Users {
		groups := slices.Clone(u.Groups)
		for _, at := range u.At {
			groups = append(groups, at.Groups...)
		}
		if !slices.ContainsFunc(groups, func(g string) bool { return fp.Policy.Group(g) == admins }) {
			continue
		}
		for _, fold := range fp.folds() {
			is := func(name string) bool {
				return name != "" && (fold(name) == fold(u.Login) || fold(name) == fold(u.LoginBefore()))
			}
			if slices.ContainsFunc(fp.Logins, func(l NewLogin) bool { return is(l.Login) }) ||
				slices.ContainsFunc(fp.Servers, func(s ServerPlan) bool {
					return slices.ContainsFunc(s.Changes, func(c grants.LoginChange) bool { return is(c.Login) || is(c.To) })
				}) {
				return true
			}
		}
	}
	return false
}
