// Package review asks people who know whether others still need the access that they
// have, and makes of their answers a change of the policy.
//
// Rows are what a person has that can be kept or revoked: a group, a line of their
// own, or access that the policy does not give. Make gives each reviewer of the policy
// the rows of their people, in a workbook; a Pack says what was handed out. Read takes
// a workbook back, Judge holds its answers to what there is now (a row that is another
// than it was is refused, whatever was answered), and Edit revokes. A Record says who
// decided what, when, in which file, each line bound to the one before by its hash.
//
// The package is pure: files, times and the state of sites are handed in.
package review
