package grants

import (
	"fmt"
	"slices"

	"grantree/catalog"
)

// row does a GRANT, DENY or REVOKE. All principals are looked up before
// anything changes (reference B.4).
func (e *editor) row(c Change) error {
	v, ok := e.views.viewIn(c.Schema, c.View)
	if !ok {
		return fmt.Errorf("no view %q", c.View)
	}
	view := e.views.views[v]
	var grantees []int
	for _, name := range c.Principals {
		p, err := e.principal(name)
		if err != nil {
			return err
		}
		if p.Fixed && p.ID != PublicID {
			return fmt.Errorf("%q is a fixed role", name)
		}
		grantees = append(grantees, p.ID)
	}
	if slices.ContainsFunc(grantees, func(id int) bool { return e.ignored(id, view) }) {
		return nil
	}
	for _, id := range grantees {
		for _, one := range c.Permissions.Each() {
			if err := e.cell(c.Kind, view, id, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// ignored reports the grantees for whom the server ignores the whole statement
// (reference B.7).
func (e *editor) ignored(id int, view SiteView) bool {
	own := id == e.from.Runner.UserID && id >= FirstUserID
	return id == view.Owner || id == DboID || id == 3 || id == 4 || own
}

// cell changes the row of one grantee and permission, row by row as reference
// B.5 has it: the new row replaces the old one, and column rows of the same
// permission go.
func (e *editor) cell(kind Kind, view SiteView, grantee int, one catalog.Permissions) error {
	k := rowKey{ClassObject, view.ID, grantee}
	name := one.String()
	var keep []PermissionRow
	for _, row := range e.rows[k] {
		switch {
		case row.Name != name:
			keep = append(keep, row)
		case row.Minor == 0 && row.State == GrantedWithGrant && kind != GrantOn:
			return fmt.Errorf("%s was granted WITH GRANT OPTION and needs CASCADE (error 4611)", name)
		case row.Minor == 0 && row.Grantor != view.Owner && row.Grantor != 0:
			keep = append(keep, row)
		}
	}
	if kind != RevokeOn {
		state := Granted
		if kind == DenyOn {
			state = Denied
		}
		keep = append(keep, PermissionRow{Class: ClassObject, Major: view.ID, Grantee: grantee, Grantor: view.Owner, Name: name, State: state})
	}
	e.setRows(k, keep)
	return nil
}

// connect does a GRANT, DENY or REVOKE of CONNECT on the database, as cell does
// those on a view.
func (e *editor) connect(c Change) error {
	p, err := e.principal(c.Principals[0])
	if err != nil {
		return err
	}
	if p.ID == DboID || p.ID == e.from.Runner.UserID && p.ID >= FirstUserID {
		return nil
	}
	k := rowKey{ClassDatabase, 0, p.ID}
	var keep []PermissionRow
	for _, row := range e.rows[k] {
		switch {
		case !isConnect(row):
			keep = append(keep, row)
		case row.State == GrantedWithGrant && c.Kind != GrantConnect:
			return fmt.Errorf("CONNECT was granted WITH GRANT OPTION and needs CASCADE (error 4611)")
		case row.Grantor != DboID && row.Grantor != 0:
			keep = append(keep, row)
		}
	}
	if state := map[Kind]State{GrantConnect: Granted, DenyConnect: Denied}[c.Kind]; state != "" {
		keep = append(keep, PermissionRow{Grantee: p.ID, Grantor: DboID, Name: "CONNECT", State: state})
	}
	e.setRows(k, keep)
	return nil
}
