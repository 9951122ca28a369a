package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"grantree/finding"
	"grantree/grants"
	"grantree/ledger"
	"grantree/sql/mssql"
)

// Events tell a caller what an apply does, as it does it. A nil field is not
// called; fields may be called from several goroutines.
type Events struct {
	Site   func(Result)       // what became of a site
	Server func(ServerResult) // what became of a server's logins
	// Wave says that a wave begins, which of how many it is, and the sites that it
	// changes. It is not called where there is but one.
	Wave  func(n, of int, sites []string)
	Audit func(AuditPlan) // a server's audit of log-ins is as the policy says
	// Ledger is told of the row of a site's ledger before the commit is asked for that
	// it stands in: it may be kept where nobody who writes the site reaches it. Where
	// it fails nothing is committed there.
	Ledger func(site string, row ledger.Last) error
	// Login keeps the password of a login, or of a user of a contained site, which
	// goes nowhere else, before it is made; server is NewLogin.Place. Where it fails
	// the account is not made.
	Login func(server, login, password string) error
	// NotMade says that a login whose password was kept was not made, or that
	// nobody knows whether it was, and why.
	NotMade func(server, login string, unknown bool, why error) error
}

// OneAtATime hands over and takes back passwords one at a time, as sites that are
// done in parallel do not.
func (ev Events) OneAtATime() Events {
	var mu sync.Mutex
	keep, take := ev.Login, ev.NotMade
	if keep != nil {
		ev.Login = func(server, login, password string) error {
			mu.Lock()
			defer mu.Unlock()
			return keep(server, login, password)
		}
	}
	if take != nil {
		ev.NotMade = func(server, login string, unknown bool, why error) error {
			mu.Lock()
			defer mu.Unlock()
			return take(server, login, unknown, why)
		}
	}
	return ev
}

// Result is what became of one site. Err is nil where its Outcome is Done.
type Result struct {
	Site       string
	Outcome    Outcome
	Statements int              // that were committed
	Ledger     ledger.Last      // the row of the site's ledger that stands for it; zero for none
	After      *grants.Snapshot // nil where it is not known
	Err        error
	// Verified is what was found once the site was applied, where Fleet.Waves asks
	// for it; Unforeseen is what of it this run made or should have mended.
	Verified   *Verified
	Unforeseen finding.List
}

// Apply sends a plan: new logins first, then every site in a transaction of
// its own, in parallel. It refuses a plan that breaks a rule of the run, whole.
// Nothing is sent to a site that was not read, or that a finding or obstacle
// of its own stands in the way of. Whatever becomes of a site, the others are
// done; the error is then a *FailedError. There is a result for each site.
//
// Once ctx is done no site is begun, and one whose commit was not sent yet is
// rolled back.
//
// Where the plan lets somebody in under a limited licence that is done under the
// licence's lock. Who then has no seat for certain is left out, and the error
// has a *LeftOutError; so is who has no login.
func (f *Fleet) Apply(ctx context.Context, fp *FleetPlan, ev Events) ([]Result, error) {
	if err := fp.Refusal(); err != nil {
		return nil, err
	}
	if err := f.outside(); err != nil {
		return nil, fmt.Errorf("%w; nothing was sent", err)
	}
	results, err := f.givingSeats(ctx, fp, ev, f.pass)
	if results == nil { // it was refused after all
		return nil, err
	}
	return results, errors.Join(err, f.inWindow(len(fp.Audits) > 0, "the audits of log-ins are as they were", func() error { return f.changeAudits(ctx, fp, ev) }))
}

