package grants

// members adds who is missing from the managed roles and drops who is in them
// and not wanted there.
func (d *differ) members() {
	now := d.edges()
	want := map[edge]bool{}
	for _, m := range d.to.Members {
		e, ok := d.edge(m)
		if !ok || want[e] {
			continue
		}
		want[e] = true
		if !now[e] {
			d.add(d.joinPhase(e.role), Change{Kind: AddMember, Role: d.name(e.role),
				Principals: []string{d.name(e.member)}, Causes: []Cause{m.Cause}})
		}
	}
	for e := range now {
		leaves := d.managed[e.role] && !want[e] && !d.spared[d.ix.principals[e.member].ID] || d.dropped[e.role]
		if leaves && !d.dropped[e.member] {
			d.add(phaseLeave, Change{Kind: DropMember, Role: d.name(e.role), Principals: []string{d.name(e.member)}, Causes: d.absent(e.role)})
		}
	}
}

// absent is the cause of taking something away from a role or user: the line
// that wants it, which does not ask for that. What is not wanted any more has
// no line and no cause.
func (d *differ) absent(p int) []Cause {
	if c, ok := d.lines[p]; ok {
		c.Note = "nothing here asks for it"
		return []Cause{c}
	}
	return nil
}

// edge is a direct membership, by position.
type edge struct{ role, member int }

func (d *differ) edges() map[edge]bool {
	out := make(map[edge]bool, len(d.from.Members))
	for _, m := range d.from.Members {
		role, ok := d.ix.byID[m.Role]
		member, also := d.ix.byID[m.Member]
		if ok && also {
			out[edge{role, member}] = true
		}
	}
	return out
}

// edge looks up a wanted membership. One whose role or user was refused is
// left out: the finding is about that.
func (d *differ) edge(m WantedMember) (edge, bool) {
	role, ok := d.ix.principal(m.Role)
	member, also := d.ix.principal(m.User)
	if !ok || !also || !d.managed[role] || !d.managed[member] {
		return edge{}, false
	}
	return edge{role, member}, true
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
