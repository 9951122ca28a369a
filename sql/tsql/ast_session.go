package tsql

// BeginTransaction is BEGIN TRANSACTION [Name]. Name is nil, a string literal
// or a variable.
type BeginTransaction struct {
	Span
	Name Expr
	Mark bool
}

// Commit is COMMIT [TRANSACTION [Name] | WORK].
type Commit struct {
	Span
	Name Expr
}

// Rollback is ROLLBACK [TRANSACTION [Name] | WORK]; Name is a transaction or a
// savepoint.
type Rollback struct {
	Span
	Name Expr
}

// SaveTransaction is SAVE TRANSACTION Name.
type SaveTransaction struct {
	Span
	Name Expr
}

// Declare is DECLARE with one or more variables.
type Declare struct {
	Span
	Variables []VariableDecl
}

// VariableDecl is one variable: a scalar with Type and perhaps a Value, or a
// table variable when Table is not nil. Output is for a parameter alone.
type VariableDecl struct {
	Pos
	Name   string
	Type   DataType
	Value  Expr
	Table  *TableBody
	Output bool
}

// SetVariable is SET @Name Op Value; Op is "=", "+=" and so on.
type SetVariable struct {
	Span
	Name  string
	Op    string
	Value Expr
}

// CheckIdent is DBCC CHECKIDENT (Table [, NORESEED | RESEED [, Value]]) [WITH NO_INFOMSGS]. Silent is that option.
type CheckIdent struct {
	Span
	Table            string // its name, in parts, as one string or one name holds it
	NoReseed, Silent bool
	Value            Expr
}

// SetOnOff is SET option [, …] ON or OFF. Options are upper case: NOCOUNT,
// XACT_ABORT, ANSI_NULLS, "STATISTICS IO" ….
type SetOnOff struct {
	Span
	Options []string
	On      bool
}

// SetOption is SET with a value: LOCK_TIMEOUT, DEADLOCK_PRIORITY, TEXTSIZE,
// LANGUAGE, DATEFORMAT, DATEFIRST, ROWCOUNT, CONTEXT_INFO, QUERY_GOVERNOR_COST_LIMIT.
// Name is upper case. Value is a literal (a bare word becomes a string
// literal), a negated number or a variable.
type SetOption struct {
	Span
	Name  string
	Value Expr
}

// SetIsolation is SET TRANSACTION ISOLATION LEVEL; Level is upper case, as in
// "READ COMMITTED".
type SetIsolation struct {
	Span
	Level string
}

// SetIdentityInsert is SET IDENTITY_INSERT Table ON or OFF.
type SetIdentityInsert struct {
	Span
	Table ObjectName
	On    bool
}

// Execute is EXEC [@Return =] Procedure Args, or a call without EXEC as the
// first statement of a batch. ProcVar is the variable that holds the name when
// that was written instead. Return is a variable or empty.
type Execute struct {
	Span
	Return    string
	Procedure ObjectName
	ProcVar   string
	Args      []Argument
	Recompile bool
}

// Argument is one argument of a procedure: Name is "@p" or empty. Value is a
// literal, a negated number, a variable or a *Default; a bare word becomes a
// string literal. Output marks OUTPUT.
type Argument struct {
	Pos
	Name   string
	Value  Expr
	Output bool
}

// ExecuteText is EXEC (Text) [AS LOGIN|USER = 'name']. Text is a string, a
// variable or a concatenation of those.
type ExecuteText struct {
	Span
	Text   Expr
	AsKind string
	AsName string
}

// Kill is KILL ID [WITH STATUSONLY].
type Kill struct {
	Span
	ID         Expr
	StatusOnly bool
}

// Checkpoint is CHECKPOINT.
type Checkpoint struct{ Span }

// Reconfigure is RECONFIGURE [WITH OVERRIDE].
type Reconfigure struct {
	Span
	Override bool
}
