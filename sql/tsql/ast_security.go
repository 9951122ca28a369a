package tsql

// Permission is GRANT, DENY or REVOKE.
type Permission struct {
	Span
	Action         Action
	GrantOptionFor bool // REVOKE GRANT OPTION FOR
	All            bool // ALL [PRIVILEGES]; Items is empty then, Columns hold a list after ALL
	Columns        []Ident
	Items          []PermissionItem
	On             *Securable // nil: the current database, or the server
	Principals     []Ident
	GrantOption    bool // WITH GRANT OPTION
	Cascade        bool
	As             *Ident
}

// Action is what a [Permission] statement does.
type Action string

const (
	Grant  Action = "GRANT"
	Deny   Action = "DENY"
	Revoke Action = "REVOKE"
)

// PermissionItem is one permission: its name in upper case with single spaces
// ("VIEW DEFINITION"), and the column list after it, if any.
type PermissionItem struct {
	Pos
	Name    string
	Columns []Ident
}

// Securable is what stands after ON. Class is in upper case with single spaces
// ("OBJECT", "APPLICATION ROLE"), and empty when none was written, which means
// OBJECT. Columns is the list after the name, if any.
type Securable struct {
	Pos
	Class   string
	Name    ObjectName
	Columns []Ident
}

// AlterAuthorization is ALTER AUTHORIZATION ON [class::]entity TO principal.
// With SchemaOwner, Principal is empty.
type AlterAuthorization struct {
	Span
	Class       string // as in [Securable]
	Entity      ObjectName
	Principal   Ident
	SchemaOwner bool
}

// ExecuteAs is EXECUTE AS. Kind is "LOGIN", "USER" or "CALLER". Name is a
// string literal or a variable, nil for CALLER. Cookie is the variable of
// COOKIE INTO, or empty.
type ExecuteAs struct {
	Span
	Kind     string
	Name     Expr
	NoRevert bool
	Cookie   string
}

// Revert is REVERT [WITH COOKIE = @c]; Cookie may be nil.
type Revert struct {
	Span
	Cookie Expr
}
