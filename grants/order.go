package grants

import (
	"slices"

	"grantree/catalog"
)

// outlook is what the changes of a plan, in canonical order, lead to: an order
// that the server would take.
type outlook struct {
	steps         []step
	end           *trial
	before, after mays
}

func newOutlook(st *trial, changes []Change) *outlook {
	o := &outlook{steps: make([]step, len(changes)), end: st}
	if len(changes) == 0 {
		return o
	}
	o.end = st.clone()
	for i, c := range changes {
		o.steps[i] = st.compile(c)
		o.end.apply(o.steps[i])
	}
	return o
}

// evaluate works out what everyone may do before and after.
func (o *outlook) evaluate(st *trial) { o.before, o.after = st.evaluate(), o.end.evaluate() }

// arrange puts the changes of a plan into an order in which every prefix is
// safe.
//
// The canonical order is kept where it is safe, which is nearly always. Where
// a change would take from someone what they keep, or give someone what they
// do not get, it waits until the ones after it have been tried. Changes that
// can only wait for each other go over a bridge (see bridge.go); the breaches
// that not even a bridge avoids are returned.
func arrange(st *trial, o *outlook) ([]Change, []breach) {
	out, waiting := st.settled(o)
	if len(waiting) == 0 {
		return out, nil
	}
	rest, broken := st.bridge(waiting)
	return append(out, rest...), broken
}

// settled makes the changes that are safe, one after another, and returns those that
// can only wait for each other.
func (st *trial) settled(o *outlook) (out []Change, waiting []step) {
	widens := o.onlyWidens()
	if !widens {
		st.bound(o.before.on, o.after.on, o.steps)
	}
	steps := o.steps
	out = make([]Change, 0, len(steps))
	for len(steps) > 0 {
		waiting = nil
		for _, s := range steps {
			if done, ok := st.try(s, widens); ok {
				out = append(out, done)
			} else {
				waiting = append(waiting, s)
			}
		}
		if len(waiting) == len(steps) {
			if widens { // a bridge needs to know what nobody may lose
				st.bound(o.before.on, o.after.on, o.steps)
			}
			break
		}
		steps = waiting
	}
	return out, waiting
}

// onlyWidens reports whether no order of the steps can take anything from anybody,
// nor give what the end does not: where nobody acts as anyone who is denied anything,
// and nothing is denied, revoked, left or dropped, who may do something may do it
// after every step.
func (o *outlook) onlyWidens() bool {
	for _, s := range o.steps {
		switch s.change.Kind {
		case CreateRole, CreateUser, AddMember, GrantOn, GrantConnect, Mark:
		default:
			return false
		}
	}
	denied := func(p int32) bool {
		return o.end.connect[p].denied || slices.ContainsFunc(o.end.cells.of(int(p)), func(c cell) bool { return c&denials != 0 })
	}
	known := make([]bool, len(o.end.principals)) // not denied anything
	for _, tokens := range o.end.tokens {
		for _, p := range tokens {
			if !known[p] && denied(p) {
				return false
			}
			known[p] = true
		}
	}
	return true
}

// try applies a step if it is possible and safe, as it is for sure where all only
// widen, and returns the change with the rows it found.
func (st *trial) try(s step, widens bool) (Change, bool) {
	if !st.possible(s) {
		return Change{}, false
	}
	s.change.Before = st.before(s)
	undo := st.apply(s)
	if !widens && !st.safe(s, nil) {
		undo()
		return Change{}, false
	}
	return s.change, true
}

// bound sets the range of every tuple. An account that the plan makes begins
// with what public has, which no order of statements can avoid: that counts as
// what it has before.
func (st *trial) bound(before, after []catalog.Permissions, steps []step) {
	st.lower = make([]catalog.Permissions, len(before))
	st.upper = make([]catalog.Permissions, len(before))
	for i := range before {
		st.lower[i] = before[i].Intersect(after[i])
		st.upper[i] = before[i].Union(after[i])
	}
	nV := len(st.views)
	for _, s := range steps {
		if s.change.Kind != CreateUser {
			continue
		}
		p := s.principals[0]
		st.matrix.all(st.matrix.tokens(p), st.scratch, st.row)
		for v, first := range st.row {
			st.upper[int(st.dense[p])*nV+v] |= first
		}
	}
}
