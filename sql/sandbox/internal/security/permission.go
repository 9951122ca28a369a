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

// permissions holds rows by securable and 64 grantees, so that a change copies
// few of them; which securables there are rows on about each grantee; and how
// many rows each grantor has given to others. The slices are never changed
// once stored.
type permissions struct {
	rows  *btree.Map[uint64, []Row]
	where *btree.BTreeG[Row] // of which grantee, class and major id count
	given counts
}

func newPermissions() permissions {
	about := func(a, b Row) bool {
		return cmp.Or(cmp.Compare(a.Grantee, b.Grantee), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Major, b.Major)) < 0
	}
	return permissions{newMap[uint64, []Row](), btree.NewBTreeGOptions(about, btree.Options{Degree: 16, NoLocks: true}), newCounts()}
}

func (p permissions) copy() permissions {
	return permissions{p.rows.Copy(), p.where.Copy(), p.given.copy()}
}

// rowKey is the key of a securable and the 64 grantees that one is among:
// classes have 7 bits, major ids 32, grantees 31.
func rowKey(class Class, major, grantee int) uint64 {
	return uint64(class)<<57 | uint64(uint32(major))<<25 | uint64(uint32(grantee)>>6)
}

// on returns the rows of a securable.
func (p permissions) on(class Class, major int) (list []Row) {
	first := rowKey(class, major, 0)
	p.rows.Ascend(first, func(key uint64, rows []Row) bool {
		if key>>25 != first>>25 {
			return false
		}
		list = append(list, rows...)
		return true
	})
	return list
}

// of returns the rows of a securable about one grantee; the caller must not
// change them.
func (p permissions) of(class Class, major, grantee int) []Row {
	rows, _ := p.rows.Get(rowKey(class, major, grantee))
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

// about returns the rows of a securable about any of the principals.
func (p permissions) about(on Securable, ids []int) (list []Row) {
	for _, id := range ids {
		list = append(list, p.of(on.Class, on.ID, id)...)
	}
	return list
}

func byGrantee(r Row, id int) int { return cmp.Compare(r.Grantee, id) }

// put stores a row, replacing the one with the same grantee, grantor,
// permission and column (B.5: one row, not two).
func (p permissions) put(r Row) {
	key := rowKey(r.Class, r.Major, r.Grantee)
	rows, _ := p.rows.Get(key)
	at, found := slices.BinarySearchFunc(rows, r, compareRows)
	rest := rows[at:]
	if found {
		rest = rest[1:]
	} else {
		p.given.add(r.Grantor, 1, r.Grantor != r.Grantee)
		p.where.Set(r)
	}
	p.rows.Set(key, slices.Concat(rows[:at], []Row{r}, rest))
}

// remove deletes a row; only its key fields count.
func (p permissions) remove(r Row) {
	key := rowKey(r.Class, r.Major, r.Grantee)
	rows, _ := p.rows.Get(key)
	at, found := slices.BinarySearchFunc(rows, r, compareRows)
	if !found {
		return
	}
	p.given.add(r.Grantor, -1, r.Grantor != r.Grantee)
	if len(rows) == 1 {
		p.rows.Delete(key)
	} else {
		p.rows.Set(key, slices.Concat(rows[:at], rows[at+1:]))
	}
	if len(p.of(r.Class, r.Major, r.Grantee)) == 0 {
		p.where.Delete(r)
	}
}

// keep deletes those of some rows that the function does not want.
func (p permissions) keep(rows []Row, want func(Row) bool) {
	for _, r := range rows {
		if !want(r) {
			p.remove(r)
		}
	}
}

// drop deletes every row of a securable.
func (p permissions) drop(class Class, major int) {
	p.keep(p.on(class, major), func(Row) bool { return false })
}

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
	p.where.Ascend(Row{Grantee: id}, func(r Row) bool {
		if r.Grantee == id {
			on = append(on, r)
		}
		return r.Grantee == id
	})
	for _, r := range on {
		p.keep(p.of(r.Class, r.Major, id), func(Row) bool { return false })
	}
}

// grantedBy reports whether a principal is the recorded grantor of any row
// about another.
func (p permissions) grantedBy(id int) bool { return p.given.any(id) }

// counts is how many things each of some principals has.
type counts struct{ *btree.Map[int, int] }

func newCounts() counts { return counts{newMap[int, int]()} }

func (c counts) copy() counts { return counts{c.Map.Copy()} }

// add counts n things more of an id, where they count.
func (c counts) add(id, n int, counts bool) {
	if !counts {
		return
	}
	if old, _ := c.Get(id); old+n != 0 {
		c.Set(id, old+n)
	} else {
		c.Delete(id)
	}
}

// any reports whether an id has any.
func (c counts) any(id int) bool {
	n, _ := c.Get(id)
	return n > 0
}
