// Package advice finds the smallest edit of a policy that changes an answer: what
// would let somebody do a thing, or keep them from it, and nothing else.
//
// Begin with Smallest. An edit is offered only after it was made, in memory, and
// the policy that came of it was read again and expanded for every site: the answer
// is then the one that was asked for, no rule is newly broken, and nobody has gained
// anything else. Nothing is written.
package advice
