package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
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
		b.stands(i, b.standing(p))
		return i
	}
	out := Person{Name: p.Name, Login: p.Login, Inactive: p.Inactive, Group: p.Group}
	if u := b.userOf(p); u != nil {
		out.FullName, out.Reason = u.FullName, u.Reason
	}
	i := len(b.r.People)
	b.personAt[key], b.here[i] = i, p.Name
	b.r.People = append(b.r.People, out)
	b.stands(i, b.standing(p))
	return i
}

// stands notes who somebody is in the site at hand.
func (b *builder) stands(person int, s Standing) {
	if b.standingAt[person] == nil {
		b.standingAt[person] = map[string]Standing{}
	}
	b.standingAt[person][b.at.Name] = s
}

// settle says of each person who they are: what wants a look soonest for all sites, and
// the sites where it is otherwise.
func (b *builder) settle() {
	for i := range b.r.People {
		p := &b.r.People[i]
		for _, s := range []Standing{Stranger, Outsider, Runner, OfServer, OfPolicy} {
			if p.Standing == "" && slices.Contains(slices.Collect(maps.Values(b.standingAt[i])), s) {
				p.Standing = s
			}
		}
		maps.DeleteFunc(b.standingAt[i], func(_ string, s Standing) bool { return s == p.Standing })
		if len(b.standingAt[i]) > 0 {
			p.StandingAt = b.standingAt[i]
		}
	}
}

// lines are what the policy gives people of the site at hand by lines of their own.
func (b *builder) lines(q *grants.Inquiry) []Line {
	rows := map[string]row{}
	q.OwnLines(func(user, view string, p catalog.Permissions) {
		v, known := b.viewAt[catalog.ViewName(view).Key()]
		if !known {
			return
		}
		if rows[fold(user)] == nil {
			rows[fold(user)] = make(row, len(b.r.Views))
		}
		rows[fold(user)][v] |= p
	})
	var out []Line
	for _, i := range slices.Sorted(maps.Keys(b.here)) {
		name := b.here[i]
		if r := rows[fold(name)]; r != nil && b.userOf(grants.Someone{Name: name}) != nil {
			out = append(out, Line{i, b.shelf.put(r)})
		}
	}
	return out
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
		lines := b.r.Sites[s].Lines
		for i := range lines {
			lines[i].Person = to[lines[i].Person]
		}
		slices.SortFunc(lines, func(x, y Line) int { return x.Person - y.Person })
	}
}
