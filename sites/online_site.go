package sites

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"grantree/grants"
	"grantree/journal"
	"grantree/sql/mssql"
)

// A small transaction that waits for somebody is tried again so often, with pauses
// that grow up to this: some five minutes.
const (
	onlineTries    = 30
	onlineLongWait = 10 * time.Second
)

// course is one site's way through its small transactions.
type course struct {
	f         *Fleet
	fp        *FleetPlan
	sp        SitePlan
	logins    loginsDone
	passwords map[string]string
	written   *scribe
	ev        Events

	made   SitePlan          // the plan, once it is made again under the lock
	pieces [][]grants.Change // its small transactions
	in     int               // of them: those that are committed
	// now is the site as the last of them left it, at first as the plan was made
	// for it, and sent what the server said under the lock of the one under way.
	now, sent *grants.Snapshot
	back      *grants.Snapshot // what the one under way makes of it, as read back
}

// applyOnline is applySite in small transactions.
func (f *Fleet) applyOnline(ctx context.Context, fp *FleetPlan, sp SitePlan, logins loginsDone, ev Events) (Result, *SitePlan) {
	if err := f.Online.mayBegin(ctx); err != nil {
		return Result{Outcome: Stopped, Err: fmt.Errorf("site %q was not begun: %w; nothing was sent to it", sp.Site.Name, err)}, nil
	}
	passwords, kept, err := sp.keepPasswords(ev)
	if err != nil {
		return f.sent(ev, kept, Result{Outcome: Failed, Err: fmt.Errorf("%w; the site is as it was", err)}), nil
	}
	if x := fp.options.keep; x != nil {
		defer x.room.enter(sp.known().rows)()
	}
	c := &course{f: f, fp: fp, sp: sp, logins: logins, passwords: passwords, written: f.scribeOf(&sp), ev: ev}
	err = f.why(ctx, sp.Site, c.underWay(), c.run(ctx))
	fp.licence.entered(sp.Site.Name)
	if err == nil {
		return f.landed(fp, sp, c.now, c.written.row), &c.made
	}
	return f.sent(ev, c.unmade(kept), c.result(err)), nil
}

// run sends what is left until all is in, or something is in the way for good.
func (c *course) run(ctx context.Context) error {
	pool := c.f.pools[c.sp.Site.Name]
	if err := c.f.reach(ctx, c.sp.Site.Server, pool); err != nil {
		return c.f.describe(c.sp.Site, err)
	}
	wait, tries, at := c.f.wait, 0, -1
	for {
		err := mssql.WithOnline(ctx, pool, func(o *mssql.Online) error { return c.through(ctx, o) })
		if lost := (*mssql.CommitError)(nil); errors.As(err, &lost) {
			err = c.settle(ctx, lost)
		}
		if pause := (*pauseError)(nil); err == nil || errors.As(err, &pause) {
			return err
		}
		if ctx.Err() != nil && !ours(err) && mssql.Number(err) == 0 && !errors.Is(err, ctx.Err()) {
			err = fmt.Errorf("%w: %w", ctx.Err(), err) // the driver speaks of the answer that did not come
		}
		if c.in != at { // something went in since the last failure
			wait, tries, at = c.f.wait, 0, c.in
		}
		if tries++; tries >= c.most(err) || ours(err) || !mssql.Retryable(err) || ctx.Err() != nil {
			return c.f.describe(c.sp.Site, err)
		}
		c.f.options.Warn("site %q, small transaction %d: attempt %d of %d: %v", c.sp.Site.Name, c.in+1, tries, c.most(err), err)
		if stop := c.f.Online.wait(ctx, wait+rand.N(wait/2)); stop != nil {
			return c.f.describe(c.sp.Site, errors.Join(stop, err))
		}
		if err := c.f.Online.mayBegin(ctx); err != nil {
			return &pauseError{err}
		}
		wait = min(2*wait, max(c.f.wait, onlineLongWait))
	}
}

