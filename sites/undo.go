package sites

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/journal"
	"grantree/licensing"
)

// landing is what a site has to be once a run is taken back there: what it was before
// the run.
type landing struct {
	want string // fingerprint
	// settled is the site with the run's acts on logins as they stood before it.
	settled func(*grants.Snapshot) *grants.Snapshot
}

// arrived compares a site as read back with what it was.
func (l *landing) arrived(after *grants.Snapshot) (string, error) {
	if l.settled(after).Fingerprint() != l.want {
		return after.Fingerprint(), fmt.Errorf("it is not what it was before the run")
	}
	return after.Fingerprint(), nil
}

// PlanUndo works out what takes a run back in the fleet's sites, of what was committed
// there, and among the logins of their servers. later are the runs that began after it.
// A site that has moved since, or that cannot be made what it was, is not read, with the
// reason; rules 3 and 5 hold as for any plan.
func (f *Fleet) PlanUndo(ctx context.Context, run journal.Run, later []journal.Run, o PlanOptions) *FleetPlan {
	o.undo = true
	fp := &FleetPlan{Policy: f.Policy, options: o, compiler: newCompiler(f.Policy)}
	readings := f.reading(ctx, nil)
	fp.undoLogins(run, readings)
	for _, r := range readings {
		if r.Err == nil {
			var sp SitePlan
			if sp, r.Err = fp.undoSite(run, later, r); r.Err == nil {
				fp.Sites, fp.readings = append(fp.Sites, sp), append(fp.readings, r)
				continue
			}
		}
		fp.Unread = append(fp.Unread, r)
	}
	if len(fp.Policy.Groups) > 0 { // else it is one that knows its sites alone
		fp.lockout()
	}
	fp.withSites()
	fp.keepHeld(f.heldOf(ctx, f.others(), nil))
	fp.Seats = fp.countSeats()
	if s := fp.Seats; s.Limited && len(s.New) > 0 {
		fp.run = append(fp.run, licensing.Check(s.Count, license(fp.Policy))...)
		if waiting, why := s.uncertain(); len(waiting) > 0 {
			fp.run.Errorf(finding.NoSeatLeft, license(fp.Policy).Pos, "free a seat first", "%s would be let in again: %s", strings.Join(waiting, ", "), why)
		}
	}
	fp.gather()
	return fp
}

// undoSite is the plan of one site.
func (fp *FleetPlan) undoSite(run journal.Run, later []journal.Run, r Reading) (SitePlan, error) {
	sp := SitePlan{Site: r.Site, Snapshot: r.Snapshot}
	parts, err := partsOf(run, r.Site.Name)
	if err != nil {
		return sp, err
	}
	if len(parts) == 0 { // it is there for its server
		return fp.untouched(sp), nil
	}
	acts := actsOn(run, r.Site)
	landing := &landing{want: wantedBack(parts), settled: acts.before()}
	if _, err := landing.arrived(r.Snapshot); err == nil { // it was taken back before
		return fp.untouched(sp), nil
	}
	if err := moved(run, later, parts, acts, r); err != nil {
		return sp, err
	}
	var changes []grants.Change
	for _, p := range slices.Backward(parts) {
		changes = append(changes, grants.Reversed(p.Grants())...)
	}
	if again := r.Snapshot.Lends(changes); len(again) > 0 {
		sp = fp.untouched(sp)
		sp.Findings = fp.opensNothing(sp, run, again)
		return sp, nil
	}
	fp.forLogins(r.Site.Server, changes, r.Snapshot)
	sp.Wanted, _ = fp.Policy.Wanted(r.Snapshot)
	for _, c := range changes {
		if o, err := grants.ParseOpening("", c.Text); c.Kind == grants.EndBreakGlass && err == nil {
			o.User = c.Principals[0]
			sp.Wanted.Close(o)
		}
	}
	from := r.Snapshot.WithNewLogins(fp.loginsMade(r.Site.Server))
	plan, end, err := grants.Undoing(from, sp.Wanted.Views, changes)
	if err != nil {
		return sp, fmt.Errorf("site %q cannot be made what it was: %w", r.Site.Name, err)
	}
	sp.landing = landing
	if _, err := sp.landing.arrived(end); err != nil {
		return sp, fmt.Errorf("site %q cannot be made what it was before run %s: %s", r.Site.Name, run.Begun.Run, short(beside(parts[0].State, sp.landing.settled(end))))
	}
	plan.Fingerprint = r.Snapshot.Fingerprint()
	for _, l := range fp.Logins {
		if l.Server == r.Site.Server && slices.ContainsFunc(changes, func(c grants.Change) bool { return c.NewLogin && c.Login == l.Login }) {
			plan.Logins = append(plan.Logins, grants.NewLogin{Login: l.Login, SID: l.SID, Type: l.Type})
		}
	}
	sp.Plan, sp.end = plan, end
	sp.Obstacles = obstacles(sp)
	sp.facts = extract(sp, nil)
	sp.facts.plan = ofPlan(plan)
	sp.facts.agreed = r.Snapshot.Agreed(sp.Wanted, plan.People, func(less *grants.Snapshot) []string {
		return grants.Changed(less, end, sp.Wanted.Views).Lose
	})
	if len(fp.Policy.Approval.Needs) > 0 {
		sp.facts.touches = sp.touched(fp.Policy.Guard(fp.options.ExpectLoss).Administrators)
	}
	for _, l := range sp.newUsers() {
		sp.Findings.Warnf(finding.LoginRemade, finding.Pos{}, "hand the new password over", "site %q: user %q is made again with a new password", r.Site.Name, l.Login)
	}
	if fp.options.Sketch != nil {
		sp.Sketch, sp.written = fp.options.Sketch(sp)
	}
	sp.facts.stranding = grants.NewSurvey(r.Snapshot).Stranding(sp.Wanted, plan, end, nil, fp.Policy.Guard(fp.options.ExpectLoss))
	return sp, nil
}

