package main

import (
	"fmt"
	"strconv"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/report/changes"
)

// What becomes of people, and who enters and leaves which role, in a plan's page.

// people are the numbers of people by their names.
func (p *planPage) people(names []string) []int {
	out := make([]int, len(names))
	for i, name := range names {
		n, known := p.personAt[name]
		if !known {
			n = len(p.out.People)
			p.personAt[name], p.out.People = n, append(p.out.People, name)
		}
		out[i] = n
	}
	return out
}

// effects is what becomes of people, losers first; those alike are one, and of each the
// sites alike.
func (p *planPage) effects() {
	var all []changes.Effect
	at := map[string]int{}
	teller := newTeller(p.fp.Policy.Catalog, true)
	teller.say = func(o *catalog.Outline, e grants.Effect) string {
		x := changes.Effect{Enters: e.Enters, Leaves: e.Leaves, Empty: e.Empty, More: e.More, Less: e.Less, Gain: p.cells(e.Gain), Lose: p.cells(e.Lose),
			Gains: p.parts(o, e.Gain), Loses: p.parts(o, e.Lose)}
		key := fmt.Sprintf("%+v", x)
		if _, known := at[key]; !known {
			at[key], all = len(all), append(all, x)
		}
		return strconv.Itoa(at[key])
	}
	shown := map[int]int{}
	for _, r := range whoRows(peopledOf(p.fp.Sites), teller, true) {
		n, _ := strconv.Atoi(r.what)
		i, known := shown[n]
		if !known {
			i = len(p.out.Effects)
			shown[n], p.out.Effects = i, append(p.out.Effects, all[n])
		}
		e := &p.out.Effects[i]
		e.Where = append(e.Where, changes.Crowd{People: p.people(r.people), Sites: p.at(r.sites)})
	}
}

// parts is an outline of permissions, by node.
func (p *planPage) parts(o *catalog.Outline, of map[string]catalog.Permissions) []changes.Part {
	keyed, names := byKey(of)
	var out []changes.Part
	for _, x := range o.Of(keyed) {
		out = append(out, changes.Part{Place: p.fp.Policy.Catalog.Place(x, names), May: inWords(x.Permissions)})
	}
	return out
}

// members is who enters and leaves which role.
func (p *planPage) members(list []drawn) {
	at := map[string]int{}
	for _, d := range list {
		for _, role := range sorted(d.members) {
			key := fmt.Sprintf("%q %q", role, d.members[role])
			i, known := at[key]
			if !known {
				i = len(p.out.Members)
				at[key] = i
				m := changes.Members{Role: role}
				for _, name := range d.members[role] {
					if strings.HasPrefix(name, "+") {
						m.Add = append(m.Add, name[1:])
					} else {
						m.Drop = append(m.Drop, name[1:])
					}
				}
				p.out.Members = append(p.out.Members, m)
			}
			p.out.Members[i].Sites = append(p.out.Members[i].Sites, p.siteAt[d.Site.Name])
		}
	}
}
