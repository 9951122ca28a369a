package sites

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"grantree/finding"
	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
)

// Seats is what a run knows of the licence: who uses a seat now, who will once
// its plan is applied, and who has to go without (rule 3).
type Seats struct {
	licensing.Count
	// Counted is whether every site in use was read, so that the sums are those
	// of the whole licence.
	Counted bool
	Unread  []string // the sites that were not
	New     []string // who gets a seat by this run
	// Freed is whose seat has to be free before the new ones are given: such a
	// run goes over the fleet twice. Empty where enough seats are free already.
	Freed []string
	// LeftOut is who should get a seat and does not, because it is not certain
	// that one is free, and Why says what makes it uncertain.
	LeftOut []string
	Why     string
}

// license is the policy's licence in the words of package licensing.
func license(p *policy.Policy) licensing.License {
	return licensing.License{Seats: p.License.Seats, Limited: p.License.Limited, Exempt: p.License.Exempt, Pos: p.License.Pos}
}

// seatsAhead begins to count the seats that the policy alone asks for, beside those of
// the sites, where a plan is not empty and may give one.
func (fp *FleetPlan) seatsAhead() {
	if !slices.ContainsFunc(fp.Sites, func(s SitePlan) bool { return !s.Empty() }) {
		return
	}
	p, servers, found := fp.Policy, fp.servers(), make(chan finding.List, 1)
	go func() {
		_, list := PolicySeats(p, servers...)
		found <- list
	}()
	again := sync.OnceValue(func() finding.List { return <-found })
	fp.policySeats = func(of int) (finding.List, bool) { return again(), of == len(servers) } // sites do not change servers
}

// overPolicySeats is what is wrong with the seats that the policy alone asks for.
func (fp *FleetPlan) overPolicySeats() finding.List {
	servers := fp.servers()
	if fp.policySeats != nil {
		if list, ok := fp.policySeats(len(servers)); ok {
			return list
		}
	}
	_, list := PolicySeats(fp.Policy, servers...)
	return list
}

// seated leaves out of a plan whose seats are counted, over its own sites and over
// the others as far as they were read, who cannot be sure of a seat.
func (fp *FleetPlan) seated() *FleetPlan {
	fp = fp.withoutShared()
	var found finding.List
	if s := fp.Seats; s.Counted || len(s.New) > 0 {
		found = licensing.Check(s.Count, license(fp.Policy))
	}
	if len(fp.Seats.New) > 0 && !found.HasErrors() {
		found = append(found, fp.overPolicySeats()...)
	}
	out := fp
	if !found.HasErrors() {
		waiting, why := fp.Seats.uncertain()
		if out = fp.leavingOut(waiting, why); len(waiting) == 0 {
			out = fp.inTwoPasses()
		}
		if s := out.Seats; len(s.LeftOut) > 0 {
			found.Warnf(finding.SeatUncertain, license(fp.Policy).Pos, "run this again when that has changed", "%s left out: %s", theyAre(s.LeftOut), s.Why)
		}
	}
	out.run = append(out.run, found...)
	out.gather()
	return out
}

// countSeats is the sum over the plan's sites and the others.
func (fp *FleetPlan) countSeats() Seats {
	c := census{p: fp.Policy, options: fp.options}
	for _, sp := range fp.Sites {
		now := sp.held()
		c.site(sp.Site, now, fp.loggedIn(sp.Site.Server, sp.afterwards(now)))
	}
	for _, r := range fp.others {
		if r.Read() {
			now := r.held()
			c.site(r.Site, now, fp.loggedIn(r.Site.Server, now))
		}
	}
	s := Seats{Count: c.tally(), Unread: c.unread()}
	s.Counted, s.New = len(s.Unread) == 0, s.Count.New()
	return s
}

// loggedIn is a site of a server once the plan's logins are made and changed.
func (fp *FleetPlan) loggedIn(server string, s *grants.Snapshot) *grants.Snapshot {
	return s.WithNewLogins(fp.loginsMade(server)).WithLogins(fp.loginChanges(server))
}