// most is how often something is tried that failed so: a blocker is waited for.
func (c *course) most(err error) int {
	switch mssql.Number(err) {
	case 1205, 1222:
		return onlineTries
	}
	return c.f.attempts
}

// through sends one transaction after the other in a session.
func (c *course) through(ctx context.Context, o *mssql.Online) error {
	for c.pieces == nil || c.in < len(c.pieces) {
		statements := c.f.Online.together() // until it is known
		if c.pieces != nil {
			statements = statementsOf(c.pieces[c.in])
		}
		err := c.f.Online.turn(ctx, statements)
		if err == nil { // the window may have ended meanwhile
			err = c.f.Online.mayBegin(ctx)
		}
		if err != nil {
			return &pauseError{err}
		}
		after, err := o.Apply(ctx, c.job())
		if lost := (*mssql.CommitError)(nil); errors.As(err, &lost) {
			return err // what became of it is seen first
		}
		if err := c.written.became(err); err != nil {
			return err
		}
		c.goesIn(after)
	}
	return nil
}

// goesIn notes that the transaction under way is in.
func (c *course) goesIn(after *grants.Snapshot) {
	c.in, c.now, c.back = c.in+1, after, nil
	c.f.step(Step{Stage: StageApplying, Site: c.sp.Site.Name, Part: c.in, Parts: len(c.pieces)})
	if letsIn := func(p []grants.Change) bool { return slices.ContainsFunc(p, grants.Change.LetsIn) }; !slices.ContainsFunc(c.pieces[c.in:], letsIn) {
		c.fp.licence.entered(c.sp.Site.Name)
	}
}

// pauseError says why a course stops between two transactions.
type pauseError struct{ err error }

func (e *pauseError) Error() string {
	if errors.Is(e.err, context.Canceled) {
		return "stopped between two of them (" + e.err.Error() + ")"
	}
	return e.err.Error()
}

// Unwrap returns why.
func (e *pauseError) Unwrap() error { return e.err }

// underWay are the changes of the transaction that is in no site yet.
func (c *course) underWay() []grants.Change {
	if c.in < len(c.pieces) {
		return c.pieces[c.in]
	}
	return nil
}

// job is the next small transaction.
func (c *course) job() mssql.Job {
	c.back = nil
	return mssql.Job{
		Site: c.sp.Site.Name, Server: c.sp.Site.Server, Passwords: c.passwords,
		Remake: c.next,
		Check:  c.check,
		Ledger: c.f.ledgerJob(c.sp.Site.Name, c.ev, &c.written.row),
		BeforeCommit: c.written.committing(func(ctx context.Context) error {
			ask := c.fp.mayCommit(c.sp.Site.Name)
			if ask == nil || !slices.ContainsFunc(c.pieces[c.in], grants.Change.LetsIn) {
				return nil
			}
			return ask(ctx)
		}),
	}
}

// next returns the changes of the next transaction where the site is what this run
// left, at first what its plan was made for.
func (c *course) next(under *grants.Snapshot) (_ []grants.Change, err error) {
	if c.pieces == nil {
		if c.now, c.made, err = c.fp.remade(c.sp, under, c.logins); err != nil {
			return nil, err
		}
		c.pieces = c.made.Plan.Pieces(c.f.Online.together())
		c.sent = c.now
		return c.pieces[c.in], c.written.sending(c.now, c.pieces[c.in], c.logins)
	}
	under.Recall(c.now)
	before := under.Fingerprint()
	if before != c.now.Fingerprint() {
		return nil, c.moved(under)
	}
	c.sent = under
	return c.pieces[c.in], c.written.sends(before, under, c.pieces[c.in])
}

// moved says that somebody else changed the site.
func (c *course) moved(now *grants.Snapshot) error {
	what := grants.Moved(c.now, now)
	if what == "" {
		what = "something that stands behind or beside its views, or a login"
	}
	return &mssql.StaleError{Site: c.sp.Site.Name, What: what, Between: c.in > 0}
}

