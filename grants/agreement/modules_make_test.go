package agreement

import (
	"fmt"
	"slices"
	"strings"
)

// The stage of random modules: two views of the catalog over tables, one of them in
// another schema, a view over one of those, and one that is none of the catalog's.
const moduleStage = `
CREATE SCHEMA app AUTHORIZATION dbo;
GO
CREATE TABLE dbo.t1 (a int NULL, b int NULL);
CREATE TABLE app.t2 (a int NULL, b int NULL);
GO
CREATE VIEW dbo.v1 AS SELECT a, b FROM dbo.t1;
GO
CREATE VIEW app.v2 AS SELECT a, b FROM app.t2;
GO
CREATE VIEW app.v3 AS SELECT a, b FROM dbo.v1;
GO
CREATE VIEW dbo.x AS SELECT a, b FROM app.t2;
GO
CREATE USER u1 FOR LOGIN @1; CREATE USER u2 FOR LOGIN @2; CREATE USER u3 FOR LOGIN @3;
CREATE ROLE r1 AUTHORIZATION dbo; CREATE ROLE r2 AUTHORIZATION dbo;
GO
`

var (
	moduleUsers = []string{"u1", "u2", "u3"}
	moduleRoles = []string{"r1", "r2"}
	moduleViews = []string{"dbo.v1", "app.v2", "app.v3"}
	moduleReads = append(slices.Clone(moduleViews), "dbo.x", "dbo.t1", "app.t2")
)

// made is a random module.
type made struct {
	name    string // with its schema
	kind    string // P, FN, IF, SN of a procedure, or V over a function
	does    string // SELECT, INSERT, UPDATE or DELETE
	dynamic bool   // it makes that text at run time
	over    string // what it is about: a view, a table or another module
	text    string
}

// at is what the module is about in the end, a view or a table, and whether any of the
// modules on the way is dynamic.
func (m made) at(all []made) (target string, dynamic bool) {
	for {
		dynamic = dynamic || m.dynamic
		i := slices.IndexFunc(all, func(x made) bool { return x.name == m.over })
		if i < 0 {
			return m.over, dynamic
		}
		m = all[i]
	}
}

// try is the statement by which somebody runs the module for what it does.
func (m made) try() string {
	switch m.kind {
	case "P", "SN":
		return "EXEC " + m.name
	case "FN":
		return "SET @n = " + m.name + "()"
	case "V":
		return does(m.does, m.name)
	}
	return does(m.does, m.name+"()")
}

// does is a statement of one of the four kinds.
func does(what, on string) string {
	switch what {
	case "SELECT":
		return "SELECT @n = COUNT(a) + COUNT(b) FROM " + on
	case "INSERT":
		return "INSERT INTO " + on + " (a, b) VALUES (1, 1)"
	case "UPDATE":
		return "UPDATE " + on + " SET a = 1, b = 1"
	}
	return "DELETE FROM " + on
}

// make makes up 1 to 5 modules, each about a view, a table, or one made before it.
func makeModules(s *state) []made {
	var out []made
	for n := range 1 + s.rand.IntN(5) {
		m := made{name: pick(s, []string{"dbo", "dbo", "app"}) + fmt.Sprintf(".m%d", n), kind: pick(s, []string{"P", "P", "P", "FN", "FN", "IF", "V", "SN"}), does: "SELECT"}
		m.over = pick(s, moduleReads)
		var before []made
		for _, x := range out {
			if runsWithin[m.kind+" "+x.kind] {
				before = append(before, x)
			}
		}
		inner := made{}
		if (m.kind == "V" || m.kind == "SN") && len(before) == 0 {
			m.kind = "P"
		}
		if len(before) > 0 && (m.kind == "V" || m.kind == "SN" || s.rand.IntN(2) == 0) {
			inner = before[s.rand.IntN(len(before))]
			m.over, m.does = inner.name, inner.does
		}
		if m.kind == "P" && inner.kind == "" {
			m.does = pick(s, []string{"SELECT", "SELECT", "UPDATE", "INSERT", "DELETE"})
		}
		m.write(s, inner)
		out = append(out, m)
	}
	return out
}

// runsWithin says which kinds of modules may be about which.
var runsWithin = map[string]bool{"P P": true, "P FN": true, "P IF": true, "P V": true, "P SN": true, "FN FN": true, "FN IF": true, "FN V": true, "IF IF": true, "IF V": true,
	"V FN": true, "V IF": true, "SN P": true}

