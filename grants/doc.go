// Package grants is the language of permissions: what a database holds
// (Snapshot), who may do what with it and why (Access, Decision), what it
// should hold (Wanted), and how to change it safely (Plan). It knows no policy
// file: package policy makes a Wanted from one, and anything else may.
//
// Start with Snapshot, which is what a server said, and Plan, which is what a
// database administrator approves. In between lie three plain steps:
//
//	Diff(snapshot, wanted)  from and to        → Plan
//	Snapshot.With(changes)  what a plan leaves → Snapshot
//	NewAccess(snapshot)     what holds now     → Access, with reasons
//
// Judge holds what a site allows to what is wanted, by cause; Inquire asks the
// same of one view, by person.
//
// The package is pure: it does no I/O, reads no clock and keeps no globals.
// Whatever it must look up arrives as an argument, and the same input gives
// the same bytes whatever order it came in.
package grants
