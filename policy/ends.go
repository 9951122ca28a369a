package policy

import (
	"slices"
	"time"

	"grantree/finding"
	"grantree/tomldoc"
)

// End is the end of something that a policy says.
type End struct {
	What string // "user \"ann\"", "a line of group \"Crew\""
	When string // as the policy has it
	Pos  finding.Pos
}

// Ends returns what of the policy holds at from and does not at to any more, by
// place: people, lines, outsiders and waivers. Of who is inactive nothing ends. A
// policy as it stood before from (At) still has the people and lines that it had
// then: of these what ended since is told too.
func (p *Policy) Ends(from, to time.Time) []End {
	var out []End
	judged := from // what At leaves alone
	if !p.asOf.IsZero() && p.asOf.Before(from) {
		from = p.asOf
	}
	add := func(what string, from time.Time, when tomldoc.Moment, pos finding.Pos) {
		if !when.Over(from) && when.Over(to) {
			out = append(out, End{what, when.String(), pos})
		}
	}
	lines := func(of string, lists ...[]Entry) {
		for _, e := range slices.Concat(lists...) {
			if e.From == "" { // else it is said of the group that is copied
				add("a line of "+of, from, e.Until, e.Pos)
			}
		}
	}
	for _, g := range p.Groups {
		lines("group "+quote(g.Name), g.Allow, g.Deny)
	}
	for _, u := range p.Users {
		if u.Inactive {
			continue
		}
		add("user "+quote(u.Name), from, u.Until, u.Pos)
		lines("user "+quote(u.Name), u.lines())
	}
	for _, o := range p.Outsiders {
		add("outsider "+quote(o.Name), judged, o.Until, o.Pos)
	}
	for _, w := range p.Waivers {
		if !IsVendor(w.Pos) && !w.expired(judged) && w.expired(to) {
			out = append(out, End{"the waiver of " + string(w.View) + w.who(), w.Expires.Format(time.DateOnly), w.Pos})
		}
	}
	slices.SortStableFunc(out, func(a, b End) int { return a.Pos.Compare(b.Pos) })
	return out
}
