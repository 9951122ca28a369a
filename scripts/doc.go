// Package scripts reads T-SQL scripts of logins, users, roles, members and
// permissions as the site that they would make: the folder in which somebody
// keeps what was run in a database, when there is no database to ask.
//
//	Read(files, sites)   scripts and sites without permissions → the sites as they would be
//
// It is a package of its own because it knows the language of T-SQL and the model
// of a database, and neither a policy nor a server. It follows the reference (B.5)
// in what a statement makes of the rows that are there, runs nothing, and says of
// each statement that it does not read where it stands.
//
// The package is pure: it does no I/O, reads no clock and keeps no globals.
package scripts