// check compares what was read back with what the changes make of the site, by the
// model, so that a statement that did nothing, or that somebody's trigger undid, is not
// taken to be in; at the end of the last one nothing may be left to do.
func (c *course) check(after *grants.Snapshot) error {
	want, err := c.sent.With(c.pieces[c.in])
	if err != nil {
		return err
	}
	if stranger := c.sp.known().needs.Strangers(c.sent, after); stranger != "" {
		return errors.New(stranger)
	}
	if moved := grants.Moved(want, after); moved != "" {
		return errors.New(moved)
	}
	if c.in == len(c.pieces)-1 {
		if _, err := arrived(c.fp, c.made, after); err != nil {
			return err
		}
	}
	c.back, c.written.after = after, after.Fingerprint()
	return nil
}

// settle says what became of a commit whose answer was lost, as Fleet.settle does.
// Where the transaction is in, the course goes on with the next one; where it is not,
// the error is that of the connection, to be tried again.
func (c *course) settle(ctx context.Context, lost *mssql.CommitError) error {
	in, err := c.lookAfter(ctx, lost)
	if in != nil {
		c.written.became(nil)
		if c.goesIn(in); c.in == len(c.pieces) {
			return nil
		}
		return err
	}
	return c.written.became(err)
}

// lookAfter is the site where the transaction is in, and the error that tells of the
// connection, or of what nobody knows.
func (c *course) lookAfter(ctx context.Context, lost *mssql.CommitError) (in *grants.Snapshot, _ error) {
	now, err := c.f.look(ctx, c.sp.Site, c.now)
	unknown := &UnknownError{Site: c.sp.Site.Name, Command: c.f.settling(c.sp.Site.Name)}
	var is truth
	if err == nil {
		is, err = c.f.truth(ctx, c.sp.Site, now, c.written.row, c.now.Fingerprint(), c.back.Fingerprint())
	}
	switch {
	case err != nil:
		unknown.Err = fmt.Errorf("looking failed: %w", err)
		return nil, unknown
	case is.as == journal.After && !is.moved:
		return now, fmt.Errorf("the connection broke off after a commit: %w", lost.Err)
	case is.as == journal.Before:
		return nil, fmt.Errorf("the commit did not arrive: %w", lost.Err)
	}
	unknown.Err = errors.New(changedSince)
	return nil, unknown
}

// unmade are those of some users who are not in.
func (c *course) unmade(kept []NewLogin) []NewLogin {
	return slices.DeleteFunc(slices.Clone(kept), func(l NewLogin) bool {
		return slices.ContainsFunc(slices.Concat(c.pieces[:c.in]...), func(x grants.Change) bool {
			return x.Kind == grants.CreateUser && x.Principals[0] == l.Login
		})
	})
}

// result is what became of a site of which not all is in.
func (c *course) result(err error) Result {
	changes := slices.Concat(c.pieces[:c.in]...)
	r := Result{Outcome: Failed, Statements: statementsOf(changes), Err: err}
	unknown := (*UnknownError)(nil)
	pause := (*pauseError)(nil)
	switch {
	case errors.As(err, &unknown):
		r.Outcome = Unknown
		if c.in > 0 {
			r.Err = &PartlyError{Site: c.sp.Site.Name, In: c.in, Of: len(c.pieces), Statements: r.Statements, Standing: grants.Standing(changes), Err: err}
		}
	case c.in > 0:
		r.Outcome = Partly
		r.Err = &PartlyError{Site: c.sp.Site.Name, In: c.in, Of: len(c.pieces), Statements: r.Statements, Standing: grants.Standing(changes), Err: err}
	case errors.As(err, &pause):
		r.Outcome, r.Err = Stopped, fmt.Errorf("site %q was not begun: %w; nothing was sent to it", c.sp.Site.Name, pause.err)
	case !ours(err):
		r.Err = fmt.Errorf("%w; the site is as it was", err)
	}
	return r
}
