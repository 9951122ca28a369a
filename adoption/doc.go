// Package adoption turns living sites into a policy that says what they hold:
// roles become groups, rows on views are folded into the fewest lines over nodes
// and areas, members and overrides become people (Import). What a policy cannot
// say is in the report, one by one, with what to do about it.
//
//	Import(sites)   snapshots of sites → the text of a policy, and a Report
//
// It is a package of its own because it stands on both languages: that of
// policies, whose text it writes, and that of sites, whose snapshots it reads;
// neither may depend on it. Nothing is believed of what it writes: each text is
// read again, planned and judged against the sites that it came from, and what
// would change something there is left out and told.
//
// The package is pure: it does no I/O, reads no clock and keeps no globals.
package adoption
