package security

// permissionColumns are the columns of B.1.
const permissionColumns = "class tinyint, class_desc nvarchar(60)?, major_id int, minor_id int, grantee_principal_id int, grantor_principal_id int, type char(4), permission_name nvarchar(128)?, state char(1), state_desc nvarchar(60)?"

var classNames = map[Class]string{ClassDatabase: "DATABASE", ClassObject: "OBJECT_OR_COLUMN", ClassSchema: "SCHEMA", ClassPrincipal: "DATABASE_PRINCIPAL",
	ClassServer: "SERVER", ClassServerPrincipal: "SERVER_PRINCIPAL", ClassEndpoint: "ENDPOINT"}

var stateNames = map[byte]string{StateGrant: "GRANT", StateWithGrant: "GRANT_WITH_GRANT_OPTION", StateDeny: "DENY", StateRevoke: "REVOKE"}

// permissionViews are the views of section B.1 and the extended properties.
func permissionViews() []CatalogView {
	return []CatalogView{
		{Schema: "sys", Name: "database_permissions", Rows: databasePermissions, Columns: ColumnsOf(permissionColumns)},
		{Schema: "sys", Name: "server_permissions", Rows: serverPermissions, Columns: ColumnsOf(permissionColumns)},
		{Schema: "sys", Name: "extended_properties", Rows: extendedProperties, Columns: ColumnsOf("class tinyint, class_desc nvarchar(60)?, major_id int, minor_id int, name nvarchar(128), value sql_variant?")},
	}
}

// databasePermissions shows one's own rows and those of one's roles; the rest
// with VIEW DEFINITION on the database, or ALTER ANY USER or ROLE for that kind
// of grantee (B.1).
func databasePermissions(c *Checker, database int) [][]any {
	d, t := c.s.Database(database), c.in(database)
	on := OnDatabase(database)
	all, users, roles := c.Can(on, "VIEW DEFINITION"), c.Can(on, "ALTER ANY USER"), c.Can(on, "ALTER ANY ROLE")
	var rows [][]any
	for _, r := range d.permissions.all() {
		grantee := d.Principal(r.Grantee)
		if all || t.has(r.Grantee) || grantee != nil && (users && !grantee.IsRole() || roles && grantee.IsRole()) {
			rows = append(rows, c.permissionRow(r, database))
		}
	}
	return rows
}

func serverPermissions(c *Checker, _ int) [][]any {
	all := c.Can(OnServer(), "VIEW ANY SECURITY DEFINITION") || c.Can(OnServer(), "ALTER ANY LOGIN")
	var rows [][]any
	for _, r := range c.s.permissions.all() {
		if all || c.serverHas(r.Grantee) {
			rows = append(rows, c.permissionRow(r, 0))
		}
	}
	return rows
}

// permissionRow is one row of B.1, the type padded to four characters.
func (c *Checker) permissionRow(r Row, database int) []any {
	word := "ENDPOINT"
	if r.Class != ClassEndpoint {
		word = c.s.word(Securable{Class: r.Class, Database: database, ID: r.Major})
	}
	name := builtins.byCode[word+"/"+r.Type]
	if r.Class == ClassEndpoint {
		name = "CONNECT"
	}
	return []any{int(r.Class), classNames[r.Class], r.Major, r.Minor, r.Grantee, r.Grantor, padded(r.Type, 4), name, string(r.State), stateNames[r.State]}
}

// extendedProperties shows the properties of what the caller sees.
func extendedProperties(c *Checker, database int) [][]any {
	d := c.s.Database(database)
	var rows [][]any
	for _, p := range d.Properties() {
		if !c.seesProperty(d, p) {
			continue
		}
		rows = append(rows, []any{int(p.Class), classNames[p.Class], p.Major, p.Minor, p.Name, p.Value})
	}
	return rows
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
