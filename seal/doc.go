// Package seal is a plan in a file that somebody may read, approve and have carried
// out later: Plan, its one form (Encode, Decode), and what of it does not hold any
// more (Plan.Moved).
//
// A sealed plan says what would be sent and what that was made from, and is never
// sent itself: whoever carries it out makes the plan again from the policy and the
// sites, and compares. A file that somebody wrote by hand can so keep a run from
// sending something, and can have it send nothing of its own.
//
// The package is pure: bytes, times and keys are handed in.
package seal
