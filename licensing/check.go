package licensing

import (
	"fmt"

	"grantree/finding"
)

// Check is rule 3: an error where the plan gives a seat to somebody new and
// there are too few, whatever becomes of people who are leaving. Where there
// are too many people already and the plan adds nobody it is a warning:
// refusing would keep an administrator from taking people out.
func Check(c Count, l License) finding.List {
	var out finding.List
	for _, line := range c.Lines {
		if c.Limited && line.Group && line.Uses() {
			out.Warnf(finding.GroupSeat, line.Pos, "name its people; or state how many they are: an [[outsider]] with people = N in place of the user",
				"the login of %q is a group: it is counted as one seat, and as many people enter as it has", line.Name)
		}
	}
	if !c.Limited || c.Used <= c.Limit {
		return out
	}
	added := c.New()
	if len(added) == 0 {
		out.Warnf(finding.OverLicence, l.Pos, "deactivate or remove people: \"grantree license\" shows who uses a seat",
			"%d people use a seat and the licence has %d; this plan adds nobody", c.Used, c.Limit)
		return out
	}
	need := c.Used
	for _, line := range c.Lines {
		if line.Leaving {
			need -= line.Seats
		}
	}
	if need <= c.Limit {
		return out
	}
	out.Errorf(finding.NoSeatLeft, l.Pos, "deactivate or remove someone in the same edit, or buy seats: \"grantree license\" shows who uses one",
		"%d people need a seat and the licence has %d; adding %s takes seat %d of %d", need, c.Limit, Quoted(added), need, c.Limit)
	return out
}

// Admit divides who waits for a seat, first come, first served, by how many
// seats are free.
func Admit(waiting []string, free int) (in, out []string) {
	n := min(max(free, 0), len(waiting))
	return waiting[:n], waiting[n:]
}

// Quoted lists up to three names.
func Quoted(names []string) string {
	const most = 3
	text := ""
	for i, n := range names[:min(len(names), most)] {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", n)
	}
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}
