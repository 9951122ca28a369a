package grants

import (
	"fmt"
	"slices"
	"strings"
)

// chooseDrops decides which marked principals go: those that nothing wants
// any more. One that a plain DROP cannot take, or would take more with than
// grantree put there, stays, with a finding.
func (d *differ) chooseDrops() {
	d.dropped = make([]bool, len(d.ix.principals))
	var any bool
	for p, principal := range d.ix.principals {
		gone := principal.Managed && principal.ID >= 0 && !isBuiltIn(principal.ID) && !principal.Fixed
		if gone && !d.wanted[d.from.Collation.Key(principal.Name)] {
			d.dropped[p], any = true, true
		}
	}
	if !any {
		return
	}
	for p, obstacles := range d.obstacles() {
		if d.dropped[p] && len(obstacles) > 0 {
			d.dropped[p] = false
			slices.Sort(obstacles)
			d.plan.Findings.Errorf("cannot-drop", d.granteePos(p), "take that away first, or keep the principal in the policy",
				"%q is no longer wanted but %s", d.name(p), strings.Join(slices.Compact(obstacles), ", "))
		}
	}
}

// obstacles lists, by position, what stands against dropping a principal:
// what it owns or granted (errors 15138, 15183, 15421 and 15284, reference
// D.3 and D.4), and permissions that a drop would take and grantree did not
// give.
func (d *differ) obstacles() map[int][]string {
	out := map[int][]string{}
	note := func(id int, format string, args ...any) {
		if p, ok := d.ix.byID[id]; ok && d.dropped[p] {
			out[p] = append(out[p], fmt.Sprintf(format, args...))
		}
	}
	for _, s := range d.from.Schemas {
		note(s.Owner, "owns the schema %q", s.Name)
	}
	for v, view := range d.ix.views {
		note(view.Owner, "owns %s", d.ix.viewName(v))
	}
	for _, p := range d.from.Principals {
		if p.Type == DatabaseRole && p.Owner != p.ID {
			note(p.Owner, "owns the role %q", p.Name)
		}
	}
	for _, row := range d.from.Permissions {
		if row.Class == ClassPrincipal {
			note(row.Major, "others hold permissions on it")
		}
		if row.Grantor != 0 {
			note(row.Grantor, "granted or denied permissions")
		}
		if !d.ours(row) {
			note(row.Grantee, "holds %s, which grantree does not manage", d.describe(row))
		}
	}
	return out
}

// ours reports whether a row of a managed principal is one that grantree puts
// there, or that comes with the account.
func (d *differ) ours(row PermissionRow) bool {
	if row.Class == ClassDatabase && row.Name == "CONNECT" && row.State == Granted {
		return true
	}
	v, ok := d.ix.viewByID[row.Major]
	return ok && row.Class == ClassObject && row.Minor == 0 && plain(row.Name) && d.views[v] &&
		(row.State == Granted || row.State == Denied) && (row.Grantor == 0 || row.Grantor == d.ix.views[v].Owner)
}

// describe says in words what a row is on.
func (d *differ) describe(row PermissionRow) string {
	switch row.Class {
	case ClassDatabase:
		return row.Name + " on the database"
	case ClassSchema:
		return row.Name + " on the schema " + d.ix.schemaName(row.Major)
	case ClassObject:
		if v, ok := d.ix.viewByID[row.Major]; ok {
			return row.Name + " on " + d.ix.viewName(v)
		}
		return row.Name + " on another object"
	}
	return row.Name + " on something else"
}

// drops makes the changes that take the dropped principals out.
func (d *differ) drops() {
	for p, gone := range d.dropped {
		if !gone {
			continue
		}
		principal := d.ix.principals[p]
		c := Change{Kind: DropUser, Principals: []string{principal.Name}, Drops: d.takes(p)}
		if principal.Type == DatabaseRole {
			c.Kind = DropRole
			d.add(phaseDropRole, c)
			continue
		}
		c.Login = d.logins.bySID[principal.SID]
		if c.Login == "" && principal.AuthType == 1 {
			c.Login = principal.Name
		}
		c.Drops.Login = c.Login
		d.add(phaseDropUser, c)
	}
}

// takes says what goes with a dropped principal.
func (d *differ) takes(p int) *Dropped {
	out := &Dropped{}
	for _, role := range d.m.parents[p] {
		out.Roles = append(out.Roles, d.name(int(role)))
	}
	for _, member := range d.m.children[p] {
		out.Members = append(out.Members, d.name(int(member)))
	}
	slices.Sort(out.Roles)
	slices.Sort(out.Members)
	out.Rows = d.m.droppedRows(p)
	return out
}

// droppedRows lists the rows of p on views, in the order of the views.
func (m *matrix) droppedRows(p int) []DroppedRow {
	var out []DroppedRow
	for v, view := range m.views {
		c := m.cells[p*len(m.views)+v]
		for _, has := range []DroppedRow{{Permissions: c.granted(), State: Granted}, {Permissions: c.denied(), State: Denied}} {
			if !has.Permissions.IsEmpty() {
				has.Schema, has.View = m.schemaName(view.Schema), view.Name
				out = append(out, has)
			}
		}
	}
	return out
}
