package grants

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/catalog"
)

// bridge orders the changes that can only wait for each other, and returns
// them with temporary statements around them. The breaches it also returns are
// those it could not avoid.
//
// The order is: everything that only removes (drop members, revoke), then
// grants, then new members, then denies, then dropped roles. The tuples (user,
// view, permission) that would leave their range somewhere on the way are
// found by trying it out. Those users are put into a temporary role that
// grants them what they would lose for a moment and denies them what they
// would gain for a moment; it is dropped when the others are done. A role is
// used and not rows of the users themselves, so that nobody's own rows have to
// be put back, and so that a role left behind by a lost connection carries
// grantree's mark and is dropped by the next plan.
//
// Why this works for any state that is in range at the start, where no role
// that changes members owns a view:
//
// What someone has neither before nor after is denied by the temporary role,
// and a DENY beats every GRANT. It would not bind an owner; but an owner has
// everything, before and after.
//
// What someone keeps is granted by the temporary role, so it can only be lost
// to a DENY. At the start no DENY reaches the tuple, as the user has it.
// Removing rows and members brings no DENY, nor do grants, which replace it.
// At that point every DENY row that is not to stay is gone, and so is every
// membership that is not to stay; new members and then new denies only add
// rows and memberships that are there at the end. So every DENY that reaches
// the tuple on the way also reaches it at the end, where there is none.
//
// To lose CONNECT would be to lose everything. But who has it both before and
// after has a grant of their own, or gets it first; so only a DENY could take
// it, and the same holds for that one.
//
// Joining the temporary role changes nothing, as each of its rows says what
// already is effective for the user, and leaving it at the end neither.
//
// Who owns a view through a role is not bound by DENYs while in the role, and
// no temporary row can stand in for that. Such roles are joined before they
// are left, and both between grants and denies, which nearly always will do;
// where it does not, the breach is returned.
func (st *trial) bridge(waiting []step) ([]Change, []breach) {
	order := slices.Clone(waiting)
	slices.SortStableFunc(order, func(a, b step) int { return cmp.Compare(st.bridgeOrder(a), st.bridgeOrder(b)) })
	w := &crossing{trial: st}
	build, take := st.spans(st.breaches(order))
	for _, c := range build {
		w.do(st.compile(c))
	}
	var last []step
	for _, s := range order {
		if s.change.Kind == DropRole {
			last = append(last, s)
			continue
		}
		w.do(s)
	}
	for _, c := range take {
		w.do(st.compile(c))
	}
	for len(last) > 0 {
		i := max(0, slices.IndexFunc(last, st.possible))
		w.do(last[i])
		last = slices.Delete(last, i, i+1)
	}
	return w.out, w.broken
}

// crossing takes steps whatever they do, and keeps a record.
type crossing struct {
	*trial
	out    []Change
	broken []breach
}

func (w *crossing) do(s step) {
	s.change.Before = w.before(s)
	w.apply(s)
	w.safe(s, func(b breach) { w.broken = append(w.broken, b) })
	w.out = append(w.out, s.change)
}

func (st *trial) bridgeOrder(s step) int {
	const owners = 4
	switch s.change.Kind {
	case DropUser:
		return 0
	case DropMember:
		if st.ownsViews(s.role) {
			return owners + 1
		}
		return 1
	case RevokeOn:
		return 2
	case GrantOn:
		return 3
	case AddMember:
		if st.ownsViews(s.role) {
			return owners
		}
		return 6
	}
	return 7
}

// ownsViews reports whether being in a role makes one the owner of a view.
func (st *trial) ownsViews(role int32) bool {
	for _, t := range st.matrix.tokens(role) {
		for _, c := range st.cells.of(int(t)) {
			if c&ownerBit != 0 {
				return true
			}
		}
	}
	return false
}

// span is what a temporary role has to do for one view.
type span struct {
	view        int
	grant, deny catalog.Permissions
}

