package sites

import (
	"fmt"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
	"grantree/sql/mssql"
)

// PlanOptions are what an administrator may say on top of the policy.
type PlanOptions struct {
	Today      time.Time // for waivers that expire
	Adopt      []string  // roles to take over, beside the policy's
	ExpectLoss int       // how many users may lose something (rule 5); -1: not said
	// FromCatalog says that the sites were made from the catalog, so that they
	// say nothing of what views the real ones have.
	FromCatalog bool
}

// SitePlan is everything known about one site of a run.
type SitePlan struct {
	Site     policy.Site
	Snapshot *grants.Snapshot
	Wanted   *grants.Wanted
	Plan     *grants.Plan
}

// NewLogin is a SQL login that has to be made on a server before the users of
// its sites can be.
type NewLogin struct {
	Server string
	Login  string
	// SID is that of the user who waits for the login, or of the same person's
	// login on another server of the run, so that they have one everywhere; ""
	// where there is none yet.
	SID   string
	Cause grants.Cause
}

// FleetPlan is the plans of all sites of a run, what the rules say of them
// together, and the seats.
type FleetPlan struct {
	Policy   *policy.Policy
	Sites    []SitePlan
	Logins   []NewLogin
	Findings finding.List
	// Obstacles are why Apply would fail although no rule is broken.
	Obstacles []error
	Before    licensing.Count
	After     licensing.Count
	NewSeats  []string // who uses a seat afterwards and does not now
	options   PlanOptions
}

// Plan works out what has to change in each site that could be read. It sends
// nothing and is the same for the same input. A plan whose Findings hold an
// error must not be applied.
func Plan(p *policy.Policy, readings []Reading, o PlanOptions) *FleetPlan {
	fp := &FleetPlan{Policy: p, options: o}
	var checks []policy.SiteCheck
	var views []policy.SiteViews
	for _, r := range readings {
		if r.Snapshot == nil {
			continue
		}
		wanted, findings := p.Wanted(r.Snapshot)
		fp.Findings = append(fp.Findings, findings...)
		plan := grants.Diff(r.Snapshot, wanted, diffOptions(p, o))
		fp.Findings = append(fp.Findings, plan.Findings...)
		fp.Findings = append(fp.Findings, grants.Beyond(r.Snapshot, wanted)...)
		fp.Obstacles = append(fp.Obstacles, obstacles(r.Snapshot, plan)...)
		fp.Sites = append(fp.Sites, SitePlan{Site: r.Site, Snapshot: r.Snapshot, Wanted: wanted, Plan: plan})
		checks = append(checks, policy.SiteCheck{Snapshot: r.Snapshot, Wanted: wanted})
		views = append(views, p.Beyond(wanted))
	}
	fp.Findings = append(fp.Findings, policy.Rules(p, checks, o.Today)...)
	fp.Findings = append(fp.Findings, checkViews(p, views, o.FromCatalog)...)
	fp.lockout()
	fp.newLogins()
	fp.leftLogins()
	fp.Obstacles = append(fp.Obstacles, cannotLogin(fp)...)
	fp.Obstacles = append(fp.Obstacles, readableLogins(fp)...)
	fp.Findings = append(fp.Findings, WeakEncryption(p, run(readings))...)
	fp.seats()
	fp.Findings = fp.Findings.Sorted()
	return fp
}

// run is the sites of a run, read or not.
func run(readings []Reading) []policy.Site {
	out := make([]policy.Site, len(readings))
	for i, r := range readings {
		out[i] = r.Site
	}
	return out
}

// checkViews judges the names of views that the policy writes by the sites that
// were read; sites made from the catalog are none.
func checkViews(p *policy.Policy, read []policy.SiteViews, fromCatalog bool) finding.List {
	if fromCatalog {
		read = nil
	}
	return p.CheckViews(read, len(read) > 0 && len(read) == len(p.Sites))
}

