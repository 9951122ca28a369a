package grants

// ties are what a principal of a snapshot under change is tied to, by id, so that
// dropping one takes what is its own and not a look at everything.
type ties struct {
	holds   map[int]int      // how much it owns, granted, or runs as it: it cannot be dropped
	members map[int]int      // how many members a role has
	roles   map[int][]int    // that a member is or was in
	rows    map[int][]rowKey // that a principal holds or held, and those on it
}

// tie makes the ties of everything that is there now.
func (e *editor) tie() *ties {
	if e.ties != nil {
		return e.ties
	}
	t := &ties{holds: map[int]int{}, members: map[int]int{}, roles: map[int][]int{}, rows: map[int][]rowKey{}}
	for _, s := range e.from.Schemas {
		t.holds[s.Owner]++
	}
	for _, v := range e.from.Views {
		t.holds[v.Owner]++
	}
	for _, o := range e.from.Objects {
		t.holds[o.Owner]++
		if o.ExecuteAs != 0 {
			t.holds[o.ExecuteAs]++
		}
	}
	for _, h := range e.from.Holdings {
		t.holds[h.Principal]++
	}
	for _, p := range e.principals {
		t.principal(p, 1)
	}
	for m := range e.members {
		t.member(m, 1)
	}
	for k, rows := range e.rows {
		t.key(k)
		t.granted(rows, 1)
	}
	e.ties = t
	return t
}

// principal notes that there is one more, or one less.
func (t *ties) principal(p Principal, n int) {
	if p.Type == DatabaseRole && p.Owner != p.ID {
		t.holds[p.Owner] += n
	}
}

func (t *ties) member(m Member, n int) {
	if t.members[m.Role] += n; n > 0 {
		t.roles[m.Member] = append(t.roles[m.Member], m.Role)
	}
}

func (t *ties) key(k rowKey) {
	t.rows[k.grantee] = append(t.rows[k.grantee], k)
	if k.class == ClassPrincipal && k.major != k.grantee {
		t.rows[k.major] = append(t.rows[k.major], k)
	}
}

func (t *ties) granted(rows []PermissionRow, n int) {
	for _, row := range rows {
		if row.Grantor != 0 {
			t.holds[row.Grantor] += n
		}
	}
}

// setRows makes these the rows of a grantee on a securable; nil are none.
func (e *editor) setRows(k rowKey, rows []PermissionRow) {
	if e.ties != nil {
		old, there := e.rows[k]
		e.ties.granted(old, -1)
		if e.ties.granted(rows, 1); !there {
			e.ties.key(k)
		}
	}
	if rows == nil {
		delete(e.rows, k)
		return
	}
	e.rows[k] = rows
}

// setMember makes somebody a member of a role, or no member.
func (e *editor) setMember(m Member, in bool) {
	switch {
	case e.members[m] == in:
	case in:
		e.members[m] = true
		if e.ties != nil {
			e.ties.member(m, 1)
		}
	default:
		delete(e.members, m)
		if e.ties != nil {
			e.ties.member(m, -1)
		}
	}
}
