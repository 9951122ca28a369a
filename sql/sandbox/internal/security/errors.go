package security

import "grantree/sql/sandbox/internal/refusal"

// Error is a refusal as the engine sends it (reference, section I.1), Errors
// are several of one statement.
type (
	Error  = refusal.Error
	Errors = refusal.Errors
)

// refuse makes a refusal, refuseAs one that has another class or state here.
var refuse, refuseAs = refusal.New, refusal.As

// errMissing is 15151 for a thing that is missing or may not be seen.
func errMissing(state byte, verb, kind, name string) *Error {
	return refuseAs(15151, 16, state, verb, kind, name)
}

// errPermission is 262, with the state of the statement (C.7).
func errPermission(state byte, permission, database string) *Error {
	return refuseAs(262, 14, state, permission, database)
}

// errDatabaseAccess is 916; state 2 for a reference by name, 4 under
// impersonation (C.6).
func errDatabaseAccess(state byte, login, database string) *Error {
	return refuseAs(916, 14, state, login, database)
}
