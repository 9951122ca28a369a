package sites

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites/spill"
	"grantree/sql/mssql"

	"golang.org/x/sync/errgroup"
)

// PlanOptions are what an administrator may say on top of the policy.
type PlanOptions struct {
	Today      time.Time // for waivers that expire
	Adopt      []string  // roles to take over, beside the policy's
	ExpectLoss int       // how many users may lose something (rule 5); -1: not said
	// FromCatalog says that the sites were made from the catalog, so that they
	// say nothing of what views the real ones have.
	FromCatalog bool

	// Whole plans each site as if its mode were all.
	Whole bool

	// Drift keeps of each site how it differs from the policy, for Fleet.Drifts.
	Drift bool

	// Sketch, where it is set, makes of each site's whole plan what will be shown of
	// it: a value, and bytes that are put away until they are asked for. It is called
	// from several goroutines, and again where the plan is made again.
	Sketch func(SitePlan) (any, []byte)

	// Part, where it is set, is what alone the run does.
	Part *Part

	// Seal keeps of each site what FleetPlan.Sealed is made of.
	Seal bool

	undo    bool     // it takes a run back: no policy wants it, and it is not made again
	keep    *keeping // where the plan does not stay whole
	waiting []string // people of the policy for whom there may be no seat
}

// SitePlan is everything known about one site of a run. Of a run over many sites
// Snapshot, Wanted, Plan and Judged are let go as soon as the site is planned: the
// methods say what is kept of them.
type SitePlan struct {
	Site     policy.Site
	Snapshot *grants.Snapshot
	Wanted   *grants.Wanted
	Plan     *grants.Plan
	// Judged is who can reach the site's views now, beside what is wanted.
	Judged grants.Judgement
	// Sketch is what PlanOptions.Sketch made of the plan.
	Sketch any
	// Findings are about this site's state. An error stops the site alone.
	Findings finding.List
	// Obstacles are why Apply would fail here although no rule is broken.
	Obstacles []*ObstacleError
	landing   *landing         // of a run that is taken back; nil where the site is to be as Wanted
	only      *grants.Only     // the part that is planned; nil for all
	end       *grants.Snapshot // once the plan is carried out; nil where nothing changes or the server would refuse it
	facts     *facts
	kept      *kept
	written   []byte      // what Sketch made, of a plan that stays whole
	text      *spill.Blob // else
}

// Refused reports whether a finding of its own stops the site.
func (s SitePlan) Refused() bool { return len(s.Findings.Stopping()) > 0 }

// Stays reports whether the site stays as it is whoever runs the plan: it is
// refused, or read-only.
func (s SitePlan) Stays() bool {
	return s.Refused() || slices.ContainsFunc(s.Obstacles, func(o *ObstacleError) bool { return o.Outcome == ReadOnly })
}

// stopped says what stands in the way of the site's plan, or nothing.
func (s SitePlan) stopped() (Outcome, error) {
	switch {
	case s.Refused():
		return Refused, &RefusedError{Site: s.Site.Name, Findings: s.Findings}
	case len(s.Obstacles) > 0:
		return s.Obstacles[0].Outcome, s.Obstacles[0]
	}
	return "", nil
}

// wants reports whether the site wants a login made.
func (s SitePlan) wants(l NewLogin) bool {
	f := s.known()
	return s.Site.Server == l.Server && slices.ContainsFunc(f.logins, func(x grants.NewLogin) bool {
		return f.head.ServerCollation.Equal(x.Login, l.Login)
	})
}

// FleetPlan is the plans of all sites of a run, what the rules say of them
// together, and the seats.
type FleetPlan struct {
	Policy   *policy.Policy
	Sites    []SitePlan // that were read
	Unread   []Reading  // the others
	Logins   []NewLogin
	Servers  []ServerPlan // those whose logins change
	Audits   []AuditPlan  // of log-ins, that change
	Findings finding.List // of the run and of all sites
	Seats    Seats
	run      finding.List // of the run, whatever the site; its errors refuse the run
	options  PlanOptions
	// barredLogins are changes of logins that the runner may not make.
	barredLogins []ServerPlan
	barred       []string  // people for whom no login is made, beside those who have no seat for certain
	readings     []Reading // that the plan was made from
	compiler     *compiler
	others       []Reading // who can enter the sites that the run is not about, where that was read
	after        *landed   // what a first pass left, where a second one plans from that and the plan does not stay whole
	licence      *licence  // held while the plan is carried out; nil where it lets nobody in
	// policySeats is what is wrong with the seats that the policy alone asks for, as it is
	// found ahead, and whether it was by the rules of so many servers; nil where it is not.
	policySeats func(servers int) (finding.List, bool)
}

