// Package grants is the language of permissions: who shall be allowed what
// (Policy, Wanted), who is allowed what now (Snapshot), what has to change
// (Plan), and why someone may or may not do a thing (Decision).
//
// Start with Policy, which is what an administrator wrote, and Plan, which is
// what a database administrator approves. In between lie four plain steps:
//
//	Parse(file)             TOML text          → Policy
//	Policy.Wanted(snapshot) Policy and a site  → Wanted
//	Diff(snapshot, wanted)  from and to        → Plan
//	NewAccess(snapshot)     what holds now     → Access, with reasons
//
// The package is pure: it does no I/O, reads no clock and keeps no globals.
// Whatever it must look up arrives as an argument, and the same input gives
// the same bytes whatever order it came in.
package grants
