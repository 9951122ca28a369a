package grants

import (
	"encoding/binary"
	"slices"

	"grantree/catalog"
)

// trial is a matrix on which the changes of a plan are tried out one by one,
// with the range in which each user's access to each view has to stay.
type trial struct {
	*matrix
	accounts []int32   // positions of accounts, now or later
	dense    []int32   // position of a principal to its place in accounts, -1 for roles
	exists   []bool    // by position
	tokens   [][]int32 // by place in accounts; nil while it does not exist
	connect  []connect // by position
	scratch  []cell
	row      []catalog.Permissions
	seen     []int32 // marks of a walk, by position
	walk     int32
	detached bool // see detach

	// lower and upper bound what may be effective at any prefix, by place in
	// accounts × view: what someone has both before and after, and what they
	// have before or after. They are not needed where everything only widens.
	lower, upper []catalog.Permissions
}

// connect is what a principal itself says of CONNECT.
type connect struct{ granted, denied bool }

// newTrial starts from a snapshot. The principals that the index knows and the
// snapshot does not (negative ids) do not exist yet. known are the tokens of
// accounts, by position, as far as they were worked out; nil of others.
func newTrial(m *matrix, r *rights, known [][]int32) *trial {
	n := len(m.principals)
	st := &trial{matrix: m, dense: make([]int32, n), exists: make([]bool, n), seen: make([]int32, n), connect: make([]connect, n)}
	for p, principal := range m.principals {
		st.exists[p] = principal.ID >= 0
		st.connect[p] = connect{r.grants(int32(p), connectRight), r.denies(int32(p), connectRight)}
		st.dense[p] = -1
		if isAccount(principal) {
			st.dense[p] = int32(len(st.accounts))
			st.accounts = append(st.accounts, int32(p))
		}
	}
	st.tokens = make([][]int32, len(st.accounts))
	for i, u := range st.accounts {
		switch {
		case !st.exists[u]:
		case int(u) < len(known) && known[u] != nil:
			st.tokens[i] = known[u]
		default:
			st.tokens[i] = m.tokens(u)
		}
	}
	st.scratch = make([]cell, len(m.views))
	st.row = make([]catalog.Permissions, len(m.views))
	return st
}

// clone copies what applying a step changes. The bounds are left behind.
func (st *trial) clone() *trial {
	m := *st.matrix
	m.cells = m.cells.clone()
	m.parents = cloneEdges(m.parents)
	m.children = cloneEdges(m.children)
	out := *st
	out.matrix = &m
	out.exists = slices.Clone(st.exists)
	out.tokens = slices.Clone(st.tokens)
	out.connect = slices.Clone(st.connect)
	out.seen = make([]int32, len(st.seen))
	out.scratch = make([]cell, len(st.scratch))
	out.row = make([]catalog.Permissions, len(st.row))
	out.walk = 0
	return &out
}

func cloneEdges(edges [][]int32) [][]int32 {
	out := make([][]int32, len(edges))
	for i, e := range edges {
		out[i] = slices.Clone(e)
	}
	return out
}

// enters reports whether someone with these tokens may connect, without which
// they may do nothing.
func (st *trial) enters(tokens []int32) bool {
	var c connect
	for _, t := range tokens {
		c.granted, c.denied = c.granted || st.connect[t].granted, c.denied || st.connect[t].denied
	}
	return c.granted && !c.denied
}

// at and all answer as the matrix does, for someone who may connect.
func (st *trial) at(tokens []int32, v int) catalog.Permissions {
	if !st.enters(tokens) {
		return catalog.None
	}
	return st.matrix.at(tokens, v)
}

func (st *trial) all(tokens []int32, scratch []cell, out []catalog.Permissions) {
	if !st.enters(tokens) {
		clear(out)
		return
	}
	st.matrix.all(tokens, scratch, out)
}

// mays is the effective permissions of every account on every view; an account
// that does not exist has none.
type mays struct {
	on []catalog.Permissions // by place in accounts × view
	// alike is, by place, the first place that has the same for the same reason, -1
	// for who has nothing.
	alike []int32
}

// evaluate works them out, once for those who act as the same principals that bring
// anything: most bring nothing themselves.
func (st *trial) evaluate() mays {
	nV := len(st.views)
	out := mays{make([]catalog.Permissions, len(st.accounts)*nV), make([]int32, len(st.accounts))}
	known, key := map[string]int32{}, []byte(nil)
	for i, tokens := range st.tokens {
		out.alike[i] = -1
		if tokens == nil || !st.enters(tokens) {
			continue
		}
		key = key[:0]
		for _, t := range tokens {
			if st.cells.of(int(t)) != nil {
				key = binary.NativeEndian.AppendUint32(key, uint32(t))
			}
		}
		first, seen := known[string(key)]
		if !seen {
			first = int32(i)
			known[string(key)] = first
			st.matrix.all(tokens, st.scratch, out.on[i*nV:(i+1)*nV])
		} else {
			copy(out.on[i*nV:(i+1)*nV], out.on[int(first)*nV:])
		}
		out.alike[i] = first
	}
	return out
}

// under returns the places of the existing accounts that act as p: p itself,
// or everyone in the role, however deep.
func (st *trial) under(p int32) []int32 {
	if p == st.public {
		var out []int32
		for i, u := range st.accounts {
			if st.exists[u] {
				out = append(out, int32(i))
			}
		}
		return out
	}
	st.walk++
	st.seen[p] = st.walk
	queue := []int32{p}
	var out []int32
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if place := st.dense[at]; place >= 0 && st.exists[at] {
			out = append(out, place)
		}
		for _, member := range st.children[at] {
			if st.seen[member] != st.walk {
				st.seen[member] = st.walk
				queue = append(queue, member)
			}
		}
	}
	return out
}

// breach is a tuple that left its range: the user would lose a permission that
// they keep, or gain one that they do not get.
type breach struct {
	place, view int
	lost        catalog.Permissions
	gained      catalog.Permissions
}

// check returns how place's access to view is out of range.
func (st *trial) check(place, view int, now catalog.Permissions) (breach, bool) {
	i := place*len(st.views) + view
	b := breach{place: place, view: view, lost: st.lower[i].Minus(now), gained: now.Minus(st.upper[i])}
	return b, b.lost|b.gained != 0
}

// checkView checks those who act as any of the principals on one view. It
// stops at the first breach unless found is not nil.
func (st *trial) checkView(principals []int32, view int, found func(breach)) bool {
	ok := true
	for _, p := range principals {
		for _, place := range st.under(p) {
			b, broken := st.check(int(place), view, st.at(st.tokens[place], view))
			if !broken {
				continue
			}
			if ok = false; found == nil {
				return false
			}
			found(b)
		}
	}
	return ok
}

// checkUsers checks accounts on every view, as checkView does.
func (st *trial) checkUsers(places []int32, found func(breach)) bool {
	ok := true
	for _, place := range places {
		if st.tokens[place] == nil {
			continue
		}
		st.all(st.tokens[place], st.scratch, st.row)
		for v, now := range st.row {
			b, broken := st.check(int(place), v, now)
			if !broken {
				continue
			}
			if ok = false; found == nil {
				return false
			}
			found(b)
		}
	}
	return ok
}
