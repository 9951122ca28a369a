package security

// principalTypes are the type_desc of A.4 at database scope.
var principalTypes = map[string]string{KindSQL: "SQL_USER", KindWindows: "WINDOWS_USER", KindGroup: "WINDOWS_GROUP",
	KindRole: "DATABASE_ROLE", KindExternal: "EXTERNAL_USER", KindEntra: "EXTERNAL_GROUPS"}

// loginTypes are the type_desc of A.4 at server scope.
var loginTypes = map[string]string{KindSQL: "SQL_LOGIN", KindWindows: "WINDOWS_LOGIN", KindGroup: "WINDOWS_GROUP", KindRole: "SERVER_ROLE",
	KindExternal: "EXTERNAL_LOGIN", KindEntra: "EXTERNAL_GROUP"}

var authenticationTypes = map[int]string{authNone: "NONE", authInstance: "INSTANCE", authDatabase: "DATABASE", authWindows: "WINDOWS", authExternal: "EXTERNAL"}

// principalViews are the views of sections A.2 and A.3.
func principalViews() rowsByView {
	return rowsByView{
		"sys.database_principals":   rowsOf(ofDatabase((*Database).Principals), principalRow),
		"sys.database_role_members": databaseRoleMembers,
		"sys.server_principals":     rowsOf(ofServer((*Server).Logins), serverPrincipalRow),
		"sys.sql_logins":            rowsOf(ofServer((*Server).Logins), sqlLoginRow),
		"sys.server_role_members":   serverRoleMembers,
	}
}

func principalRow(c *Checker, d *Database, p *Principal) []any {
	if !c.SeesPrincipal(d.ID, p) {
		return nil
	}
	return []any{p.Name, p.ID, p.Kind, principalTypes[p.Kind], orNull(p.DefaultSchema), p.Created, p.Modified, orNull(p.Owner),
		bytesOrNull(p.SID), p.Fixed, p.Auth, authenticationTypes[p.Auth], orNull(p.Language), nil, p.Encrypted}
}

// databaseRoleMembers shows the edges of the roles one is in, and all with
// VIEW DEFINITION on the database or ALTER on the role.
func databaseRoleMembers(c *Checker, database int) [][]any {
	t := c.in(database)
	all := c.Can(OnDatabase(database), "VIEW DEFINITION")
	var rows [][]any
	for _, pair := range c.s.Database(database).members.pairs() {
		if all || t.has(pair[1]) || c.Can(OnPrincipal(database, pair[0]), "ALTER") {
			rows = append(rows, []any{pair[0], pair[1]})
		}
	}
	return rows
}

func serverPrincipalRow(c *Checker, _ *Database, p *Principal) []any {
	if !c.SeesLogin(p) {
		return nil
	}
	return append(loginRow(p), nil, orNull(p.Owner), p.Fixed)
}

// loginRow is what sys.server_principals and sys.sql_logins have in common,
// up to default_language_name.
func loginRow(p *Principal) []any {
	return []any{p.Name, p.ID, p.SID, p.Kind, loginTypes[p.Kind], bit(p.Disabled), p.Created, p.Modified, orNull(p.DefaultDatabase), orNull(p.DefaultLanguage)}
}

// sqlLoginRow shows the hash only with VIEW ANY CRYPTOGRAPHICALLY SECURED
// DEFINITION, which CONTROL SERVER covers (A.3).
func sqlLoginRow(c *Checker, _ *Database, p *Principal) []any {
	if p.Kind != KindSQL || !c.SeesLogin(p) {
		return nil
	}
	var hash any
	if c.Can(OnServer(), "VIEW ANY CRYPTOGRAPHICALLY SECURED DEFINITION") {
		hash = bytesOrNull(p.Password.Hash)
	}
	return append(loginRow(p), nil, p.Password.CheckPolicy, p.Password.CheckExpiration, hash)
}

func serverRoleMembers(c *Checker, _ int) [][]any {
	all := c.Can(OnServer(), "VIEW ANY SECURITY DEFINITION")
	var rows [][]any
	for _, pair := range c.s.members.pairs() {
		if all || c.serverHas(pair[1]) {
			rows = append(rows, []any{pair[0], pair[1]})
		}
	}
	return rows
}
