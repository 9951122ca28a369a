package grants

import "slices"

// members adds who is missing from the managed roles and drops who is in them
// and not wanted there.
func (d *differ) members() {
	want, asked := make([]uint64, 0, len(d.to.Members)), map[uint64]bool{}
	for i := range d.to.Members {
		m := &d.to.Members[i]
		role, member, ok := d.edge(m)
		if !ok {
			continue
		}
		want = append(want, pair(role, member))
		if slices.Contains(d.m.parents[member], int32(role)) || asked[pair(role, member)] {
			continue
		}
		asked[pair(role, member)] = true
		if m.Kept || !d.moves(role, member) {
			continue
		}
		d.add(d.joinPhase(role), Change{Kind: AddMember, Role: d.name(role),
			Principals: []string{d.name(member)}, Causes: []Cause{m.Cause}})
	}
	slices.Sort(want)
	for member, roles := range d.m.parents {
		for _, r := range roles {
			role := int(r)
			if d.dropped[member] || !d.empties(role, member) {
				continue
			}
			if _, wanted := slices.BinarySearch(want, pair(role, member)); (d.dropped[role] || !wanted && !d.spared[d.ix.principals[member].ID]) && d.moves(role, member) {
				d.add(phaseLeave, Change{Kind: DropMember, Role: d.name(role), Principals: []string{d.name(member)}, Causes: d.leavesBy(role, member)})
			}
		}
	}
}

// absent is the cause of taking something away from a role or user: the line
// that wants it, which does not ask for that. What is not wanted any more has
// no line and no cause.
func (d *differ) absent(p int) []Cause {
	if c, ok := d.line(p); ok {
		c.Note = "nothing here asks for it"
		return []Cause{c}
	}
	return nil
}

// edge looks up a wanted membership, by position. One whose role or user was
// refused is left out: the finding is about that.
func (d *differ) edge(m *WantedMember) (role, member int, _ bool) {
	role, ok := d.near.principal(d.ix, m.Role)
	member, also := d.near.principal(d.ix, m.User)
	return role, member, ok && also && d.managed[role] && d.managed[member]
}

func (d *differ) name(p int) string { return d.ix.principals[p].Name }

// joinPhase lets users join the roles that deny before those that grant, so
// that an override that takes something away is there first.
func (d *differ) joinPhase(role int) phase {
	if d.denying == nil {
		d.denying = map[int]bool{}
		for _, e := range d.to.Entries {
			if p, ok := d.ix.principal(e.Grantee); ok && e.State == Denied {
				d.denying[p] = true
			}
		}
	}
	if d.denying[role] {
		return phaseJoinDenied
	}
	return phaseJoin
}
