package grants

import (
	"fmt"

	"grantree/finding"
)

// broken is one cause for which people cannot use what they hold: an object
// whose owner is another than that of what refers to it, a reference that leaves
// the database, or a step that is closed to whom a function runs as.
type broken struct {
	to, above int // the object, and the owner of those that refer to it
	outside   string
	shut      shut
}

// chains reports what people of the policy cannot do although they hold it,
// once for each cause.
func (j *judge) chains() {
	views, people, from := map[broken][]string{}, map[broken][]string{}, map[broken][]int{}
	for _, v := range j.views {
		u := j.a.below(j.a.m.views[v].ID)
		if len(u.broken)+len(u.outside)+len(u.shut) == 0 {
			continue
		}
		var stuck []string
		for _, x := range j.people {
			if x.wanted >= 0 && x.in != No && x.user >= 0 && j.stuck(x, v) {
				stuck = append(stuck, fmt.Sprintf("%q", x.name))
			}
		}
		note := func(b broken) {
			views[b] = append(views[b], j.a.m.viewName(v))
			people[b] = append(people[b], stuck...)
		}
		for _, l := range u.broken {
			b := broken{to: l.to, above: j.a.objects.owner(l.from)}
			from[b] = append(from[b], l.from)
			note(b)
		}
		for _, x := range u.shut {
			note(broken{shut: x})
		}
		for _, d := range u.outside {
			note(broken{outside: d.String()})
		}
	}
	for b, stuck := range people {
		switch {
		case len(stuck) == 0:
		case b.shut != shut{}:
			j.mismatch(finding.ChainBroken, j.a.objects.name(b.shut.from), finding.Pos{}, advice{words: "let the function run as somebody who may"},
				"%s: %s cannot use %s", j.a.shutBy(b.shut), some(stuck, 3), some(views[b], 3))
		case b.outside != "":
			j.mismatch(finding.OtherDatabase, b.outside, finding.Pos{}, advice{words: "let the view read what is in this database, or see that they may read it there"},
				"%s %s to %s, outside the database: %s %s a right of their own there, which could not be read",
				some(views[b], 3), agree(views[b], "refers", "refer"), b.outside, some(stuck, 3), agree(stuck, "needs", "need"))
		default:
			// Everything is given to dbo, as the owners' finding says: with one
			// owner the chain holds, and nobody gets more.
			do := j.mender.toDbo(b.to)
			for _, id := range from[b] {
				do = append(do, j.mender.toDbo(id)...)
			}
			j.mismatch(finding.ChainBroken, j.a.objects.name(b.to), finding.Pos{}, mend(do...),
				"%s belongs to %q and what refers to it to %q, so the chain of owners breaks: %s cannot use %s",
				j.a.objects.name(b.to), j.a.principalName(j.a.objects.owner(b.to)), j.a.principalName(b.above), some(stuck, 3), some(views[b], 3))
		}
	}
}

// stuck reports whether a person holds something that the policy gives on a
// view and cannot use it.
func (j *judge) stuck(x person, v int) bool {
	for _, p := range x.may[j.place[v]].Each() {
		if j.a.holdsOn(x.token, v).Has(p) && j.a.may(x.token, v, p) != Yes {
			return true
		}
	}
	return false
}
