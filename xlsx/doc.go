// Package xlsx writes workbooks, and knows how a spreadsheet calls a cell and
// counts days.
//
// A workbook (ISO/IEC 29500-1, SpreadsheetML) has sheets of texts: nothing that is
// written here is a number, a date or a formula, whatever it looks like, and a cell
// that somebody types into afterwards stays a text. Reading is the roster's: what
// comes from strangers is read with more care than what is written here needs.
//
// The workbook libraries that there are can do all of the format, by reflection,
// which keeps every method of the program in its binary; they judge this one in its
// tests.
package xlsx
