// Package roster reads people from a spreadsheet and writes them to one.
//
// Read makes a Sheet of a CSV or XLSX file, Compare a Review of a sheet and a
// policy: who is new, what changes, and what is refused, with row and column.
// Rows is the other direction, and WriteCSV and WriteXLSX its files. What Rows
// writes, Compare finds to change nothing.
//
// A sheet is a stranger's file: how much is read of it is bounded, and a cell
// that a spreadsheet program would run as a formula is neither taken in nor
// handed out. The package stands beside the language of policies because a
// policy must not depend on how people are listed elsewhere.
package roster
