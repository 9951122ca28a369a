package mssql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"grantree/grants"
	"grantree/sql/tsql"
)

// Render returns the T-SQL of one change, without a batch separator: its
// statements, a line each.
func Render(c grants.Change) string { return strings.Join(statements(c), "\n") }

// Statements are the statements of a change, each whole: a value in it may have lines.
func Statements(c grants.Change) []string { return statements(c) }

// statements are the statements of one change, as many as Change.Statements
// says: one that makes a principal is followed by the one that marks it.
func statements(c grants.Change) []string {
	switch c.Kind {
	case grants.CreateRole:
		return []string{fmt.Sprintf("CREATE ROLE %s AUTHORIZATION %s;", quoteAll(c.Principals), tsql.Quote(cmp.Or(c.Owner, "dbo"))), setMark(c)}
	case grants.CreateUser:
		return []string{fmt.Sprintf("CREATE USER %s%s%s;", quoteAll(c.Principals), comesFrom(c), withSchema(c)), setMark(c)}
	case grants.CreateLedger:
		return []string{createLedger(c), guardLedger(c)}
	}
	return []string{statement(c)}
}

// comesFrom is the clause of CREATE USER that says by what somebody enters. The
// password of a contained user is in no text: see Apply.
func comesFrom(c grants.Change) string {
	switch {
	case c.Own == grants.SQLUser:
		return " WITH PASSWORD = N'…'"
	case c.Own == grants.WindowsUser || c.Own == grants.WindowsGroup:
		return ""
	case c.Own != "":
		return " FROM EXTERNAL PROVIDER"
	case c.Login == "":
		return " WITHOUT LOGIN"
	}
	return " FOR LOGIN " + tsql.Quote(c.Login)
}

// withSchema is the clause that names a default schema beside those of comesFrom.
func withSchema(c grants.Change) string {
	switch {
	case c.DefaultSchema == "":
		return ""
	case c.Own == grants.SQLUser:
		return ", DEFAULT_SCHEMA = " + tsql.Quote(c.DefaultSchema)
	}
	return " WITH DEFAULT_SCHEMA = " + tsql.Quote(c.DefaultSchema)
}

// statement is the only statement of a change that makes no principal.
func statement(c grants.Change) string {
	switch c.Kind {
	case grants.DropRole:
		return fmt.Sprintf("DROP ROLE %s;", quoteAll(c.Principals))
	case grants.DropUser:
		return fmt.Sprintf("DROP USER %s;", quoteAll(c.Principals))
	case grants.RenameRole:
		return fmt.Sprintf("ALTER ROLE %s WITH NAME = %s;", tsql.Quote(c.Was), quoteAll(c.Principals))
	case grants.RenameUser:
		return fmt.Sprintf("ALTER USER %s WITH NAME = %s;", tsql.Quote(c.Was), quoteAll(c.Principals))
	case grants.AddMember:
		return fmt.Sprintf("ALTER ROLE %s ADD MEMBER %s;", tsql.Quote(c.Role), quoteAll(c.Principals))
	case grants.DropMember:
		return fmt.Sprintf("ALTER ROLE %s DROP MEMBER %s;", tsql.Quote(c.Role), quoteAll(c.Principals))
	case grants.GrantOn:
		return fmt.Sprintf("GRANT %s ON %s TO %s;", c.Permissions, object(c), quoteAll(c.Principals))
	case grants.DenyOn:
		return fmt.Sprintf("DENY %s ON %s TO %s;", c.Permissions, object(c), quoteAll(c.Principals))
	case grants.RevokeOn:
		return fmt.Sprintf("REVOKE %s ON %s FROM %s;", c.Permissions, object(c), quoteAll(c.Principals))
	case grants.Mark, grants.Stamp:
		return setMark(c)
	case grants.Unmark:
		return dropProperty(mark, c.Principals[0])
	case grants.BreakGlass:
		return property("sp_addextendedproperty", glass, tsql.QuoteString(c.Text), c.Principals[0])
	case grants.EndBreakGlass:
		return dropProperty(glass, c.Principals[0])
	case grants.AddProperty:
		return addProperty(c.Principals[0], *c.Property)
	case grants.DropProperty:
		return dropProperty(c.Property.Name, c.Principals[0])
	case grants.CreateSchema:
		return createSchema(c)
	case grants.GuardLedger:
		return guardLedger(c)
	case grants.GrantConnect:
		return fmt.Sprintf("GRANT CONNECT TO %s;", quoteAll(c.Principals))
	case grants.RevokeConnect:
		return fmt.Sprintf("REVOKE CONNECT FROM %s;", quoteAll(c.Principals))
	case grants.DenyConnect:
		return fmt.Sprintf("DENY CONNECT TO %s;", quoteAll(c.Principals))
	}
	return fmt.Sprintf("THROW 50000, %s, 1;", tsql.QuoteString("grantree cannot render a change of kind "+string(c.Kind)))
}

// RenderReverse returns the T-SQL that undoes one change.
func RenderReverse(c grants.Change) string { return strings.Join(rendered(c.Reverse()), "\n") }

// rendered is the statements of changes, in order.
func rendered(changes []grants.Change) []string {
	var out []string
	for _, c := range changes {
		out = append(out, statements(c)...)
	}
	return out
}

// addProperty puts somebody else's property back. An argument of a procedure is a
// constant, so a value that is no nvarchar is made in a batch of its own. Of a type whose
// text is not taken back exactly the text is put back.
func addProperty(principal string, p grants.Property) string {
	value, cast := tsql.QuoteString(p.Value), ""
	switch p.Type {
	case "tinyint", "smallint", "int", "bigint", "bit", "uniqueidentifier", "date":
		cast = p.Type
	case "varchar", "char", "nchar":
		cast = fmt.Sprintf("%s(%d)", p.Type, max(1, len(utf16.Encode([]rune(p.Value)))))
	}
	on := fmt.Sprintf("@level0type = N'USER', @level0name = %s;", tsql.QuoteString(principal))
	add := fmt.Sprintf("EXEC sys.sp_addextendedproperty @name = %s, @value = ", tsql.QuoteString(p.Name))
	if cast == "" {
		return add + value + ", " + on
	}
	return fmt.Sprintf("EXEC (%s);", tsql.QuoteString(fmt.Sprintf("DECLARE @grantree_value sql_variant = CAST(%s AS %s); %s@grantree_value, %s", value, cast, add, on)))
}

// object is the securable of a permission change.
func object(c grants.Change) string { return tsql.Quote(c.Schema) + "." + tsql.Quote(c.View) }

// quoteAll lists principals.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = tsql.Quote(n)
	}
	return strings.Join(quoted, ", ")
}

// Reversed returns the statements that undo a whole plan, last change first.
func Reversed(changes []grants.Change) []string {
	var out []string
	for _, c := range slices.Backward(changes) {
		out = append(out, rendered(c.Reverse())...)
	}
	return out
}
