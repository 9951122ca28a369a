package tsql

// LiteralKind tells the literals apart.
type LiteralKind int

const (
	NullLiteral    LiteralKind = iota // NULL
	IntLiteral                        // 42: digits only, int, or numeric when too long for it
	DecimalLiteral                    // 1.5, .5, 1.
	FloatLiteral                      // 1e3
	MoneyLiteral                      // $1.50
	StringLiteral                     // 'x', varchar
	NStringLiteral                    // N'x', nvarchar
	BinaryLiteral                     // 0x01AF
)

// Literal is a constant. Text is the value: the decoded text of a string, the
// digits of a number without sign (Money without the currency sign), the
// upper-case hex digits of a binary without 0x, in an even number.
type Literal struct {
	Pos
	Kind LiteralKind
	Text string
}

// Variable is @name or @@name; Name includes the signs, as written.
type Variable struct {
	Pos
	Name string
}

// Default is the word DEFAULT where a value may stand: VALUES rows, SET of an
// UPDATE, arguments of table functions.
type Default struct{ Pos }

// ColumnRef is a column, qualified by Table when that is not zero. Pseudo is true
// for $IDENTITY and its like, which no table has by that name.
type ColumnRef struct {
	Pos
	Table  ObjectName
	Name   string
	Pseudo bool
}

// Star is * or t.*, in a select list or as the argument of COUNT.
type Star struct {
	Pos
	Table ObjectName
}

// Unary is an operator before its operand: "-", "+", "~" or "NOT".
type Unary struct {
	Pos
	Op string
	X  Expr
}

// Binary is an operator between two operands: + - * / % & | ^, the
// comparisons = <> < <= > >=, IS [NOT] DISTINCT FROM, and AND, OR. Other spellings are made canonical:
// != is <>, !< is >=, !> is <=.
type Binary struct {
	Pos
	Op          string
	Left, Right Expr
}

// Between is X [NOT] BETWEEN Low AND High.
type Between struct {
	Pos
	X, Low, High Expr
	Not          bool
}

// In is X [NOT] IN (…): a List, or a Query when that is not nil.
type In struct {
	Pos
	X     Expr
	List  []Expr
	Query *Query
	Not   bool
}

// Like is X [NOT] LIKE Pattern [ESCAPE Escape]; Escape may be nil.
type Like struct {
	Pos
	X, Pattern, Escape Expr
	Not                bool
}

// IsNull is X IS [NOT] NULL.
type IsNull struct {
	Pos
	X   Expr
	Not bool
}

// Exists is EXISTS (Query).
type Exists struct {
	Pos
	Query *Query
}

// Quantified is X Op ALL (Query), or ANY when All is false (SOME is ANY).
type Quantified struct {
	Pos
	X     Expr
	Op    string
	All   bool
	Query *Query
}

// Subquery is a query in parentheses used as a value.
type Subquery struct {
	Pos
	Query *Query
}

// Case is CASE [Operand] WHEN … END. With an Operand the Conds are values to
// compare it with, without one they are conditions. Else may be nil.
type Case struct {
	Pos
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is one WHEN Cond THEN Result.
type When struct {
	Pos
	Cond, Result Expr
}

// Cast is CAST(X AS Type), or TRY_CAST.
type Cast struct {
	Pos
	X    Expr
	Type DataType
	Try  bool
}

// Convert is CONVERT(Type, X [, Style]), or TRY_CONVERT; Style may be nil.
type Convert struct {
	Pos
	Type  DataType
	X     Expr
	Style Expr
	Try   bool
}

// Call is a function call. Name is as written; compare it without case. COUNT(*)
// has one argument, a *Star. Niladic marks functions written without
// parentheses: CURRENT_USER, SESSION_USER, SYSTEM_USER, USER,
// CURRENT_TIMESTAMP. The first argument of DATEADD and its kin is a ColumnRef
// with the name of the date part. The first argument of IIF is a condition.
type Call struct {
	Pos
	Name        ObjectName
	Args        []Expr
	Distinct    bool
	Niladic     bool
	WithinGroup []OrderItem
	Over        *Window
}

// Window is OVER (PARTITION BY … ORDER BY …). Frame is the text of a ROWS or
// RANGE clause in canonical form, or empty.
type Window struct {
	Pos
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       string
}

// Collate is X COLLATE Collation.
type Collate struct {
	Pos
	X         Expr
	Collation string
}

// AtTimeZone is X AT TIME ZONE Zone.
type AtTimeZone struct {
	Pos
	X, Zone Expr
}

func (*Literal) exprNode()    {}
func (*Variable) exprNode()   {}
func (*Default) exprNode()    {}
func (*ColumnRef) exprNode()  {}
func (*Star) exprNode()       {}
func (*Unary) exprNode()      {}
func (*Binary) exprNode()     {}
func (*Between) exprNode()    {}
func (*In) exprNode()         {}
func (*Like) exprNode()       {}
func (*IsNull) exprNode()     {}
func (*Exists) exprNode()     {}
func (*Quantified) exprNode() {}
func (*Subquery) exprNode()   {}
func (*Case) exprNode()       {}
func (*Cast) exprNode()       {}
func (*Convert) exprNode()    {}
func (*Call) exprNode()       {}
func (*Collate) exprNode()    {}
func (*AtTimeZone) exprNode() {}

// IsCondition reports whether e is true or false rather than a value. T-SQL
// keeps the two apart: a condition stands only in WHERE, HAVING, ON, IF,
// WHILE, CHECK, CASE WHEN and IIF. The parser has checked that already.
func IsCondition(e Expr) bool {
	switch e := e.(type) {
	case *Unary:
		return e.Op == "NOT"
	case *Binary:
		return isConditionOp(e.Op)
	case *Between, *In, *Like, *IsNull, *Exists, *Quantified:
		return true
	}
	return false
}

func isConditionOp(op string) bool {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		return true
	}
	return false
}
