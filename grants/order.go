package grants

import (
	"slices"

	"grantree/catalog"
)

// arrange puts the changes of a plan, given in canonical order, into an order
// in which every prefix is safe, and says what becomes of people.
//
// The canonical order is kept where it is safe, which is nearly always. Where
// a change would take from someone what they keep, or give someone what they
// do not get, it waits until the ones after it have been tried. Changes that
// can only wait for each other go over a bridge (see bridge.go); the breaches
// that not even a bridge avoids are returned.
func arrange(st *state, changes []Change) ([]Change, People, []breach) {
	steps := make([]step, len(changes))
	for i, c := range changes {
		steps[i] = st.compile(c)
	}
	before := st.evaluate()
	after := st.evaluateAfter(steps)
	people := compare(st, before, after, slices.Clone(st.exists), steps)
	st.bound(before, after, steps)

	var out []Change
	for len(steps) > 0 {
		var waiting []step
		for _, s := range steps {
			if done, ok := st.try(s); ok {
				out = append(out, done)
			} else {
				waiting = append(waiting, s)
			}
		}
		if len(waiting) == len(steps) {
			rest, broken := st.bridge(waiting)
			return append(out, rest...), people, broken
		}
		steps = waiting
	}
	return out, people, nil
}

// try applies a step if it is possible and safe, and returns the change with
// the rows it found.
func (st *state) try(s step) (Change, bool) {
	if !st.possible(s) {
		return Change{}, false
	}
	s.change.Before = st.before(s)
	undo := st.apply(s)
	if !st.safe(s, nil) {
		undo()
		return Change{}, false
	}
	return s.change, true
}

// evaluateAfter returns what everyone may do when all steps are done. The
// canonical order is one that the server would take.
func (st *state) evaluateAfter(steps []step) []catalog.Permissions {
	end := st.clone()
	for _, s := range steps {
		end.apply(s)
	}
	return end.evaluate()
}

// bound sets the range of every tuple. An account that the plan makes begins
// with what public has, which no order of statements can avoid: that counts as
// what it has before.
func (st *state) bound(before, after []catalog.Permissions, steps []step) {
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
		st.all(st.matrix.tokens(p), st.scratch, st.row)
		for v, first := range st.row {
			st.upper[int(st.dense[p])*nV+v] |= first
		}
	}
}
