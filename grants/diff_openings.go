package grants

import (
	"fmt"
	"slices"
)

// openings writes the property of who is let into a role for a while, and takes away
// that of whom the policy does not let, or not any more. The membership itself is one
// like any other.
func (d *differ) openings() {
	for _, row := range d.from.Openings {
		p, ok := d.ix.byID[row.User]
		if !ok || d.dropped[p] || d.options.Mode == Add || !d.opens(d.name(p)) {
			continue
		}
		if !slices.ContainsFunc(d.to.Openings, func(o Opening) bool { return d.from.Collation.Equal(o.User, d.name(p)) && o.Text() == row.Text }) {
			d.add(phaseClose, Change{Kind: EndBreakGlass, Principals: []string{d.name(p)}, Text: row.Text, Causes: []Cause{{User: d.name(p), Note: d.closing(row)}}})
		}
	}
	for _, o := range d.to.Openings {
		if o.Found {
			continue
		}
		if p, ok := d.ix.principal(o.User); ok && d.managed[p] && d.opens(o.User) && d.from.OpeningOf(o.User) != o.Text() {
			d.add(phaseOpen, Change{Kind: BreakGlass, Principals: []string{d.name(p)}, Text: o.Text(), Causes: []Cause{o.cause()}})
		}
	}
}

// opens reports whether the plan is about the opening of somebody.
func (d *differ) opens(user string) bool {
	return d.options.Only == nil || slices.ContainsFunc(d.options.Only.Openings, func(name string) bool { return d.from.Collation.Equal(name, user) })
}

// closing says why a property is taken away.
func (d *differ) closing(row OpeningRow) string {
	o, err := ParseOpening("", row.Text)
	switch {
	case err != nil:
		return "break-glass: " + err.Error()
	case o.Over(d.from.Now):
		return fmt.Sprintf("break-glass ended at %s, by what it says of itself: %s", o.Ends(d.from.Now), o.Reason)
	}
	return fmt.Sprintf("break-glass until %s is taken back, by what it says of itself: %s", o.Ends(d.from.Now), o.Reason)
}

// leavesBy is the cause of taking somebody out of a role: the end of what they were let
// into for a while, or that no line asks for it.
func (d *differ) leavesBy(role, member int) []Cause {
	for _, row := range d.from.Openings {
		if d.ix.byID[row.User] != member {
			continue
		}
		if o, err := ParseOpening("", row.Text); err == nil && d.from.Collation.Equal(o.Role, d.name(role)) {
			return []Cause{{User: d.name(member), Note: d.closing(row)}}
		}
	}
	return d.absent(role)
}

// cause is why somebody is in the role of an opening.
func (o Opening) cause() Cause {
	return Cause{Group: o.Group, User: o.User, Note: fmt.Sprintf("break-glass until %s: %s", o.Until.Format("2006-01-02 15:04 UTC"), o.Reason)}
}

// Open lets somebody in: an opening is added to what is wanted, the membership and the
// property. The lists that w shares with others stay as they are.
func (w *Wanted) Open(o Opening) {
	w.Openings = append(slices.Clip(w.Openings), o)
	w.lend(o, WantedMember{Role: o.Role, User: o.User, Lent: true, Cause: o.cause()})
}

// Excuse adds an opening that a site has to what is wanted: its membership stays where
// it is. Nothing adds one for what a site says of itself.
func (w *Wanted) Excuse(o Opening) {
	o.Found = true
	cause := o.cause()
	cause.Note = fmt.Sprintf("break-glass until %s, by what it says of itself: %s", o.Until.Format("2006-01-02 15:04 UTC"), o.Reason)
	w.Openings = append(slices.Clip(w.Openings), o)
	w.lend(o, WantedMember{Role: o.Role, User: o.User, Lent: true, Kept: true, Cause: cause})
}

// lend wants a membership for a while, unless it is wanted for good.
func (w *Wanted) lend(o Opening, m WantedMember) {
	for _, r := range w.Roles {
		if w.Collation.Equal(r.Name, o.Role) {
			m.Cause.Pos = r.Cause.Pos
		}
	}
	if !w.wants(o, func(WantedMember) bool { return true }) {
		w.Members = append(slices.Clip(w.Members), m)
	}
}

// Close ends an opening that the policy gives: it is not wanted any more, nor is the
// membership that is wanted for it alone. Of any other opening nothing is wanted anyhow.
func (w *Wanted) Close(o Opening) {
	same := func(x Opening) bool { return x.Text() == o.Text() && w.Collation.Equal(x.User, o.User) }
	if !slices.ContainsFunc(w.Openings, same) && !slices.ContainsFunc(w.Over, same) {
		return
	}
	w.Closing = append(slices.Clip(w.Closing), o)
	w.Openings = slices.DeleteFunc(slices.Clone(w.Openings), same)
	w.Members = slices.DeleteFunc(slices.Clone(w.Members), func(m WantedMember) bool {
		return m.Lent && w.Collation.Equal(m.Role, o.Role) && w.Collation.Equal(m.User, o.User)
	})
}

// alone are the openings of a list whose memberships the policy does not give for good.
func (w *Wanted) alone(list []Opening) []Opening {
	return slices.DeleteFunc(slices.Clone(list), func(o Opening) bool {
		return w.wants(o, func(m WantedMember) bool { return !m.Lent })
	})
}

// wants reports whether the membership of an opening is wanted in a certain way.
func (w *Wanted) wants(o Opening, in func(WantedMember) bool) bool {
	return slices.ContainsFunc(w.Members, func(m WantedMember) bool {
		return in(m) && w.Collation.Equal(m.Role, o.Role) && w.Collation.Equal(m.User, o.User)
	})
}
