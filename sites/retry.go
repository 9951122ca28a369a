package sites

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"grantree/policy"
	"grantree/sql/mssql"
)

// The first wait before something is tried again, doubled each time and
// spread by up to half, so that sites that failed together do not come back
// together (reference I.3).
const firstWait = 200 * time.Millisecond

// retry calls do until it succeeds, fails for good, or has been tried often
// enough. Errors come back explained, with the site's address.
func (f *Fleet) retry(ctx context.Context, s policy.Site, do func() error) error {
	f.opening.Lock()
	pool := f.pools[s.Name]
	f.opening.Unlock()
	if err := f.reach(ctx, s.Server, pool); err != nil {
		return f.describe(s, err)
	}
	return f.retried(ctx, s, do)
}

// retried is retry on a server that was reached.
func (f *Fleet) retried(ctx context.Context, s policy.Site, do func() error) error {
	wait := f.wait
	for attempt := 1; ; attempt++ {
		err := do()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil && !ours(err) && mssql.Number(err) == 0 && !errors.Is(err, ctx.Err()) {
			err = fmt.Errorf("%w: %w", ctx.Err(), err) // the driver speaks of the answer that did not come
		}
		if attempt >= f.attempts || ours(err) || !mssql.Retryable(err) || ctx.Err() != nil {
			return f.describe(s, err)
		}
		f.options.Warn("site %q: attempt %d of %d: %v", s.Name, attempt, f.attempts, err)
		select {
		case <-ctx.Done():
			return f.describe(s, err)
		case <-time.After(wait + rand.N(wait/2)):
			wait *= 2
		}
	}
}

// describe adds the address and what to do, except to errors that speak for
// themselves.
func (f *Fleet) describe(s policy.Site, err error) error {
	if ours(err) || errors.Is(err, errBusy) {
		return err
	}
	return mssql.Describe(f.addressOf(s), err)
}
