package security

import (
	"cmp"
	"slices"

	"github.com/tidwall/btree"
)

// Class is the class of a securable as sys.database_permissions and
// sys.server_permissions number it (B.2).
type Class int

// The classes this package knows.
const (
	ClassDatabase        Class = 0
	ClassObject          Class = 1
	ClassSchema          Class = 3
	ClassPrincipal       Class = 4
	ClassServer          Class = 100
	ClassServerPrincipal Class = 101
	ClassEndpoint        Class = 105
)

// States of a permission row (B.1).
const (
	StateGrant     byte = 'G'
	StateWithGrant byte = 'W'
	StateDeny      byte = 'D'
	StateRevoke    byte = 'R' // a column taken out of a table-wide grant
)

// Row is one row of sys.database_permissions or sys.server_permissions.
type Row struct {
	Class   Class
	Major   int
	Minor   int // column id, 0 for the whole thing
	Grantee int
	Grantor int
	Type    string // code of B.3, unpadded
	State   byte
}

// compareRows orders rows of one securable: by grantee first, so that the
// rows of one principal are found together.
func compareRows(a, b Row) int {
	return cmp.Or(cmp.Compare(a.Grantee, b.Grantee), cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Minor, b.Minor), cmp.Compare(a.Grantor, b.Grantor))
}

// permissions holds rows by securable. The slices are never changed once
// stored.
type permissions struct {
	rows *btree.Map[uint64, []Row]
}

func newPermissions() permissions { return permissions{rows: newMap[uint64, []Row]()} }

func (p permissions) copy() permissions { return permissions{rows: p.rows.Copy()} }

func rowKey(class Class, major int) uint64 {
	return uint64(class)<<32 | uint64(uint32(major))
}

// on returns the rows of a securable; the caller must not change them.
func (p permissions) on(class Class, major int) []Row {
	rows, _ := p.rows.Get(rowKey(class, major))
	return rows
}

// of returns the rows of a securable about one grantee.
func (p permissions) of(class Class, major, grantee int) []Row {
	rows := p.on(class, major)
	from, found := slices.BinarySearchFunc(rows, grantee, byGrantee)
	if !found {
		return nil
	}
	to := from
	for to < len(rows) && rows[to].Grantee == grantee {
		to++
	}
	return rows[from:to]
}

func byGrantee(r Row, id int) int { return cmp.Compare(r.Grantee, id) }

// put stores a row, replacing the one with the same grantee, grantor,
// permission and column (B.5: one row, not two).
func (p permissions) put(r Row) {
	rows := p.on(r.Class, r.Major)
	at, found := slices.BinarySearchFunc(rows, r, compareRows)
	rest := rows[at:]
	if found {
		rest = rest[1:]
	}
	p.rows.Set(rowKey(r.Class, r.Major), slices.Concat(rows[:at], []Row{r}, rest))
}

// remove deletes a row; only its key fields count.
func (p permissions) remove(r Row) {
	p.keep(r.Class, r.Major, func(other Row) bool { return compareRows(r, other) != 0 })
}

// keep deletes the rows of a securable that the function does not want.
func (p permissions) keep(class Class, major int, want func(Row) bool) {
	old := p.on(class, major)
	rows := make([]Row, 0, len(old))
	for _, r := range old {
		if want(r) {
			rows = append(rows, r)
		}
	}
	switch {
	case len(rows) == 0:
		p.rows.Delete(rowKey(class, major))
	case len(rows) != len(old):
		p.rows.Set(rowKey(class, major), rows)
	}
}

// drop deletes every row of a securable.
func (p permissions) drop(class Class, major int) { p.rows.Delete(rowKey(class, major)) }

// all returns every row in order of class and securable.
func (p permissions) all() []Row {
	var list []Row
	p.rows.Scan(func(_ uint64, rows []Row) bool {
		list = append(list, rows...)
		return true
	})
	return list
}

// dropPrincipal deletes the rows about a principal as grantee and as
// securable.
func (p permissions) dropPrincipal(id int, class Class) {
	p.drop(class, id)
	var on []Row
	p.rows.Scan(func(_ uint64, rows []Row) bool {
		if at, found := slices.BinarySearchFunc(rows, id, byGrantee); found {
			on = append(on, rows[at])
		}
		return true
	})
	for _, r := range on {
		p.keep(r.Class, r.Major, func(r Row) bool { return r.Grantee != id })
	}
}

// grantedBy reports whether a principal is the recorded grantor of any row.
func (p permissions) grantedBy(id int) bool {
	found := false
	p.rows.Scan(func(_ uint64, rows []Row) bool {
		found = slices.ContainsFunc(rows, func(r Row) bool { return r.Grantor == id && r.Grantee != id })
		return !found
	})
	return found
}
