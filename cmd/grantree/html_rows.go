package main

import (
	"fmt"

	"grantree/catalog"
	"grantree/grants"
	"grantree/report/changes"
)

// grantedRow is what a grantee is given and loses on views, by their names. Lift is what
// is not denied any more.
type grantedRow struct {
	Grant, Revoke, Deny, Lift map[string]catalog.Permissions
}

// countRows counts what a change of permissions gives and takes.
func countRows(rows map[string]*grantedRow, c grants.Change) {
	of := func(name string) *grantedRow {
		if rows[name] == nil {
			rows[name] = &grantedRow{}
		}
		return rows[name]
	}
	for _, name := range c.Principals {
		switch {
		case c.Kind == grants.GrantOn:
			put(&of(name).Grant, c.View, c.Permissions)
		case c.Kind == grants.DenyOn:
			put(&of(name).Deny, c.View, c.Permissions)
		case c.Drops != nil:
			for _, r := range c.Drops.Rows {
				put(of(name).taken(r.State), r.View, r.Permissions)
			}
		}
	}
	for _, b := range c.Before {
		put(of(b.Principal).taken(b.State), c.View, b.Permission)
	}
}

// taken is where a row is counted that is taken away.
func (r *grantedRow) taken(s grants.State) *map[string]catalog.Permissions {
	if s == grants.Denied {
		return &r.Lift
	}
	return &r.Revoke
}

func put(into *map[string]catalog.Permissions, view string, p catalog.Permissions) {
	if *into == nil {
		*into = map[string]catalog.Permissions{}
	}
	(*into)[view] |= p
}

// granted adds what roles and users are given and lose on views, in sites alike.
func (p *planPage) granted(rows map[string]*grantedRow, in []int) {
	for _, name := range sorted(rows) {
		r := rows[name]
		g := changes.Grantee{Name: name, Of: p.groupOf[grants.Collation{}.Key(name)], Grant: p.cells(r.Grant), Revoke: p.cells(r.Revoke), Deny: p.cells(r.Deny), Lift: p.cells(r.Lift)}
		key := fmt.Sprintf("%+v", g)
		i, known := p.granteeAt[key]
		if !known {
			i = len(p.out.Grantees)
			p.granteeAt[key], p.out.Grantees = i, append(p.out.Grantees, g)
		}
		p.out.Grantees[i].Sites = append(p.out.Grantees[i].Sites, in...)
	}
}
