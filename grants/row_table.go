package grants

import (
	"cmp"
	"slices"
	"sort"
)

// rowTable finds permission rows by what they are on, and by who holds them there.
// The rows stand in that order already as a server returns them, so that finding
// them takes no table beside.
type rowTable struct {
	ix       *index
	rows     []PermissionRow   // by class, what they are on, and grantee; else as in the snapshot
	database [][]PermissionRow // those on the database, by position of the grantee
}

func newRowTable(s *Snapshot, ix *index) *rowTable {
	t := &rowTable{ix: ix, database: make([][]PermissionRow, len(ix.principals)), rows: ordered(s.Permissions, func(a, b *PermissionRow) int {
		switch {
		case a.Class != b.Class:
			return cmp.Compare(a.Class, b.Class)
		case a.Major != b.Major:
			return cmp.Compare(a.Major, b.Major)
		}
		return cmp.Compare(a.Grantee, b.Grantee)
	})}
	for list := t.on(securable{onDatabase, 0}); len(list) > 0; {
		n := 1
		for n < len(list) && list[n].Grantee == list[0].Grantee {
			n++
		}
		if p, ok := ix.byID[list[0].Grantee]; ok {
			t.database[p] = list[:n:n]
		}
		list = list[n:]
	}
	return t
}

// ordered is rows in an order, and within it as they are: the list itself where it
// is so already.
func ordered[R any](rows []R, compare func(a, b *R) int) []R {
	for i := 1; i < len(rows); i++ {
		if compare(&rows[i-1], &rows[i]) > 0 {
			out := slices.Clone(rows)
			slices.SortStableFunc(out, func(a, b R) int { return compare(&a, &b) })
			return out
		}
	}
	return rows
}

// on are the rows on a securable of the database.
func (t *rowTable) on(on securable) []PermissionRow {
	class, ok := on.kind.class()
	if !ok {
		return nil
	}
	from := sort.Search(len(t.rows), func(i int) bool {
		r := &t.rows[i]
		return r.Class > class || r.Class == class && r.Major >= on.id
	})
	to := from
	for to < len(t.rows) && t.rows[to].Class == class && t.rows[to].Major == on.id {
		to++
	}
	return t.of(on.kind, t.rows[from:to:to])
}

// given are those of one grantee, by position.
func (t *rowTable) given(on securable, p int) []PermissionRow {
	if on == (securable{onDatabase, 0}) {
		return t.database[p]
	}
	grantee := t.ix.principals[p].ID
	class, ok := on.kind.class()
	if !ok {
		return nil
	}
	from := sort.Search(len(t.rows), func(i int) bool {
		r := &t.rows[i]
		switch {
		case r.Class != class:
			return r.Class > class
		case r.Major != on.id:
			return r.Major > on.id
		}
		return r.Grantee >= grantee
	})
	to := from
	for to < len(t.rows) && t.rows[to].Class == class && t.rows[to].Major == on.id && t.rows[to].Grantee == grantee {
		to++
	}
	return t.of(on.kind, t.rows[from:to:to])
}

// of are rows on one securable, if that is of a kind.
func (t *rowTable) of(k kind, rows []PermissionRow) []PermissionRow {
	if len(rows) == 0 {
		return nil
	}
	if is, ok := t.ix.kindOf(rows[0]); !ok || is != k {
		return nil
	}
	return rows
}

// class is that of rows on securables of a kind, of the database.
func (k kind) class() (Class, bool) {
	switch k {
	case onDatabase:
		return ClassDatabase, true
	case onObject:
		return ClassObject, true
	case onSchema:
		return ClassSchema, true
	case onRole, onAppRole, onUser:
		return ClassPrincipal, true
	}
	return 0, false
}

// kindOf is what a row is on.
func (ix *index) kindOf(row PermissionRow) (kind, bool) {
	switch row.Class {
	case ClassDatabase:
		return onDatabase, true
	case ClassObject:
		return onObject, true
	case ClassSchema:
		return onSchema, true
	case ClassPrincipal:
		p, ok := ix.byID[row.Major]
		switch {
		case ok && ix.principals[p].Type == DatabaseRole:
			return onRole, true
		case ok && ix.principals[p].Type == ApplicationRole:
			return onAppRole, true
		}
		return onUser, ok
	}
	return 0, false
}
