package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// Events tell a caller what an apply does, as it does it. A nil field is not
// called; fields may be called from several goroutines.
type Events struct {
	Site func(site string, statements int, err error) // a site is done, or failed
	// Login keeps the password of a login, which goes nowhere else, before the
	// login is made. Where it fails the login is not made.
	Login func(server, login, password string) error
	// NotMade says that a login whose password was kept was not made, or that
	// nobody knows whether it was, and why.
	NotMade func(server, login string, unknown bool, why error) error
}

// Result is one site's outcome.
type Result struct {
	Site       string
	Statements int
	After      *grants.Snapshot // nil where the site failed
	Err        error
}

// RefusedError says that a plan breaks a rule and that nothing was sent.
type RefusedError struct {
	Plan *FleetPlan
}

func (e *RefusedError) Error() string {
	if n := len(e.Plan.Findings.Of("error")); n != 1 {
		return fmt.Sprintf("the plan breaks %d rules; nothing was sent", n)
	}
	return "the plan breaks a rule; nothing was sent"
}

// Apply sends a plan: new logins first, then every site in a transaction of
// its own, in parallel. It refuses a plan that breaks a rule or meets an
// obstacle, whole. A site that fails leaves the others done; the error is then
// a *FailedError.
func (f *Fleet) Apply(ctx context.Context, fp *FleetPlan, ev Events) ([]Result, error) {
	if fp.Findings.HasErrors() {
		return nil, &RefusedError{Plan: fp}
	}
	if len(fp.Obstacles) > 0 {
		return nil, errors.Join(fp.Obstacles...)
	}
	if err := f.makeLogins(ctx, fp, ev); err != nil {
		return nil, err
	}
	results := make([]Result, len(fp.Sites))
	f.each(ctx, func(ctx context.Context, _ int, s policy.Site) {
		i := slices.IndexFunc(fp.Sites, func(x SitePlan) bool { return x.Site.Name == s.Name })
		if i < 0 {
			return
		}
		results[i] = f.applySite(ctx, fp, fp.Sites[i])
		if ev.Site != nil {
			ev.Site(s.Name, results[i].Statements, results[i].Err)
		}
	})
	var failed FailedError
	for _, r := range results {
		if r.Err != nil {
			failed.Sites = append(failed.Sites, SiteError{Site: r.Site, Err: r.Err})
		}
	}
	if len(failed.Sites) > 0 {
		return results, &failed
	}
	return results, nil
}

// applySite applies one site's plan. A site with nothing to do costs nothing.
func (f *Fleet) applySite(ctx context.Context, fp *FleetPlan, sp SitePlan) Result {
	r := Result{Site: sp.Site.Name, After: sp.Snapshot}
	if sp.Plan.Empty() {
		return r
	}
	job := mssql.Job{
		Site: sp.Site.Name, Server: sp.Site.Server, Before: sp.Snapshot, Fingerprint: sp.Plan.Fingerprint, Changes: sp.Plan.Changes,
		Check: func(after *grants.Snapshot) error { return arrived(fp, sp, after) },
	}
	attempt := 0
	r.Err = f.retry(ctx, sp.Site, func() (err error) {
		attempt++
		r.After, err = mssql.Apply(ctx, f.pools[sp.Site.Name], job)
		if stale := (*mssql.StaleError)(nil); attempt > 1 && errors.As(err, &stale) {
			return f.committedBefore(ctx, fp, sp, &r, err)
		}
		return err
	})
	if r.Err == nil {
		r.Statements = sp.Plan.Statements()
	}
	return r
}

// committedBefore settles what a connection that broke during the commit left
// open: the site moved, and where it moved to is what was wanted.
func (f *Fleet) committedBefore(ctx context.Context, fp *FleetPlan, sp SitePlan, r *Result, stale error) error {
	now, err := f.snapshot(ctx, sp.Site)
	if err != nil {
		return err
	}
	if arrived(fp, sp, now) != nil {
		return stale
	}
	r.After = now
	return nil
}

// arrived compares a site as read back with what was wanted: nothing may be
// left to do. The engine drops some statements silently (reference B.7), so
// only this comparison counts.
func arrived(fp *FleetPlan, sp SitePlan, after *grants.Snapshot) error {
	left := grants.Diff(after, sp.Wanted, diffOptions(fp.Policy, fp.options))
	if left.Empty() {
		return nil
	}
	return fmt.Errorf("%d changes are still to do, the first is %s", len(left.Changes), mssql.Render(left.Changes[0]))
}

// ours reports whether an error says by itself what happened and what to do.
func ours(err error) bool {
	var stale *mssql.StaleError
	var mismatch *mssql.MismatchError
	return errors.As(err, &stale) || errors.As(err, &mismatch)
}
