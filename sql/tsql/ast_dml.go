package tsql

// SelectStatement is a query as a statement.
type SelectStatement struct {
	Span
	Query *Query
}

// Insert is INSERT. Exactly one source is set: Rows, Query, Exec, ExecText or
// DefaultValues.
type Insert struct {
	Span
	With          []CTE
	Top           *Top
	Table         ObjectName
	Hints         []string
	Columns       []Ident
	Output        *Output
	Rows          [][]Expr
	Query         *Query
	Exec          *Execute
	ExecText      *ExecuteText
	DefaultValues bool
}

// Update is UPDATE Target SET … [FROM …] [WHERE …]. Target may be an alias of
// From.
type Update struct {
	Span
	With    []CTE
	Top     *Top
	Target  ObjectName
	Hints   []string
	Set     []Assignment
	Output  *Output
	From    []TableRef
	Where   Expr
	Options []string
}

// Assignment is one entry of SET: Column Op Value, or Variable Op Value, or
// Variable = Column Op Value. Column is nil when only a variable is set; Op is
// "=", "+=" and so on.
type Assignment struct {
	Pos
	Column   *ColumnRef
	Variable string
	Op       string
	Value    Expr
}

// Delete is DELETE [FROM] Target [FROM …] [WHERE …]. Target may be an alias of
// From.
type Delete struct {
	Span
	With    []CTE
	Top     *Top
	Target  ObjectName
	Hints   []string
	Output  *Output
	From    []TableRef
	Where   Expr
	Options []string
}

// Output is OUTPUT Items [INTO Into (Columns)]; Into is zero without.
type Output struct {
	Pos
	Items   []SelectItem
	Into    ObjectName
	Columns []Ident
}

// Truncate is TRUNCATE TABLE.
type Truncate struct {
	Span
	Table ObjectName
}
