package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
	"grantree/sql/mssql"
)

// LeftOutError says who got no seat or no login, and so no access. Everything
// else of the plan was done.
type LeftOutError struct {
	Names []string
	Want  string // "a seat" or "a login"
	Why   string
}

func (e *LeftOutError) Error() string {
	return fmt.Sprintf("%s left out for want of %s: %s", theyAre(e.Names), e.Want, e.Why)
}

// givingSeats carries a plan out by pass. Where it lets somebody in it does so
// under the licence's lock, after counting once more what the sites then say:
// who has no seat for certain is left out, or, where the run frees seats, let in
// by a second pass once those are free.
func (f *Fleet) givingSeats(ctx context.Context, fp *FleetPlan, ev Events, pass func(context.Context, *FleetPlan, Events) ([]Result, error)) ([]Result, error) {
	entering := fp.Seats.entering()
	if !fp.Seats.Limited || len(entering) == 0 {
		results, err := pass(ctx, fp, ev)
		return results, errors.Join(err, leftOut(fp.Seats.LeftOut, fp.Seats.Why))
	}
	lock, lockErr := f.takeLicence(ctx)
	defer lock.release()
	if ctx.Err() != nil { // no site is begun
		return pass(ctx, fp, ev)
	}
	now := f.count(ctx, fp, entering)
	if lockErr != nil {
		now.free, now.why = 0, lockErr.Error()
	}
	if busy := (*LicenceError)(nil); errors.As(lockErr, &busy) && busy.Busy {
		now.takers = entering // whoever has it may be giving away the seat that somebody has now
	}
	_, waiting := licensing.Admit(now.takers, now.free)
	first := fp
	if len(waiting) > 0 && fp.options.undo {
		return nil, leftOut(waiting, now.why)
	}
	if len(waiting) > 0 {
		if first = fp.without(waiting); first.Refusal() != nil {
			return nil, first.Refusal()
		}
	}
	first.licence = lock
	twice := len(waiting) > 0 && lockErr == nil && now.unread == nil && len(fp.Seats.Count.Freed()) > 0
	if twice && first.options.keep != nil {
		first.after = &landed{sites: map[string]*kept{}}
	}
	first.letGoEarly(f.Online != nil && !twice)
	results, err := pass(ctx, first, quiet(ev, twice, nil))
	if twice {
		results, waiting, now.why, err = f.secondPass(ctx, first, results, err, waiting, ev, pass)
	}
	return results, errors.Join(err, leftOut(slices.Concat(fp.Seats.LeftOut, waiting), joinWhy(fp.Seats.Why, now.why)))
}

// secondPass counts again after the leavers are out, and lets in whom there is
// a seat for. It returns the results of both passes together, who still waits,
// and why.
func (f *Fleet) secondPass(ctx context.Context, first *FleetPlan, results []Result, err error, waiting []string, ev Events,
	pass func(context.Context, *FleetPlan, Events) ([]Result, error)) ([]Result, []string, string, error) {
	now := f.count(ctx, first, waiting)
	_, still := licensing.Admit(now.takers, now.free)
	second := first.again(results, still)
	second.licence = first.licence
	broken := second.run.Of(finding.Error)
	if len(still) == len(waiting) || len(broken) > 0 {
		quiet(ev, false, results).unchanged(results)
		if len(broken) > 0 {
			return results, waiting, broken[0].String(), err
		}
		return results, still, now.why, err
	}
	more, err2 := pass(ctx, second, quiet(ev, false, results))
	return merged(results, more), still, now.why, errors.Join(err, err2)
}

// again is the plan from where a first pass has left the sites.
func (fp *FleetPlan) again(results []Result, waiting []string) *FleetPlan {
	next := *fp
	next.readings, next.Sites, next.run, next.after = nil, nil, nil, nil
	for _, sp := range fp.Sites {
		i := slices.IndexFunc(results, func(r Result) bool { return r.Site == sp.Site.Name })
		if i < 0 || results[i].Err != nil {
			continue
		}
		r := Reading{Site: sp.Site, Snapshot: results[i].After, kept: fp.after.of(sp, results[i])}
		if r.Read() {
			next.readings = append(next.readings, r)
			next.Sites = append(next.Sites, sp)
		}
	}
	return next.without(waiting)
}

// seatsNow is a count under the licence's lock.
type seatsNow struct {
	takers []string // who enters and has no seat now
	free   int
	unread []string
	why    string // whoever waits, waits
}

// count counts, from what the sites say now, who of those that the plan lets in
// needs a seat, and how many are free. It reads the plan's sites first and the
// others only where somebody needs one.
func (f *Fleet) count(ctx context.Context, fp *FleetPlan, entering []string) seatsNow {
	c := census{p: f.Policy, options: fp.options}
	var failed []SiteError
	add := func(r Reading) {
		if r.Err != nil {
			failed = append(failed, SiteError{Site: r.Site.Name, Err: r.Err})
			return
		}
		c.site(r.Site, r.Snapshot, r.Snapshot)
	}
	f.eachHeld(ctx, f.Sites, true, add)
	out := seatsNow{takers: unseated(c.tally(), entering)}
	if len(out.takers) == 0 {
		return out
	}
	f.eachHeld(ctx, f.others(), true, add)
	sum := c.tally()
	out.takers, out.unread = unseated(sum, entering), c.unread()
	out.free = max(sum.Limit-sum.Now, 0)
	out.why = fmt.Sprintf("%d of %d seats are used: \"grantree license\" shows by whom", sum.Now, sum.Limit)
	if len(out.unread) > 0 {
		out.free = 0
		out.why = fmt.Sprintf("%s could not be read, and may hold as many people as there are seats left", sitesNamed(out.unread))
		if len(failed) > 0 {
			out.why += fmt.Sprintf(" (%v)", failed[0].Err)
		}
	}
	return out
}

