package grants

import (
	"fmt"

	"grantree/finding"
)

// accepted is what of the policy accepts access that it does not give.
type accepted struct {
	of     string // an outsider's name, or that of what somebody may also be
	reason string
	at     finding.Pos
}

// String ends a sentence: "which the policy accepts of Kept: found by import, p.toml:9:1".
func (c accepted) String() string {
	text := "which the policy accepts of " + c.of
	if c.reason != "" {
		text += ": " + c.reason
	}
	if c.at.Line > 0 {
		text += ", " + c.at.String()
	}
	return text
}

// unasked says of a row that the policy does not ask for whether it accepts it.
func (x explainer) unasked(via []string, state State) string {
	if by, ok := x.accepts(via, false); ok && state == Granted {
		return by.String()
	}
	return "which the policy does not ask for"
}

// accepts finds what accepts a way to the permission, through these roles: an outsider
// who is the account or one of the roles and may have it, and what the person may
// also be. Of a mere membership it is whatever they may.
func (x explainer) accepts(via []string, membership bool) (accepted, bool) {
	if _, leaves := x.q.leaver(x.acc); leaves {
		return accepted{}, false // nothing is accepted of who is inactive
	}
	j := x.q.j
	at, known := -1, false
	if x.acc.user >= 0 {
		at, known = j.selves.get(x.acc.user)
	} else if x.acc.login >= 0 {
		at, known = j.logins.get(x.acc.login)
	}
	if known && j.people[at].outside != nil {
		if o := j.people[at].outside; membership || o.May.Has(x.perm) {
			return accepted{o.Name, o.Reason, o.Pos}, true
		}
	}
	for _, role := range via {
		if o := j.named(role, j.s.Collation); o != nil && (membership || o.May.Has(x.perm)) {
			return accepted{o.Name, o.Reason, o.Pos}, true
		}
	}
	if !known || j.people[at].wanted < 0 {
		return accepted{}, false
	}
	person := j.people[at]
	why := j.acc.AlsoWhy[j.w.Users[person.wanted].Name]
	for _, name := range person.also {
		for _, role := range via {
			if j.s.Collation.Equal(role, name) || sameWord(role, name) {
				return accepted{fmt.Sprintf("%s, who may also be %s", person.name, name), why.Note, why.Pos}, true
			}
		}
	}
	if len(person.also) > 0 && j.alsoEverything(person) {
		return accepted{fmt.Sprintf("%s, who may also be %s", person.name, person.also[0]), why.Note, why.Pos}, true
	}
	return accepted{}, false
}

// accepting adds to a module that the policy accepts it.
func (x explainer) accepting(r Reason) Reason {
	j := x.q.j
	for _, id := range j.a.ways(j.a.m.views[x.v].ID) {
		o := j.a.objects.byID[id]
		if m, ok := j.acceptedModule(o); ok && o.name == r.Via[0] {
			r.Text += ", which the policy accepts: " + m.Reason
			if r.Where = m.Pos; m.Pos.Line > 0 {
				r.Text += ", " + m.Pos.String()
			}
			return r
		}
	}
	return r
}
