// Package report says who may do what, for readers who are no administrators: an
// auditor, a manager, the next of the trade. A Report is everybody of some sites on
// every view of the application, those of equal access folded into one, with what
// changed since an earlier report, what was found and how many seats are used.
//
// New makes it from sites that were read, Since compares it with an earlier one, and
// the writers make of it a page (one file, which asks nothing of any network), a table
// for spreadsheets, a workbook, or JSON. What was not read is said, never guessed.
//
// The package is pure: sites, times and earlier reports are handed in.
package report
