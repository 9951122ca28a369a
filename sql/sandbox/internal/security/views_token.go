package security

// tokenViews are the principals the caller acts with (C.1 step 3).
func tokenViews() rowsByView {
	return rowsByView{
		"sys.user_token":  userToken,
		"sys.login_token": loginToken,
	}
}

// userToken lists the user first, then its roles.
func userToken(c *Checker, database int) [][]any {
	t := c.in(database)
	if !t.enter {
		return nil
	}
	var rows [][]any
	for _, id := range append([]int{t.user}, t.ids...) {
		p := t.db.Principal(id)
		if p == nil || id == t.user && len(rows) > 0 {
			continue
		}
		kind := map[string]string{KindRole: "ROLE", KindSQL: "SQL USER"}[p.Kind]
		rows = append(rows, []any{p.ID, bytesOrNull(p.SID), p.Name, orElse(kind, "WINDOWS LOGIN"), "GRANT OR DENY"})
	}
	return rows
}

// loginToken lists the login first, then its server roles. Under EXECUTE AS
// USER it is only there to be denied.
func loginToken(c *Checker, _ int) [][]any {
	ids, usage := c.server, "GRANT OR DENY"
	if c.ctx.Scoped {
		ids, usage = append(c.s.members.closure(c.ctx.Login), RoleServerPublic), "DENY ONLY"
	}
	var rows [][]any
	for _, id := range append([]int{c.ctx.Login}, ids...) {
		p := c.s.Login(id)
		if p == nil || id == c.ctx.Login && len(rows) > 0 {
			continue
		}
		kind := map[string]string{KindRole: "SERVER ROLE", KindSQL: "SQL LOGIN"}[p.Kind]
		rows = append(rows, []any{p.ID, bytesOrNull(p.SID), p.Name, orElse(kind, "WINDOWS LOGIN"), usage})
	}
	return rows
}
