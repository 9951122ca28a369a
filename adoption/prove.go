package adoption

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// proof is what came of a draft.
type proof struct {
	policy     *policy.Policy
	plans      []*grants.Plan // by site
	mismatches []finding.List
	unverified []finding.List
	missing    [][]string     // views that lines reach and a site has not
	wrong      []finding.List // with the draft for a site, beside its plan
	left       finding.List   // what a plan would change all the same
}

// prove reads a draft as the policy that it is, plans it for every site and judges
// it. again says that the draft has to be made anew, without what the proof has
// objected to, or with what accepts it.
func (im *importer) prove(d *draft, t *page) (p proof, again bool) {
	parsed, found := policy.Parse(policy.Source{File: im.File, Data: t.bytes()}, im.read)
	p.policy = parsed.At(im.Date)
	for _, f := range found.Of(finding.Error) {
		again = im.object(t, f) || again
	}
	if again {
		return p, true
	}
	var checks []policy.SiteCheck
	for _, x := range im.sites {
		w, found := p.policy.Wanted(x.snap)
		plan := grants.Diff(x.snap, w, grants.DiffOptions{Adopt: p.policy.Settings.Adopt, Made: im.Made, Statement: im.Statement})
		for _, f := range slices.Concat(found.Of(finding.Error), plan.Findings.Of(finding.Error)) {
			again = im.object(t, f, x) || again
		}
		for _, c := range plan.Changes {
			again = im.change(x, c) || again
		}
		for _, l := range plan.Logins {
			again = im.exclude(x, l.Cause.User, "a plan would make its login") || again
		}
		var missing []string
		for _, f := range found {
			if f.Code == finding.ViewMissing {
				missing = append(missing, f.About)
			}
		}
		slices.Sort(missing)
		p.missing = append(p.missing, missing)
		p.wrong = append(p.wrong, found)
		checks = append(checks, policy.SiteCheck{Snapshot: x.snap, Wanted: w})
		p.plans = append(p.plans, plan)
	}
	if again = again || im.rules(d, t, p.policy, checks); again {
		return p, true
	}
	for _, c := range checks {
		accepts := p.policy.Accepts(c.Snapshot.Site, im.Date)
		j := grants.Judge(c.Snapshot, c.Wanted, accepts, im.Statement)
		var strangers []string
		for _, m := range j.Mismatches {
			if name, more := im.acceptMore(d, c.Snapshot.Site, m); name != "" && !slices.Contains(strangers, name) {
				strangers = append(strangers, name)
			} else {
				again = more || again
			}
		}
		again = im.acceptLeast(c, accepts, strangers) || again
		p.mismatches, p.unverified = append(p.mismatches, j.Mismatches), append(p.unverified, j.Unverified)
	}
	if !again {
		for i, x := range im.sites {
			p.left = append(p.left, im.left(x, p.plans[i], slices.Concat(found, p.wrong[i]))...)
		}
	}
	return p, again
}

// exclude leaves a principal of a site out of the next draft. It reports false
// where that was done already.
func (im *importer) exclude(x *site, name, why string) bool {
	key := [2]string{x.Name, fold(name)}
	if im.excluded[key] != "" || name == "" {
		return false
	}
	im.excluded[key] = why
	return true
}

// object leaves out whom an error is about.
func (im *importer) object(t *page, f finding.Finding, in ...*site) bool {
	s, at := subject{}, 0
	for line, about := range t.about {
		if line <= f.Where.Line && line > at {
			s, at = about, line
		}
	}
	if len(in) == 0 {
		in = im.sites
	}
	again := false
	for _, x := range in {
		switch {
		case s.group != nil:
			if h := s.group.of(x); h != nil {
				again = im.exclude(x, h.Name, f.Message) || again
			}
		case s.user != nil:
			again = im.exclude(x, s.user.name, f.Message) || again
		}
	}
	return again
}

// change leaves out whom a change is about, for an import makes none.
func (im *importer) change(x *site, c grants.Change) bool {
	switch {
	case c.Kind.Marks() || im.puts(c):
		return false
	case c.Kind == grants.AddMember || c.Kind == grants.DropMember:
		if h := x.named(c.Role); h != nil && im.groups[h] == nil {
			return false // it is in no draft: see left
		}
		return im.exclude(x, c.Role, "its members are not what groups of a policy can have")
	}
	again := false
	for _, name := range c.Principals {
		if h := x.named(name); h != nil && im.groups[h] == nil && im.people[h] == nil {
			continue // it is in no draft: see left
		}
		again = im.exclude(x, name, fmt.Sprintf("a plan would change it (%s)", c.Kind)) || again
	}
	return again
}

// rules accepts what breaks a rule, for it stands in the sites.
func (im *importer) rules(d *draft, t *page, p *policy.Policy, checks []policy.SiteCheck) bool {
	again := false
	for _, f := range policy.Rules(p, checks, im.Date).Of(finding.Error) {
		if f.Code != finding.DenyContradicts {
			continue
		}
		for line := f.Where.Line; line > 0; line-- {
			if s, ok := t.about[line]; ok {
				if s.group != nil && !slices.Contains(im.override, s.group.name) {
					im.override, again = append(im.override, s.group.name), true
				}
				break
			}
		}
	}
	needed := policy.Waivable(p, checks, im.Date)
	for _, w := range needed {
		if !slices.ContainsFunc(im.waived, func(o policy.Waiver) bool { return o == w }) {
			im.waived, again = append(im.waived, w), true
		}
	}
	return again
}

// acceptMore accepts a person of the policy whom a mismatch is about as one who is
// more; of nobody of the policy it returns the name.
func (im *importer) acceptMore(d *draft, in string, m finding.Finding) (stranger string, again bool) {
	name := subjectOf(m)
	i := slices.IndexFunc(im.sites, func(x *site) bool { return x.Name == in })
	if name == "" || i < 0 {
		return "", false
	}
	x := im.sites[i]
	for h, u := range im.people {
		if h.site == x && (h.Name == name || fold(h.login) == fold(name)) {
			key := [2]string{x.Name, h.Name}
			if im.also[key] {
				return "", false
			}
			im.also[key] = true
			return "", len(u.also) >= 0
		}
	}
	for h := range im.groups {
		if h.site == x && h.Name == name {
			return "", false
		}
	}
	if name == everyName || len(policy.CheckOutsider(name)) > 0 {
		return "", false
	}
	return name, false
}

// subjectOf is whom a mismatch is about.
func subjectOf(m finding.Finding) string {
	name, _, _ := strings.Cut(m.About, "\x00")
	return name
}
