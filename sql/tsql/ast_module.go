package tsql

// CreateProcedure is CREATE, CREATE OR ALTER and ALTER PROCEDURE. The Value of a
// parameter is its default. Body reaches to the end of the batch.
type CreateProcedure struct {
	Span
	Alter, OrAlter bool
	Name           ObjectName
	Parameters     []VariableDecl
	Options        ModuleOptions
	Body           []Statement
}

// CreateFunction is CREATE, CREATE OR ALTER and ALTER FUNCTION: a scalar one with
// Returns and a Body, or an inline table-valued one with a Query.
type CreateFunction struct {
	Span
	Alter, OrAlter bool
	Name           ObjectName
	Parameters     []VariableDecl
	Returns        DataType
	Options        ModuleOptions
	Body           []Statement
	Query          *Query
}

// ModuleOptions are what stands after WITH in a module. ExecuteAs is "", CALLER,
// OWNER, SELF or USER, which Principal is then the name of.
type ModuleOptions struct {
	ExecuteAs       string
	Principal       string
	Encryption      bool
	Recompile       bool
	SchemaBinding   bool
	NullOnNullInput bool // RETURNS NULL ON NULL INPUT
}