// ReadAndPlan reads every site of the run and plans it, one after another as they
// are read, as Read and Plan do. Of more sites than Options.Whole it keeps only
// what the run needs of a site, as long as the fleet is open. The readings have no
// snapshots. There is no plan where no site could be read.
func (f *Fleet) ReadAndPlan(ctx context.Context, o PlanOptions, all bool) (*FleetPlan, []Reading) {
	c := newCompiler(f.Policy)
	ahead := func(s *grants.Snapshot) { c.begin(s, o.Today) }
	if len(f.Sites) <= f.whole() {
		readings := f.reading(ctx, ahead)
		if len(readings) > 0 && !slices.ContainsFunc(readings, Reading.Read) {
			return nil, readings
		}
		readings, planned := planSites(c, readings, o)
		return f.counted(ctx, gathered(c, readings, planned, o), all), readings
	}
	o.keep = f.keepAnew()
	readings, planned := make([]Reading, len(f.Sites)), make([]sitePlanned, len(f.Sites))
	f.each(ctx, func(ctx context.Context, i int, s policy.Site) {
		defer o.keep.room.enter(0)()
		f.begins(StageReading, s)
		r := Reading{Site: s}
		r.Snapshot, r.Err = f.snapshot(ctx, s, ahead)
		f.wasRead(s, r.Snapshot, r.Err)
		if r.Err == nil {
			o.keep.room.note(r.Snapshot)
			planned[i], r = c.plan(r, o)
		}
		readings[i] = r
	})
	if len(readings) > 0 && !slices.ContainsFunc(readings, Reading.Read) {
		return nil, readings
	}
	return f.counted(ctx, gathered(c, readings, planned, o), all), readings
}

// Plan works out what has to change in each site that could be read. It sends
// no change and is the same for the same input. What the rules find in the
// policy and in the seats is the run's, and an error among it refuses the run;
// what a site's own state brings about is that site's.
//
// Seats are counted over all sites of the policy: of those that this run is not
// about it reads who can enter, where a new seat is taken or all says so.
func (f *Fleet) Plan(ctx context.Context, readings []Reading, o PlanOptions, all bool) *FleetPlan {
	if len(readings) > f.whole() {
		o.keep = f.keepAnew()
	}
	return f.counted(ctx, draft(f.Policy, readings, o), all)
}

// whole is up to how many sites a plan stays whole.
func (f *Fleet) whole() int { return cmp.Or(f.options.Whole, 4) }

// keepAnew prepares for a plan that does not stay whole.
func (f *Fleet) keepAnew() *keeping {
	x := newKeeping(f.Policy)
	f.keepings = append(f.keepings, x)
	return x
}

// counted is a draft with its seats counted, and what only servers can say of it.
func (f *Fleet) counted(ctx context.Context, fp *FleetPlan, all bool) *FleetPlan {
	fp.seatsAhead()
	fp.Seats = fp.countSeats()
	beside := f.others()
	if s := fp.Seats; !all && !(s.Limited && len(s.New) > 0) {
		beside = fp.beside(beside)
	}
	if len(beside) > 0 {
		fp.others = f.heldOf(ctx, beside, fp.options.keep)
		fp.Seats = fp.countSeats()
	}
	out := fp.seated()
	f.openSessions(ctx, out)
	if out.options.Part == nil {
		f.planAudits(ctx, out)
	}
	return out
}

// draft is a plan whose seats are not counted yet.
func draft(p *policy.Policy, readings []Reading, o PlanOptions) *FleetPlan {
	c := newCompiler(p)
	readings, planned := planSites(c, readings, o)
	return gathered(c, readings, planned, o)
}

