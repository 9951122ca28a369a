package query

import (
	"time"

	"grantree/sql/tsql"
)

// Scope tells what the names of a statement mean. The engine's session implements it, and one like it for each view.
// Errors are refusals with the engine's numbers (208, 916 …) as *Error, or any error for a failure inside.
type Scope interface {
	// Relation finds a table, view, synonym's target, temporary table (#t) or table variable (@t).
	Relation(name tsql.ObjectName) (*Relation, error)
	// TableFunction finds a table-valued function and applies it. Where the arguments depend on other rows (APPLY) it
	// is called once with nil for each argument to learn the columns, then for each row.
	TableFunction(name tsql.ObjectName, args []any) (*Relation, error)
	// Function finds a scalar function that this package does not have itself.
	Function(name tsql.ObjectName) (*Function, bool)
	// Variable finds @name or @@name.
	Variable(name string) (value any, typ tsql.DataType, ok bool)
	// DatabaseCollation is the collation of the current database, as in SQL_Latin1_General_CP1_CI_AS.
	DatabaseCollation() string
	// NameCollation is that of the names in it, which a contained database has of its own.
	NameCollation() string
	// Now is the time of the server's clock, in its time zone. A statement asks once.
	Now() time.Time
}

// Function is a scalar function of the engine: HAS_PERMS_BY_NAME, USER_NAME, SERVERPROPERTY and the like. MaxArgs is -1
// for any number. Params are the types that arguments are converted to before the call; an argument past the end of the
// list is passed as it is. Arguments that are NULL are passed as nil.
type Function struct {
	Name    string
	MinArgs int
	MaxArgs int
	Type    tsql.DataType
	Params  []tsql.DataType
	Takes   func(i int, t tsql.DataType) bool // whether an argument may be of a type, "null" for the literal NULL; nil is yes
	Call    func(args []any) (any, error)
	// Relation is set for a function of a user: EXECUTE is needed on it, and Refused says why it cannot be called here. Of are its parameters, in place of MinArgs, MaxArgs
	// and Params; with Strict a NULL argument makes the result NULL without a call.
	Relation *Relation
	Refused  error
	Of       []Parameter
	Strict   bool
}
