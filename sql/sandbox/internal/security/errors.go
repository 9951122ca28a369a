package security

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a refusal as the engine sends it (reference, section I.1).
type Error struct {
	Number  int32
	Class   byte
	State   byte
	Message string
}

// Error returns the engine's text.
func (e *Error) Error() string { return e.Message }

// Errors are several refusals of one statement, in the order they are sent.
type Errors []*Error

// Error returns the texts, one a line.
func (e Errors) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.Message
	}
	return strings.Join(texts, "\n")
}

// Unwrap lets errors.As find each of the refusals.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = one
	}
	return list
}

// List returns the engine errors that err holds, in the order they are sent;
// nil for any other error.
func List(err error) []*Error {
	var several Errors
	if errors.As(err, &several) {
		return several
	}
	var one *Error
	if errors.As(err, &one) {
		return []*Error{one}
	}
	return nil
}

// Message is information that goes out beside success: class 0 on the wire,
// invisible to TRY/CATCH (B.7).
type Message struct {
	Number  int32
	Class   byte
	State   byte
	Message string
}

// fail builds an Error.
func fail(number int32, class, state byte, format string, args ...any) *Error {
	return &Error{Number: number, Class: class, State: state, Message: fmt.Sprintf(format, args...)}
}

// errNoPermission is 15247, the refusal of CREATE ROLE, USER, SCHEMA and LOGIN.
func errNoPermission() *Error {
	return fail(15247, 16, 1, "User does not have permission to perform this action.")
}

// errMissing is 15151 for a thing that is missing or may not be seen.
func errMissing(state byte, verb, kind, name string) *Error {
	return fail(15151, 16, state, "Cannot %s the %s '%s', because it does not exist or you do not have permission.", verb, kind, name)
}

// errFixed is 15150: the thing exists and can never be changed that way.
func errFixed(verb, kind, name string) *Error {
	return fail(15150, 16, 1, "Cannot %s the %s '%s'.", verb, kind, name)
}

// errPrincipalExists is 15023.
func errPrincipalExists(name string) *Error {
	return fail(15023, 16, 1, "User, group, or role '%s' already exists in the current database.", name)
}

// errLoginExists is 15025.
func errLoginExists(name string) *Error {
	return fail(15025, 16, 1, "The server principal '%s' already exists.", name)
}

// errNotLogin is 15007.
func errNotLogin(name string) *Error {
	return fail(15007, 16, 1, "'%s' is not a valid login or you do not have permission.", name)
}

// errSpecial is 15405.
func errSpecial(name string) *Error {
	return fail(15405, 16, 1, "Cannot use the special principal '%s'.", name)
}

// errPermission is 262, with the state of the statement (C.7).
func errPermission(state byte, permission, database string) *Error {
	return fail(262, 14, state, "%s permission denied in database '%s'.", permission, database)
}

// errSchema is 2760.
func errSchema(name string) *Error {
	return fail(2760, 16, 1, "The specified schema name \"%s\" either does not exist or you do not have permission to use it.", name)
}

// errObjectExists is 2714.
func errObjectExists(state byte, name string) *Error {
	return fail(2714, 16, state, "There is already an object named '%s' in the database.", name)
}

// errNoDatabase is 911.
func errNoDatabase(name string) *Error {
	return fail(911, 16, 1, "Database '%s' does not exist. Make sure that the name is entered correctly.", name)
}

// errDatabaseAccess is 916; state 2 for a reference by name, 4 under
// impersonation (C.6).
func errDatabaseAccess(state byte, login, database string) *Error {
	return fail(916, 14, state, "The server principal \"%s\" is not able to access the database \"%s\" under the current security context.", login, database)
}

// errReadOnly is 3906.
func errReadOnly(database string) *Error {
	return fail(3906, 16, 1, "Failed to update database \"%s\" because the database is read-only.", database)
}

// errSyntaxNear is 102, which an unknown permission name gets (B.4).
func errSyntaxNear(word string) *Error {
	return fail(102, 15, 1, "Incorrect syntax near '%s'.", word)
}
