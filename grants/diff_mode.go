package grants

import (
	"slices"

	"grantree/catalog"
)

// A plan of a mode but All stops half way, where what it has not done yet would have
// kept somebody from something: a DENY that is not sent beside a GRANT that is, a
// member whom the policy does not want in a role that is given more. So such a plan
// is held to what All comes to: nobody gets what they have neither now nor then, and
// nobody loses what they have now and then, with Add nothing at all. What would is
// withheld, and said.

// touched is what changes are about, finer than statements.
type touched struct {
	rows     map[int]catalog.Permissions // of principals on views, by cell
	edges    map[uint64]bool             // memberships, by pair
	connects map[int]bool                // by position of a user
}

func newTouched() *touched {
	return &touched{rows: map[int]catalog.Permissions{}, edges: map[uint64]bool{}, connects: map[int]bool{}}
}

// row is what of a cell is touched.
func (t *touched) row(at int) catalog.Permissions {
	if t == nil {
		return catalog.None
	}
	return t.rows[at]
}

func (t *touched) addRow(at int, p catalog.Permissions) {
	if t != nil && !p.IsEmpty() {
		t.rows[at] |= p
	}
}

// size is how much is touched.
func (t *touched) size() int {
	n := len(t.edges) + len(t.connects)
	for _, p := range t.rows {
		n += p.Len()
	}
	return n
}

// empties reports whether a plan may take a member out of a role that is not wanted
// there: out of every role of the policy's, and with Narrow only people and groups
// of the policy, out of roles that All would drop, too.
func (d *differ) empties(role, member int) bool {
	switch d.options.Mode {
	case Add:
		return false
	case Narrow:
		return (d.managed[role] || d.forgotten[d.ix.principals[role].ID]) && (d.managed[member] || d.cleared[member])
	}
	return d.managed[role] || d.dropped[role]
}

// moves reports whether a membership may change, and notes that it does.
func (d *differ) moves(role, member int) bool {
	edge := pair(role, member)
	if d.withheld != nil && d.withheld.edges[edge] || d.chosen != nil && !d.chosen.edges[edge] {
		return false
	}
	if d.touched != nil {
		d.touched.edges[edge] = true
	}
	return true
}

// letsIn reports whether a user may get CONNECT, and notes that they do.
func (d *differ) letsIn(user int) bool {
	if d.withheld != nil && d.withheld.connects[user] || d.chosen != nil {
		return false
	}
	if d.touched != nil {
		d.touched.connects[user] = true
	}
	return true
}

// endOf works out what everybody of a site may do once it is all that the policy
// says. It is told by name, for another plan may make other users. It is nil where
// nothing changes.
func (d *differ) endOf() func(name string) []catalog.Permissions {
	changes, o := d.ending()
	if len(changes) == 0 {
		return nil
	}
	o.evaluate(d.trial)
	nV := len(d.ix.views)
	return func(name string) []catalog.Permissions {
		p, ok := d.ix.principal(name)
		if !ok || d.trial.dense[p] < 0 {
			return make([]catalog.Permissions, nV)
		}
		place := int(d.trial.dense[p])
		return o.after.on[place*nV : (place+1)*nV]
	}
}

// dropping are the ids of what a plan drops.
func (d *differ) dropping() map[int]bool {
	out := map[int]bool{}
	for p, gone := range d.dropped {
		if gone {
			out[d.ix.principals[p].ID] = true
		}
	}
	return out
}

// partly makes a plan that does what its mode lets it, of a site that x surveys. What
// was withheld only for the sake of something else that was is done after all, so that
// a site that was read back has nothing left to do.
func (d *differ) partly(x *Survey) {
	all := d.options
	all.Mode = All
	whole := x.differ(d.to, all)
	end, goes := whole.endOf(), whole.dropping()
	if end == nil { // nor has a part of it anything to do
		changes, o := d.ending()
		d.arrange(changes, o)
		d.people(changes, o)
		return
	}
	var done []Change
	for at := d; ; {
		at.forgotten = goes
		changes, o := at.within(end)
		from := len(at.plan.Changes)
		at.arrange(changes, o)
		if at != d {
			d.plan.Changes, d.plan.Naive, d.plan.Left = append(d.plan.Changes, at.plan.Changes[from:]...), d.plan.Naive+at.plan.Naive, at.plan.Left
		}
		done = append(done, changes...)
		half, err := x.s.After(d.plan)
		if len(changes) == 0 || d.plan.Left == nil || err != nil { // an error is one of the whole plan, and rule 5 says why
			break
		}
		at = NewSurvey(half).differ(d.to, d.options)
	}
	o := newOutlook(d.trial, done)
	o.evaluate(d.trial)
	d.people(done, o)
}

// within is the ending of a plan that leaves nobody outside of what they have now
// and what they have at the end of all.
func (d *differ) within(end func(name string) []catalog.Permissions) ([]Change, *outlook) {
	fixed, found := slices.Clone(d.steps), len(d.plan.Findings)
	lower, upper := d.between(d.trial.evaluate().on, d.ends(end))
	d.withheld = newTouched()
	for why := map[int]bool{}; ; {
		d.steps, d.plan.Findings, d.touched = slices.Clone(fixed), d.plan.Findings[:found], newTouched()
		changes, o := d.ending()
		o.evaluate(d.trial)
		if !d.blames(o, lower, upper, why) && !d.bridges(o, why) {
			d.plan.Left = d.waiting(why)
			return changes, o
		}
	}
}

// ends is what everybody may do at the end of all, by place in accounts × view.
func (d *differ) ends(end func(name string) []catalog.Permissions) []catalog.Permissions {
	var out []catalog.Permissions
	for _, u := range d.trial.accounts {
		out = append(out, end(d.name(int(u)))...)
	}
	return out
}

// between is the least and the most that everybody may be able to do. Who is made
// begins with what public has, as trial.bound says.
func (d *differ) between(begin, last []catalog.Permissions) (lower, upper []catalog.Permissions) {
	lower, upper = slices.Clone(begin), slices.Clone(begin)
	nV := len(d.ix.views)
	for place, u := range d.trial.accounts {
		if !d.trial.exists[u] {
			d.trial.matrix.all(d.trial.matrix.tokens(u), d.trial.scratch, upper[place*nV:(place+1)*nV])
		}
	}
	for i := range begin {
		upper[i] |= last[i]
		if d.options.Mode != Add {
			lower[i] &= last[i]
		}
	}
	return lower, upper
}
