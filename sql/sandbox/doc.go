// Package sandbox is the embedded server: it speaks TDS, understands the security subset of T-SQL and answers as SQL
// Server does, with the engine's numbers and texts, so that a plan and its proof need no server.
//
// It is put together from four parts: sql/tds is the wire, sql/tsql the language, internal/security the principals,
// permissions and the access check, internal/query the rows (SQLite). What is here are the sessions: the interpreter
// of batches, transactions and locks, system procedures and functions, and the glue between the parts.
//
// It is honest: what it does not support it refuses with the engine's own number, never with silent success. A
// statement that the language knows and the sandbox does not run is refused with message 40510, the engine's own for a
// statement that an edition lacks; a procedure with 2812, a function with 195.
//
// Start with [Server], which [New] makes, and [Options]. [URL] is how a client finds it.
package sandbox
