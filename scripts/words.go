package scripts

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"grantree/grants"
	"grantree/sql/tsql"
)

// what names a statement in the words of T-SQL; batch is what it is of.
func what(s tsql.Statement, batch string) string {
	switch s := s.(type) {
	case *tsql.Unsupported:
		return s.What
	case *tsql.Execute:
		if s.ProcVar != "" {
			return "EXEC " + s.ProcVar
		}
		return "EXEC " + s.Procedure.String()
	case *tsql.ExecuteText:
		return "EXEC of a text"
	case *tsql.ExecuteAs:
		return "EXECUTE AS"
	case *tsql.SetIdentityInsert:
		return "SET IDENTITY_INSERT"
	case *tsql.Permission:
		return permissionWords(s)
	case *tsql.AlterRole:
		if s.Server {
			return "ALTER SERVER ROLE"
		}
	case *tsql.CreateRole:
		if s.Server {
			return "CREATE SERVER ROLE"
		}
	case *tsql.DropRole:
		if s.Server {
			return "DROP SERVER ROLE"
		}
	}
	words := strings.FieldsFunc(s.Range().Text(batch), func(c rune) bool { return !unicode.IsLetter(c) })
	text := ""
	for i, word := range words {
		known := keyword(word)
		if known == "" || i > 0 && !begins(text) {
			break
		}
		text = strings.TrimPrefix(text+" "+known, " ")
	}
	if text == "" {
		return "a statement"
	}
	return text
}

// begins reports whether a word is a verb that says little without the next one.
func begins(word string) bool {
	return slices.Contains([]string{"CREATE", "ALTER", "DROP", "CREATE APPLICATION", "ALTER APPLICATION", "DROP APPLICATION"}, word)
}

// keyword returns a word that names a statement as T-SQL's pages write it, or "".
func keyword(word string) string {
	for _, k := range strings.Fields(`ALTER APPLICATION AUTHORIZATION BACKUP BULK CERTIFICATE CHECKPOINT COMMIT CREATE CREDENTIAL DATABASE DBCC DELETE
DENY DROP FUNCTION GRANT INDEX INSERT KILL LOGIN MERGE PROCEDURE RECONFIGURE RESTORE REVERT REVOKE ROLE ROLLBACK SCHEMA SEQUENCE SET SYNONYM TABLE
TRIGGER TRUNCATE TYPE UPDATE USE USER VIEW WITH`) {
		if (grants.Collation{}).Equal(k, word) {
			return k
		}
	}
	return ""
}

// permissionWords names GRANT, DENY or REVOKE with what tells it from others.
func permissionWords(s *tsql.Permission) string {
	text := string(s.Action)
	switch name := serverPermission(s); {
	case name != "":
		return text + " " + name
	case s.On != nil && s.On.Class != "" && s.On.Class != "OBJECT":
		text += " on " + s.On.Class + "::" + s.On.Name.String()
	case s.On != nil:
		text += " on " + s.On.Name.String()
	case s.All:
		text += " ALL"
	}
	return text
}

// mayTake reports whether a statement may take away what somebody holds: where it
// is not read, the sites may hold less than is read.
func mayTake(s tsql.Statement) bool {
	switch s := s.(type) {
	case *tsql.Permission:
		return s.Action != tsql.Grant
	case *tsql.AlterRole:
		return s.DropMember != nil
	case *tsql.DropUser, *tsql.DropRole, *tsql.DropLogin, *tsql.DropObject, *tsql.DropSchema, *tsql.AlterSchema, *tsql.Rollback:
		return true
	case *tsql.AlterLogin:
		return s.Disable
	case *tsql.Execute:
		p := procedureOf(s.Procedure)
		return p != nil && p.takes
	}
	return false
}

func noSite(database string) string { return fmt.Sprintf("no site has the database %q", database) }
