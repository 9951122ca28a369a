// Package security is the security subsystem of the sandbox: principals,
// permissions, securables and the access check of a SQL Server-compatible
// engine, as plain values in memory.
//
// Start with Server and Context. A Server is one version of everything the
// engine knows about security: logins, server roles, databases and, inside a
// Database, users, roles, schemas, objects, permissions and extended
// properties. Begin makes a new version in constant time; changes to it never
// show in the version it came from, so a transaction is a version that is
// published by storing a pointer, and a savepoint is one that is kept. A
// Context says who asks: the login, the current database and the database
// user in it, after any EXECUTE AS.
//
// Statements are methods of Server that take a Context and plain Go values
// (never syntax trees): CreateUser, AddMember, Apply for GRANT, DENY and
// REVOKE. A statement that fails returns an *Error (or Errors, when the engine
// sends several) with the engine's number, class, state and text, and leaves
// the version as it was. Questions are methods of Checker, which remembers the
// token of its Context and lives for one statement: Can, Access,
// HasPermsByName. CatalogViews lists the catalog views with their rows as that
// Context may see them.
//
// The rules are those of the engine's manual as gathered in docs/reference.md;
// comments name its sections ("B.5", "C.2"). The package does no I/O and reads
// no clock: times, SIDs and password hashes are handed in. A published version
// may be read and branched by many goroutines; a version that is being changed
// belongs to one.
package security
