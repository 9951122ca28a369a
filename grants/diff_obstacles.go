package grants

import (
	"fmt"
	"strings"
)

// obstacles lists, by id, what stands against dropping those who leave: what
// they own or granted (errors 15138, 15183, 15421 and 15284, reference D.3 and
// D.4), what runs as them (15136), and permissions that a drop would take and
// grantree did not give. A plain CONNECT, granted or denied, is no obstacle.
func (d *differ) obstacles() map[int][]obstacle {
	out := map[int][]obstacle{}
	note := func(id int, text string, remedies ...Remedy) {
		if _, leaves := d.leaving[id]; leaves {
			out[id] = append(out[id], obstacle{text, remedies})
		}
	}
	d.owned(note)
	rows := map[int]map[string][]PermissionRow{} // by who is held, and why
	hold := func(id int, text string, row PermissionRow) {
		if _, leaves := d.leaving[id]; leaves {
			if rows[id] == nil {
				rows[id] = map[string][]PermissionRow{}
			}
			rows[id][text] = append(rows[id][text], row)
		}
	}
	for _, row := range d.from.Permissions {
		if row.Class == ClassPrincipal {
			hold(row.Major, "others hold permissions on it", row)
		}
		if row.Grantor != 0 && !(row.Class == ClassPrincipal && row.Major == row.Grantor) {
			hold(row.Grantor, "granted or denied permissions", row)
		}
		if !d.ours(row) {
			hold(row.Grantee, fmt.Sprintf("holds %s, which grantree does not manage", d.describe(row)), row)
		}
	}
	for id, reasons := range rows {
		for text, list := range reasons {
			note(id, text, d.mender.revokes(list)...)
		}
	}
	return out
}

// owned notes what belongs to those who leave.
func (d *differ) owned(note func(id int, text string, remedies ...Remedy)) {
	schemaOwner := map[int]int{}
	for _, s := range d.from.Schemas {
		schemaOwner[s.ID] = s.Owner
		note(s.Owner, fmt.Sprintf("owns the schema %q", s.Name), toDbo(Securable{Class: "SCHEMA", Name: s.Name}))
	}
	for v, view := range d.ix.views {
		if schemaOwner[view.Schema] != view.Owner { // else it goes with the schema
			note(view.Owner, "owns "+d.ix.viewName(v), toDbo(Securable{Class: "OBJECT", Schema: d.ix.schemaName(view.Schema), Name: view.Name}))
		}
	}
	for _, o := range d.from.Objects {
		name := d.ix.schemaName(o.Schema) + "." + o.Name
		if schemaOwner[o.Schema] != o.Owner {
			note(o.Owner, "owns "+name, toDbo(Securable{Class: "OBJECT", Schema: d.ix.schemaName(o.Schema), Name: o.Name}))
		}
		if o.ExecuteAs > 0 {
			note(o.ExecuteAs, fmt.Sprintf("is whom %s runs as", name))
		}
	}
	for _, h := range d.from.Holdings {
		note(h.Principal, h.words(), h.remedies()...)
	}
	for _, p := range d.from.Principals {
		if !p.Type.IsUser() && p.Owner != p.ID {
			note(p.Owner, fmt.Sprintf("owns the role %q", p.Name), toDbo(Securable{Class: "ROLE", Name: p.Name}))
		}
	}
}

// toDbo gives a view to dbo, and with it the schema that makes somebody else
// its owner.
func (d *differ) toDbo(v int) []Remedy {
	view := d.ix.views[v]
	out := d.mender.toDbo(view.ID)
	if owner := d.mender.schemaOwner(view.Schema); owner != DboID && owner != view.Owner {
		schema, _ := d.mender.securable(ClassSchema, view.Schema)
		return append([]Remedy{toDbo(schema)}, out...)
	}
	return out
}

// ours reports whether a row of a managed principal is one that grantree puts
// there, or that comes with the account.
func (d *differ) ours(row PermissionRow) bool {
	if isConnect(row) && row.State != GrantedWithGrant {
		return true
	}
	v, ok := d.ix.viewByID[row.Major]
	return ok && row.Class == ClassObject && row.Minor == 0 && plain(row.Name) && d.views[v] &&
		(row.State == Granted || row.State == Denied) && (row.Grantor == 0 || row.Grantor == d.ix.views[v].Owner)
}

// describe says in words what a row is on.
func (d *differ) describe(row PermissionRow) string {
	on, ok := d.mender.securable(row.Class, row.Major)
	switch {
	case !ok:
		return row.Name + " on another object"
	case row.Class == ClassDatabase:
		return row.Name + " on the database"
	case row.Class == ClassSchema:
		return row.Name + " on the schema " + on.Name
	case row.Class == ClassPrincipal:
		return fmt.Sprintf("%s on the %s %q", row.Name, strings.ToLower(on.Class), on.Name)
	case row.Minor != 0:
		return row.Name + " on columns of " + on.Schema + "." + on.Name
	}
	return row.Name + " on " + on.Schema + "." + on.Name
}
