package grants

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// rows makes the permission rows of managed principals on managed views what
// is wanted, with the least number of statements for each view.
func (d *differ) rows() {
	want := d.wantedCells()
	blocked := d.blockedRows(want)
	var causes map[int][]int
	ended := d.endedByCell()
	var some []int // who has or is to have rows at all
	for p := range d.ix.principals {
		if d.handles(p) && (d.m.cells.of(p) != nil || want.of(p) != nil) {
			some = append(some, p)
		}
	}
	for v := range d.ix.views {
		if !d.views[v] {
			continue
		}
		var grant, deny, revoke []need
		for _, p := range some {
			has, asked := d.m.cells.at(p, v), want.at(p, v)
			if (has^asked)&rowBits == 0 {
				continue
			}
			g, n, r := d.moved(p, v, has, asked, blocked[p*len(d.ix.views)+v])
			grant, deny, revoke = append(grant, need{int32(p), g}), append(deny, need{int32(p), n}), append(revoke, need{int32(p), r})
		}
		if len(grant) == 0 {
			continue
		}
		if causes == nil {
			causes = d.entriesByCell()
		}
		d.statements(v, GrantOn, grant, causes, nil)
		d.statements(v, DenyOn, deny, causes, nil)
		d.statements(v, RevokeOn, revoke, causes, ended)
	}
}

// moved is what is granted, denied and revoked to bring a principal from what it has
// on a view to what is asked for, as far as rows are free to change and the mode lets
// it.
func (d *differ) moved(p, v int, has, asked cell, blocked catalog.Permissions) (grant, deny, revoke catalog.Permissions) {
	at := p*len(d.ix.views) + v
	free := d.free(at).Minus(blocked).Minus(d.withheld.row(at))
	grant = asked.granted().Minus(has.granted()).Intersect(free)
	if d.options.Mode != Add {
		deny = asked.denied().Minus(has.denied()).Intersect(free)
		revoke = has.granted().Union(has.denied()).Minus(asked.granted().Union(asked.denied())).Intersect(free)
	}
	d.touched.addRow(at, grant.Union(deny).Union(revoke))
	return grant, deny, revoke
}

// handles reports whether a principal's rows are the plan's business: nothing
// is wanted of a leaver who stays.
func (d *differ) handles(p int) bool { return d.managed[p] || d.cleared[p] }

// wantedCells lays the wanted entries out like the matrix, and refuses those
// that the server would take without doing anything (reference B.7).
func (d *differ) wantedCells() cells {
	want := newCells(len(d.ix.principals), len(d.ix.views))
	at := seeker{ix: d.ix}
	for i := range d.to.Entries {
		e := &d.to.Entries[i]
		v, okView := at.view(e)
		if !okView {
			d.plan.Findings.Errorf(finding.ViewMissing, entryPos(*e), "take the site's snapshot again", "the site has no view %q", e.View)
			continue
		}
		p, okGrantee := d.ix.principal(e.Grantee)
		if !okGrantee || !d.managed[p] || d.silent(*e, v, p) {
			continue
		}
		bits := grantBits(e.Permission)
		if e.State == Denied {
			bits = denyBits(e.Permission)
		}
		*want.to(p, v) |= bits
	}
	return want
}

// silent reports grantees for whom GRANT and DENY do nothing, and say so only
// in an information message.
func (d *differ) silent(e WantedEntry, v, p int) bool {
	switch id := d.ix.principals[p].ID; {
	case id == d.ix.views[v].Owner:
		d.errorf(finding.GranteeOwnsView, entryPos(e), mend(d.toDbo(v)...),
			"%q owns %s: the server would ignore the statement", d.name(p), d.ix.viewName(v))
		return true
	case id == d.from.Runner.UserID && id >= FirstUserID:
		d.plan.Findings.Errorf(finding.GranteeIsRunner, entryPos(e), "run grantree as somebody else, or put the user into a group instead",
			"%q runs grantree: nobody can grant anything to themselves", d.name(p))
		return true
	}
	return false
}

// blockedRows finds the rows of managed principals that a plain statement
// cannot change, or would take something else with. They are left alone, each
// with a finding where it is in the way; by position like the matrix.
func (d *differ) blockedRows(want cells) map[int]catalog.Permissions {
	blocked := map[int]catalog.Permissions{}
	for _, row := range d.from.Permissions {
		if row.Class != ClassObject || !plain(row.Name) {
			continue
		}
		v, okView := d.ix.viewByID[row.Major]
		p, okGrantee := d.ix.byID[row.Grantee]
		if !okView || !okGrantee || !d.handles(p) || !d.views[v] {
			continue
		}
		at := p*len(d.ix.views) + v
		one := covers(row.Class, row.Name)
		has, asked := d.m.cells.at(p, v), want.at(p, v)
		differs := has ^ asked
		changes := catalog.Permissions(differs|differs>>denyShift)&one != 0
		if d.options.Mode == Add {
			changes = asked.granted().Minus(has.granted())&one != 0
		}
		if d.blocks(row, v, p, changes) {
			blocked[at] |= one
		}
	}
	return blocked
}

