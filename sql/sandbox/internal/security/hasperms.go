package security

import (
	"slices"
	"strings"
)

// HasPermsByName is HAS_PERMS_BY_NAME (C.5): 1 or 0 for the caller, nil (NULL)
// for an invalid class, name or permission. Nil arguments are NULL: a NULL
// securable is the current database or, with a NULL class, the server.
func (c *Checker) HasPermsByName(securable, class, permission, sub, subClass *string) *int {
	if permission == nil {
		return nil
	}
	n := c.named(securable, class)
	if !n.ok {
		return nil
	}
	name := *permission
	if _, known := builtins.spaces[permissionOf{n.word, name}]; !known {
		name = normalPermission(name)
	}
	if sub != nil || subClass != nil {
		return c.hasColumn(n.on, name, sub, subClass)
	}
	if name == "ANY" {
		return number(c.HoldsAny(n.on))
	}
	if !n.fits(name) {
		return nil
	}
	return number(c.Can(n.on, name))
}

func number(b bool) *int {
	n := bit(b)
	return &n
}

// fits reports whether a permission belongs to the class and to the kind of
// object.
func (n *named) fits(permission string) bool {
	_, ok := builtins.spaces[permissionOf{n.word, permission}]
	return ok && (n.kind == "" || fitsKind(n.kind, permission))
}

// HoldsAny reports whether any permission that a securable can have is held: the
// permission ANY of HAS_PERMS_BY_NAME.
func (c *Checker) HoldsAny(on Securable) bool {
	n := named{on: on, word: c.s.word(on), kind: c.kindOf(on)}
	return slices.ContainsFunc(builtins.byClass[n.word], func(b Builtin) bool { return n.fits(b.Permission) && c.Can(on, b.Permission) })
}

// kindOf is the kind of an object of users, empty for all else.
func (c *Checker) kindOf(on Securable) string {
	if on.Class == ClassObject && on.ID > 0 {
		return c.s.Database(on.Database).Object(on.ID).Kind
	}
	return ""
}

// hasColumn is the form with a column.
func (c *Checker) hasColumn(on Securable, permission string, sub, subClass *string) *int {
	if sub == nil || subClass == nil || foldKeyword(*subClass) != "COLUMN" || on.Class != ClassObject || !hasColumnRules(permission) {
		return nil
	}
	d := c.s.Database(on.Database)
	o := d.Object(on.ID)
	if o == nil {
		return nil
	}
	column := o.Column(d.Names(), *sub)
	if column == nil || !fitsKind(o.Kind, permission) {
		return nil
	}
	return number(c.in(d.ID).enter && c.columns(d, o, permission).column(column.ID) == columnAllowed)
}

// named is a securable as the functions of C.5 name it. Kind is that of an
// object of users.
type named struct {
	on   Securable
	word string
	kind string
	ok   bool
}

// named resolves a securable and its class, once for the same words.
func (c *Checker) named(securable, class *string) *named {
	if class == nil {
		return &named{on: OnServer(), word: "SERVER", ok: securable == nil}
	}
	if securable == nil {
		on, ok := map[string]Securable{"SERVER": OnServer(), "DATABASE": OnDatabase(c.ctx.Database)}[foldKeyword(*class)]
		return &named{on: on, word: foldKeyword(*class), ok: ok}
	}
	key := [2]string{*class, *securable}
	n := c.names[key]
	if n != nil {
		return n
	}
	n = &named{word: foldKeyword(*class)}
	c.names[key] = n
	parts, ok := splitName(*securable)
	if !ok || n.word == "SERVER" {
		return n
	}
	if n.on, ok = c.find(c.s.Database(c.ctx.Database), n.word, parts); ok {
		n.ok = c.s.word(n.on) == n.word
	}
	if n.ok {
		n.kind = c.kindOf(n.on)
	}
	return n
}

// find resolves name parts of a class.
func (c *Checker) find(d *Database, word string, parts []string) (on Securable, ok bool) {
	name := parts[len(parts)-1]
	switch word {
	case "LOGIN", "SERVER ROLE":
		if p := c.s.LoginNamed(name); p != nil {
			return OnLogin(p.ID), true
		}
	case "DATABASE":
		if other := c.s.DatabaseNamed(name); other != nil {
			return OnDatabase(other.ID), len(parts) == 1
		}
	case "OBJECT":
		if id, ok := c.systemObject(parts); ok {
			return OnObject(c.ctx.Database, id), true
		}
		if o, in := c.objectNamed(parts); o != nil {
			return OnObject(in.ID, o.ID), true
		}
	case "SCHEMA":
		if schema := d.SchemaNamed(name); schema != nil {
			return OnSchema(d.ID, schema.ID), true
		}
	default:
		if p := d.PrincipalNamed(name); p != nil {
			return OnPrincipal(d.ID, p.ID), true
		}
	}
	return on, false
}

// objectNamed resolves up to three name parts.
func (c *Checker) objectNamed(parts []string) (*Object, *Database) {
	d := c.s.Database(c.ctx.Database)
	if len(parts) == 3 && parts[0] != "" {
		d = c.s.DatabaseNamed(parts[0])
	}
	if d == nil {
		return nil, nil
	}
	return d.Resolve(c.in(d.ID).user, schemaOf(parts), parts[len(parts)-1]), d
}

// MyPermissions is sys.fn_my_permissions (C.5): what the caller effectively
// holds on a securable, and on its columns. There are no rows for what does
// not exist. A row is the entity, as the caller wrote it or "database" or
// "server", a column or nothing, and the permission.
func (c *Checker) MyPermissions(securable, class *string) [][]any {
	n := c.named(securable, class)
	if !n.ok {
		return nil
	}
	entity := strings.ToLower(n.word)
	if securable != nil {
		entity = *securable
	}
	var rows [][]any
	for _, b := range builtins.byClass[n.word] {
		if n.fits(b.Permission) && c.Can(n.on, b.Permission) {
			rows = append(rows, []any{entity, "", b.Permission})
		}
	}
	if n.kind != "" {
		rows = append(rows, c.myColumns(n.on, entity)...)
	}
	return rows
}

// myColumns is the column part of fn_my_permissions.
func (c *Checker) myColumns(on Securable, entity string) [][]any {
	d := c.s.Database(on.Database)
	o := d.Object(on.ID)
	if !c.in(d.ID).enter {
		return nil
	}
	judges := make([]columnJudge, len(columnPermissions))
	for i, name := range columnPermissions {
		judges[i] = c.columns(d, o, name)
	}
	var rows [][]any
	for _, column := range o.Columns {
		for i, name := range columnPermissions {
			if fitsKind(o.Kind, name) && judges[i].column(column.ID) == columnAllowed {
				rows = append(rows, []any{entity, column.Name, name})
			}
		}
	}
	return rows
}
