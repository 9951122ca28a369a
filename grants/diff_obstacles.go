package grants

import (
	"cmp"
	"fmt"
	"slices"
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
			note(id, text, d.revokes(list)...)
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
	for _, p := range d.from.Principals {
		if !p.Type.IsUser() && p.Owner != p.ID {
			note(p.Owner, fmt.Sprintf("owns the role %q", p.Name), toDbo(Securable{Class: "ROLE", Name: p.Name}))
		}
	}
}

// toDbo gives something to dbo.
func toDbo(on Securable) Remedy { return Remedy{Kind: RemedyOwner, On: on, To: "dbo"} }

// toDbo gives a view to dbo, and with it the schema that makes somebody else
// its owner.
func (d *differ) toDbo(v int) []Remedy {
	view := d.ix.views[v]
	var out []Remedy
	if i, ok := d.ix.schemaByID[view.Schema]; ok && d.ix.schemas[i].Owner != DboID {
		out = append(out, toDbo(Securable{Class: "SCHEMA", Name: d.ix.schemas[i].Name}))
		if d.ix.schemas[i].Owner == view.Owner {
			return out
		}
	}
	if view.Owner != DboID {
		out = append(out, toDbo(Securable{Class: "OBJECT", Schema: d.ix.schemaName(view.Schema), Name: view.Name}))
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
	on, ok := d.ix.securable(d.from, row.Class, row.Major)
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

// revokes are the statements that take rows away: one for each securable,
// grantee and grantor. Rows on what the snapshot does not name have none.
func (d *differ) revokes(rows []PermissionRow) []Remedy {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, compareRows)
	var out []Remedy
	for _, row := range rows {
		r, ok := d.revoke(row)
		if !ok {
			continue
		}
		i := slices.IndexFunc(out, func(o Remedy) bool { return sameRevoke(o, r) })
		if i < 0 {
			out = append(out, r)
			continue
		}
		if !slices.Contains(out[i].Permissions, r.Permissions[0]) {
			out[i].Permissions = append(out[i].Permissions, r.Permissions[0])
		}
		out[i].Columns = append(out[i].Columns, r.Columns...)
	}
	slices.SortStableFunc(out, func(a, b Remedy) int {
		return cmp.Or(strings.Compare(a.On.Schema, b.On.Schema), strings.Compare(a.On.Name, b.On.Name), strings.Compare(a.Principal, b.Principal))
	})
	return out
}

// sameRevoke reports whether two rows go with one statement: several
// permissions on the whole of something, or several columns of one permission.
func sameRevoke(a, b Remedy) bool {
	alike := a.On == b.On && a.Principal == b.Principal && a.As == b.As && a.Cascade == b.Cascade && (len(a.Columns) == 0) == (len(b.Columns) == 0)
	return alike && (len(a.Columns) == 0 || a.Permissions[0] == b.Permissions[0])
}

// revoke is the statement that takes one row away. A column that was revoked
// out of a grant goes with a REVOKE on the whole (reference B.5).
func (d *differ) revoke(row PermissionRow) (Remedy, bool) {
	on, ok := d.ix.securable(d.from, row.Class, row.Major)
	p, known := d.ix.byID[row.Grantee]
	if !ok || !known {
		return Remedy{}, false
	}
	r := Remedy{Kind: RemedyRevoke, On: on, Permissions: []string{row.Name}, Principal: d.name(p), As: d.as(row), Cascade: row.State == GrantedWithGrant}
	if row.Minor != 0 && row.State != Revoked {
		if v, isView := d.ix.viewByID[row.Major]; isView {
			r.Columns = columnNames(d.ix.views[v], []int{row.Minor})
		}
		ok = len(r.Columns) > 0
	}
	return r, ok
}

// as names the grantor of a row, where a plain statement would act as another:
// it acts as the owner of the securable, or as the principal that it is about
// (reference B.6).
func (d *differ) as(row PermissionRow) string {
	owner := DboID
	switch row.Class {
	case ClassSchema:
		if i, ok := d.ix.schemaByID[row.Major]; ok {
			owner = d.ix.schemas[i].Owner
		}
	case ClassObject:
		owner = d.ownerOf(row.Major)
	case ClassPrincipal:
		if row.Grantor == row.Major {
			return ""
		}
	}
	if p, ok := d.ix.byID[row.Grantor]; ok && row.Grantor != 0 && row.Grantor != owner {
		return d.name(p)
	}
	return ""
}

// ownerOf returns the owner of a view or another object, dbo where the
// snapshot does not show it.
func (d *differ) ownerOf(object int) int {
	if v, ok := d.ix.viewByID[object]; ok {
		return d.ix.views[v].Owner
	}
	for _, o := range d.from.Objects {
		if o.ID == object {
			return o.Owner
		}
	}
	return DboID
}
