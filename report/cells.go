package report

import "grantree/catalog"

const digits = "0123456789abcdef"

// On is what the cells say of a view by its number: nothing of one that they do not
// know.
func (c Cells) On(view int) catalog.Permissions {
	if view < 0 || view >= len(c) {
		return catalog.None
	}
	switch d := c[view]; {
	case d >= '0' && d <= '9':
		return catalog.Permissions(d - '0')
	case d >= 'a' && d <= 'f':
		return catalog.Permissions(d-'a') + 10
	}
	return catalog.None
}

// row is cells in the making.
type row []catalog.Permissions

func (r row) cells() Cells {
	out := make([]byte, len(r))
	for i, p := range r {
		out[i] = digits[p&catalog.All]
	}
	return Cells(out)
}

// Shelf keeps each row of cells once.
type Shelf struct {
	All []Cells
	at  map[Cells]int
}

// NewShelf makes a shelf of rows for so many views.
func NewShelf(views int) *Shelf {
	s := &Shelf{at: map[Cells]int{}}
	s.Put(make(row, views))
	return s
}

// Put returns the number of a row; that of nothing is 0.
func (s *Shelf) Put(r []catalog.Permissions) int {
	c := row(r).cells()
	i, known := s.at[c]
	if !known {
		i = len(s.All)
		s.at[c] = i
		s.All = append(s.All, c)
	}
	return i
}
