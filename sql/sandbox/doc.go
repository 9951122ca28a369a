// Package sandbox is the embedded server: it speaks TDS, understands the security subset of T-SQL and answers as SQL
// Server does, with the engine's numbers and texts, so that a plan and its proof need no server.
//
// It is put together from five parts: sql/tds is the wire, sql/tsql the language, internal/security the principals,
// permissions and the access check, internal/query the rows (SQLite), internal/refusal what it says no with. What is
// here are the sessions: the interpreter of batches, transactions and locks, system procedures and functions, and the
// glue between the parts.
//
// Rows stand in one SQLite file, in a table for each shape: the number of columns, by powers of two, and the unique keys.
// To make a table or an index SQLite goes over all that it has, so tables that are alike share one, each under a number,
// however many sites they are in. A statement reads the part with the table's number, which is a range of the primary
// key and the first column of each index; a column that comes or goes changes no more than what is kept of the table,
// and a key that does moves the rows into the other shape. Whether a table has had a row, and so its shape is there, is
// part of the version of the state, as all else: savepoints, rollbacks and readers need nothing of their own. TRUNCATE
// gives a table another number. Rows are numbered by a counter beside the versions, which no rollback takes back; an
// identity column is that number. Temporary tables have shapes of the connection's own.
//
// It is honest: what it does not support it refuses with the engine's own number, never with silent success. A
// statement that the language knows and the sandbox does not run is refused with message 40510, the engine's own for a
// statement that an edition lacks; a procedure with 2812, a function with 195.
//
// Where it differs from a real server, knowingly: every isolation level reads the last committed version, and a writer waits
// for a writer wherever they write; a change that the client cancels may take its whole transaction with it; a table
// variable made inside a transaction goes when that rolls back.
//
// Start with [Server], which [New] makes, and [Options]. [URL] is how a client finds it.
package sandbox