// write makes the text.
func (m *made) write(s *state, inner made) {
	body := does(m.does, m.over)
	switch inner.kind {
	case "P", "SN":
		body = "EXEC " + inner.name
	case "FN":
		body = "SET @n = " + inner.name + "()"
	case "IF":
		body = does(m.does, inner.name+"()")
	}
	as := ""
	if m.kind == "P" || m.kind == "FN" {
		as = pick(s, []string{"", "", "", "", " WITH EXECUTE AS CALLER", " WITH EXECUTE AS OWNER", " WITH EXECUTE AS 'u3'", " WITH EXECUTE AS 'u2'"})
	}
	switch m.kind {
	case "P":
		if s.rand.IntN(8) == 0 {
			m.dynamic = true
			body = "EXEC (N'DECLARE @n int; " + strings.ReplaceAll(body, "'", "''") + "')"
		}
		m.text = fmt.Sprintf("CREATE PROCEDURE %s%s AS DECLARE @n int; %s", m.name, as, body)
	case "FN":
		m.text = fmt.Sprintf("CREATE FUNCTION %s() RETURNS int%s AS BEGIN DECLARE @n int; %s; RETURN @n; END", m.name, as, body)
	case "SN":
		m.text = fmt.Sprintf("CREATE SYNONYM %s FOR %s", m.name, m.over)
	case "V":
		m.text = fmt.Sprintf("CREATE VIEW %s AS SELECT a, b FROM %s()", m.name, m.over)
		if inner.kind == "FN" { // of one row, so that it runs
			m.text = fmt.Sprintf("CREATE VIEW %s AS SELECT %s() AS a, 1 AS b", m.name, m.over)
		}
	default:
		from := m.over
		if inner.kind == "IF" {
			from += "()"
		}
		m.text = fmt.Sprintf("CREATE FUNCTION %s() RETURNS TABLE AS RETURN SELECT a, b FROM %s", m.name, from)
	}
}

// moduleRights makes up 4 to 14 statements about who may what.
func moduleRights(s *state, all []made) string {
	var b strings.Builder
	who := func() string { return pick(s, append(moduleUsers, moduleRoles...)) }
	to := func() string { return pick(s, []string{"u1", "u1", "u2", "u2", "u3", "r1", "r2", "public"}) }
	for range 4 + s.rand.IntN(11) {
		verb := pick(s, []string{"GRANT", "GRANT", "GRANT", "GRANT", "DENY", "REVOKE"})
		m := all[s.rand.IntN(len(all))]
		text := ""
		switch s.rand.IntN(15) {
		case 0, 1:
			text = fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s", pick(s, moduleRoles), who())
		case 2:
			text = fmt.Sprintf("ALTER AUTHORIZATION ON OBJECT::%s TO %s", pick(s, append([]string{m.name, m.name, m.name}, moduleReads...)), pick(s, []string{"u1", "u3", "r1", "dbo"}))
		case 3:
			text = "ALTER AUTHORIZATION ON SCHEMA::app TO " + pick(s, []string{"u1", "u3", "r1", "dbo"})
		case 4:
			text = fmt.Sprintf("%s EXECUTE ON SCHEMA::%s TO %s", verb, pick(s, []string{"dbo", "app"}), to())
		case 5:
			text = fmt.Sprintf("%s %s TO %s", verb, pick(s, []string{"EXECUTE", "EXECUTE", "SELECT", "UPDATE"}), to())
		case 6:
			text = fmt.Sprintf("%s %s ON SCHEMA::%s TO %s", verb, pick(s, []string{"SELECT", "UPDATE", "CONTROL"}), pick(s, []string{"dbo", "app"}), to())
		case 7, 8, 9:
			text = fmt.Sprintf("%s %s ON %s TO %s", verb, pick(s, []string{"SELECT", "SELECT", "UPDATE", "INSERT", "DELETE", "CONTROL"}), pick(s, moduleReads), to())
		default:
			text = fmt.Sprintf("%s EXECUTE ON %s TO %s", verb, m.name, to())
			if m.kind == "IF" || m.kind == "V" {
				text = fmt.Sprintf("%s %s ON %s TO %s", verb, pick(s, []string{"SELECT", m.does}), m.name, to())
			}
		}
		fmt.Fprintf(&b, "%s;\n", text)
	}
	return b.String()
}
