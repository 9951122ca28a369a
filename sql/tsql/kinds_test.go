package tsql

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kindOf names the kind of a statement as docs/sandbox.md does: "CREATE LOGIN",
// "BEGIN TRANSACTION". Most are called as their type is.
func kindOf(s Statement) string {
	switch s := s.(type) {
	case *Permission:
		return string(s.Action)
	case *Unsupported:
		return s.What
	case *DropObject:
		return "DROP " + s.Kind
	case *CursorStatement:
		return s.Verb
	case *CreateView:
		if s.Alter {
			return "ALTER VIEW"
		}
	case *CreateProcedure:
		if s.Alter {
			return "ALTER PROCEDURE"
		}
	case *CreateFunction:
		if s.Alter {
			return "ALTER FUNCTION"
		}
	case *CreateRole:
		return roleKind("CREATE", s.Server)
	case *AlterRole:
		return roleKind("ALTER", s.Server)
	case *DropRole:
		return roleKind("DROP", s.Server)
	}
	name := reflect.TypeOf(s).Elem().Name()
	if called, ok := kindsOf[name]; ok {
		return called
	}
	return strings.ToUpper(strings.TrimSpace(regexp.MustCompile("[A-Z]").ReplaceAllString(name, " $0")))
}

// kindsOf are the kinds that are not called as their type is.
var kindsOf = map[string]string{
	"SelectStatement": "SELECT", "PrintStatement": "PRINT", "RaisError": "RAISERROR", "Truncate": "TRUNCATE TABLE",
	"Block": "BEGIN…END", "TryCatch": "TRY…CATCH", "WaitFor": "WAITFOR", "Label": "label",
	"Commit": "COMMIT TRANSACTION", "Rollback": "ROLLBACK TRANSACTION", "SetVariable": "SET @variable",
	"SetOnOff": "SET option", "SetOption": "SET option", "SetIsolation": "SET TRANSACTION ISOLATION LEVEL",
	"SetIdentityInsert": "SET IDENTITY_INSERT", "ExecuteText": "EXECUTE (text)",
}

// statementKinds are the kinds of statements that the parser knows and returns as
// a tree of their own.
var statementKinds = []string{
	"ALTER AUTHORIZATION", "ALTER DATABASE", "ALTER FUNCTION", "ALTER LOGIN", "ALTER PROCEDURE", "ALTER ROLE", "ALTER SCHEMA", "ALTER SERVER ROLE",
	"ALTER TABLE", "ALTER USER", "ALTER VIEW", "BEGIN TRANSACTION", "BEGIN…END", "BREAK", "CHECKPOINT", "CLOSE",
	"COMMIT TRANSACTION", "CONTINUE", "CREATE DATABASE", "CREATE FUNCTION", "CREATE INDEX", "CREATE LOGIN", "CREATE PROCEDURE", "CREATE ROLE",
	"CREATE SCHEMA", "CREATE SERVER ROLE", "CREATE SYNONYM", "CREATE TABLE", "CREATE USER", "CREATE VIEW",
	"DEALLOCATE", "DECLARE", "DECLARE CURSOR", "DELETE", "DENY", "DROP DATABASE", "DROP FUNCTION", "DROP INDEX", "DROP LOGIN", "DROP PROCEDURE",
	"DROP ROLE", "DROP SCHEMA", "DROP SEQUENCE", "DROP SERVER ROLE", "DROP SYNONYM", "DROP TABLE", "DROP TRIGGER",
	"DROP TYPE", "DROP USER", "DROP VIEW", "EXECUTE", "EXECUTE (text)", "EXECUTE AS", "FETCH", "GOTO", "GRANT", "IF",
	"INSERT", "KILL", "OPEN", "PRINT", "RAISERROR", "RECONFIGURE", "RETURN", "REVERT", "REVOKE", "ROLLBACK TRANSACTION",
	"SAVE TRANSACTION", "SELECT", "SET @variable", "SET IDENTITY_INSERT", "SET TRANSACTION ISOLATION LEVEL",
	"SET option", "THROW", "TRUNCATE TABLE", "TRY…CATCH", "UPDATE", "USE", "WAITFOR", "WHILE", "label",
}

// unsupportedKinds are the statements that the parser knows by name only and
// returns as [Unsupported], sorted.
func unsupportedKinds() []string {
	var kinds []string
	for word := range outsideWords {
		kinds = append(kinds, word)
	}
	for verb, objects := range outsideObjects {
		for object, whole := range objects {
			if whole {
				kinds = append(kinds, verb+" "+object)
			}
		}
	}
	for words, whole := range nameHeads {
		if whole {
			kinds = append(kinds, words)
		}
	}
	kinds = append(kinds, "MERGE", "ALTER INDEX", "CREATE TRIGGER", "ALTER TRIGGER")
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// TestPageListsEveryKind holds the two lists of docs/sandbox.md to the parser.
func TestPageListsEveryKind(t *testing.T) {
	page, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(page), "\n## Statements\n")
	rows, refused, found := strings.Cut(body, "\n## Statements that it knows by name and refuses\n")
	if !found {
		t.Fatal("docs/sandbox.md has no such sections")
	}
	refused, _, _ = strings.Cut(refused, "\n## ")
	_, refused, _ = strings.Cut(refused, "40510:")
	for _, tt := range []struct {
		text, pattern string
		want          []string
	}{{rows, "(?m)^\\| `([^`]+)`", statementKinds}, {refused, "`([^`]+)`", unsupportedKinds()}} {
		var listed []string
		for _, m := range regexp.MustCompile(tt.pattern).FindAllStringSubmatch(tt.text, -1) {
			listed = append(listed, m[1])
		}
		slices.Sort(listed)
		if diff := cmp.Diff(slices.Sorted(slices.Values(tt.want)), listed); diff != "" {
			t.Errorf("(-parser +page):\n%s", diff)
		}
	}
}
