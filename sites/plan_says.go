package sites

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// Ended returns what of the policy ended between the time that it was read or the
// plan was made for, and now: such a plan is stale, for it gives what is not to be given any more.
func (fp *FleetPlan) Ended(now time.Time) []policy.End {
	return fp.Policy.Ends(fp.options.Today, now)
}

// Empty reports whether nothing has to change in the sites that were read.
func (fp *FleetPlan) Empty() bool {
	for _, s := range fp.Sites {
		if !s.Empty() {
			return false
		}
	}
	return len(fp.Logins)+len(fp.Servers)+len(fp.Audits) == 0
}

// differs reports whether something has to change in the sites that were read
// beside marks: those are grantree's own, and change nothing for anybody.
func (fp *FleetPlan) differs() bool {
	for _, s := range fp.Sites {
		if s.known().differs {
			return true
		}
	}
	return len(fp.Logins)+len(fp.Servers)+len(fp.Audits) > 0
}

// leaves reports whether the mode of a site leaves something undone: in a site that
// was read, or about a login of its server.
func (fp *FleetPlan) leaves() bool {
	return slices.ContainsFunc(fp.Sites, func(s SitePlan) bool { return s.Left() != nil }) ||
		slices.ContainsFunc(fp.run, func(f finding.Finding) bool { return f.Code == finding.LeftUndone })
}

// Mismatches returns what the sites hold now that the policy neither wants nor
// accepts, and that a check has to tell.
func (fp *FleetPlan) Mismatches() finding.List {
	var out finding.List
	for _, s := range fp.Sites {
		out = append(out, s.known().mismatches...)
	}
	return out.Sorted()
}

// aUser finds whom a plan's finding about a user is about.
var aUser = regexp.MustCompile(`\buser ("(?:[^"\\]|\\.)*")`)

// unsaid leaves out of a judgement what a plan says of the same person in its
// own words, with a statement that knows the plan.
func unsaid(judged, planned finding.List) finding.List {
	return slices.DeleteFunc(slices.Clone(judged), func(j finding.Finding) bool {
		return slices.ContainsFunc(planned, func(f finding.Finding) bool {
			who := aUser.FindStringSubmatch(f.Message)
			again := f.Code == j.Code || f.Code == finding.LoginDiffers && j.Code == finding.OrphanedUser
			return again && (who != nil && strings.Contains(j.Message, who[1]) || f.Message == j.Message)
		})
	})
}

// warnings is a judgement as a plan tells it: what is not as the policy says
// does not keep the plan from being applied.
func warnings(j grants.Judgement) finding.List {
	out := slices.Concat(j.Mismatches, j.Unverified)
	for i := range out {
		out[i].Severity = finding.Warning
	}
	return append(out, j.Notes...)
}

// Err is what a plan that nobody applies comes to: what stands in each site's
// way, a rule that is broken, who is left out for want of a seat, and with check
// a *DifferenceError where a site that was read is not as the policy says. That
// the runner may not change a site is no part of it: who may only look may plan.
func (fp *FleetPlan) Err(check bool) error {
	var out []error
	for _, r := range fp.Rows() {
		if r.Outcome != NoRight {
			out = append(out, r.Err)
		}
	}
	out = append(out, fp.Refusal(), fp.withoutLogin(), leftOut(fp.Seats.LeftOut, fp.Seats.Why))
	switch {
	case check && fp.differs():
		out = append(out, &DifferenceError{Message: "the sites differ from the policy"})
	case check && fp.leaves():
		out = append(out, &DifferenceError{Message: "the sites differ from the policy in what their mode leaves undone"})
	case check && fp.auditDoubts():
		out = append(out, &DifferenceError{Message: "log-ins are not audited as the policy says, as far as that can be seen"})
	case check && len(fp.Mismatches()) > 0:
		out = append(out, &DifferenceError{Message: notAsThePolicySays})
	}
	return errors.Join(out...)
}

const notAsThePolicySays = "what people may do is not what the policy says"

// Refusal is a *RefusedError where the plan breaks a rule of the run, by which
// nothing is sent to any site, or nil. What stops a single site is in its Row.
func (fp *FleetPlan) Refusal() error {
	if broken := fp.run.Of(finding.Error); len(broken) > 0 {
		return &RefusedError{Findings: broken}
	}
	return nil
}

// AsWanted reports whether every site of the run was read, has nothing to
// change and nothing that is found to be otherwise than the policy says.
func (fp *FleetPlan) AsWanted() bool {
	found := func(s SitePlan) bool { return len(s.Findings.Of(finding.Warning)) > 0 || s.Findings.HasErrors() }
	return fp.Empty() && len(fp.Unread) == 0 && !fp.auditDoubts() && !fp.leaves() && !slices.ContainsFunc(fp.Sites, found)
}

// LeftOut returns how many sites in use the run is not about.
func (fp *FleetPlan) LeftOut() int {
	return len(fp.Policy.SitesInUse()) - len(fp.Sites) - len(fp.Unread)
}

// Sends reports whether there is anything to send: changes of logins, a login
// that a site waits for, or a site with changes that nothing stands in the way of.
func (fp *FleetPlan) Sends() bool {
	changes := func(r Row) bool { return r.Err == nil && (!r.Plan.Empty() || len(r.Plan.known().logins) > 0) }
	return fp.Refusal() == nil && (len(fp.Servers)+len(fp.Audits) > 0 || slices.ContainsFunc(fp.Rows(), changes))
}

// Row is a site of a run, before anything was sent: its plan, or what stands
// in its way, or both.
type Row struct {
	Site    policy.Site
	Plan    *SitePlan // nil where the site was not read
	Outcome Outcome   // empty where nothing stands in the way
	Err     error     // why; nil where Outcome is empty
}

// Rows returns every site of the run, read or not, in the policy's order.
func (fp *FleetPlan) Rows() []Row {
	byName := map[string]Row{}
	for _, r := range fp.Unread {
		byName[r.Site.Name] = Row{Site: r.Site, Outcome: absence(r.Err), Err: r.Err}
	}
	for i, s := range fp.Sites {
		row := Row{Site: s.Site, Plan: &fp.Sites[i]}
		row.Outcome, row.Err = s.stopped()
		byName[s.Site.Name] = row
	}
	var out []Row
	for _, s := range fp.Policy.Sites {
		if row, ok := byName[s.Name]; ok {
			out = append(out, row)
		}
	}
	return out
}

// Uses reports whether a site that something will be sent to wants a login.
func (fp *FleetPlan) Uses(l NewLogin) bool {
	return fp.options.undo || slices.ContainsFunc(fp.Rows(), func(r Row) bool { return r.Err == nil && r.Plan.wants(l) })
}
