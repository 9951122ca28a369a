package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"grantree/catalog"
	"grantree/policy"
)

// gains says, by person, what an edit gives them that they have not today: a group that
// denies takes more than it gives, and who leaves it has what it denied. The words are for
// a reader; the keys are folded.
func gains(before, after *policy.Policy, now time.Time) map[string]string {
	out := map[string]string{}
	for _, s := range policy.Between(before.At(now), after.At(now)) {
		for _, e := range s.People.Effects {
			if len(e.Gain) == 0 && !e.More {
				continue
			}
			for _, person := range e.People {
				if out[fold(person)] == "" {
					out[fold(person)] = gained(e.Gain) + " in " + s.Site
				}
			}
		}
	}
	return out
}

// gained are permissions by view in a few words.
func gained(gain map[string]catalog.Permissions) string {
	views := slices.Sorted(maps.Keys(gain))
	if len(views) == 0 {
		return "something beside the views"
	}
	text := strings.Join(gain[views[0]].Words(), ", ") + " on " + views[0]
	if len(views) > 1 {
		text += fmt.Sprintf(" and more on %d others", len(views)-1)
	}
	return text
}

// withhold leaves to somebody's hand what would give those people something: of the groups
// that a person loses those that deny, else all that they lose. It reports whether
// anything was left.
func withhold(p *policy.Policy, verdicts []Verdict, gains map[string]string) bool {
	denies := func(v *Verdict) bool {
		g := p.Group(v.Row.What)
		return v.Row.Kind == Group && g != nil && len(g.Deny) > 0
	}
	denying := map[string]bool{}
	for i := range verdicts {
		if v := &verdicts[i]; v.edits() && denies(v) {
			denying[fold(v.Row.Person)] = true
		}
	}
	left := false
	for i := range verdicts {
		v := &verdicts[i]
		person := fold(v.Row.Person)
		if !v.edits() || gains[person] == "" || denying[person] && !denies(v) {
			continue
		}
		v.hand(fmt.Sprintf("it would give: without it %s could %s, which is denied them now. Take away first what allows that, or deny it to them themselves", v.Row.Person, gains[person]))
		left = true
	}
	return left
}

// edits reports whether a verdict takes something out of the policy now.
func (v Verdict) edits() bool { return v.Outcome == Revoked && !v.Again && !v.carried }
