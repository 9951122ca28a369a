// Package lint looks at a policy by what it gives, and says what is worth a look
// although no rule is broken: groups that are one, lines that change nothing,
// people who get nothing.
//
//	Policy(policy, now)  Policy at a time → findings
//
// What is claimed holds in every site: the policy is expanded for sites that have
// every view of the catalog, every view that the policy names beside them, and one
// more of which neither knows. The package is pure: it does no I/O, reads no clock
// and keeps no globals. It is no part of package policy because it needs nothing of
// how a policy is read.
package lint
