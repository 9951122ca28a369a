package grants

import "slices"

// drops makes the changes that take those who leave out.
func (d *differ) drops() {
	if len(d.leaving) == 0 {
		return
	}
	room, connects := map[int]bool{}, ownConnects(d.from)
	for _, id := range d.replaced {
		room[id] = true
	}
	for p, gone := range d.dropped {
		if !gone {
			continue
		}
		principal := d.ix.principals[p]
		c := Change{Kind: DropUser, Principals: []string{principal.Name}, Drops: d.takes(p)}
		c.Drops.Mark = principal.Mark
		if principal.Type == DatabaseRole {
			c.Kind, c.Drops.Owner = DropRole, d.ownerOf(principal)
			d.add(phaseDropRole, c)
			continue
		}
		c.Login, c.Own = d.loginOf(principal), d.own(principal)
		c.Drops.Login, c.Drops.Unmarked, c.Drops.Connect = c.Login, !principal.Managed, connects[principal.ID].State
		c.Drops.DefaultSchema = principal.DefaultSchema
		c.Drops.Opening = d.from.OpeningOf(principal.Name)
		c.Causes = d.absent(p)
		if room[principal.ID] {
			d.add(phaseMakeRoom, c)
			continue
		}
		d.add(phaseDropUser, c)
	}
}

// loginOf names the login of a user; one that is gone is taken to have had the
// user's name.
func (d *differ) loginOf(p Principal) string {
	name := d.logins.nameOf(p.SID)
	if name == "" && p.AuthType == AuthLogin {
		return p.Name
	}
	return name
}

// ownerOf is the owner of a role by name, "" for dbo.
func (d *differ) ownerOf(role Principal) string {
	p, ok := d.ix.byID[role.Owner]
	if role.Owner == DboID || !ok {
		return ""
	}
	return d.name(p)
}

// own is what a user without a login is who enters all the same, or "".
func (d *differ) own(p Principal) PrincipalType {
	_, hasLogin := d.logins.withSID(p.SID)
	if p.AuthType == AuthDatabase || !hasLogin && d.seesLogins() && (p.AuthType == AuthWindows && d.from.Contained || p.AuthType == AuthExternal) {
		return p.Type
	}
	return ""
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
	for _, x := range d.from.Properties {
		if x.Principal == d.ix.principals[p].ID {
			out.Properties = append(out.Properties, x.Property)
		}
	}
	return out
}

// droppedRows lists the rows of p on views, in the order of the views.
func (m *matrix) droppedRows(p int) []DroppedRow {
	var out []DroppedRow
	for v, c := range m.cells.of(p) {
		view := m.views[v]
		for _, has := range []DroppedRow{{Permissions: c.granted(), State: Granted}, {Permissions: c.denied(), State: Denied}} {
			if !has.Permissions.IsEmpty() {
				has.Schema, has.View = m.schemaName(view.Schema), view.Name
				out = append(out, has)
			}
		}
	}
	return out
}
