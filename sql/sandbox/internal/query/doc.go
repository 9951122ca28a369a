// Package query binds, translates and runs the SELECT, INSERT, UPDATE, DELETE and expression subset of T-SQL on SQLite.
//
// Names, types, collations and errors are SQL Server's; joins, ordering and aggregation are SQLite's. A user table is
// what stands under its number in the SQLite table of its [Shape], a catalog view is a virtual table whose rows a Go
// function hands over, a user view is bound by putting its body in the place of its name. Everything T-SQL computes differently from SQLite (conversions, arithmetic,
// comparison of text, LIKE, built-in functions) is a Go function over Go values that SQLite calls back.
//
// What binds leaves by panic with a refusal, as the parser of sql/tsql does, and the exported functions return it; what runs
// returns its errors.
//
// The package decides no permission: Bind reports each Access a statement makes and the engine judges it before Run.
//
// Start with [Relation], what a name stands for, and [Bound], a statement ready to be checked and run.
package query