// gathered puts the plans of sites together.
func gathered(c *compiler, readings []Reading, planned []sitePlanned, o PlanOptions) *FleetPlan {
	p := c.p
	fp := &FleetPlan{Policy: p, options: o, readings: readings, compiler: c}
	var reviewed []policy.Reviewed
	var names []policy.SiteNames
	for i, s := range planned {
		if !readings[i].Read() {
			fp.Unread = append(fp.Unread, readings[i])
			continue
		}
		fp.run = append(fp.run, s.findings...)
		fp.Sites = append(fp.Sites, s.plan)
		reviewed = append(reviewed, s.reviewed)
		names = append(names, s.names)
	}
	fp.run = append(fp.run, policy.Reviews(p, reviewed, o.Today)...)
	fp.run = append(fp.run, checkNames(p, names, o.FromCatalog)...)
	fp.run = append(fp.run, WeakEncryption(p, run(readings))...)
	fp.run = append(append(fp.run, p.Ended...), p.EndedOutsiders(o.Today)...)
	fp.lockout()
	fp.halfRenamed()
	if o.Part == nil {
		fp.newLogins()
		fp.serverPlans()
		fp.loginObstacles()
	}
	fp.gather()
	return fp
}

// gather puts together what is found of the run and of its sites.
func (fp *FleetPlan) gather() {
	fp.Findings = fp.run
	for _, s := range fp.Sites {
		fp.Findings = append(slices.Clip(fp.Findings), s.Findings...)
	}
	fp.Findings = fp.Findings.Sorted()
}

// run is the sites of a run, read or not.
func run(readings []Reading) []policy.Site {
	out := make([]policy.Site, len(readings))
	for i, r := range readings {
		out[i] = r.Site
	}
	return out
}

// checkNames judges the names that the policy writes by the sites that were
// read; sites made from the catalog are none.
func checkNames(p *policy.Policy, read []policy.SiteNames, fromCatalog bool) finding.List {
	if fromCatalog {
		read = nil
	}
	return p.CheckNames(read, len(read) > 0 && len(read) == len(p.SitesInUse()))
}

// sitePlanned is what one site comes to by itself.
type sitePlanned struct {
	plan     SitePlan
	findings finding.List // of what the policy wants there, which are the run's
	reviewed policy.Reviewed
	names    policy.SiteNames
}

// planSites works out each site that was read, several at once. What the policy
// wants is made once for the sites that want the same. It returns the readings, too:
// a site whose snapshot is lost was not read.
func planSites(c *compiler, readings []Reading, o PlanOptions) ([]Reading, []sitePlanned) {
	out, again := make([]sitePlanned, len(readings)), slices.Clone(readings)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, r := range readings {
		if !r.Read() {
			continue
		}
		g.Go(func() error {
			out[i], again[i] = c.plan(r, o)
			return nil
		})
	}
	g.Wait() // nothing fails
	return again, out
}

// plan works out a site that was read.
func (c *compiler) plan(r Reading, o PlanOptions) (sitePlanned, Reading) {
	s, err := r.load()
	if err != nil {
		return sitePlanned{}, Reading{Site: r.Site, Err: &UnreadError{Site: r.Site.Name, Err: err}}
	}
	a := c.ahead(s, o.Today)
	wanted := a.wanted
	wanted.Spared = spared(c.p, r.Site, o.waiting)
	wanted = c.p.WithOpenings(s, wanted)
	out := sitePlanned{planSite(c.p, Reading{Site: r.Site, Snapshot: s}, wanted, o), a.findings, a.reviewed, c.p.Beyond(s, wanted)}
	var text []byte
	if o.Sketch != nil {
		out.plan.Sketch, text = o.Sketch(out.plan)
	}
	if o.keep == nil {
		out.plan.written = text
		return out, r
	}
	if r.kept == nil {
		r.kept, err = o.keep.keep(s, true)
	}
	if err == nil && text != nil {
		out.plan.text, err = o.keep.store.Put(text)
	}
	if err != nil {
		return sitePlanned{}, Reading{Site: r.Site, Err: &UnreadError{Site: r.Site.Name, Err: err}}
	}
	out.plan = o.keep.shed(out.plan, r.kept)
	r.Snapshot = nil
	return out, r
}

// Text is the bytes that PlanOptions.Sketch made of a site's plan.
func (fp *FleetPlan) Text(s SitePlan) ([]byte, error) {
	if s.text == nil {
		return s.written, nil
	}
	return fp.options.keep.store.Get(s.text)
}

