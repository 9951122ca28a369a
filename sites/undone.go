package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// askWhy bounds the question why something failed.
const askWhy = 15 * time.Second

// CausedError is an error of a site, with what the server says of why.
type CausedError struct {
	Why string
	Err error
}

func (e *CausedError) Error() string { return fmt.Sprintf("%v: %s", e.Err, e.Why) }

// Unwrap returns the error.
func (e *CausedError) Unwrap() error { return e.Err }

// changes are those of the site's plan, where it is at hand.
func (s SitePlan) changes() []grants.Change {
	if s.Plan == nil {
		return nil
	}
	return s.Plan.Changes
}

// why adds to an error of a site's changes what only the server can say: who holds the
// lock that was waited for, and which trigger ended a transaction or made of the site
// what it should not be. Where it says nothing the error is as it was.
func (f *Fleet) why(ctx context.Context, s policy.Site, changes []grants.Change, err error) error {
	busy, undone := mssql.Number(err) == mssql.LockHeld, mssql.Number(err) == mssql.EndedInTrigger || errors.As(err, new(*mssql.MismatchError))
	if !busy && !undone || ctx.Err() != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askWhy)
	defer cancel()
	if busy {
		h, found, _ := mssql.WhoHolds(ctx, f.pools[s.Name])
		switch {
		case found:
			return &CausedError{Why: "it is " + h.String(), Err: err}
		case h.Unseen != "":
			return &CausedError{Why: "whose it is cannot be seen: " + h.Unseen, Err: err}
		}
		return err
	}
	var list []mssql.Trigger
	mssql.WithConn(ctx, f.pools[s.Name], func(conn *sql.Conn) (err error) { // where it fails, nothing is known
		list, err = mssql.Triggers(ctx, conn)
		return err
	})
	for _, t := range list {
		if t.Fires(changes) {
			return &CausedError{Why: "what may have undone it is " + t.String(), Err: err}
		}
	}
	return err
}