// diffOptions joins what the policy and the command line say about adoption.
func diffOptions(p *policy.Policy, o PlanOptions) grants.DiffOptions {
	return grants.DiffOptions{Adopt: slices.Concat(p.Settings.Adopt, o.Adopt), Statement: mssql.Statement}
}

// Empty reports whether nothing has to change anywhere.
func (fp *FleetPlan) Empty() bool {
	for _, s := range fp.Sites {
		if !s.Plan.Empty() {
			return false
		}
	}
	return len(fp.Logins) == 0
}

// ObstacleError is why a plan cannot be carried out although it breaks no
// rule. It is known, and said, before anything is sent.
type ObstacleError struct {
	Site, Reason, Fix string
}

func (e *ObstacleError) Error() string {
	return fmt.Sprintf("site %q: %s: %s", e.Site, e.Reason, e.Fix)
}

// obstacles says what the server would say half way.
func obstacles(s *grants.Snapshot, p *grants.Plan) []error {
	var out []error
	if p.Empty() {
		return nil
	}
	if !s.Runner.CanControl {
		out = append(out, &ObstacleError{Site: s.Site, Fix: "give it db_owner",
			Reason: fmt.Sprintf("login %q may not create roles and users and grant in database %q", s.Runner.Login, s.Database)})
	}
	if s.ReadOnly {
		out = append(out, &ObstacleError{Site: s.Site, Reason: fmt.Sprintf("database %q is read-only", s.Database),
			Fix: "make it writable (ALTER DATABASE … SET READ_WRITE), or leave the site out with --site"})
	}
	return out
}

// cannotLogin is the obstacle of a runner who has to make logins and may not.
func cannotLogin(fp *FleetPlan) []error {
	var out []error
	for _, l := range fp.Logins {
		i := slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Server == l.Server })
		if s := fp.Sites[i]; !s.Snapshot.Runner.CanLogin {
			out = append(out, &ObstacleError{Site: s.Site.Name, Fix: "give it ALTER ANY LOGIN, or make the login first",
				Reason: fmt.Sprintf("login %q may not make login %q on server %q", s.Snapshot.Runner.Login, l.Login, l.Server)})
		}
	}
	return out
}

// newLogins collects, once per server, the logins that sites want made. Users
// of several sites who wait for one login must have one SID: a login has one.
func (fp *FleetPlan) newLogins() {
	place := map[[2]string]int{}
	for _, s := range fp.Sites {
		for _, l := range s.Plan.Logins {
			key := [2]string{s.Site.Server, s.Snapshot.ServerCollation.Key(l.Login)}
			i, seen := place[key]
			switch {
			case !seen:
				place[key] = len(fp.Logins)
				fp.Logins = append(fp.Logins, NewLogin{Server: s.Site.Server, Login: l.Login, SID: l.SID, Cause: l.Cause})
			case fp.Logins[i].SID == "":
				fp.Logins[i].SID = l.SID
			case l.SID != "" && l.SID != fp.Logins[i].SID:
				fix := "drop the user there: the next plan makes it for the login; or name two logins"
				fp.Findings.Errorf("login-differs", l.Cause.Pos, fix, "site %q: the user who waits for login %q has another SID here than in another site of server %q", s.Site.Name, l.Login, s.Site.Server)
			}
		}
	}
	for i, l := range fp.Logins {
		if l.SID == "" {
			fp.Logins[i].SID = sidElsewhere(fp.Sites, l.Server, l.Login)
		}
	}
}

// sidElsewhere returns the SID that a SQL login of this name has on the first
// other server of the run that has one.
func sidElsewhere(sites []SitePlan, server, login string) string {
	for _, s := range sites {
		if s.Site.Server == server {
			continue
		}
		for _, l := range s.Snapshot.Logins {
			if l.Type == grants.SQLUser && len(l.SID) == 32 && s.Snapshot.ServerCollation.Equal(l.Name, login) {
				return l.SID
			}
		}
	}
	return ""
}
