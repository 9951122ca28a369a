package scripts

import (
	"slices"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sql/tsql"
)

// permission carries out GRANT, DENY and REVOKE.
func (d *database) permission(s *tsql.Permission, r *reader) (why string, ok bool) {
	if s.All && (s.On == nil || s.On.Class != "" && s.On.Class != "OBJECT") {
		return "it is on no object", false
	}
	if s.On != nil && another(s.On.Name) != "" {
		return "it is of another database", false
	}
	row := grants.PermissionRow{Grantor: grants.DboID}
	var columns []tsql.Ident
	if s.On != nil {
		var ok bool
		if row.Class, row.Major, ok = d.securable(s.On, r); !ok {
			return "", false
		}
		columns = s.On.Columns
	}
	items := s.Items
	if s.All {
		for _, name := range append(catalog.All.Names(), "REFERENCES") {
			items = append(items, tsql.PermissionItem{Name: name, Columns: s.Columns})
		}
	}
	for _, to := range s.Principals {
		row.Grantee = d.principal(to.Value).ID
		for _, item := range items {
			row.Name = item.Name
			list := slices.Concat(columns, item.Columns)
			if len(list) == 0 {
				d.change(s, row)
			}
			for _, c := range list {
				one := row
				one.Minor = d.column(row.Major, c.Value)
				d.change(s, one)
			}
		}
	}
	return "", true
}

// change makes of the rows that are there what a statement makes of them
// (reference B.5): a statement on the whole takes the rows on its columns away.
func (d *database) change(s *tsql.Permission, row grants.PermissionRow) {
	same := func(o grants.PermissionRow) bool {
		return o.Class == row.Class && o.Major == row.Major && o.Grantee == row.Grantee && o.Name == row.Name
	}
	i := slices.IndexFunc(d.Permissions, func(o grants.PermissionRow) bool { return same(o) && o.Minor == row.Minor })
	if s.GrantOptionFor {
		if i >= 0 && d.Permissions[i].State == grants.GrantedWithGrant {
			d.Permissions[i].State = grants.Granted
		}
		return
	}
	whole := slices.ContainsFunc(d.Permissions, func(o grants.PermissionRow) bool {
		return same(o) && o.Minor == 0 && o.State != grants.Denied
	})
	d.Permissions = slices.DeleteFunc(d.Permissions, func(o grants.PermissionRow) bool {
		return same(o) && (o.Minor == row.Minor || row.Minor == 0)
	})
	switch {
	case s.Action == tsql.Revoke && row.Minor != 0 && whole:
		row.State = grants.Revoked
	case s.Action == tsql.Revoke:
		return
	case s.Action == tsql.Deny:
		row.State = grants.Denied
	case s.GrantOption:
		row.State = grants.GrantedWithGrant
	default:
		row.State = grants.Granted
	}
	d.Permissions = append(d.Permissions, row)
}

// row adds a row.
func (d *database) row(row grants.PermissionRow) { d.Permissions = append(d.Permissions, row) }

// securable finds what a statement is on; what is not there yet is made.
func (d *database) securable(on *tsql.Securable, r *reader) (class grants.Class, major int, ok bool) {
	switch on.Class {
	case "DATABASE":
		return grants.ClassDatabase, 0, true
	case "SCHEMA":
		return grants.ClassSchema, d.schema(on.Name.Name), true
	case "USER", "ROLE", "APPLICATION ROLE":
		return grants.ClassPrincipal, d.principal(on.Name.Name).ID, true
	case "", "OBJECT":
		return grants.ClassObject, d.thing(on.Name, r), true
	}
	return 0, 0, false
}

// thing returns the id of a view or another object by its name; what is not there
// yet is made.
func (d *database) thing(name tsql.ObjectName, r *reader) int {
	schema := d.schema(name.Schema)
	for _, o := range d.Objects {
		if o.Schema == schema && d.Collation.Equal(o.Name, name.Name) {
			return o.ID
		}
	}
	for _, v := range d.Views {
		if v.Schema == schema && d.Collation.Equal(v.Name, name.Name) {
			return v.ID
		}
	}
	if catalog.ViewName(name.Name).HasPrefix(r.prefix) && r.prefix != "" {
		return d.view(schema, name.Name)
	}
	return d.object(schema, name.Name, grants.Table)
}

