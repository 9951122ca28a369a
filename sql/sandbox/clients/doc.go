// Command clients holds the embedded server of `grantree sandbox` against clients that nobody here wrote: FreeTDS tsql
// and bsqldb, pymssql, tedious, jTDS, Microsoft's JDBC and ODBC drivers and its SqlClient. Each of them logs in, with and
// without TLS where it can, follows the same list of steps (steps.txt) and has to read the same rows, counts, messages and
// error numbers. go-mssqldb's own tests run against it (suite.txt has what they are refused), migration tools tell the start
// of a permission story (directory tools), and the lines that the server prints are pasted.
//
// The script run beside it installs the clients, builds grantree and starts this command; it is what to call.
//
// A [Script] is the list of steps, read by [ParseScript]; a [Client] opens the [Session] that runs them. Two kinds of
// session exist: a driver, which is a small program in the client's own language (directory drivers) that speaks a line
// protocol on its standard input and output, and a console, which types batches into tsql or bsqldb and reads what they
// print. A [suite] is a driver's own tests, a [tool] a migration tool and the program that has it tell the story.
package main