// planSite works out one site's changes, and what its state has to say to them.
func planSite(p *policy.Policy, r Reading, wanted *grants.Wanted, o PlanOptions) SitePlan {
	s := SitePlan{Site: r.Site, Snapshot: r.Snapshot, Wanted: wanted}
	x := o.part(p, &s)
	wanted = s.Wanted
	survey := grants.NewSurvey(r.Snapshot)
	s.Plan = survey.Diff(wanted, s.diffOptions(p, o))
	ends := s.carriedOut()
	accepted := p.Accepts(r.Site.Name, o.Today)
	_, _, opened := p.Openings(r.Snapshot, wanted)
	s.Judged = survey.Judge(wanted, accepted, mssql.Statement)
	s.Judged.Accepted, s.Judged.Reaches, s.Judged.Held = grants.Accepted{}, nil, nil // for answers of a server and for an auditor, and there are none
	s.Judged.Add(opened)
	s.Obstacles = obstacles(s)
	told := s.Judged
	if len(s.Obstacles) == 0 {
		told.Mismatches = s.Judged.Foreseen(r.Snapshot, wanted, accepted, s.Plan, mssql.Statement)
	}
	s.Findings = slices.Concat(s.Plan.Findings, unsaid(warnings(told), s.Plan.Findings), x.findings)
	s.rules(p)
	s.facts = extract(s, mayRename(p))
	s.facts.agreed = r.Snapshot.Agreed(wanted, s.Plan.People, func(less *grants.Snapshot) []string {
		return grants.Diff(less, wanted, s.diffOptions(p, o)).People.Lose
	})
	s.facts.recreated = given(x.recreated, s.Plan.Changes)
	if o.Drift {
		s.facts.deeds, s.facts.undone = planDeeds(&s, s.whole(survey, p, o))
		s.facts.unverified = s.Judged.Unverified
	}
	if o.Seal {
		s.facts.texts, s.facts.effects = textsOf(s.Plan), effectsOf(s.Plan.People)
	}
	if o.Seal || len(p.Approval.Needs) > 0 {
		s.facts.touches = s.touched(p.Guard(o.ExpectLoss).Administrators)
	}
	refused := ends(&s)
	s.facts.stranding = survey.Stranding(wanted, s.Plan, s.end, refused, p.Guard(o.ExpectLoss))
	return s
}

// carriedOut works out what a site is once its plan is carried out, and the plan's
// digest, beside what the caller does meanwhile. The function that it returns waits
// for that, notes it, and returns why the server would refuse the plan.
func (s SitePlan) carriedOut() func(*SitePlan) error {
	if s.Plan.Empty() {
		return func(*SitePlan) error { return nil }
	}
	var end *grants.Snapshot
	var refused error
	var plan digest
	var g errgroup.Group
	g.Go(func() error {
		end, refused = s.Snapshot.With(s.Plan.Changes)
		return nil
	})
	g.Go(func() error {
		plan = ofPlan(s.Plan)
		return nil
	})
	return func(s *SitePlan) error {
		g.Wait()
		s.end, s.facts.plan = end, plan
		return refused
	}
}

// whole is the plan of the site as it would be were its mode all.
func (s SitePlan) whole(survey *grants.Survey, p *policy.Policy, o PlanOptions) *grants.Plan {
	all := diffOptions(p, s.Site, o)
	if all.Mode == grants.All {
		return s.Plan
	}
	all.Mode = grants.All
	return survey.Diff(s.Wanted, all)
}

// part notes the part of a site's plan that a run makes, and what it changes of what is
// wanted there.
func (o PlanOptions) part(p *policy.Policy, s *SitePlan) parted {
	if o.Part == nil {
		return parted{}
	}
	mode, _ := p.Mode(s.Site)
	x := o.Part.of(s.Snapshot, s.Wanted, mode)
	s.Wanted, s.only = x.wanted, x.only
	return x
}

// diffOptions are those of the site's plan, or of the part of it that is made.
func (s SitePlan) diffOptions(p *policy.Policy, o PlanOptions) grants.DiffOptions {
	out := diffOptions(p, s.Site, o)
	out.Only = s.only
	return out
}

// diffOptions joins what the policy and the command line say about adoption, and how
// far the policy reaches into a site.
func diffOptions(p *policy.Policy, s policy.Site, o PlanOptions) grants.DiffOptions {
	mode, at := p.Mode(s)
	if o.Whole {
		mode = grants.All
	}
	return grants.DiffOptions{Mode: mode, ModeAt: at, Adopt: slices.Concat(p.Settings.Adopt, o.Adopt), Made: mssql.MadeLogin, AdoptLogins: p.Settings.AdoptLogins, Statement: mssql.Statement}
}
