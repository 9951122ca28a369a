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

// shelf keeps each row once.
type shelf struct {
	all []Cells
	at  map[Cells]int
}

func newShelf(views int) *shelf {
	s := &shelf{at: map[Cells]int{}}
	s.put(make(row, views))
	return s
}

// put returns the number of a row; that of nothing is 0.
func (s *shelf) put(r row) int {
	c := r.cells()
	i, known := s.at[c]
	if !known {
		i = len(s.all)
		s.at[c] = i
		s.all = append(s.all, c)
	}
	return i
}