// breaches tries the order out and returns, by place of the account, what
// would break on which views.
func (st *trial) breaches(order []step) map[int]map[int]span {
	trial := st.clone()
	out := map[int]map[int]span{}
	note := func(b breach) {
		if out[b.place] == nil {
			out[b.place] = map[int]span{}
		}
		s := out[b.place][b.view]
		s.view, s.grant, s.deny = b.view, s.grant|b.lost, s.deny|b.gained
		out[b.place][b.view] = s
	}
	for _, s := range order {
		if s.change.Kind != DropRole {
			trial.apply(s)
			trial.safe(s, note)
		}
	}
	return out
}

// spans makes a temporary role for each group of accounts with the same
// needs, and returns the changes that set the roles up and that take them away.
func (st *trial) spans(breaches map[int]map[int]span) (build, take []Change) {
	groups := map[string][]int{}
	needs := map[string][]span{}
	for place, views := range breaches {
		var list []span
		for _, s := range views {
			list = append(list, s)
		}
		slices.SortFunc(list, func(a, b span) int { return cmp.Compare(a.view, b.view) })
		key := fmt.Sprint(list)
		groups[key] = append(groups[key], place)
		needs[key] = list
	}
	keys := make([]string, 0, len(groups))
	for key, places := range groups {
		slices.Sort(places)
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(groups[a][0], groups[b][0]) })
	for _, key := range keys {
		up, down := st.span(groups[key], needs[key])
		build, take = append(build, up...), append(take, down...)
	}
	return build, take
}

// span makes one temporary role for some accounts.
func (st *trial) span(places []int, needs []span) (build, take []Change) {
	role := st.extend()
	drops := &Dropped{}
	add := func(c Change) {
		c.Temporary = true
		build = append(build, c)
	}
	add(Change{Kind: CreateRole, Principals: []string{role}})
	for _, n := range needs {
		view := st.views[n.view]
		row := Change{Schema: st.schemaName(view.Schema), View: view.Name, Principals: []string{role}}
		for _, has := range []DroppedRow{{Permissions: n.grant, State: Granted}, {Permissions: n.deny, State: Denied}} {
			if has.Permissions.IsEmpty() {
				continue
			}
			row.Permissions, row.Kind = has.Permissions, GrantOn
			if has.State == Denied {
				row.Kind = DenyOn
			}
			add(row)
			has.Schema, has.View = row.Schema, row.View
			drops.Rows = append(drops.Rows, has)
		}
	}
	for _, place := range places {
		user := st.principals[st.accounts[place]].Name
		drops.Members = append(drops.Members, user)
		add(Change{Kind: AddMember, Role: role, Principals: []string{user}})
		take = append(take, Change{Kind: DropMember, Role: role, Principals: []string{user}, Temporary: true})
	}
	take = append(take, Change{Kind: DropRole, Principals: []string{role}, Drops: drops, Temporary: true})
	return build, take
}

// detach gives the trial an index of its own: that of the snapshot is others' too.
func (st *trial) detach() {
	if st.detached {
		return
	}
	ix, m := *st.index, *st.matrix
	ix.principals, ix.byName = slices.Clone(ix.principals), ix.byName.clone()
	m.index = &ix
	st.matrix, st.detached = &m, true
}

// extend adds a principal for a temporary role, with a name that is free.
func (st *trial) extend() string {
	name := ""
	for i := 1; ; i++ {
		name = fmt.Sprintf("grantree bridge %d", i)
		if _, taken := st.principal(name); !taken {
			break
		}
	}
	st.detach()
	p := len(st.principals)
	st.principals = append(st.principals, Principal{ID: -1 - p, Name: name, Type: DatabaseRole, Owner: DboID, Managed: true})
	st.byName.add(p, name)
	st.cells.rows = append(st.cells.rows, nil)
	st.parents, st.children = append(st.parents, nil), append(st.children, nil)
	st.exists, st.dense, st.seen = append(st.exists, false), append(st.dense, -1), append(st.seen, 0)
	st.connect = append(st.connect, connect{})
	return name
}