// schema returns the id of a schema, dbo's where no name is written.
func (d *database) schema(name string) int {
	if name == "" {
		name = "dbo"
	}
	id := grants.FirstUserID
	for _, s := range d.Schemas {
		if d.Collation.Equal(s.Name, name) {
			return s.ID
		}
		id = max(id, s.ID+1)
	}
	d.Schemas = append(d.Schemas, grants.Schema{ID: id, Name: name, Owner: grants.DboID})
	return id
}

// view and object return the ids of a view and of another object, made where
// there is none.
func (d *database) view(schema int, name string) int {
	for _, v := range d.Views {
		if v.Schema == schema && d.Collation.Equal(v.Name, name) {
			return v.ID
		}
	}
	id := d.nextObject()
	d.Views = append(d.Views, grants.SiteView{ID: id, Schema: schema, Name: name, Owner: d.ownerOf(schema)})
	return id
}

func (d *database) object(schema int, name string, kind grants.ObjectType) int {
	id := d.nextObject()
	d.Objects = append(d.Objects, grants.Object{ID: id, Schema: schema, Name: name, Type: kind, Owner: d.ownerOf(schema)})
	return id
}

func (d *database) nextObject() int {
	id := 1000
	for _, v := range d.Views {
		id = max(id, v.ID+1)
	}
	for _, o := range d.Objects {
		id = max(id, o.ID+1)
	}
	return id
}

// column returns the id of a column of a view, which it gets where it has none of
// that name.
func (d *database) column(view int, name string) int {
	for i := range d.Views {
		v := &d.Views[i]
		if v.ID != view {
			continue
		}
		for _, c := range v.Columns {
			if d.Collation.Equal(c.Name, name) {
				return c.ID
			}
		}
		v.Columns = append(v.Columns, grants.SiteColumn{ID: len(v.Columns) + 1, Name: name})
		return len(v.Columns)
	}
	return 1
}

// authorization changes an owner.
func (d *database) authorization(s *tsql.AlterAuthorization, r *reader) (why string, ok bool) {
	if why = another(s.Entity); why != "" {
		return why, false
	}
	switch s.Class {
	case "SCHEMA":
		d.own(d.schema(s.Entity.Name), d.principal(s.Principal.Value).ID)
	case "ROLE":
		to := d.principal(s.Principal.Value).ID
		d.principal(s.Entity.Name).Owner = to
	case "", "OBJECT":
		id, to := d.thing(s.Entity, r), d.ownerOf(d.schema(s.Entity.Schema))
		if !s.SchemaOwner {
			to = d.principal(s.Principal.Value).ID
		}
		for i := range d.Views {
			if d.Views[i].ID == id {
				d.Views[i].Owner = to
			}
		}
		for i := range d.Objects {
			if d.Objects[i].ID == id {
				d.Objects[i].Owner = to
			}
		}
	default:
		return "an owner of " + s.Class + " is not", false
	}
	return "", true
}

// own gives a schema an owner, and what is in it.
func (d *database) own(schema, to int) {
	for i := range d.Schemas {
		if d.Schemas[i].ID == schema {
			d.Schemas[i].Owner = to
		}
	}
	for i := range d.Views {
		if d.Views[i].Schema == schema {
			d.Views[i].Owner = to
		}
	}
	for i := range d.Objects {
		if d.Objects[i].Schema == schema {
			d.Objects[i].Owner = to
		}
	}
}

// ownerOf returns the owner of a schema.
func (d *database) ownerOf(schema int) int {
	for _, s := range d.Schemas {
		if s.ID == schema {
			return s.Owner
		}
	}
	return grants.DboID
}
