package grants

import "slices"

// cells is what principals bring to views, by position: a row for each principal
// that brings something. Most bring nothing themselves, so that it costs what
// there is and not principals × views.
type cells struct {
	rows  [][]cell // nil for who brings nothing
	views int
}

func newCells(principals, views int) cells { return cells{make([][]cell, principals), views} }

// at is what a principal brings to a view.
func (c cells) at(p, v int) cell {
	if row := c.rows[p]; row != nil {
		return row[v]
	}
	return 0
}

// of is what a principal brings to each view, or nil where that is nothing. It is
// not to be changed.
func (c cells) of(p int) []cell { return c.rows[p] }

// to is what a principal brings to a view, to be changed.
func (c cells) to(p, v int) *cell { return &c.row(p)[v] }

// row is what a principal brings to each view, to be changed.
func (c cells) row(p int) []cell {
	if c.rows[p] == nil {
		c.rows[p] = make([]cell, c.views)
	}
	return c.rows[p]
}

// clone is a copy that can be changed without changing this.
func (c cells) clone() cells {
	out := newCells(len(c.rows), c.views)
	for p, row := range c.rows {
		out.rows[p] = slices.Clone(row)
	}
	return out
}
