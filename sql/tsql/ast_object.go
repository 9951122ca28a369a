package tsql

// CreateTable is CREATE TABLE; Name may be a temporary table.
type CreateTable struct {
	Span
	Name ObjectName
	TableBody
}

// TableBody is what stands in the parentheses of a table.
type TableBody struct {
	Columns     []ColumnDef
	Constraints []Constraint
}

// ColumnDef is one column. Collation is empty when not written. Default is nil
// without; DefaultName is the name of its constraint. Constraints are the
// PRIMARY KEY, UNIQUE, CHECK and REFERENCES of the column, each naming no
// columns of its own.
type ColumnDef struct {
	Pos
	Name        Ident
	Type        DataType
	Collation   string
	Null        Nullability
	Identity    *Identity
	RowGUID     bool
	Sparse      bool
	Default     Expr
	DefaultName string
	Constraints []Constraint
}

// Nullability is NULL, NOT NULL or not written.
type Nullability int

const (
	NullUnspecified Nullability = iota
	Nullable
	NotNull
)

// Identity is IDENTITY [(Seed, Increment)]; 1, 1 when not written. A sign
// belongs to the text.
type Identity struct {
	Seed, Increment string
}

// ConstraintKind tells the constraints apart.
type ConstraintKind string

const (
	PrimaryKey        ConstraintKind = "PRIMARY KEY"
	Unique            ConstraintKind = "UNIQUE"
	Check             ConstraintKind = "CHECK"
	ForeignKey        ConstraintKind = "FOREIGN KEY"
	DefaultConstraint ConstraintKind = "DEFAULT" // ALTER TABLE … ADD DEFAULT x FOR c
)

// Constraint is a constraint of a column or a table. Name is empty when the
// engine is to make one up. Columns are set for a table constraint only.
// Clustered is "", "CLUSTERED" or "NONCLUSTERED". OnDelete and OnUpdate are ""
// or the action in upper case.
type Constraint struct {
	Pos
	Name       string
	Kind       ConstraintKind
	Clustered  string
	Columns    []IndexColumn
	Condition  Expr       // CHECK
	References ObjectName // FOREIGN KEY
	RefColumns []Ident
	OnDelete   string
	OnUpdate   string
	Value      Expr   // DEFAULT
	For        *Ident // DEFAULT
}

// IndexColumn is a column of an index or a key.
type IndexColumn struct {
	Pos
	Name Ident
	Desc bool
}

// AlterTable is ALTER TABLE. Exactly one of Add, AlterColumn, Enable and the
// Drop lists is set. Enable is CHECK CONSTRAINT, with Disable NOCHECK CONSTRAINT;
// its ALL is not Quoted.
type AlterTable struct {
	Span
	Name            ObjectName
	NoCheck, Check  bool // WITH NOCHECK, WITH CHECK
	Disable         bool
	Add             TableBody
	AlterColumn     *ColumnDef
	Enable          []Ident
	IfExists        bool // DROP … IF EXISTS
	DropColumns     []Ident
	DropConstraints []Ident
}

// CreateView is CREATE VIEW, CREATE OR ALTER VIEW and ALTER VIEW. The text that
// sys.sql_modules shows is the statement's source range.
type CreateView struct {
	Span
	Alter, OrAlter bool
	Name           ObjectName
	Columns        []Ident
	SchemaBinding  bool
	Encryption     bool
	ViewMetadata   bool
	Query          *Query
	CheckOption    bool
	Element        bool // of a CREATE SCHEMA
}

// CreateIndex is CREATE [UNIQUE] [CLUSTERED|NONCLUSTERED] INDEX.
type CreateIndex struct {
	Span
	Unique    bool
	Clustered string
	Name      Ident
	Table     ObjectName
	Columns   []IndexColumn
	Include   []Ident
	Where     Expr
}

// DropIndex is DROP INDEX [IF EXISTS] i ON t [, …].
type DropIndex struct {
	Span
	IfExists bool
	Indexes  []DroppedIndex
}

// DroppedIndex is one index of a [DropIndex].
type DroppedIndex struct {
	Pos
	Name  Ident
	Table ObjectName
}

// CreateSynonym is CREATE SYNONYM Name FOR For.
type CreateSynonym struct {
	Span
	Name, For ObjectName
}

// DropObject is DROP of schema-bound things by name: Kind is TABLE, VIEW,
// SYNONYM, PROCEDURE, FUNCTION, TRIGGER, SEQUENCE or TYPE.
type DropObject struct {
	Span
	Kind     string
	IfExists bool
	Names    []ObjectName
}
