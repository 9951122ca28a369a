package security

import "slices"

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
	return tokenRows(t.db.principals, t.user, t.ids, map[string]string{KindRole: "ROLE", KindSQL: "SQL USER"}, "GRANT OR DENY")
}

// loginToken lists the login first, then its server roles. Under EXECUTE AS
// USER it is only there to be denied.
func loginToken(c *Checker, _ int) [][]any {
	ids, usage := c.server, "GRANT OR DENY"
	if c.ctx.Scoped {
		ids, usage = c.s.token(c.ctx.Login, RoleServerPublic), "DENY ONLY"
	}
	return tokenRows(c.s.principals, c.ctx.Login, ids, map[string]string{KindRole: "SERVER ROLE", KindSQL: "SQL LOGIN"}, usage)
}

// tokenRows are the rows of a token: whose it is, then the others. All kinds but
// those that are named are Windows logins.
func tokenRows(of register[*Principal], self int, ids []int, kinds map[string]string, usage string) (rows [][]any) {
	others := slices.DeleteFunc(slices.Clone(ids), func(id int) bool { return id == self })
	for _, id := range append([]int{self}, others...) {
		if p := of.get(id); p != nil {
			rows = append(rows, []any{p.ID, bytesOrNull(p.SID), p.Name, orElse(kinds[p.Kind], "WINDOWS LOGIN"), usage})
		}
	}
	return rows
}
