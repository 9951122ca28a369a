package security

import "slices"

var classNames = map[Class]string{ClassDatabase: "DATABASE", ClassObject: "OBJECT_OR_COLUMN", ClassSchema: "SCHEMA", ClassPrincipal: "DATABASE_PRINCIPAL",
	ClassServer: "SERVER", ClassServerPrincipal: "SERVER_PRINCIPAL", ClassEndpoint: "ENDPOINT"}

var stateNames = map[byte]string{StateGrant: "GRANT", StateWithGrant: "GRANT_WITH_GRANT_OPTION", StateDeny: "DENY", StateRevoke: "REVOKE"}

// permissionViews are the views of section B.1 and the extended properties.
func permissionViews() rowsByView {
	return rowsByView{
		"sys.database_permissions": rowsOf(databasePermissions, permissionRow),
		"sys.server_permissions":   rowsOf(serverPermissions, permissionRow),
		"sys.extended_properties":  rowsOf(ofDatabase((*Database).Properties), propertyRow),
	}
}

// databasePermissions are one's own rows and those of one's roles; the rest
// with VIEW DEFINITION on the database, or ALTER ANY USER or ROLE for that kind
// of grantee (B.1).
func databasePermissions(c *Checker, d *Database) []Row {
	t, on := c.in(d.ID), OnDatabase(d.ID)
	all, users, roles := c.Can(on, "VIEW DEFINITION"), c.Can(on, "ALTER ANY USER"), c.Can(on, "ALTER ANY ROLE")
	return slices.DeleteFunc(d.permissions.all(), func(r Row) bool {
		grantee := d.Principal(r.Grantee)
		return !all && !t.has(r.Grantee) && (grantee == nil || !(users && !grantee.IsRole() || roles && grantee.IsRole()))
	})
}

func serverPermissions(c *Checker, _ *Database) []Row {
	all := c.Can(OnServer(), "VIEW ANY SECURITY DEFINITION") || c.Can(OnServer(), "ALTER ANY LOGIN")
	return slices.DeleteFunc(c.s.permissions.all(), func(r Row) bool { return !all && !c.serverHas(r.Grantee) })
}

// permissionRow is one row of B.1, the type padded to four characters.
func permissionRow(c *Checker, d *Database, r Row) []any {
	word := "ENDPOINT"
	if r.Class != ClassEndpoint {
		word = c.s.word(Securable{Class: r.Class, Database: d.ID, ID: r.Major})
	}
	name := builtins.byCode[word+"/"+r.Type]
	if r.Class == ClassEndpoint {
		name = "CONNECT"
	}
	return []any{int(r.Class), classNames[r.Class], r.Major, r.Minor, r.Grantee, r.Grantor, padded(r.Type, 4), name, string(r.State), stateNames[r.State]}
}

// propertyRow shows the properties of what the caller sees.
func propertyRow(c *Checker, d *Database, p *Property) []any {
	if !c.seesProperty(d, p) {
		return nil
	}
	return []any{int(p.Class), classNames[p.Class], p.Major, p.Minor, p.Name, p.Value}
}

func (c *Checker) seesProperty(d *Database, p *Property) bool {
	switch p.Class {
	case ClassObject:
		o := d.Object(p.Major)
		return o != nil && c.SeesObject(d.ID, o)
	case ClassPrincipal:
		principal := d.Principal(p.Major)
		return principal != nil && c.SeesPrincipal(d.ID, principal)
	}
	return c.in(d.ID).enter
}

// padded is a value of a char(n) column, n at most 4.
func padded(text string, n int) string { return (text + "    ")[:n] }
