package review

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"grantree/policy"
)

// Edit takes what was revoked out of the policy, which open begins to edit as it is.
// Somebody who loses all that they have is made inactive, because nobody of the policy is
// in no group. What no edit can do, and what would give somebody something at now, becomes
// ByHand, with what to do; the verdicts are changed in place.
func Edit(open func() (*policy.Editor, error), verdicts []Verdict, by string, now time.Time) (*policy.Edited, error) {
	for {
		e, err := open()
		if err == nil {
			err = revoke(e, verdicts, by)
		}
		if err != nil {
			return nil, err
		}
		done, err := e.Result(now)
		if err != nil {
			return nil, err
		}
		more := gains(e.Policy(), done.Policy, now)
		if len(more) == 0 {
			return done, nil
		}
		if !withhold(e.Policy(), verdicts, more) {
			person := slices.Sorted(maps.Keys(more))[0]
			return nil, fmt.Errorf("what was revoked would give somebody access: %s could %s", person, more[person])
		}
	}
}

// revoke makes the edits.
func revoke(e *policy.Editor, verdicts []Verdict, by string) error {
	byPerson := map[string][]*Verdict{}
	var order []string
	for i := range verdicts {
		v := &verdicts[i]
		if v.Outcome != Revoked || v.Again || v.carried {
			continue
		}
		key := fold(v.Row.Person)
		if byPerson[key] == nil {
			order = append(order, key)
		}
		if !slices.ContainsFunc(byPerson[key], func(x *Verdict) bool { return x.Row.ID == v.Row.ID }) {
			byPerson[key] = append(byPerson[key], v)
		}
	}
	for _, key := range order {
		if err := edit(e, byPerson[key], by); err != nil {
			return err
		}
	}
	for i := range verdicts { // a row of two reviewers ends alike
		for j := range verdicts[:i] {
			if x, y := &verdicts[i], verdicts[j]; x.Row.ID == y.Row.ID && !x.Again && !x.carried && x.Outcome == Revoked && y.Outcome == ByHand {
				x.Outcome, x.Why = y.Outcome, y.Why
			}
		}
	}
	return nil
}

// loss is what one person loses.
type loss struct {
	u     *policy.User
	own   []string            // of their own groups
	at    map[string][]string // of those in a [[user.at]] of one site
	lines []string
}

// edit revokes what one person loses.
func edit(e *policy.Editor, list []*Verdict, by string) error {
	u := e.Policy().User(list[0].Row.Person)
	if u == nil {
		for _, v := range list {
			v.hand(beyondFix)
		}
		return nil
	}
	x := loss{u: u, at: map[string][]string{}}
	for _, v := range list {
		x.add(v)
	}
	if x.everything(e.Policy()) {
		yes, why := true, "revoked in the review by "+by
		return e.SetUser(u.Name, policy.UserChange{Inactive: &yes, InactiveReason: &why})
	}
	for _, v := range list {
		if v.Outcome == Revoked && v.Row.Kind == Group && x.last(e.Policy(), v.Row) {
			v.hand(fmt.Sprintf("%s would be in no group there, and has more: take the sites away (grantree user set --remove-site, or --remove-at) or make them inactive (grantree user disable)", u.Name))
		}
	}
	return x.take(e)
}

const beyondFix = "the policy does not give it: grantree verify names the statement that takes it away, or the [[outsider]] that accepts it"

// add notes what a row takes away, where an edit can do that.
func (x *loss) add(v *Verdict) {
	r := v.Row
	switch {
	case r.Kind == Beyond:
		v.hand(beyondFix)
	case r.Kind == Line && x.linesOn(r.What) != 1:
		v.hand(fmt.Sprintf("%s has more than one line of their own on %q: change them by hand", x.u.Name, r.What))
	case r.Kind == Line:
		x.lines = append(x.lines, r.What)
	case r.At && len(r.Sites) != 1:
		v.hand("it is in a [[user.at]] of several sites: change that table by hand")
	case r.At:
		x.at[r.Sites[0]] = append(x.at[r.Sites[0]], r.What)
	default:
		x.own = append(x.own, r.What)
	}
}

// linesOn counts a person's own lines on something, DENYs too: they all go with one.
func (x *loss) linesOn(on string) int {
	n := 0
	count := func(lines []policy.Entry) {
		for _, l := range lines {
			if fold(l.Target()) == fold(on) {
				n++
			}
		}
	}
	count(x.u.Allow)
	count(x.u.Deny)
	for _, at := range x.u.At {
		count(at.Allow)
		count(at.Deny)
	}
	return n
}

// everything reports whether a person loses every group and every line that allows
// something, wherever they have it.
func (x *loss) everything(p *policy.Policy) bool {
	allows := len(x.u.Allow)
	for _, at := range x.u.At {
		allows += len(at.Allow)
		if len(at.Sites) != 1 || len(x.at[at.Sites[0]]) < deciding(p, at.Groups) {
			return false
		}
	}
	return len(x.lines) == allows && len(x.own)+len(x.at) > 0 && len(x.own) == deciding(p, x.u.Groups)
}

// last reports whether a row's group and those that go with it are all that a person is
// in, there.
func (x *loss) last(p *policy.Policy, r Row) bool {
	if !r.At {
		return len(x.own) == deciding(p, x.u.Groups)
	}
	for _, at := range x.u.At {
		if len(at.Sites) == 1 && fold(at.Sites[0]) == fold(r.Sites[0]) {
			return len(x.at[r.Sites[0]]) == deciding(p, at.Groups)
		}
	}
	return true
}

// deciding counts the groups that rows are made of: all but the baseline.
func deciding(p *policy.Policy, groups []string) int {
	n := 0
	for _, name := range groups {
		if g := p.Group(name); g != nil && !g.Baseline {
			n++
		}
	}
	return n
}

// take makes the edits.
func (x *loss) take(e *policy.Editor) error {
	p := e.Policy()
	if len(x.own) > 0 && !x.last(p, Row{}) {
		if err := e.EditGroups(x.u.Name, "", policy.ListEdit{Remove: x.own}); err != nil {
			return err
		}
	}
	for _, site := range slices.Sorted(maps.Keys(x.at)) {
		if x.last(p, Row{At: true, Sites: []string{site}}) {
			continue
		}
		if err := e.EditGroups(x.u.Name, site, policy.ListEdit{Remove: x.at[site]}); err != nil {
			return err
		}
	}
	for _, on := range x.lines {
		if _, err := e.RemoveLines(x.u.Name, on); err != nil {
			return err
		}
	}
	return nil
}

func (v *Verdict) hand(why string) { v.Outcome, v.Why = ByHand, why }
