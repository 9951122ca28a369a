package grants

import (
	"slices"

	"grantree/catalog"
)

// blames finds who is outside of what they may be able to do, and withholds what
// makes it so. It reports whether there was any.
func (d *differ) blames(o *outlook, lower, upper []catalog.Permissions, why map[int]bool) bool {
	nV, before := len(d.ix.views), d.withheld.size()
	for place, u := range o.end.accounts {
		for v, now := range o.after.on[place*nV : (place+1)*nV] {
			i := place*nV + v
			if wrong := lower[i].Minus(now) | now.Minus(upper[i]); !wrong.IsEmpty() {
				b := blame{d: d, st: o.end, user: u, view: v, wrong: wrong}
				if b.all() {
					why[int(u)] = true
				}
			}
		}
	}
	return d.withheld.size() > before
}

// bridges withholds, with Add, what can only be done over a bridge: that denies for a
// moment, and drops a role.
func (d *differ) bridges(o *outlook, why map[int]bool) bool {
	if d.options.Mode != Add {
		return false
	}
	before := d.withheld.size()
	_, waiting := d.trial.clone().settled(o)
	for _, s := range waiting {
		for _, p := range s.principals {
			b := blame{d: d, user: p, view: s.view}
			found := false
			switch s.change.Kind {
			case AddMember:
				found = b.edge(pair(int(s.role), int(p)))
			case GrantOn:
				found = b.row(int(p)*len(d.ix.views)+s.view, s.change.Permissions)
			case GrantConnect:
				found = b.connect()
			}
			why[int(p)] = why[int(p)] || found
		}
	}
	return d.withheld.size() > before
}

// blame is the search for what gives or takes one person something on one view.
type blame struct {
	d     *differ
	st    *trial // the site at the end
	user  int32
	view  int
	wrong catalog.Permissions
}

// all withholds the first that there is: the rows on the view that change of what the
// person acts as, the memberships through which the view is reached, those of any
// kind, what lets them in, or whatever else changes.
func (b blame) all() bool {
	tokens := b.st.matrix.tokens(b.user)
	return b.rows(tokens) || b.edges(tokens, true) || b.edges(tokens, false) || b.connect() || b.rest()
}

func (b blame) rows(tokens []int32) bool {
	found := false
	for _, t := range tokens {
		found = b.row(int(t)*len(b.d.ix.views)+b.view, b.wrong) || found
	}
	return found
}

// row withholds some permissions of a cell, as far as they change.
func (b blame) row(at int, p catalog.Permissions) bool {
	p = p.Intersect(b.d.touched.rows[at])
	b.d.withheld.addRow(at, p)
	return !p.IsEmpty()
}

// edges withholds changes of memberships of what the person acts as: in roles that say
// something of the permissions or of CONNECT, or in all.
func (b blame) edges(tokens []int32, telling bool) bool {
	found := false
	for edge := range b.d.touched.edges {
		role, member := int32(edge>>32), int32(uint32(edge))
		if !slices.Contains(tokens, member) || telling && !b.tells(role) {
			continue
		}
		found = b.edge(edge) || found
	}
	return found
}

func (b blame) edge(edge uint64) bool {
	if !b.d.touched.edges[edge] {
		return false
	}
	b.d.withheld.edges[edge] = true
	return true
}

// tells reports whether whoever is in a role has or lacks the permissions by that, or
// can or cannot enter.
func (b blame) tells(role int32) bool {
	for _, t := range b.st.matrix.tokens(role) {
		c := b.st.cells.at(int(t), b.view)
		if b.st.connect[t] != (connect{}) || t != b.st.public && c.says(b.wrong) {
			return true
		}
	}
	return false
}

func (b blame) connect() bool {
	p := int(b.user)
	if !b.d.touched.connects[p] {
		return false
	}
	b.d.withheld.connects[p] = true
	return true
}

// rest withholds all that is left.
func (b blame) rest() bool {
	found := false
	for at, p := range b.d.touched.rows {
		found = b.row(at, p) || found
	}
	for edge := range b.d.touched.edges {
		found = b.edge(edge) || found
	}
	for p := range b.d.touched.connects {
		b.user = int32(p)
		found = b.connect() || found
	}
	return found
}
