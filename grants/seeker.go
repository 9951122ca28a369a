package grants

import "slices"

// seeker finds the positions of what entries name. Those on one view stand
// together, so that it is looked up once.
type seeker struct {
	ix   *index
	last *WantedEntry
	v    int
	ok   bool
}

// view is the position of an entry's view.
func (x *seeker) view(e *WantedEntry) (int, bool) {
	if x.last == nil || e.View != x.last.View || e.Schema != x.last.Schema {
		x.v, x.ok = x.ix.viewIn(e.Schema, e.View)
	}
	x.last = e
	return x.v, x.ok
}

// entry is the positions of an entry's grantee and view, and whether the site has
// both.
func (x *seeker) entry(e *WantedEntry) (p, v int, ok bool) {
	v, okView := x.view(e)
	p, okGrantee := x.ix.principal(e.Grantee)
	return p, v, okView && okGrantee
}

// nearby finds principals of lists that are in order of names, or of roles and then of
// names, as the index is: the two found last and those after them are looked at first.
type nearby [2]int

func (n *nearby) principal(ix *index, name string) (int, bool) {
	for i, at := range n {
		for p := at; p < min(at+2, len(ix.principals)); p++ {
			if ix.principals[p].Name == name && (p == 0 || ix.principals[p-1].Name != name) {
				n[i] = p
				return p, true
			}
		}
	}
	p, ok := ix.principal(name)
	if ok {
		n[0], n[1] = p, n[0]
	}
	return p, ok
}

// edge is a direct membership, by position.
type edge struct{ role, member int }

// pair is a membership, by the positions of role and member.
func pair(role, member int) uint64 { return uint64(role)<<32 | uint64(member) }

// pairs are the memberships that are wanted of principals that are there, sorted.
func (ix *index) pairs(members []WantedMember) []uint64 {
	out := make([]uint64, 0, len(members))
	var near nearby
	for i := range members {
		r, okRole := near.principal(ix, members[i].Role)
		u, okUser := near.principal(ix, members[i].User)
		if okRole && okUser {
			out = append(out, pair(r, u))
		}
	}
	slices.Sort(out)
	return out
}

// places are the places of things in a list by their position, -1 for none.
type places []int32

func newPlaces(n int) places {
	out := make(places, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

func (x places) get(position int) (int, bool) {
	if position < 0 || position >= len(x) || x[position] < 0 {
		return 0, false
	}
	return int(x[position]), true
}
