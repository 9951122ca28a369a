package grants

import (
	"slices"

	"grantree/catalog"
)

// cell is what one principal brings to one view, as bits, so that what a user
// may do is the union of the cells of the user and of all their roles:
//
//	0–3    granted by a row on the view       4–7    denied by such a row
//	8–11   granted by anything above it       12–15  denied by anything above it
//	16     owner of the view or of its schema
//
// "Above" is CONTROL on the view, the schema, the database and the fixed
// roles: what a plan never changes.
type cell uint32

const (
	denyShift  = 4
	aboveShift = 8
	ownerBit   = cell(1) << 16
	rowBits    = cell(0xff)
	denials    = cell(catalog.All)<<denyShift | cell(catalog.All)<<(denyShift+aboveShift)
)

func grantBits(p catalog.Permissions) cell { return cell(p & catalog.All) }
func denyBits(p catalog.Permissions) cell  { return cell(p&catalog.All) << denyShift }

// granted and denied return what the row on the view itself says.
func (c cell) granted() catalog.Permissions { return catalog.Permissions(c) & catalog.All }
func (c cell) denied() catalog.Permissions  { return catalog.Permissions(c>>denyShift) & catalog.All }

// effective is the permission check (reference C.1, steps 4 to 7) over a union
// of cells: an owner may do everything and no DENY binds them; else any DENY
// refuses; else any GRANT allows.
func (c cell) effective() catalog.Permissions {
	if c&ownerBit != 0 {
		return catalog.All
	}
	grant, deny := c|c>>aboveShift, c>>denyShift|c>>(denyShift+aboveShift)
	return catalog.Permissions(grant&^deny) & catalog.All
}

// says reports whether a cell grants or denies any of some permissions.
func (c cell) says(p catalog.Permissions) bool {
	any := c | c>>denyShift | c>>aboveShift | c>>(denyShift+aboveShift)
	return c&ownerBit != 0 || catalog.Permissions(any)&catalog.All&p != 0
}

// covers returns what a permission on a securable is worth on the views below
// it: itself where it is one of the four, and all four for CONTROL. RECEIVE
// covers SELECT on an object (reference B.8).
func covers(class Class, name string) catalog.Permissions {
	switch name {
	case "SELECT":
		return catalog.Select
	case "INSERT":
		return catalog.Insert
	case "UPDATE":
		return catalog.Update
	case "DELETE":
		return catalog.Delete
	case "CONTROL":
		return catalog.All
	case "RECEIVE":
		if class == ClassObject {
			return catalog.Select
		}
	}
	return catalog.None
}

// plain reports whether name is one of the four permissions.
func plain(name string) bool { return covers(ClassDatabase, name).Len() == 1 }

// fixedRights returns what membership of a fixed role is worth on every view
// of the database (reference A.6).
func fixedRights(id int) (grant, deny catalog.Permissions) {
	writes := catalog.Insert | catalog.Update | catalog.Delete
	switch id {
	case DBOwnerID:
		return catalog.All, catalog.None
	case DBDataReaderID:
		return catalog.Select, catalog.None
	case DBDataWriterID:
		return writes, catalog.None
	case DBDenyDataReaderID:
		return catalog.None, catalog.Select
	case DBDenyDataWriterID:
		return catalog.None, writes
	}
	return catalog.None, catalog.None
}

// matrix is who brings what to which view: principals × views, with the edges
// of membership. It is the model of effective access, and the state that a
// plan is tried out on.
type matrix struct {
	*index
	cells    cells
	parents  [][]int32 // the roles a principal is a direct member of
	children [][]int32 // the direct members of a role
	public   int32
}

