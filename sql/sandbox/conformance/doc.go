// Package conformance holds a SQL Server to what its manual says about security: statements in, rows, messages and
// error numbers out. The cases are stories in testdata/*.case, one file a section of docs/reference.md; every case names
// the section or public document that says so.
//
// The package has no code but tests. TestConformance runs the stories over TCP with go-mssqldb, against the embedded
// server of grantree/sql/sandbox, or unchanged against the server that GRANTREE_TEST_URL names (the URL of sa:
// sqlserver://sa:password@host:1433?TrustServerCertificate=true). In the tests, start with the types file, a parsed
// story, and world, the server that it is told to. TestExamples runs the examples of Microsoft's pages, whose text lies
// beside the project, after set-ups of our own: examples_reader_test.go.
//
// # The format
//
// A story is a text of directives, one a line. A line that begins with # is for the reader. An indented block belongs
// to the directive above it. Anything else is an error.
//
//	mode transaction | connections
//	    transaction (the default): a case runs in one transaction of sa that is rolled back after it, and "as bob" is
//	    EXECUTE AS USER = 'bob'. connections: a case has a database and logins of its own, and "as bob" is a connection
//	    that bob has opened and that stays for the case.
//	login NAME …          server logins with a password, without a user
//	user NAME …           the same with a user in the story's database
//	database NAME …       further databases
//	let NAME TEXT         TEXT stands wherever {NAME} is written below
//	setup [in DATABASE]   T-SQL by sa, in batches divided by GO, before each case (connections) or once (transaction)
//
//	case NAME             a case; the following belong to it
//	section REF …         the sections it rests on: B.5, or B.5/row for a row of a table (testdata/rows.txt)
//	source TEXT           a public document, where the reference has none
//	measured VERSION      the fact was measured on that version and is documented nowhere. A server of another version
//	                      that differs is reported, not failed
//	version >= N          runs where the server's major version is at least N; < N likewise. Else counted and reported
//	needs embedded        runs against the embedded server only
//	as NAME               who runs what follows: sa at first. NAME#2 is a second connection of the same login
//	in DATABASE           where (connections only)
//	run [TEXT]            one batch, on the line or in the block
//	rpc [TEXT]            the same as a call of sp_executesql, with a parameter @p1 that is 1 (connections only)
//	start [TEXT]          a batch that runs on while the case goes on
//	wait NAME             waits for the batch that NAME has started, and expects
//	login NAME PASSWORD [DATABASE]   tries to log in; a dash is the right password
//	reset NAME            gives a connection back to the driver's pool and takes it again
//	close NAME            closes a connection
//
// Every run, rpc, wait and login states its whole outcome with at least one of:
//
//	expect ok                               no rows, no error, no message
//	expect row A | B …                      one result set of one row
//	expect rows                             one result set, a row a line; an empty block has none. A row may end in …
//	expect columns TYPE | TYPE not null …   beside the rows: what the next result set says of its columns
//	expect error NUMBER CLASS STATE TEXT    a dash is any, … at the end any rest
//	expect message NUMBER CLASS STATE TEXT  an informational message, alike
//
// Errors, messages and result sets come in the order in which they are listed, each kind for itself. The messages 5701,
// 5703 and 5060, which accompany a login, a USE and an ALTER DATABASE, are not listed. A value is NULL, a number, 'text', 0xbinary, true or
// false (bit).
//
// {db} is the story's database, {NAME} a login or a further database: on a shared server they have unique names.
package conformance