// blocks judges one row; changes says whether the plan would touch it.
func (d *differ) blocks(row PermissionRow, v, p int, changes bool) bool {
	view, who := d.ix.viewName(v), d.name(p)
	switch {
	case row.Minor != 0 && changes:
		d.errorf(finding.ColumnGrant, d.granteePos(p), advice{words: "REVOKE the column permissions first", remedies: d.columnRows(row)},
			"%s of %q on columns of %s would be wiped by a statement on the whole view", row.Name, who, view)
	case row.Minor == 0 && row.State == GrantedWithGrant && (changes || d.options.Mode != Add):
		d.errorf(finding.GrantOption, d.granteePos(p), mend(d.mender.revokeOptions([]PermissionRow{row})...),
			"%q holds %s on %s WITH GRANT OPTION and may have handed it on", who, row.Name, view)
	case row.Minor == 0 && changes && row.Grantor != 0 && row.Grantor != d.ix.views[v].Owner:
		d.errorf(finding.ForeignGrantor, d.granteePos(p), advice{words: "REVOKE it AS that grantor first", remedies: d.mender.revokes([]PermissionRow{row})},
			"%s of %q on %s was recorded by %s: a plain statement does not reach it", row.Name, who, view, d.grantor(row.Grantor))
	default:
		return false
	}
	return true
}

// columnRows are the statements that take away all rows on columns of which
// row is one.
func (d *differ) columnRows(row PermissionRow) []Remedy {
	var rows []PermissionRow
	for _, r := range d.from.Permissions {
		if r.Class == row.Class && r.Major == row.Major && r.Minor != 0 && r.Grantee == row.Grantee && r.Name == row.Name {
			rows = append(rows, r)
		}
	}
	return d.mender.revokes(rows)
}

func (d *differ) grantor(id int) string {
	if p, ok := d.ix.byID[id]; ok {
		return "\"" + d.name(p) + "\""
	}
	return "somebody else"
}

// entriesByCell lists the wanted entries of each cell.
func (d *differ) entriesByCell() map[int][]int {
	out := make(map[int][]int, len(d.to.Entries))
	for i, e := range d.to.Entries {
		v, okView := d.ix.viewIn(e.Schema, e.View)
		p, okGrantee := d.ix.principal(e.Grantee)
		if okView && okGrantee {
			at := p*len(d.ix.views) + v
			out[at] = append(out[at], i)
		}
	}
	return out
}

// endedByCell is what lines gave whose time is over, by cell.
func (d *differ) endedByCell() map[int][]WantedEntry {
	out := map[int][]WantedEntry{}
	for _, e := range d.to.Ended {
		v, okView := d.ix.viewIn(e.Schema, e.View)
		p, okGrantee := d.ix.principal(e.Grantee)
		if okView && okGrantee {
			at := p*len(d.ix.views) + v
			out[at] = append(out[at], e)
		}
	}
	return out
}

// statements packs what is needed on a view.
func (d *differ) statements(v int, kind Kind, needs []need, entries map[int][]int, ended map[int][]WantedEntry) {
	for _, r := range d.packer.pack(needs) {
		c := Change{Kind: kind, Schema: d.ix.schemaName(d.ix.views[v].Schema), View: d.ix.views[v].Name, Permissions: r.permissions}
		var causes []Cause
		for _, p := range r.principals {
			c.Principals = append(c.Principals, d.name(int(p)))
			var over catalog.Permissions
			for _, e := range ended[int(p)*len(d.ix.views)+v] {
				if part := e.Permission.Intersect(r.permissions); !part.IsEmpty() {
					causes, over = append(causes, e.Causes...), over.Union(part)
				}
			}
			if kind == RevokeOn && !over.Has(r.permissions) {
				causes = append(causes, d.absent(int(p))...)
			}
			for _, i := range entries[int(p)*len(d.ix.views)+v] {
				if r.permissions.Has(d.to.Entries[i].Permission) {
					causes = append(causes, d.to.Entries[i].Causes...)
				}
			}
		}
		c.Causes = distinct(causes)
		d.add(d.rowPhase(v, kind, r), c)
	}
}

// rowPhase says whether a statement widens or narrows.
func (d *differ) rowPhase(v int, kind Kind, r rectangle) phase {
	if !slices.ContainsFunc(r.principals, func(p int32) bool { return d.isActedAs(int(p)) }) {
		return phasePrepare
	}
	widens := kind == GrantOn
	if kind == RevokeOn {
		widens = !slices.ContainsFunc(r.principals, func(p int32) bool {
			return d.m.cells.at(int(p), v).granted().Intersect(r.permissions) != 0
		})
	}
	if widens {
		return phaseWiden
	}
	return phaseNarrow
}

// isActedAs reports whether anyone in the site may act as p before the plan.
func (d *differ) isActedAs(p int) bool {
	principal := d.ix.principals[p]
	return principal.ID >= 0 && (principal.Type != DatabaseRole || len(d.m.children[p]) > 0)
}

func entryPos(e WantedEntry) (where finding.Pos) {
	if len(e.Causes) > 0 {
		where = e.Causes[0].Pos
	}
	return where
}

// granteePos finds the line that wants a role or user.
func (d *differ) granteePos(p int) finding.Pos {
	line, _ := d.line(p)
	return line.Pos
}

// distinct sorts causes and takes out repetitions.
func distinct(causes []Cause) []Cause {
	slices.SortStableFunc(causes, compareCauses)
	return slices.CompactFunc(causes, func(a, b Cause) bool { return compareCauses(a, b) == 0 })
}

func compareCauses(a, b Cause) int {
	return cmp.Or(a.Pos.Compare(b.Pos), strings.Compare(a.Group, b.Group), strings.Compare(a.User, b.User),
		slices.Compare(a.Node, b.Node), strings.Compare(string(a.Level), string(b.Level)), strings.Compare(a.Note, b.Note))
}