// newMatrix reads a snapshot through its index.
func newMatrix(s *Snapshot, ix *index) *matrix {
	m := &matrix{index: ix, public: int32(ix.byID[PublicID])}
	m.cells = newCells(len(ix.principals), len(ix.views))
	m.parents = make([][]int32, len(ix.principals))
	m.children = make([][]int32, len(ix.principals))
	for _, e := range s.Members {
		role, ok := ix.byID[e.Role]
		member, also := ix.byID[e.Member]
		if ok && also {
			m.link(int32(role), int32(member))
		}
	}
	for p := range ix.principals {
		grant, deny := fixedRights(ix.principals[p].ID)
		m.spread(p, func(int) bool { return true }, (grantBits(grant)|denyBits(deny))<<aboveShift)
	}
	for _, row := range s.Permissions {
		m.addRow(row)
	}
	m.addOwners()
	return m
}

// addRow puts a permission row into the cells it reaches. Rows on columns are
// kept apart (reference C.2) and rows on anything but views reach none.
func (m *matrix) addRow(row PermissionRow) {
	worth := covers(row.Class, row.Name)
	p, known := m.byID[row.Grantee]
	if worth.IsEmpty() || !known || row.Minor != 0 || row.State == Revoked {
		return
	}
	bits := grantBits(worth)
	if row.State == Denied {
		bits = denyBits(worth)
	}
	switch row.Class {
	case ClassDatabase:
		m.spread(p, func(int) bool { return true }, bits<<aboveShift)
	case ClassSchema:
		m.spread(p, func(v int) bool { return m.views[v].Schema == row.Major }, bits<<aboveShift)
	case ClassObject:
		if !plain(row.Name) {
			bits <<= aboveShift
		}
		if v, ok := m.viewByID[row.Major]; ok {
			*m.cells.to(p, v) |= bits
		}
	}
}

// spread adds bits to a principal's cells of the views that match.
func (m *matrix) spread(p int, match func(v int) bool, bits cell) {
	if bits == 0 {
		return
	}
	for v := range m.views {
		if match(v) {
			*m.cells.to(p, v) |= bits
		}
	}
}

// addOwners marks the owner of each view and the owner of its schema: either
// counts as CONTROL (reference C.1, step 6).
func (m *matrix) addOwners() {
	for v, view := range m.views {
		if p, ok := m.byID[view.Owner]; ok {
			*m.cells.to(p, v) |= ownerBit
		}
		if i, ok := m.schemaByID[view.Schema]; ok {
			if p, ok := m.byID[m.schemas[i].Owner]; ok {
				*m.cells.to(p, v) |= ownerBit
			}
		}
	}
}

func (m *matrix) link(role, member int32) {
	if !slices.Contains(m.parents[member], role) {
		m.parents[member] = append(m.parents[member], role)
		m.children[role] = append(m.children[role], member)
	}
}

func (m *matrix) unlink(role, member int32) {
	m.parents[member] = without(m.parents[member], role)
	m.children[role] = without(m.children[role], member)
}

// without removes x in place; the order of the rest is not kept.
func without(list []int32, x int32) []int32 {
	if i := slices.Index(list, x); i >= 0 {
		list[i] = list[len(list)-1]
		list = list[:len(list)-1]
	}
	return list
}

// tokens returns the principals that u acts as: itself, every role it is in,
// however deep, and public (reference C.1, step 3).
func (m *matrix) tokens(u int32) []int32 {
	out := make([]int32, 1, 8)
	out[0] = u
	for i := 0; i < len(out); i++ {
		for _, role := range m.parents[out[i]] {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	if !slices.Contains(out, m.public) {
		out = append(out, m.public)
	}
	return out
}

// at returns the effective permissions of someone with these tokens on v.
func (m *matrix) at(tokens []int32, v int) catalog.Permissions {
	var union cell
	for _, t := range tokens {
		union |= m.cells.at(int(t), v)
	}
	return union.effective()
}

// all fills out, one entry a view, for someone with these tokens. The unions
// are built in scratch, which has the same length.
func (m *matrix) all(tokens []int32, scratch []cell, out []catalog.Permissions) {
	clear(scratch)
	for _, t := range tokens {
		for v, c := range m.cells.of(int(t)) {
			scratch[v] |= c
		}
	}
	for v, c := range scratch {
		out[v] = c.effective()
	}
}
