package main

import (
	"fmt"
	"slices"
	"strings"

	"grantree/advice"
	"grantree/grants"
	"grantree/policy"
)

// edit is the smallest edit of the policy that would change an answer, or why none
// is offered.
type edit struct {
	*advice.Answer
	none    string
	offline bool // no site said what its state would refuse
}

// edits looks for the edit that would change each answer, in the sites where it is
// the same.
func (a *app) edits(o explainOptions, live []liveSite, p *policy.Policy, of subject, list []together) ([]*edit, error) {
	var out []*edit
	for _, t := range list {
		e := &edit{none: noEdit(live, p, of, t)}
		if e.none == "" {
			if err := a.smallest(o, live, p, of, t, e); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// noEdit says why no edit of the policy is looked for, or "": who is nobody of the
// policy, what the policy says already, what others give.
func noEdit(live []liveSite, p *policy.Policy, of subject, t together) string {
	if t.Allowed == grants.NotVerified {
		return "the answer is not verified, so that no edit of the policy is known to change it"
	}
	name := t.User
	if of.group == nil {
		u := personOf(p, of.name)
		switch {
		case u == nil:
			return fmt.Sprintf("the policy does not name %s, so that no edit of a line of theirs changes it", of.name)
		case u.Inactive:
			return fmt.Sprintf("%s is inactive in the policy, and has nothing by it; active again they have all of what their lines give", u.Name)
		}
		name = u.Name
		for _, site := range t.sites {
			if !slices.ContainsFunc(p.UserSites(u), func(s policy.Site) bool { return s.Name == site }) {
				return fmt.Sprintf("the policy does not let %s into %s; let in, they have all of what their groups give there", u.Name, site)
			}
		}
	} else if policy.IsVendor(of.group.Pos) || of.group.IsPreset() {
		return fmt.Sprintf("group %s is the vendor's, and stands in none of the policy's files; a copy of it can be edited (grantree group copy)", of.group.Name)
	}
	for _, s := range live {
		if !slices.Contains(t.sites, s.name) {
			continue
		}
		switch promised := s.Promised(name, t.View, t.Permission); {
		case promised && t.Allowed == grants.No:
			return fmt.Sprintf("the policy gives it already, and %s has it not; what is missing there, a plan says and applies", s.name)
		case !promised && t.Allowed == grants.Yes:
			return "it is not the policy that gives it, and no line of it can go; what takes it back, a plan and an audit say"
		}
	}
	return ""
}

// personOf finds somebody of the policy by their name, or by their login's.
func personOf(p *policy.Policy, name string) *policy.User {
	if u := p.User(name); u != nil {
		return u
	}
	i := slices.IndexFunc(p.Users, func(u *policy.User) bool { return grants.Collation{}.Equal(u.Login, name) })
	if i < 0 {
		return nil
	}
	return p.Users[i]
}

// smallest finds the edit, and proves it on the sites that were asked.
func (a *app) smallest(o explainOptions, live []liveSite, p *policy.Policy, of subject, t together, e *edit) error {
	src, err := a.policySource(o.policyOptions, false)
	if err != nil {
		return err
	}
	q := advice.Question{Sites: t.sites, View: t.View, Permission: t.Permission, Allowed: t.Allowed == grants.No}
	if of.group != nil {
		q.Group = of.group.Name
	} else {
		q.User = personOf(p, of.name).Name
	}
	q.Holds = func(edited *policy.Policy) string {
		for _, s := range live {
			if why := a.objects(o, s, edited, of, t); why != "" {
				return why
			}
		}
		return ""
	}
	found, err := advice.Smallest(advice.Files{Main: src, Read: a.readFile}, q, a.now())
	if err != nil {
		return usageError("%v", err)
	}
	e.Answer, e.offline = &found, o.offline
	if found.Offer == nil {
		e.none = "no edit was found that changes it and gives nobody anything else"
	}
	return nil
}

// objects applies an edited policy to a site, on paper, and says what the site has
// against it: a plan of it that is refused there, by rule 5 or by what the site holds, or
// the same answer as before. "" is nothing. Offline no site has a state of its own.
func (a *app) objects(o explainOptions, s liveSite, p *policy.Policy, of subject, t together) string {
	asked := slices.Contains(t.sites, s.name)
	if !asked && o.offline {
		return ""
	}
	w, _ := p.Wanted(s.snapshot)
	options := grants.DiffOptions{Adopt: p.Settings.Adopt}
	if o.offline || o.sandbox {
		options.Adopt = []string{"*"}
	} else if site, ok := p.Site(s.name); ok {
		options.Mode, options.ModeAt = p.Mode(site)
	}
	survey := grants.NewSurvey(s.snapshot)
	plan := survey.Diff(w, options)
	after, err := s.snapshot.With(plan.Changes)
	if !o.offline {
		stops := append(plan.Findings.Stopping(), survey.Stranding(w, plan, after, err, p.Guard(0)).Stopping()...)
		if len(stops) > 0 {
			return fmt.Sprintf("would have its plan refused: %s (%s)", stops[0].Message, stops[0].Code)
		}
	}
	if err == nil && (!asked || a.turned(s, p, of, t, after, w)) {
		return ""
	}
	if err == nil && plan.Left != nil {
		return fmt.Sprintf("would leave it as it is in %s, whose mode is %q", s.name, options.Mode)
	}
	return "would leave it as it is in " + s.name + ", where what decides is not the policy's"
}

// turned reports whether a site that is as an edited policy wants it answers otherwise.
func (a *app) turned(s liveSite, p *policy.Policy, of subject, t together, after *grants.Snapshot, w *grants.Wanted) bool {
	then := of
	if of.group != nil {
		then.group = p.Group(of.group.Name)
	}
	now := then.ask(liveSite{name: s.name, collation: s.collation, Inquiry: grants.Inquire(after, w, p.Accepts(s.name, a.now()))}, t.View, t.Permission)
	return now.Allowed != t.Allowed && now.Allowed != grants.NotVerified
}

// printEditThat prints the edit that would change an answer.
func (a *app) printEditThat(t together, e *edit) {
	if e.Answer != nil && e.Offer != nil {
		verb := "lets them"
		if t.Allowed == grants.Yes {
			verb = "keeps them from it"
		}
		if t.Group != "" {
			verb = strings.Replace(verb, "them", "the group", 1)
		}
		a.printf("  %s\n", a.bold("The smallest edit of the policy that "+verb+":"))
		for _, c := range e.Offer.Commands {
			a.printf("    %s\n", c)
		}
		a.sentence("    ", besides(e.Offer, t.Group != ""))
		if e.offline {
			a.sentence("    ", "Whether a site refuses its plan (rule 5: its last administrator) was not asked: --offline.")
		}
		return
	}
	a.sentence("  ", "No edit is offered: "+e.none+".")
	if e.Answer == nil {
		return
	}
	for i, r := range e.Refused {
		if i == shownReasons {
			a.printf("    … and %s\n", count(len(e.Refused)-i, "more edit"))
			return
		}
		a.sentence("  - ", fmt.Sprintf("to %s %s", r.What, r.Why))
	}
}

// besides says what else an edit does.
func besides(o *advice.Offer, group bool) string {
	what := "It changes something for"
	if group {
		what = "It holds for"
	}
	people := fmt.Sprintf("%s %s: %s.", what, count(len(o.Others), "person"), list(o.Others, 4))
	lost := count(o.Lost, "other permission") + " on views would go with it."
	switch {
	case o.Lost > 0 && len(o.Others) > 0:
		return lost + " " + people
	case o.Lost > 0:
		return lost
	case len(o.Others) > 0:
		return people
	}
	return "Nothing else changes, for anybody."
}

// json is an edit for programs.
func (e *edit) json() *jsonEditThat {
	out := &jsonEditThat{Commands: []string{}, Files: []jsonEditedFile{}, Others: []string{}, WhyNone: e.none}
	if e.Answer == nil {
		return out
	}
	if e.Offer == nil {
		for _, r := range e.Refused {
			out.Refused = append(out.Refused, jsonRefused(r))
		}
		return out
	}
	out.Commands, out.Lost, out.Others = e.Offer.Commands, e.Offer.Lost, append(out.Others, e.Offer.Others...)
	out.Files = editJSON(e.Offer.Edited, false).Files
	return out
}