// uncertain returns who has to wait for a seat although the plan may turn out
// to have one for them, and why. The order of the policy's lines decides who
// comes first.
func (s Seats) uncertain() (waiting []string, why string) {
	switch {
	case !s.Limited || len(s.New) == 0:
		return nil, ""
	case !s.Counted:
		return s.New, fmt.Sprintf("%s could not be read, and may hold as many people as there are seats left", sitesNamed(s.Unread))
	}
	_, waiting = licensing.Admit(s.New, s.Limit-(s.Used-len(s.New)))
	if len(waiting) == 0 {
		return nil, ""
	}
	var still []string
	for _, name := range s.Staying() {
		line, _ := s.Line(name)
		still = append(still, fmt.Sprintf("%q in %s", name, sitesNamed(line.Sites)))
	}
	return waiting, fmt.Sprintf("every seat is used as long as people who leave can still enter sites that this plan does not change: %s", strings.Join(still, ", "))
}

// leavingOut is the plan without those who have to wait, counted again.
func (fp *FleetPlan) leavingOut(waiting []string, why string) *FleetPlan {
	if len(waiting) == 0 {
		return fp
	}
	out := fp.without(waiting)
	out.Seats.LeftOut, out.Seats.Why = waiting, why
	return out
}

// inTwoPasses sees whether new seats have to be freed first. Where that first
// half alone stops a site which the whole plan would change, nothing is freed
// there: who waits for it is left out.
func (fp *FleetPlan) inTwoPasses() *FleetPlan {
	s := &fp.Seats
	freed := s.Count.Freed()
	if !s.Limited || !s.Counted || s.Now+len(s.New) <= s.Limit || len(s.New) == 0 || len(freed) == 0 {
		return fp
	}
	_, waiting := licensing.Admit(s.New, s.Limit-s.Now)
	first := fp.without(waiting)
	if why := first.stoppedBeside(fp); why != "" {
		return fp.leavingOut(waiting, fmt.Sprintf("the seats of %s have to be free first, and without %s %s", licensing.Quoted(freed), licensing.Quoted(waiting), why))
	}
	s.Freed = freed
	return fp
}

// stoppedBeside says which rule stops a site, or the run, that does not in
// another plan, or nothing.
func (fp *FleetPlan) stoppedBeside(other *FleetPlan) string {
	if broken := fp.run.Of(finding.Error); len(broken) > 0 && other.Refusal() == nil {
		return fmt.Sprintf("the plan breaks a rule: %s", broken[0].Message)
	}
	for _, s := range fp.Sites {
		if o := other.site(s.Site.Name); s.Refused() && o != nil && !o.Refused() {
			return fmt.Sprintf("site %q is left as it is: %s", s.Site.Name, s.Findings.Stopping()[0].Message)
		}
	}
	return ""
}

// FirstPass is the part of the plan that needs no seat which the plan itself
// frees: all that a script can hold, for it cannot count in between. Who has to
// wait is left out, by name.
func (fp *FleetPlan) FirstPass() *FleetPlan {
	s := fp.Seats
	if len(s.Freed) == 0 {
		return fp
	}
	_, waiting := licensing.Admit(s.New, s.Limit-s.Now)
	out := fp.leavingOut(waiting, fmt.Sprintf("the seats of %s have to be free everywhere first", licensing.Quoted(s.Freed)))
	out.run.Warnf(finding.SeatUncertain, license(fp.Policy).Pos, "run the script, then print another, or use \"grantree apply\"",
		"%s left out of the script: %s", theyAre(waiting), out.Seats.Why)
	out.gather()
	return out
}

