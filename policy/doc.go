// Package policy is what an administrator wrote, and what that means: the TOML
// of groups, users, sites and waivers (Policy), what it wants of a site
// (Policy.Wanted), and the rules that need the policy (Rules).
//
//	Parse(file)             TOML text         → Policy
//	Policy.Wanted(snapshot) Policy and a site → grants.Wanted
//	Rules(policy, sites)    what is wanted    → findings
//
// The package is pure: it does no I/O, reads no clock and keeps no globals.
// What a site holds and how it is changed is for package grants.
package policy
