package grants

import "grantree/catalog"

// compare says what becomes of each account between before and after.
func compare(st *state, before, after []catalog.Permissions, exists []bool, steps []step) People {
	var p People
	nV := len(st.views)
	stays := exists
	for _, s := range steps {
		if s.change.Kind == CreateUser {
			stays[s.principals[0]] = true
		}
	}
	for place, u := range st.accounts {
		if !stays[u] {
			continue
		}
		p.Total++
		var gain, lose, had, has catalog.Permissions
		for v := range nV {
			b, a := before[place*nV+v], after[place*nV+v]
			gain |= a.Minus(b)
			lose |= b.Minus(a)
			had |= b
			has |= a
		}
		p.note(st.principals[u].Name, gain, lose, had, has)
	}
	return p
}

func (p *People) note(name string, gain, lose, had, has catalog.Permissions) {
	if !gain.IsEmpty() {
		p.Gain = append(p.Gain, name)
	}
	if !lose.IsEmpty() {
		p.Lose = append(p.Lose, name)
	}
	if !had.IsEmpty() && has.IsEmpty() {
		p.LockedOut = append(p.LockedOut, name)
	}
}
