package tsql

// Query is a whole query: WITH, the body, ORDER BY and what follows it. Only
// the query of a statement or a view has With, and only that of a statement
// has Options.
type Query struct {
	Pos
	With    []CTE
	Body    QueryBody
	OrderBy []OrderItem
	Offset  Expr     // OFFSET n ROWS, nil without
	Fetch   Expr     // FETCH NEXT n ROWS ONLY, nil without
	For     *ForXML  // FOR XML PATH, nil without
	Options []string // OPTION (…) hints, upper case
}

// CTE is one common table expression: Name [(Columns)] AS (Query).
type CTE struct {
	Pos
	Name    string
	Columns []string
	Query   *Query
}

// QueryBody is a *Select or a *SetOperation.
type QueryBody interface {
	Node
	queryBody()
}

// SetOperation combines two queries: Op is UNION, EXCEPT or INTERSECT.
type SetOperation struct {
	Pos
	Op          string
	All         bool
	Left, Right QueryBody
}

// Select is one SELECT without ORDER BY.
type Select struct {
	Pos
	Distinct bool
	Top      *Top
	Items    []SelectItem
	Into     ObjectName // SELECT … INTO, zero without
	From     []TableRef // more than one when separated by commas
	Where    Expr
	GroupBy  []Expr
	Having   Expr
}

func (*SetOperation) queryBody() {}
func (*Select) queryBody()       {}

// Top is TOP (Count) [PERCENT] [WITH TIES].
type Top struct {
	Pos
	Count             Expr
	Percent, WithTies bool
}

// SelectItem is one entry of a select list. Alias is the column's name, empty
// when none was given. With Variable set the item assigns: @Variable AssignOp
// Expr, where AssignOp is "=", "+=", "-=" and so on.
type SelectItem struct {
	Pos
	Expr     Expr
	Alias    string
	Variable string
	AssignOp string
}

// OrderItem is one entry of ORDER BY.
type OrderItem struct {
	Pos
	Expr Expr
	Desc bool
}

// TableRef is something that rows come from: *NamedTable, *FunctionTable,
// *DerivedTable, *ValuesTable or *Join.
type TableRef interface {
	Node
	tableRef()
}

// NamedTable is a table, view, synonym, temporary table, table variable or
// common table expression by name. Hints are upper case, without WITH.
type NamedTable struct {
	Pos
	Name  ObjectName
	Alias string
	Hints []string
}

// FunctionTable is a table-valued function. With is the schema of OPENJSON.
type FunctionTable struct {
	Pos
	Name    ObjectName
	Args    []Expr
	With    []JSONColumn
	Alias   string
	Columns []string
}

// JSONColumn is Name Type [Path] [AS JSON]; Path is nil where it is not written.
type JSONColumn struct {
	Name   string
	Type   DataType
	Path   *string
	AsJSON bool
}

// DerivedTable is (Query) AS Alias [(Columns)].
type DerivedTable struct {
	Pos
	Query   *Query
	Alias   string
	Columns []string
}

// ValuesTable is (VALUES …) AS Alias (Columns).
type ValuesTable struct {
	Pos
	Rows    [][]Expr
	Alias   string
	Columns []string
}

// JoinKind tells the joins apart.
type JoinKind string

const (
	InnerJoin  JoinKind = "INNER JOIN"
	LeftJoin   JoinKind = "LEFT JOIN"
	RightJoin  JoinKind = "RIGHT JOIN"
	FullJoin   JoinKind = "FULL JOIN"
	CrossJoin  JoinKind = "CROSS JOIN"
	CrossApply JoinKind = "CROSS APPLY"
	OuterApply JoinKind = "OUTER APPLY"
)

// Join joins Left and Right; On is nil for CROSS JOIN and the applies.
type Join struct {
	Pos
	Kind        JoinKind
	Hint        string // LOOP, HASH, MERGE or REMOTE, an advice without meaning
	Left, Right TableRef
	On          Expr
}

func (*NamedTable) tableRef()    {}
func (*FunctionTable) tableRef() {}
func (*DerivedTable) tableRef()  {}
func (*ValuesTable) tableRef()   {}
func (*Join) tableRef()          {}
