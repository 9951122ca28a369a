package grants

import "grantree/catalog"

// step is a change with its names looked up.
type step struct {
	change     Change
	principals []int32
	role       int32
	view       int
}

// compile looks up the names of a change. Diff only makes changes whose names
// the index knows.
func (m *matrix) compile(c Change) step {
	s := step{change: c, role: -1, view: -1}
	for _, name := range c.Principals {
		p, _ := m.principal(name)
		s.principals = append(s.principals, int32(p))
	}
	if c.Role != "" {
		r, _ := m.principal(c.Role)
		s.role = int32(r)
	}
	if c.View != "" {
		s.view, _ = m.viewIn(c.Schema, c.View)
	}
	return s
}

// possible reports whether the server would take the step now: a role is
// dropped only when it is empty, and who is named exists.
func (st *trial) possible(s step) bool {
	switch s.change.Kind {
	case CreateRole, CreateUser:
		return true
	case DropRole:
		return len(st.children[s.principals[0]]) == 0
	case AddMember, DropMember:
		return st.exists[s.role] && st.exists[s.principals[0]]
	}
	for _, p := range s.principals {
		if !st.exists[p] {
			return false
		}
	}
	return true
}

// apply does the step and returns how to undo it. Creating someone and
// dropping someone are never undone here: both are always safe.
func (st *trial) apply(s step) (undo func()) {
	switch s.change.Kind {
	case CreateRole:
		st.exists[s.principals[0]] = true
	case CreateUser:
		p := s.principals[0]
		st.exists[p] = true
		st.connect[p].granted = true
		st.tokens[st.dense[p]] = st.matrix.tokens(p)
	case DropRole, DropUser:
		st.drop(s.principals[0])
	case AddMember:
		st.link(s.role, s.principals[0])
		st.refresh(s.principals[0])
		return func() { st.unlink(s.role, s.principals[0]); st.refresh(s.principals[0]) }
	case DropMember:
		st.unlink(s.role, s.principals[0])
		st.refresh(s.principals[0])
		return func() { st.link(s.role, s.principals[0]); st.refresh(s.principals[0]) }
	case GrantOn, DenyOn, RevokeOn:
		return st.applyRow(s)
	case GrantConnect, RevokeConnect:
		p := s.principals[0]
		old := st.connect[p]
		st.connect[p] = connect{granted: s.change.Kind == GrantConnect}
		return func() { st.connect[p] = old }
	}
	return func() {}
}

// drop takes a principal out with its memberships and rows.
func (st *trial) drop(p int32) {
	for len(st.parents[p]) > 0 {
		st.unlink(st.parents[p][0], p)
	}
	st.cells.rows[p] = nil
	st.exists[p] = false
	st.connect[p] = connect{}
	if place := st.dense[p]; place >= 0 {
		st.tokens[place] = nil
	}
}

// refresh works out anew what the accounts that act as p act as.
func (st *trial) refresh(p int32) {
	for _, place := range st.under(p) {
		st.tokens[place] = st.matrix.tokens(st.accounts[place])
	}
}

// applyRow changes rows on a view: GRANT replaces DENY, DENY replaces GRANT,
// and REVOKE removes either (reference B.5).
func (st *trial) applyRow(s step) (undo func()) {
	old := make([]cell, len(s.principals))
	perms := s.change.Permissions
	for i, p := range s.principals {
		c := st.cells.to(int(p), s.view)
		old[i] = *c
		*c &^= grantBits(perms) | denyBits(perms)
		switch s.change.Kind {
		case GrantOn:
			*c |= grantBits(perms)
		case DenyOn:
			*c |= denyBits(perms)
		}
	}
	return func() {
		for i, p := range s.principals {
			*st.cells.to(int(p), s.view) = old[i]
		}
	}
}

// safe checks everyone whom the step, just applied, may have touched.
func (st *trial) safe(s step, found func(breach)) bool {
	switch s.change.Kind {
	case AddMember, DropMember, GrantConnect, RevokeConnect:
		return st.checkUsers(st.under(s.principals[0]), found)
	case GrantOn, DenyOn, RevokeOn:
		return st.checkView(s.principals, s.view, found)
	}
	return true
}

// before returns the rows that a GRANT, DENY or REVOKE is about to touch.
func (st *trial) before(s step) []RowBefore {
	if s.view < 0 {
		return nil
	}
	var out []RowBefore
	for i, p := range s.principals {
		c := st.cells.at(int(p), s.view)
		for _, one := range s.change.Permissions.Each() {
			if state, ok := c.state(one); ok {
				out = append(out, RowBefore{Principal: s.change.Principals[i], Permission: one, State: state})
			}
		}
	}
	return out
}

// state returns what the row of one permission says, if there is one.
func (c cell) state(p catalog.Permissions) (State, bool) {
	switch {
	case c.denied().Has(p):
		return Denied, true
	case c.granted().Has(p):
		return Granted, true
	}
	return "", false
}
