package grants

import (
	"grantree/catalog"
)

// charged lists those who act as p and to whom rights on views, by place, are
// more than they may.
func (j *judge) charged(p int, rights func(v int) catalog.Permissions) (who []int, pairs [][2]int) {
	for _, i := range j.reach[p] {
		hit := false
		for at, v := range j.views {
			more := rights(v).Intersect(j.people[i].beyond[at])
			for _, one := range more.Each() {
				pairs = append(pairs, [2]int{v, int(one)})
				hit = true
			}
		}
		if hit {
			who = append(who, i)
		}
	}
	return who, pairs
}

// open lists those who act as p and to whom rights beside the views, on a table
// or the like, are not accepted.
func (j *judge) open(p int, rights catalog.Permissions) []int {
	var out []int
	for _, i := range j.reach[p] {
		x := j.people[i]
		if !x.all && !(x.outside != nil && x.outside.May.Has(rights)) && !j.throughAccepted(x, p, rights) {
			out = append(out, i)
		}
	}
	return out
}

// throughAccepted reports whether p, a role that a person acts as, is accepted
// with these rights.
func (j *judge) throughAccepted(x person, p int, rights catalog.Permissions) bool {
	o := j.named(j.a.m.principals[p].Name, j.s.Collation)
	return o != nil && o.May.Has(rights) && x.user != p
}

// empowered lists those who act as p and really have a power by which they
// could give themselves more, which the policy does not accept.
func (j *judge) empowered(p int, on securable, name string) []int {
	var out []int
	for _, i := range j.reach[p] {
		x := j.people[i]
		if x.mayAlso(name) || j.throughAccepted(x, p, catalog.All) || x.outside != nil && x.outside.May.Has(catalog.All) {
			continue
		}
		if j.a.can(token{db: j.a.tokensOf(x.user)}, on, name) {
			out = append(out, i)
		}
	}
	return out
}
