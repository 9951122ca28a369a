package query

import (
	"fmt"
	"slices"

	"grantree/sql/tsql"
)

// base is what a source knows of the relation behind it, for changes.
type base struct {
	relation *Relation
	uses     []*use // of the relation itself, then of what its view reads
	rids     []string
	core     *core
}

// target is the table that a change through a relation ends in. Columns are the base columns of those asked for.
type target struct {
	relation *Relation
	table    *Table
	leaf     int // which of the source's rids
	columns  []Column
	chain    []*use
	checked  bool // a view on the way has CHECK OPTION
}

// updatable reports whether the rows of a view are rows of tables.
func (c *core) updatable() bool {
	return c != nil && !c.distinct && c.ranked == "" && len(c.group) == 0 && c.having == "" &&
		!slices.ContainsFunc(c.items, func(n node) bool { return n.grouped })
}

// withRows is the text of the core with the row numbers of all its tables as r1, r2 …, and what they are called outside.
func (c *core) withRows(alias string) (string, []string) {
	var items, rids []string
	for i, n := range c.items {
		items = append(items, fmt.Sprintf("%s AS o%d", n.sql, i+1))
	}
	for _, s := range c.frame.sources {
		for _, rid := range s.rids {
			rids = append(rids, fmt.Sprintf("%s.r%d", alias, len(rids)+1))
			items = append(items, fmt.Sprintf("%s AS r%d", rid, len(rids)))
		}
	}
	return c.render(items) + c.order + c.limit, rids
}

// resolve follows a source down to the table that holds the columns with the given indexes. Refusals: 259 for catalog
// views, 4403, 4405, 4406 and 4426 for views that cannot be changed.
func (b *binder) resolve(s *source, columns []int, permission string, line int) *target {
	if s.base == nil {
		panic(refuse(4406, s.alias))
	}
	r := s.base.relation
	if s.use == nil { // a derived table or a CTE, on which nobody holds a permission
		return b.through(s, r.Source.(*View), columns, permission, line)
	}
	own := &use{relation: r, via: s.use.via, permission: permission, columns: map[int]bool{}, line: line}
	for _, i := range columns {
		if id := s.columns[i].id; id > 0 && permission == "UPDATE" {
			own.columns[id] = true
		}
	}
	switch src := r.Source.(type) {
	case *Table:
		t := &target{relation: r, table: src, chain: []*use{own}}
		for _, i := range columns {
			t.columns = append(t.columns, r.Columns[i])
		}
		return t
	case *View:
		t := b.through(s, src, columns, permission, line)
		t.chain = append([]*use{own}, t.chain...)
		t.checked = t.checked || src.CheckOption
		return t
	}
	panic(refuse(259))
}

// through finds the one source inside a view that all the columns come from.
func (b *binder) through(s *source, v *View, columns []int, permission string, line int) *target {
	name, c := s.base.relation.Name, s.core
	if _, union := v.Body.Body.(*tsql.SetOperation); union {
		panic(refuse(4426, name))
	}
	if !c.updatable() {
		panic(refuse(4403, name))
	}
	at := -1
	inner := make([]int, len(columns))
	for i, column := range columns {
		k, j := c.origin(column)
		if k < 0 {
			panic(refuse(4406, name))
		}
		if at >= 0 && at != k {
			panic(refuse(4405, name))
		}
		at, inner[i] = k, j
	}
	if at < 0 {
		if len(c.frame.sources) != 1 {
			panic(refuse(4405, name))
		}
		at = 0
	}
	t := b.resolve(c.frame.sources[at], inner, permission, line)
	if len(s.rids) == 0 {
		panic(unsupported("a change of what APPLY gives"))
	}
	for _, before := range c.frame.sources[:at] {
		t.leaf += len(before.rids)
	}
	return t
}

// origin finds the source and its column that an item of the select list is, -1 for anything else.
func (c *core) origin(item int) (sourceIndex, columnIndex int) {
	for k, s := range c.frame.sources {
		for j, col := range s.columns {
			if col.sql == c.items[item].sql {
				return k, j
			}
		}
	}
	return -1, -1
}

// bindTarget binds the relation that a change names.
func (b *binder) bindTarget(name tsql.ObjectName, line int) (string, *source) {
	b.changing = true
	defer func() { b.changing = false }()
	return b.namedTable(&tsql.NamedTable{Pos: tsql.Pos{Line: line}, Name: name}, nil, false)
}

// forget takes the reading of a target out of the uses, where a change does not read it. What a view reads in its own
// WHERE stays.
func (b *binder) forget(s *source, keepInner bool) {
	if s.base == nil || s.use == nil {
		return
	}
	b.uses = slices.DeleteFunc(b.uses, func(u *use) bool {
		return u == s.use || !keepInner && slices.Contains(s.base.uses, u)
	})
}
