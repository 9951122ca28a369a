package grants

import (
	"slices"

	"grantree/catalog"
)

// ColumnAccess is what a user may do on a column of a view where that is not
// what they may do on the whole view.
type ColumnAccess struct {
	Column      string
	Permissions catalog.Permissions // of SELECT and UPDATE; the others have no columns
}

// colRow is a permission row on a column.
type colRow struct {
	grantee    int
	column     int // column_id
	permission catalog.Permissions
	state      State
}

// columnRows gathers the rows on columns of views, by position of the view.
func columnRows(s *Snapshot, ix *index) map[int][]colRow {
	out := map[int][]colRow{}
	for _, row := range s.Permissions {
		if row.Class != ClassObject || row.Minor == 0 || !plain(row.Name) {
			continue
		}
		v, okView := ix.viewByID[row.Major]
		p, okGrantee := ix.byID[row.Grantee]
		if okView && okGrantee {
			out[v] = append(out[v], colRow{p, row.Minor, covers(row.Class, row.Name), row.State})
		}
	}
	return out
}

// Columns returns the columns of view on which user may do more or less than
// on the view as a whole, in the view's order.
func (a *Access) Columns(user, view string) []ColumnAccess {
	u, okUser := a.m.principal(user)
	v, okView := a.m.view(view)
	if !okUser || !okView || a.m.principals[u].ID == DboID || len(a.column[v]) == 0 {
		return nil
	}
	whole := a.of(u, v)
	// What the server denies, a row on a column does not give.
	barred := a.serverDenied(u).Minus(whole)
	var out []ColumnAccess
	for _, column := range a.m.views[v].Columns {
		if got := a.onColumn(a.tokensOf(u), v, column.ID).Minus(barred); got != whole.Intersect(columnPermissions) {
			out = append(out, ColumnAccess{Column: column.Name, Permissions: got})
		}
	}
	return out
}

const columnPermissions = catalog.Select | catalog.Update

// onColumn is the permission check for one column (reference C.2): a DENY on
// the column refuses; a GRANT on the column beats a DENY on the view, though
// not one on the schema or the database; a revoked column takes no part in the
// GRANT that its grantee has on the view.
func (a *Access) onColumn(tokens []int32, v, column int) catalog.Permissions {
	var union cell
	var grant, deny catalog.Permissions
	for _, t := range tokens {
		c := a.m.cells.at(int(t), v)
		for _, row := range a.column[v] {
			if row.grantee != int(t) || row.column != column {
				continue
			}
			switch row.state {
			case Granted, GrantedWithGrant:
				grant |= row.permission
			case Denied:
				deny |= row.permission
			case Revoked:
				c &^= grantBits(row.permission)
			}
		}
		union |= c
	}
	union &^= denyBits(grant)
	union |= grantBits(grant) | denyBits(deny)
	return union.effective().Intersect(columnPermissions)
}

// columnNames returns the names of columns by id, sorted by name.
func columnNames(view SiteView, ids []int) []string {
	var out []string
	for _, c := range view.Columns {
		if slices.Contains(ids, c.ID) {
			out = append(out, c.Name)
		}
	}
	slices.Sort(out)
	return out
}
