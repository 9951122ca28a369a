package report

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/policy"
)

// members are everybody of a site by what they may do. Logins that are nobody there
// and can come to nothing are left out.
func (b *builder) members(q *grants.Inquiry) []Members {
	at := map[int]int{}
	out := []Members{}
	all := q.Peers()
	for i, x := range b.accesses(q, all) {
		people := all[i].People
		if !x.some() {
			people = slices.DeleteFunc(slices.Clone(people), func(p grants.Someone) bool { return !p.User })
		}
		if len(people) == 0 {
			continue
		}
		access := b.accessOf(x)
		place, known := at[access]
		if !known {
			place = len(out)
			at[access] = place
			out = append(out, Members{Access: access})
		}
		for _, p := range people {
			out[place].People = append(out[place].People, b.person(p))
		}
	}
	return out
}

// accessOf is the number of an access, which is kept once.
func (b *builder) accessOf(x Access) int {
	key, _ := json.Marshal(x) // texts and numbers cannot fail
	i, known := b.accessAt[string(key)]
	if !known {
		i = len(b.r.Access)
		b.accessAt[string(key)] = i
		b.r.Access = append(b.r.Access, x)
	}
	return i
}

// person is the number of somebody: one name is one person, whatever the site, unless
// the site itself tells two names apart.
func (b *builder) person(p grants.Someone) int {
	key := fold(p.Name)
	if i, known := b.personAt[key]; known && b.here[i] != "" {
		key = "\x00" + p.Name
	}
	if i, known := b.personAt[key]; known {
		b.here[i] = p.Name
		if b.r.People[i].Standing == Stranger {
			b.r.People[i].Standing = b.standing(p)
		}
		return i
	}
	out := Person{Name: p.Name, Login: p.Login, Standing: b.standing(p), Inactive: p.Inactive, Group: p.Group}
	if u := b.userOf(p); u != nil {
		out.FullName, out.Reason = u.FullName, u.Reason
	}
	i := len(b.r.People)
	b.personAt[key], b.here[i] = i, p.Name
	b.r.People = append(b.r.People, out)
	return i
}

// userOf is the person of the policy who has somebody's name, or nil.
func (b *builder) userOf(p grants.Someone) *policy.User { return b.src.Policy.User(p.Name) }

func (b *builder) standing(p grants.Someone) Standing {
	if b.userOf(p) != nil {
		return OfPolicy
	}
	s := b.at.Snapshot
	login := cmp.Or(p.Login, p.Name)
	if s.ServerCollation.Equal(login, s.Runner.Login) {
		return Runner
	}
	if slices.ContainsFunc(s.Logins, func(l grants.Login) bool { return s.OwnLogin(l) && s.ServerCollation.Equal(l.Name, login) }) {
		return OfServer
	}
	for _, o := range b.src.Policy.OutsidersIn(b.at.Name, b.src.Made) {
		if key := fold(o.Name); key == fold(p.Name) || key == fold(p.Login) {
			return Outsider
		}
	}
	return Stranger
}

// sortPeople puts people into the order of their names.
func (b *builder) sortPeople() {
	order := make([]int, len(b.r.People))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(strings.Compare(fold(b.r.People[x].Name), fold(b.r.People[y].Name)), cmp.Compare(x, y))
	})
	people, to := make([]Person, len(order)), make([]int, len(order))
	for place, i := range order {
		people[place], to[i] = b.r.People[i], place
	}
	b.r.People = people
	for s := range b.r.Sites {
		for _, m := range b.r.Sites[s].Members {
			for i := range m.People {
				m.People[i] = to[m.People[i]]
			}
			slices.Sort(m.People)
		}
	}
}
