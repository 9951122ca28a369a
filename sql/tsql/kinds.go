package tsql

import "slices"

// Kind names the kind of a statement as documents and errors do: "CREATE
// LOGIN", "BEGIN TRANSACTION", "GRANT". For an [Unsupported] it is What.
func Kind(s Statement) string {
	for _, of := range []func(Statement) string{securityKind, objectKind, dataKind, controlKind, sessionKind} {
		if kind := of(s); kind != "" {
			return kind
		}
	}
	return ""
}

func securityKind(s Statement) string {
	switch s := s.(type) {
	case *Permission:
		return string(s.Action)
	case *CreateLogin:
		return "CREATE LOGIN"
	case *AlterLogin:
		return "ALTER LOGIN"
	case *DropLogin:
		return "DROP LOGIN"
	case *CreateUser:
		return "CREATE USER"
	case *AlterUser:
		return "ALTER USER"
	case *DropUser:
		return "DROP USER"
	case *CreateRole:
		return roleKind("CREATE", s.Server)
	case *AlterRole:
		return roleKind("ALTER", s.Server)
	case *DropRole:
		return roleKind("DROP", s.Server)
	case *AlterAuthorization:
		return "ALTER AUTHORIZATION"
	case *ExecuteAs:
		return "EXECUTE AS"
	case *Revert:
		return "REVERT"
	}
	return ""
}

func roleKind(verb string, server bool) string {
	if server {
		return verb + " SERVER ROLE"
	}
	return verb + " ROLE"
}

func objectKind(s Statement) string {
	switch s := s.(type) {
	case *CreateDatabase:
		return "CREATE DATABASE"
	case *AlterDatabase:
		return "ALTER DATABASE"
	case *DropDatabase:
		return "DROP DATABASE"
	case *CreateSchema:
		return "CREATE SCHEMA"
	case *AlterSchema:
		return "ALTER SCHEMA"
	case *DropSchema:
		return "DROP SCHEMA"
	case *CreateTable:
		return "CREATE TABLE"
	case *AlterTable:
		return "ALTER TABLE"
	case *CreateView:
		if s.Alter {
			return "ALTER VIEW"
		}
		return "CREATE VIEW"
	case *CreateIndex:
		return "CREATE INDEX"
	case *DropIndex:
		return "DROP INDEX"
	case *CreateSynonym:
		return "CREATE SYNONYM"
	case *DropObject:
		return "DROP " + s.Kind
	}
	return ""
}

func dataKind(s Statement) string {
	switch s := s.(type) {
	case *SelectStatement:
		return "SELECT"
	case *Insert:
		return "INSERT"
	case *Update:
		return "UPDATE"
	case *Delete:
		return "DELETE"
	case *Truncate:
		return "TRUNCATE TABLE"
	case *Unsupported:
		return s.What
	}
	return ""
}

func controlKind(s Statement) string {
	switch s.(type) {
	case *Block:
		return "BEGIN…END"
	case *If:
		return "IF"
	case *While:
		return "WHILE"
	case *Break:
		return "BREAK"
	case *Continue:
		return "CONTINUE"
	case *TryCatch:
		return "TRY…CATCH"
	case *Throw:
		return "THROW"
	case *RaisError:
		return "RAISERROR"
	case *PrintStatement:
		return "PRINT"
	case *Return:
		return "RETURN"
	case *WaitFor:
		return "WAITFOR"
	case *Goto:
		return "GOTO"
	case *Label:
		return "label"
	}
	return ""
}

func sessionKind(s Statement) string {
	switch s.(type) {
	case *BeginTransaction:
		return "BEGIN TRANSACTION"
	case *Commit:
		return "COMMIT TRANSACTION"
	case *Rollback:
		return "ROLLBACK TRANSACTION"
	case *SaveTransaction:
		return "SAVE TRANSACTION"
	case *Use:
		return "USE"
	case *Declare:
		return "DECLARE"
	case *SetVariable:
		return "SET @variable"
	case *SetOnOff, *SetOption:
		return "SET option"
	case *SetIsolation:
		return "SET TRANSACTION ISOLATION LEVEL"
	case *SetIdentityInsert:
		return "SET IDENTITY_INSERT"
	case *Execute:
		return "EXECUTE"
	case *ExecuteText:
		return "EXECUTE (text)"
	case *Kill:
		return "KILL"
	case *Checkpoint:
		return "CHECKPOINT"
	case *Reconfigure:
		return "RECONFIGURE"
	}
	return ""
}

// StatementKinds returns the kinds of statements that the parser knows and
// returns as a tree of their own, sorted, as [Kind] names them.
func StatementKinds() []string {
	kinds := []string{
		"ALTER AUTHORIZATION", "ALTER DATABASE", "ALTER LOGIN", "ALTER ROLE", "ALTER SCHEMA", "ALTER SERVER ROLE",
		"ALTER TABLE", "ALTER USER", "ALTER VIEW", "BEGIN TRANSACTION", "BEGIN…END", "BREAK", "CHECKPOINT",
		"COMMIT TRANSACTION", "CONTINUE", "CREATE DATABASE", "CREATE INDEX", "CREATE LOGIN", "CREATE ROLE",
		"CREATE SCHEMA", "CREATE SERVER ROLE", "CREATE SYNONYM", "CREATE TABLE", "CREATE USER", "CREATE VIEW",
		"DECLARE", "DELETE", "DENY", "DROP DATABASE", "DROP FUNCTION", "DROP INDEX", "DROP LOGIN", "DROP PROCEDURE",
		"DROP ROLE", "DROP SCHEMA", "DROP SEQUENCE", "DROP SERVER ROLE", "DROP SYNONYM", "DROP TABLE", "DROP TRIGGER",
		"DROP TYPE", "DROP USER", "DROP VIEW", "EXECUTE", "EXECUTE (text)", "EXECUTE AS", "GOTO", "GRANT", "IF",
		"INSERT", "KILL", "PRINT", "RAISERROR", "RECONFIGURE", "RETURN", "REVERT", "REVOKE", "ROLLBACK TRANSACTION",
		"SAVE TRANSACTION", "SELECT", "SET @variable", "SET IDENTITY_INSERT", "SET TRANSACTION ISOLATION LEVEL",
		"SET option", "THROW", "TRUNCATE TABLE", "TRY…CATCH", "UPDATE", "USE", "WAITFOR", "WHILE", "label",
	}
	slices.Sort(kinds)
	return kinds
}

// UnsupportedKinds returns the statements that the parser knows by name only and
// returns as [Unsupported], sorted.
func UnsupportedKinds() []string {
	var kinds []string
	for word := range outsideWords {
		kinds = append(kinds, word)
	}
	for object, whole := range outsideObjects {
		if whole {
			kinds = append(kinds, "CREATE "+object, "ALTER "+object, "DROP "+object)
		}
	}
	for _, module := range modules {
		kinds = append(kinds, "CREATE "+module, "ALTER "+module)
	}
	kinds = append(kinds, "MERGE", "DECLARE CURSOR", "ALTER INDEX")
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
