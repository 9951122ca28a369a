// Package journal is what a run that changes sites writes down of itself, line by
// line and each before what it speaks of is done, so that after a crash it can be said
// of every site what it is, and so that the run can be taken back.
//
// A Chain makes lines of records, Decode reads a file strictly, and Run says what
// became of each site and login. The package writes no file and reads no clock.
//
// A file has one run, and a line is one record as JSON. Each holds the hash of the line
// before, and ends with its own: lines that were edited, left out, put in or moved
// are found and named. Who rewrites a whole file, from the first changed line to the
// end, is not found by that file alone: the next run's first line says how far this one
// had come, and a ledger in the site holds what was done there.
package journal
