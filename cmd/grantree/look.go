package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
)

// What explain and who share: the question, and the sites it is put to.

// question is what explain and who were asked.
type question struct {
	views       []string
	permissions []catalog.Permissions
}

// parseQuestion reads VIEW|NODE [PERMISSION].
func parseQuestion(c *catalog.Catalog, args []string) (question, error) {
	var q question
	views, err := viewsOf(c, args[0])
	if err != nil {
		return q, err
	}
	q.views = views
	q.permissions = catalog.All.Each()
	if len(args) > 1 {
		p, err := catalog.ParsePermission(args[1])
		if err != nil {
			return q, usageError("%v", err)
		}
		q.permissions = []catalog.Permissions{p}
	}
	return q, nil
}

// viewsOf names the views that an argument means: a view itself, else the
// parent views behind a node or area and below, or all views where it has no
// parents.
func viewsOf(c *catalog.Catalog, name string) ([]string, error) {
	v := catalog.ViewName(name)
	if c.HasView(v) || v.HasPrefix(c.Prefix) {
		return []string{string(c.SiteName(v))}, nil
	}
	target, lookup := c.Resolve(name)
	if lookup != nil {
		return nil, usageError("%v", lookup)
	}
	var parents []string
	for _, v := range c.Main(target) {
		parents = append(parents, string(v))
	}
	if len(parents) == 0 {
		if near := c.Akin(target); near != nil {
			var its []string
			for _, v := range near.Views {
				if view := string(c.SiteName(v.Name)); v.Level == near.Views[0].Level && !slices.Contains(its, view) {
					its = append(its, view)
				}
			}
			return nil, usageError("%q reaches no view; near it is %q: %s", name, near.Path.String(), list(its, 4))
		}
		return nil, usageError("%q reaches no view", name)
	}
	return parents, nil
}

// liveSite is one site as explain and who look at it.
type liveSite struct {
	name      string
	collation grants.Collation
	snapshot  *grants.Snapshot
	*grants.Inquiry
}

// look reads the sites of a run, or makes them up from the policy, then with
// what the policy gives on the views of the question alone. The error
// may speak of sites that could not be read beside others that were: whoever
// asks answers for these, and fails all the same.
func (a *app) look(ctx context.Context, o lookOptions, args []string) ([]liveSite, *policy.Policy, func(), error) {
	if o.offline {
		p, err := a.policy(o.policyOptions, false)
		if err != nil {
			return nil, nil, func() {}, err
		}
		q, _ := parseQuestion(p.Catalog, args) // whoever asks judges it
		out, err := a.appliedOffline(p, o.fleetOptions, q.views)
		a.notAsked(out)
		return out, p, func() {}, err
	}
	f, done, err := a.appliedFleet(ctx, o.fleetOptions, true)
	if err != nil {
		return nil, nil, done, err
	}
	readings, unread := a.read(ctx, f)
	var out []liveSite
	var opened finding.List // who is in a group for a while
	for _, r := range readings {
		if r.Snapshot == nil {
			continue
		}
		wanted, _ := f.Policy.Wanted(r.Snapshot)
		_, _, found := f.Policy.Openings(r.Snapshot, wanted)
		opened = append(opened, found...)
		out = append(out, a.liveSite(f.Policy, r.Snapshot, wanted))
	}
	a.findings(opened)
	return out, f.Policy, done, unread
}

// notAsked says what an answer rests on for which no site was asked.
func (a *app) notAsked(live []liveSite) {
	var names []string
	for _, s := range live {
		names = append(names, s.name)
	}
	verb := "were"
	if len(names) == 1 {
		verb = "was"
	}
	var said finding.List
	if len(names) > 0 {
		said.Warnf(finding.SiteNotAsked, finding.Pos{}, "leave --offline out to ask the servers",
			"%s %s not asked: this is what the policy gives in sites made from the catalog, on servers whose names compare by %s, which is assumed", list(names, 3), verb, policy.OfflineCollation)
	}
	a.findings(said)
}

func (a *app) liveSite(p *policy.Policy, s *grants.Snapshot, w *grants.Wanted) liveSite {
	return liveSite{name: s.Site, collation: s.Collation, snapshot: s, Inquiry: grants.Inquire(s, w, p.Accepts(s.Site, a.now()))}
}

// appliedOffline applies the policy, as far as it is about some views, or all where
// these are nil, on paper to sites made from the catalog.
func (a *app) appliedOffline(p *policy.Policy, o fleetOptions, views []string) ([]liveSite, error) {
	chosen, err := sites.Choose(p, o.sites, o.except)
	if err != nil {
		return nil, err
	}
	checks, findings := p.OfflineChecks(chosen)
	if err := findings.Err(); err != nil {
		return nil, err
	}
	var out []liveSite
	for _, c := range checks {
		about := map[string]bool{}
		for _, v := range views {
			about[c.Wanted.Collation.Key(v)] = true
		}
		var entries []grants.WantedEntry
		for _, e := range c.Wanted.Entries {
			if views == nil || about[c.Wanted.Collation.Key(e.View)] {
				entries = append(entries, e)
			}
		}
		c.Wanted.Entries = entries
		for i, u := range c.Wanted.Users { // an existing login, or one that apply would make; by the SID it is found as whose user it is
			c.Snapshot.Logins = append(c.Snapshot.Logins, grants.Login{Name: u.Login, Type: cmp.Or(u.Type, grants.SQLUser), SID: fmt.Sprintf("offline %d", i)})
		}
		plan := grants.Diff(c.Snapshot, c.Wanted, grants.DiffOptions{Adopt: []string{"*"}})
		after, err := c.Snapshot.With(plan.Changes)
		if err != nil {
			return nil, fmt.Errorf("site %q: %w", c.Snapshot.Site, err)
		}
		out = append(out, a.liveSite(p, after, c.Wanted))
	}
	return out, nil
}

// appliedFleet opens a fleet; on the sandbox, where sites begin without any
// permission, it applies the policy first so that there is something to ask: the whole
// of it, whatever the sites' modes.
func (a *app) appliedFleet(ctx context.Context, o fleetOptions, quiet bool) (*sites.Fleet, func(), error) {
	f, done, err := a.open(ctx, o)
	if err != nil || !o.sandbox {
		return f, done, err
	}
	fp, err := a.planned(ctx, f, sites.PlanOptions{ExpectLoss: -1, Whole: true})
	if err != nil {
		return nil, done, err
	}
	if fp.Findings.HasErrors() {
		a.findings(fp.Findings)
	}
	end := a.begin(sites.StageApplying, len(f.Sites))
	_, err = f.Apply(ctx, fp, sites.Events{})
	if end(); err != nil {
		err = stoppedMaking(ctx, err)
		return nil, done, err
	}
	if !quiet {
		a.warnf("the policy was applied to the sandbox first")
	}
	return f, done, nil
}

// inSomeSite refuses a view that no site has.
func (q question) inSomeSite(live []liveSite) error {
	for _, view := range q.views {
		var known []string
		found := len(live) == 0
		for _, s := range live {
			found = found || s.HasView(view)
			known = append(known, s.Views()...)
		}
		if found || len(q.views) > 1 {
			continue
		}
		if near := finding.Nearest(view, known); near != "" {
			return usageError("no site has a view %q; did you mean %q?", view, near)
		}
		return usageError("no site has a view %q", view)
	}
	return nil
}
