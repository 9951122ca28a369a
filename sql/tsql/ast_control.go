package tsql

// Block is BEGIN … END.
type Block struct {
	Span
	Statements []Statement
}

// If is IF Cond Then [ELSE Else]; Else may be nil.
type If struct {
	Span
	Cond       Expr
	Then, Else Statement
}

// While is WHILE Cond Body.
type While struct {
	Span
	Cond Expr
	Body Statement
}

// Break is BREAK.
type Break struct{ Span }

// Continue is CONTINUE.
type Continue struct{ Span }

// TryCatch is BEGIN TRY … END TRY BEGIN CATCH … END CATCH.
type TryCatch struct {
	Span
	Try, Catch []Statement
}

// Throw is THROW; all three are nil when it stands alone in a CATCH block.
type Throw struct {
	Span
	Number, Message, State Expr
}

// RaisError is RAISERROR (Message, Severity, State [, Args]) [WITH Options].
// Options are LOG, NOWAIT, SETERROR.
type RaisError struct {
	Span
	Message, Severity, State Expr
	Args                     []Expr
	Options                  []string
}

// PrintStatement is PRINT X.
type PrintStatement struct {
	Span
	X Expr
}

// Return is RETURN [X]. X is nil in a batch, and never in a scalar function.
type Return struct {
	Span
	X Expr
}

// WaitFor is WAITFOR DELAY X or WAITFOR TIME X.
type WaitFor struct {
	Span
	Time bool
	X    Expr
}

// Goto is GOTO Label.
type Goto struct {
	Span
	Label Ident
}

// Label is Name: as a statement.
type Label struct {
	Span
	Name Ident
}

// Unsupported is a statement that the parser knows by name and that is outside
// the subset, or one of the subset that uses what is outside. What names it in
// upper case: CREATE PROCEDURE, MERGE, BACKUP …. Text is its source. It ends at
// the next semicolon or the END of the block around it, a module at the end of
// the batch.
type Unsupported struct {
	Span
	What, Text string
}
