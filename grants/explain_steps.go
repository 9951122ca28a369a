package grants

import (
	"fmt"
	"slices"
)

// wayless are the kinds of reasons whose Via is no path of roles.
var wayless = []string{"impersonate", "power", "table", "view", "synonym", "module", "server_role", "server_permission", "chain", "other_database"}

// steps notes with each reason the memberships that it goes through, and the line of
// the policy that asks for each.
func (x explainer) steps(list []Reason) {
	for i := range list {
		r := &list[i]
		if slices.Contains(wayless, r.Kind) {
			continue
		}
		member := x.acc.name
		for _, role := range r.Via {
			if role == "public" {
				break // everyone is in it, by no row
			}
			r.Steps = append(r.Steps, x.step(member, role, r.Via))
			member = role
		}
	}
}

// step is one membership, on a way through these roles: what leads to one that is
// accepted is accepted with it.
func (x explainer) step(member, role string, way []string) Step {
	out := Step{Member: member, Role: role}
	w := x.q.j.w
	i := slices.IndexFunc(w.Members, func(m WantedMember) bool { return w.Collation.Equal(m.Role, role) && w.Collation.Equal(m.User, member) })
	if i >= 0 {
		out.Asked, out.Where, out.Note = true, w.Members[i].Cause.Pos, w.Members[i].Cause.Note
	}
	if by, ok := x.accepts(way, true); ok && !out.Asked {
		out.Accepted, out.Where = by.String(), by.at
	}
	return out
}

// String is a step as a sentence: "bob is in Mechanic, grantree.toml:43:1".
func (s Step) String() string {
	text := fmt.Sprintf("%s is in %s", s.Member, s.Role)
	switch {
	case s.Accepted != "":
		return text + ", " + s.Accepted
	case !s.Asked:
		return text + ", which the policy does not ask for"
	case s.Note != "":
		return fmt.Sprintf("%s (%s), %s", text, s.Note, s.Where)
	}
	return text + ", " + s.Where.String()
}

// roleLacks says which lines of the policy give a role what it has not got, and why
// not.
func (x explainer) roleLacks(why string) []Reason {
	var out []Reason
	for _, e := range x.entries(x.acc.name, Granted) {
		for _, c := range e.Causes {
			out = append(out, x.from(Reason{Kind: "nothing", Text: fmt.Sprintf("the policy gives it to %s, but %s", x.acc.name, why)}, c))
		}
	}
	if len(out) == 0 && x.acc.user < 0 {
		out = append(out, Reason{Kind: "nothing", Text: fmt.Sprintf("nothing gives %s %s on %s", x.acc.name, x.perm, x.q.j.a.m.viewName(x.v))})
	}
	return out
}
