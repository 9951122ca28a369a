package sites

import (
	"context"
	"errors"
	"fmt"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/journal"
	"grantree/ledger"
	"grantree/policy"
	"grantree/sql/mssql"
)

// lookFor bounds how long a run that was told to stop still looks what became
// of a commit.
const lookFor = 30 * time.Second

// settle says what became of a commit whose answer was lost. It looks at the
// site on a new connection, under the lock, so that what was on its way has
// arrived or never will. Where the row that stands for it is in the site's ledger, or
// there is none and the site is what was wanted, the commit was carried out, and the
// site as it is comes back. Where the row is not there, or the site is what it was
// before, it was not, and the lost connection's error comes back, to be tried again.
// Where it is neither, somebody has changed the site since, or nobody answers, the
// error is an *UnknownError.
func (f *Fleet) settle(ctx context.Context, fp *FleetPlan, sp SitePlan, lost *mssql.CommitError, row ledger.Last) (*grants.Snapshot, error) {
	now, err := f.look(ctx, sp.Site, sp.Snapshot)
	var says journal.As
	if err == nil {
		says, err = f.ledgerSays(ctx, sp.Site, now, row)
	}
	switch {
	case err != nil:
		return nil, &UnknownError{Site: sp.Site.Name, Command: f.settling(sp.Site.Name), Err: fmt.Errorf("looking failed: %w", err)}
	case says == journal.Before:
		return nil, fmt.Errorf("the commit did not arrive: %w", lost.Err)
	case says != journal.Neither && committedBefore(fp, sp, now):
		return now, nil
	case says == "" && now.Fingerprint() == sp.Plan.Fingerprint:
		return nil, fmt.Errorf("the commit did not arrive: %w", lost.Err)
	}
	return nil, &UnknownError{Site: sp.Site.Name, Command: f.settling(sp.Site.Name), Err: errors.New(changedSince)}
}

// look reads a site under its lock, to see what became of a commit; before is the
// site as it was read last.
func (f *Fleet) look(ctx context.Context, s policy.Site, before *grants.Snapshot) (now *grants.Snapshot, err error) {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lookFor)
		defer cancel()
	}
	err = f.retry(ctx, s, func() (err error) {
		now, err = mssql.Look(ctx, f.pools[s.Name], s.Name, s.Server)
		if err == nil {
			now.Recall(before)
		}
		return err
	})
	return now, err
}

// committedBefore reports whether a site is what a commit, of which no answer
// came, was to make it.
func committedBefore(fp *FleetPlan, sp SitePlan, now *grants.Snapshot) bool {
	if _, err := arrived(fp, sp, now); err != nil {
		return false
	}
	return true
}

// settling is the command that shows whether a site is what the policy says.
func (f *Fleet) settling(site string) string {
	return f.Policy.Command("plan --site " + finding.Argument(site))
}