// opensNothing is why a site is left as it is whose undo would let people into groups for
// a while: that has a limit and a reason of its own, and only its command gives it.
func (fp *FleetPlan) opensNothing(sp SitePlan, run journal.Run, again []grants.Opening) finding.List {
	var out finding.List
	for _, o := range again {
		group := "GROUP"
		if o.Group != "" {
			group = finding.Argument(o.Group)
		}
		out.Errorf(finding.BreakGlassRefused, finding.Pos{}, fmt.Sprintf(`change the policy instead; where %s has to be let in again: %s`, o.User,
			fp.Policy.Command("break-glass "+finding.Argument(o.User)+" "+group+" --site "+finding.Argument(sp.Site.Name)+` --for 60m --reason "…"`)),
			"site %q: run %s ended a break-glass of %q, and an undo lets nobody in again", sp.Site.Name, run.Begun.Run, o.User)
	}
	return out
}

// wantedBack is the fingerprint of a site once transactions are taken back: what it was
// before, with the ledger that they made, which stays.
func wantedBack(parts []journal.Part) string {
	var made []grants.Change
	for _, p := range parts {
		for _, c := range p.Grants() {
			if c.OfLedger() {
				made = append(made, c)
			}
		}
	}
	if len(made) == 0 {
		return parts[0].Before
	}
	before, err := UnpackState(parts[0].State)
	if err == nil {
		before, err = before.With(made)
	}
	if err != nil { // what was written down does not fit: nothing is taken back
		return ""
	}
	return before.Fingerprint()
}

// partsOf are the transactions of a run that were committed in a site.
func partsOf(run journal.Run, site string) ([]journal.Part, error) {
	var out []journal.Part
	for _, s := range run.Sites {
		if s.Site != site {
			continue
		}
		for _, p := range s.Parts {
			switch {
			case p.Fate == journal.FateCommitted:
				out = append(out, p)
			case p.Doubtful() || p.Fate == journal.FateMoved:
				return nil, fmt.Errorf("site %q: what became of run %s there is not known: %s", site, run.Begun.Run, p.Fate)
			}
		}
	}
	return out, nil
}

// untouched is the plan of a site in which there is nothing to take back.
func (fp *FleetPlan) untouched(sp SitePlan) SitePlan {
	sp.Wanted, _ = fp.Policy.Wanted(sp.Snapshot)
	sp.Plan = &grants.Plan{Site: sp.Site.Name, Fingerprint: sp.Snapshot.Fingerprint()}
	sp.facts = extract(sp, nil)
	return sp
}

// Again are the places of the policy's lines by which the next apply does in the sites
// what the plan takes back, sorted.
func (fp *FleetPlan) Again() []string {
	var out []string
	for _, s := range fp.Sites {
		if s.end == nil || s.Stays() {
			continue
		}
		wanted, _ := fp.Policy.Wanted(s.end)
		for _, c := range grants.Diff(s.end, wanted, diffOptions(fp.Policy, s.Site, fp.options)).Changes {
			for _, cause := range c.Causes {
				if at := cause.Pos.String(); cause.Pos.File != "" && !slices.Contains(out, at) {
					out = append(out, at)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
