package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/sites"
)

// ending is what a plan, an apply or a verify came to, in numbers.
type ending struct {
	command    string
	sites      []siteEnd // those of the run, in the policy's order
	people     map[string]bool
	accounts   int // of people, in all sites that were verified
	statements int
	seats      *sites.Seats // nil where nothing is known of them
	began      time.Time
	took       time.Duration
	code       int // the exit code
}

// siteEnd is one site of it.
type siteEnd struct {
	name       string
	result     string // a sites.Outcome, or a word of its own where the site was looked at
	planned    bool   // it has a plan
	changes    int    // statements that it still needs
	mismatches int    // causes why it is not as the policy says, as far as it was verified
	verified   bool
}

// What became of a site that was only looked at.
const (
	siteToChange   = "to change"
	siteAsPolicy   = "as the policy says"
	siteMismatch   = "mismatch"
	siteUnverified = "not verified"
)

// siteResults are all that may become of a site, in the order in which it is said.
var siteResults = []string{string(sites.Applied), siteToChange, siteAsPolicy, string(sites.NoChange), siteMismatch, siteUnverified, string(sites.Failed), string(sites.Partly), string(sites.Unknown),
	string(sites.Refused), string(sites.NoRight), string(sites.ReadOnly), string(sites.NotRead), string(sites.Away), string(sites.Stopped)}

// summaryFrom is how many sites are worth a summary.
const summaryFrom = liveFrom

// finished runs a command that goes over sites, says at its end what it came to, and
// writes that down where --metrics asks for it, however it ended.
func (a *app) finished(command string, o fleetOptions, do func(*ending) error) error {
	e := &ending{command: command, began: a.now(), people: map[string]bool{}}
	before, err := 0.0, error(nil)
	if o.metrics != "" {
		if before, err = a.metricsBefore(o, command); err != nil {
			return err
		}
	}
	err = do(e)
	e.took, e.code = a.now().Sub(e.began), exitCode(a.ended(err))
	if command == "apply" {
		e.unbegun()
	}
	if len(e.sites) >= summaryFrom {
		a.errorf("%s\n", a.bold(e.summary()))
	}
	if o.metrics != "" {
		err = errors.Join(err, a.writeMetrics(e, o, before))
	}
	return err
}

// planned notes what a plan is, of each site.
func (e *ending) planned(fp *sites.FleetPlan) {
	e.seats = &fp.Seats
	for _, r := range fp.Rows() {
		s := siteEnd{name: r.Site.Name, result: string(r.Outcome)}
		if r.Plan != nil {
			s.planned = true
			if r.Plan.Differs() {
				s.changes = r.Plan.Statements()
			}
			e.affects(r.Plan)
		}
		if s.result == "" {
			s.result = string(sites.NoChange)
			if s.changes > 0 {
				s.result = siteToChange
			}
			if r.Plan != nil {
				e.statements += r.Plan.Statements()
			}
		}
		e.sites = append(e.sites, s)
	}
}

// affects notes who gains or loses something.
func (e *ending) affects(s *sites.SitePlan) {
	for _, name := range slices.Concat(s.People().Gain, s.People().Lose) {
		e.people[name] = true
	}
}

// applied notes what became of a plan.
func (e *ending) applied(fp *sites.FleetPlan, results []sites.Result) {
	e.statements, e.people = 0, map[string]bool{}
	for _, r := range results {
		s := e.site(r.Site)
		if s.result = string(r.Outcome); r.Outcome == sites.Applied {
			s.changes = 0
		}
		e.statements += r.Statements
		if i := slices.IndexFunc(fp.Sites, func(s sites.SitePlan) bool { return s.Site.Name == r.Site }); i >= 0 && r.Outcome == sites.Applied {
			e.affects(&fp.Sites[i])
		}
	}
}

// unbegun has the sites whose turn never came in an apply, because a rule was broken
// or somebody did not agree.
func (e *ending) unbegun() {
	for i := range e.sites {
		if e.sites[i].result == siteToChange {
			e.sites[i].result = string(sites.Stopped)
			e.statements, e.people = 0, nil
		}
	}
}

// asked notes what the servers answered. After an apply a site keeps its result.
func (e *ending) asked(results []sites.Verified, ofApply bool) {
	for _, v := range results {
		s := e.site(v.Site)
		s.mismatches, s.verified = len(v.Mismatches)+len(v.Failed()), v.Outcome == ""
		e.accounts += v.Users
		if ofApply {
			continue
		}
		switch {
		case v.Outcome != "":
			s.result = string(v.Outcome)
		case s.mismatches > 0:
			s.result = siteMismatch
		case len(v.Unverified) > 0:
			s.result = siteUnverified
		default:
			s.result = siteAsPolicy
		}
	}
}

// site is one of the run's, which is added where it is not there yet.
func (e *ending) site(name string) *siteEnd {
	i := slices.IndexFunc(e.sites, func(s siteEnd) bool { return s.name == name })
	if i < 0 {
		i = len(e.sites)
		e.sites = append(e.sites, siteEnd{name: name})
	}
	return &e.sites[i]
}

// results counts the sites by what became of them.
func (e *ending) results() map[string]int {
	n := map[string]int{}
	for _, s := range e.sites {
		n[s.result]++
	}
	return n
}

// summary is the sentence about it.
func (e *ending) summary() string {
	n := e.results()
	var parts []string
	for _, result := range siteResults {
		if n[result] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[result], resultWords(result)))
		}
	}
	text := fmt.Sprintf("%s: %s; ", count(len(e.sites), "site"), strings.Join(parts, ", "))
	if e.command == "verify" {
		text += count(e.accounts, "account")
	} else {
		text += count(e.statements, "statement") + ", " + count(len(e.people), "person")
	}
	return text + ", " + e.took.Round(100*time.Millisecond).String()
}

// resultWords is a result as a sentence has it.
func resultWords(result string) string {
	switch result {
	case string(sites.Stopped):
		return "not begun"
	case string(sites.NoChange):
		return "unchanged"
	case siteMismatch:
		return "with mismatches"
	}
	return result
}