// without is the plan as it is when some people of the policy have to wait
// beside those whom it leaves out already: they are let in nowhere, and stay where
// they can enter now. What is found of the whole policy, and said of everybody's
// access, stays.
func (fp *FleetPlan) without(names []string) *FleetPlan {
	names = slices.Concat(fp.barred, fp.Seats.LeftOut, names)
	p := *fp.Policy
	p.Users = slices.Clone(p.Users)
	inside := fp.inside()
	for i, u := range p.Users {
		if slices.Contains(names, u.Name) {
			p.Users[i] = onlyIn(u, inside[u.Name])
		}
	}
	options := fp.options
	options.waiting = names
	out := draft(&p, fp.readings, options)
	out.Policy, out.others, out.barred = fp.Policy, fp.others, fp.barred
	out.run = append(slices.Clone(fp.run), out.run.Of(finding.Error)...)
	for _, s := range fp.Sites {
		again := out.site(s.Site.Name)
		if again == nil {
			continue // it is lost, and said not to have been read
		}
		again.Judged, again.facts.mismatches, again.facts.unverified = s.Judged, s.known().mismatches, s.known().unverified
		kept := slices.DeleteFunc(slices.Clone(s.Findings), func(f finding.Finding) bool { return f.Severity == finding.Error && f.Code != finding.LoginShared })
		for k := range kept { // what the whole plan would mend
			if kept[k].Fix == grants.PlanMends && slices.Contains(names, kept[k].About) {
				kept[k].Fix = "this plan would mend it, but leaves them out"
			}
		}
		again.Findings = append(kept, again.Findings.Of(finding.Error)...)
	}
	out.gather()
	out.Seats = out.countSeats()
	out.Seats.LeftOut, out.Seats.Why = fp.Seats.LeftOut, fp.Seats.Why
	return out
}

// inside says, by name, which sites of the plan people can enter as they are now.
func (fp *FleetPlan) inside() map[string][]string {
	c := census{p: fp.Policy, options: fp.options}
	for _, r := range fp.readings {
		if r.Read() {
			now := r.held()
			c.site(r.Site, now, now)
		}
	}
	out := map[string][]string{}
	for _, l := range c.tally().Lines {
		out[l.Name] = l.SitesNow
	}
	return out
}

// onlyIn is a person of the policy whom it lets into no other sites than some.
func onlyIn(u *policy.User, sites []string) *policy.User {
	within := func(named []string) []string {
		if slices.Contains(named, "*") {
			return sites
		}
		return slices.DeleteFunc(slices.Clone(sites), func(s string) bool {
			return !slices.ContainsFunc(named, func(n string) bool { return grants.Collation{}.Equal(n, s) })
		})
	}
	out := *u
	out.Sites, out.At = within(u.Sites), nil
	for _, a := range u.At {
		if a.Sites = within(a.Sites); len(a.Sites) > 0 {
			out.At = append(out.At, a)
		}
	}
	return &out
}

// spared are those who wait, in a site that they do not enter meanwhile.
func spared(p *policy.Policy, site policy.Site, waiting []string) []grants.Spared {
	var out []grants.Spared
	for _, u := range p.Users {
		if !slices.Contains(waiting, u.Name) || slices.ContainsFunc(p.UserSites(u), func(s policy.Site) bool { return s.Name == site.Name }) {
			continue
		}
		out = append(out, grants.Spared{Name: u.Name, Login: u.Login})
		if u.Was != "" || u.WasLogin != "" {
			out = append(out, grants.Spared{Name: cmp.Or(u.Was, u.Name), Login: u.LoginBefore()})
		}
	}
	return out
}

// entering is who the plan lets into a site that they cannot enter now, exempt
// people aside.
func (s Seats) entering() []string {
	var out []string
	for _, l := range s.Lines {
		if l.Uses() && l.Enters() {
			out = append(out, l.Name)
		}
	}
	return out
}

// enteredBy reports whether the plan lets somebody into a site for whom a seat
// is needed.
func (s Seats) enteredBy(site string) bool {
	return slices.ContainsFunc(s.Lines, func(l licensing.Line) bool {
		return l.Uses() && licensing.In(l.Sites, site) && !licensing.In(l.SitesNow, site)
	})
}

// theyAre begins a sentence about some people.
func theyAre(names []string) string {
	if len(names) == 1 {
		return licensing.Quoted(names) + " is"
	}
	return licensing.Quoted(names) + " are"
}

// sitesNamed lists up to three sites by name.
func sitesNamed(sites []string) string {
	if len(sites) == 1 {
		return "site " + licensing.Quoted(sites)
	}
	return "sites " + licensing.Quoted(sites)
}