// pass makes a plan's logins, goes over its sites once, makes those that users
// wait for, and changes the other logins: those of leavers first.
func (f *Fleet) pass(ctx context.Context, fp *FleetPlan, ev Events) ([]Result, error) {
	rows := map[string]Row{}
	for _, r := range fp.Rows() {
		rows[r.Site.Name] = r
	}
	var lacking []loginError
	var done loginsDone
	if ctx.Err() == nil {
		done.made, lacking = f.makeLogins(ctx, fp, nil, ev)
	}
	first := f.changeLogins(ctx, fp, nil, true)
	ev.tell(first)
	done.changed = first
	results := f.inWaves(ctx, rows, func(ctx context.Context, r Row) (Result, *SitePlan) { return f.applyRow(ctx, fp, r, lacking, done, ev) }, ev)
	errs := []error{failed(results), fp.withoutLogin()}
	late := map[string]bool{} // servers whose logins change after what was found in their sites
	if ctx.Err() == nil {
		errs = append(errs, f.inWindow(slices.ContainsFunc(fp.Logins, fp.WaitsForSites), "the logins that users wait for are not made", func() error {
			made, lacking := f.makeLogins(ctx, fp, results, ev)
			done.made = append(done.made, made...)
			for _, l := range made {
				late[l.Server] = true
			}
			for _, e := range lacking {
				errs = append(errs, e.err)
			}
			return nil
		}))
	}
	last := f.changeLogins(ctx, fp, results, false)
	ev.tell(last)
	for _, r := range last {
		late[r.Server] = late[r.Server] || len(r.Done) > 0
	}
	done.changed = slices.Concat(first, last)
	if fp.after != nil {
		fp.after.done = done
	}
	for i, s := range f.Sites {
		if results[i].After != nil {
			results[i].After = done.seen(s.Server, results[i].After)
		}
		if late[s.Server] {
			results[i].Verified = nil
		}
	}
	for _, r := range done.changed {
		errs = append(errs, r.Err)
	}
	return results, errors.Join(errs...)
}

// tell tells of servers.
func (ev Events) tell(results []ServerResult) {
	for _, r := range results {
		if ev.Server != nil {
			ev.Server(r)
		}
	}
}

// failed is nil, or a *FailedError of the results that are not done.
func failed(results []Result) error {
	var out FailedError
	for _, r := range results {
		if r.Err != nil {
			out.Sites = append(out.Sites, SiteError{Site: r.Site, Err: r.Err})
		}
	}
	if len(out.Sites) == 0 {
		return nil
	}
	return &out
}

// applyRow applies one site's plan, unless something stands in its way. It returns
// the plan, whole, too, where it was carried out.
func (f *Fleet) applyRow(ctx context.Context, fp *FleetPlan, row Row, lacking []loginError, logins loginsDone, ev Events) (Result, *SitePlan) {
	switch {
	case row.Err != nil:
		return Result{Outcome: row.Outcome, Err: row.Err}, nil
	case row.Plan == nil: // not a site of this plan
		return Result{Outcome: NoChange}, nil
	}
	missing := unmade(lacking, *row.Plan)
	switch {
	case missing == nil && row.Plan.Empty():
		return Result{Outcome: NoChange, After: row.Plan.Snapshot}, nil
	case ctx.Err() != nil:
		return Result{Outcome: Stopped, Err: fmt.Errorf("stopped before its turn; nothing was sent to it: %w", ctx.Err())}, nil
	case missing != nil:
		return Result{Outcome: Failed, Err: fmt.Errorf("%w; nothing was sent to the site", missing)}, nil
	}
	if f.Online != nil {
		return f.applyOnline(ctx, fp, *row.Plan, logins, ev)
	}
	return f.applySite(ctx, fp, *row.Plan, logins, ev)
}

