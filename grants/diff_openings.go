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
		return fmt.Sprintf("break-glass ended at %s: %s", o.Ends(d.from.Now), o.Reason)
	}
	return fmt.Sprintf("break-glass until %s is taken back: %s", o.Ends(d.from.Now), o.Reason)
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

// Open adds an opening to what is wanted: the membership, and the property. The lists
// that w shares with others stay as they are.
func (w *Wanted) Open(o Opening) {
	cause := o.cause()
	for _, r := range w.Roles {
		if w.Collation.Equal(r.Name, o.Role) {
			cause.Pos = r.Cause.Pos
		}
	}
	w.Openings = append(slices.Clip(w.Openings), o)
	if !slices.ContainsFunc(w.Members, func(m WantedMember) bool {
		return w.Collation.Equal(m.Role, o.Role) && w.Collation.Equal(m.User, o.User)
	}) {
		w.Members = append(slices.Clip(w.Members), WantedMember{Role: o.Role, User: o.User, Cause: cause})
	}
}

// Close takes an opening out of what is wanted, and the membership that is wanted for
// it alone.
func (w *Wanted) Close(o Opening) {
	note := o.cause().Note
	w.Openings = slices.DeleteFunc(slices.Clone(w.Openings), func(x Opening) bool { return x.Text() == o.Text() && w.Collation.Equal(x.User, o.User) })
	w.Members = slices.DeleteFunc(slices.Clone(w.Members), func(m WantedMember) bool {
		return m.Cause.Note == note && w.Collation.Equal(m.Role, o.Role) && w.Collation.Equal(m.User, o.User)
	})
}
