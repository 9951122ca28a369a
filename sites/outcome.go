package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/sql/mssql"
)

// Outcome is what a run knows of a site, in one word. The zero Outcome is a
// site that nothing is in the way of.
type Outcome string

// The outcomes. Applied, NoChange, Failed, Partly and Unknown are those of a site whose
// plan was to be carried out; to the others nothing was sent.
const (
	Applied  Outcome = "applied"        // committed
	NoChange Outcome = "no change"      // nothing had to be sent
	Failed   Outcome = "failed"         // rolled back: the site is as it was
	Partly   Outcome = "partly applied" // some small transactions are in, each safe by itself; see PartlyError
	Unknown  Outcome = "unknown"        // the commit was sent and what became of it could not be seen
	Stopped  Outcome = "stopped"        // the run was stopped before the site's turn
	Refused  Outcome = "refused"        // a rule is broken there
	NoRight  Outcome = "no right"       // the login that runs grantree may not do it
	ReadOnly Outcome = "read-only"      // the database can be read and not changed
	NotRead  Outcome = "not read"       // the server did not let the runner in, or not see
	Away     Outcome = "away"           // no server answered, or the database is not open
)

// Done reports whether the site is what the policy says as far as the run can
// make it so.
func (o Outcome) Done() bool { return o == Applied || o == NoChange }

// absence is the outcome of a site that could not be read.
func absence(err error) Outcome {
	if moved := (*MovedError)(nil); errors.As(err, &moved) {
		return Refused
	}
	if mssql.Away(err) {
		return Away
	}
	return NotRead
}

// UnreadError says why a site could not be read, and how to go on without it.
type UnreadError struct {
	Site string
	Err  error
	// Alone says that the run is about no other site: it cannot go on without.
	Alone bool
}

func (e *UnreadError) Error() string {
	text := fmt.Sprintf("site %q: %v", e.Site, e.Err)
	if e.Alone || errors.Is(e.Err, context.Canceled) {
		return text
	}
	return text + "; leave it out with --except " + finding.Argument(e.Site)
}

// Unwrap returns the reason.
func (e *UnreadError) Unwrap() error { return e.Err }

// RefusedError says that a rule is broken: by a site's plan, to which nothing
// was sent then, or by the whole run, where Site is empty.
type RefusedError struct {
	Site     string
	Findings finding.List
}

func (e *RefusedError) Error() string {
	n := len(e.Findings.Stopping())
	switch {
	case e.Site != "":
		return fmt.Sprintf("site %q is left as it is: %s", e.Site, strings.Join(codes(e.Findings), ", "))
	case n == 1:
		return "the plan breaks a rule; nothing was sent"
	}
	return fmt.Sprintf("the plan breaks %d rules; nothing was sent", n)
}

// codes names the errors of a list, each code once.
func codes(l finding.List) []string {
	var out []string
	for _, f := range l.Stopping() {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// DifferenceError says what a check or a verification found: that the sites are
// not as the policy says, or not known to be.
type DifferenceError struct{ Message string }

func (e *DifferenceError) Error() string { return e.Message }

// UnknownError says that a site's change may have happened, why nobody could
// see whether it did, and the command that settles it.
type UnknownError struct {
	Site    string
	Command string
	Err     error // why it could not be seen
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("site %q may have been changed or not: its commit was sent and the answer was lost, and %v; see what happened with: %s", e.Site, e.Err, e.Command)
}

// Unwrap returns why it could not be seen.
func (e *UnknownError) Unwrap() error { return e.Err }