// applySite carries out one site's plan, made again from what the site is under its
// lock. What this run did to logins before is no change of the site that makes the
// plan stale.
func (f *Fleet) applySite(ctx context.Context, fp *FleetPlan, sp SitePlan, logins loginsDone, ev Events) (Result, *SitePlan) {
	var made SitePlan        // of the last attempt
	var now *grants.Snapshot // that it was made from, with the logins of this run
	written := f.scribeOf(&sp).whole()
	job := mssql.Job{
		Site: sp.Site.Name, Server: sp.Site.Server,
		Remake: func(under *grants.Snapshot) (_ []grants.Change, err error) {
			if now, made, err = fp.remade(sp, under, logins); err != nil {
				return nil, err
			}
			return made.Plan.Changes, nil
		},
		BeforeSend: func() error { return written.sending(now, made.Plan.Changes, logins) },
		Check: func(after *grants.Snapshot) (err error) {
			if stranger := sp.known().needs.Strangers(now, after); stranger != "" {
				return errors.New(stranger)
			}
			written.after, err = arrived(fp, made, after)
			return err
		},
		BeforeCommit: written.committing(fp.mayCommit(sp.Site.Name)),
		Ledger:       f.ledgerJob(sp.Site.Name, ev, &written.row),
	}
	passwords, kept, err := sp.keepPasswords(ev)
	if err != nil {
		return f.sent(ev, kept, Result{Outcome: Failed, Err: fmt.Errorf("%w; the site is as it was", err)}), nil
	}
	job.Passwords = passwords
	if x := fp.options.keep; x != nil {
		defer x.room.enter(sp.known().rows)()
	}
	var after *grants.Snapshot
	err = f.retry(ctx, sp.Site, func() (err error) {
		after, err = mssql.Apply(ctx, f.pools[sp.Site.Name], job)
		if lost := (*mssql.CommitError)(nil); errors.As(err, &lost) {
			after, err = f.settle(ctx, fp, made.from(now), lost, written.row)
		}
		return written.became(err)
	})
	err = f.why(ctx, sp.Site, made.changes(), err)
	switch unknown := (*UnknownError)(nil); {
	case err == nil:
		return f.landed(fp, sp, after, written.row), &made
	case errors.As(err, &unknown):
		return f.sent(ev, kept, Result{Outcome: Unknown, Err: err}), nil
	case ours(err):
		return f.sent(ev, kept, Result{Outcome: Failed, Err: err}), nil
	}
	return f.sent(ev, kept, Result{Outcome: Failed, Err: fmt.Errorf("%w; the site is as it was", err)}), nil
}

// landed is the result of a site that is what was wanted, as it was read back.
func (f *Fleet) landed(fp *FleetPlan, sp SitePlan, after *grants.Snapshot, row ledger.Last) Result {
	r := Result{Outcome: Applied, Statements: sp.Statements(), Ledger: row}
	if fp.options.keep == nil {
		r.After = after
		return r
	}
	if fp.after != nil {
		if err := fp.after.note(fp.options.keep, sp.Site.Name, after); err != nil {
			f.options.Warn("site %q is applied, and who waits for a seat there has to wait for the next run: %v", sp.Site.Name, err)
		}
	}
	return r
}

// sent tells that users whose passwords were kept were not made, or that nobody
// knows.
func (f *Fleet) sent(ev Events, kept []NewLogin, r Result) Result {
	for _, l := range kept {
		r.Err = errors.Join(r.Err, f.notMade(ev, l, r.Outcome == Unknown, errors.New("its site was not changed")))
	}
	return r
}

// arrived compares a site as read back with what was wanted: nothing may be
// left to do. The engine drops some statements silently (reference B.7), so
// only this comparison counts. It returns the fingerprint of the site as well.
func arrived(fp *FleetPlan, sp SitePlan, after *grants.Snapshot) (fingerprint string, err error) {
	if sp.landing != nil {
		return sp.landing.arrived(after)
	}
	left := grants.Diff(after, sp.Wanted, sp.diffOptions(fp.Policy, fp.options))
	if left.Empty() {
		return left.Fingerprint, nil
	}
	return left.Fingerprint, fmt.Errorf("%d changes are still to do, the first is %s", len(left.Changes), mssql.Render(left.Changes[0]))
}

// loginError says why a login was not made.
type loginError struct {
	login NewLogin
	err   error
}

// unmade returns why a site's users cannot be made, or nil.
func unmade(errs []loginError, s SitePlan) error {
	for _, e := range errs {
		if s.wants(e.login) {
			return e.err
		}
	}
	return nil
}

// ours reports whether an error says by itself what happened and what to do.
func ours(err error) bool {
	var stale *mssql.StaleError
	var mismatch *mssql.MismatchError
	var unknown *UnknownError
	var licence *LicenceError
	var unwritten *JournalError
	return errors.As(err, &unwritten) || errors.As(err, &stale) || errors.As(err, &mismatch) || errors.As(err, &unknown) || errors.As(err, &licence)
}
