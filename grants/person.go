package grants

import (
	"cmp"
	"slices"

	"grantree/finding"
)

// Person is a user as the licence looks at them: one name, however it is spelt
// and however many sites it enters.
type Person struct {
	Name   string // as the policy spells it first
	Active bool
	Exempt bool     // [license] exempt names them
	Sites  []string // that they may enter, in the policy's order
	Pos    finding.Pos
}

// People returns the people of the policy, sorted by name, where names that are
// equal under c are one person: active if one of their accounts is.
func (p *Policy) People(c Collation) []Person {
	exempt := map[string]bool{}
	for _, name := range p.License.Exempt {
		exempt[c.Key(name)] = true
	}
	at := map[string]int{}
	var out []Person
	for _, u := range slices.SortedFunc(slices.Values(p.Users), func(a, b *User) int { return a.Pos.Compare(b.Pos) }) {
		key := c.Key(u.Name)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Person{Name: u.Name, Exempt: exempt[key], Pos: u.Pos})
		}
		out[i].Active = out[i].Active || !u.Inactive
		for _, s := range p.UserSites(u) {
			if !slices.Contains(out[i].Sites, s.Name) {
				out[i].Sites = append(out[i].Sites, s.Name)
			}
		}
	}
	slices.SortFunc(out, func(a, b Person) int {
		return cmp.Or(cmp.Compare(c.Key(a.Name), c.Key(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return out
}