// unseated returns who of some people uses no seat now, in the policy's order.
func unseated(c licensing.Count, names []string) []string {
	var lines []licensing.Line
	for _, l := range c.Lines {
		if slices.Contains(names, l.Name) && l.SeatsNow == 0 {
			lines = append(lines, l)
		}
	}
	slices.SortStableFunc(lines, func(a, b licensing.Line) int { return a.Pos.Compare(b.Pos) })
	var out []string
	for _, l := range lines {
		out = append(out, l.Name)
	}
	return out
}

// held reads who can enter some sites, in parallel. settled waits for changes
// that are under way.
func (f *Fleet) held(ctx context.Context, sites []policy.Site, settled bool) []Reading {
	var out []Reading
	f.eachHeld(ctx, sites, settled, func(r Reading) { out = append(out, r) })
	return out
}

// heldOf does the same for a plan, of which keep keeps what was read.
func (f *Fleet) heldOf(ctx context.Context, sites []policy.Site, keep *keeping) []Reading {
	var out []Reading
	f.eachHeld(ctx, sites, false, func(r Reading) {
		if keep != nil && r.Snapshot != nil {
			r.kept, r.Err = keep.keep(r.Snapshot, false)
			r.Snapshot = nil
		}
		out = append(out, r)
	})
	return out
}

// eachHeld hands over who can enter some sites, one after another in their order,
// while others are read.
func (f *Fleet) eachHeld(ctx context.Context, sites []policy.Site, settled bool, take func(Reading)) {
	turn := make([]chan struct{}, len(sites)+1) // closed when a site's turn has come
	for i := range turn {
		turn[i] = make(chan struct{})
	}
	close(turn[0])
	f.eachOf(ctx, sites, func(ctx context.Context, i int, s policy.Site) {
		r := Reading{Site: s}
		r.Snapshot, r.Err = f.heldIn(ctx, s, settled)
		<-turn[i] // sites are begun in their order
		take(r)
		close(turn[i+1])
	})
}

// heldIn reads who can enter one site.
func (f *Fleet) heldIn(ctx context.Context, s policy.Site, settled bool) (out *grants.Snapshot, err error) {
	db, err := f.pool(s)
	if err != nil {
		return nil, err
	}
	err = f.retry(ctx, s, func() error {
		return mssql.WithConn(ctx, db, func(conn *sql.Conn) (err error) {
			out, err = mssql.Held(ctx, conn, s.Name, s.Server, settled)
			return err
		})
	})
	return out, err
}

// others are the sites in use that this run is not about.
func (f *Fleet) others() []policy.Site {
	return slices.DeleteFunc(f.Policy.SitesInUse(), func(s policy.Site) bool {
		return slices.ContainsFunc(f.Sites, func(x policy.Site) bool { return x.Name == s.Name })
	})
}

// mayCommit is the last question before a site's commit: where somebody new
// enters it, the licence's lock has to be there still.
func (fp *FleetPlan) mayCommit(site string) func(context.Context) error {
	if fp.licence == nil || !fp.Seats.enteredBy(site) {
		return nil
	}
	return fp.licence.check
}

// quiet tells of a site once, although two passes go over it: in the first pass
// not of one without changes, in the second not again of one that has told.
func quiet(ev Events, first bool, told []Result) Events {
	if ev.Site == nil {
		return ev
	}
	tell := ev.Site
	ev.Site = func(r Result) {
		before := slices.ContainsFunc(told, func(x Result) bool { return x.Site == r.Site && x.Outcome != NoChange })
		if r.Outcome == NoChange && (first || before) {
			return
		}
		tell(r)
	}
	return ev
}

// unchanged tells of the sites without changes, where no second pass does.
func (ev Events) unchanged(results []Result) {
	for _, r := range results {
		if ev.Site != nil && r.Outcome == NoChange {
			ev.Site(r)
		}
	}
}

// merged joins the results of two passes, site by site. What the second did not
// come to, because the first had failed there, is as the first says.
func merged(first, second []Result) []Result {
	out := slices.Clone(first)
	for _, r := range second {
		i := slices.IndexFunc(out, func(x Result) bool { return x.Site == r.Site })
		if i < 0 {
			continue
		}
		if r.Outcome != NoChange {
			out[i].Outcome = r.Outcome
		}
		out[i].Statements += r.Statements
		out[i].Err = errors.Join(out[i].Err, r.Err)
		if r.After != nil {
			out[i].After = r.After
		}
		if r.Outcome == Applied {
			out[i].Verified, out[i].Unforeseen = r.Verified, r.Unforeseen
		}
	}
	return out
}

// leftOut is nil, or the error that names who was left out.
func leftOut(names []string, why string) error {
	if len(names) == 0 {
		return nil
	}
	return &LeftOutError{Names: names, Want: "a seat", Why: why}
}

func joinWhy(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return a + "; " + b
}
