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
// Where it differs from a real server, knowingly: a batch is bound statement by statement, so that a wrong column name in
// its last statement is found only there; every isolation level reads the last committed version, and a writer waits
// for a writer wherever they write; a change that the client cancels may take its whole transaction with it; a table
// variable made inside a transaction goes when that rolls back.
//
// Start with [Server], which [New] makes, and [Options]. [URL] is how a client finds it.
package sandbox
