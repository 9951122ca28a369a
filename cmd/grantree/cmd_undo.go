package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/journal"
	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newUndo(a *app) *cobra.Command {
	var o applyOptions
	c := &cobra.Command{
		Use:   "undo [RUN]",
		Short: "Show what takes a run back, ask, and carry it out",
		Long: `Show what takes a run back, ask, and carry it out. RUN is one that "grantree log"
lists; without it, the newest that changed something is meant, an undo too, and of
an undo that did not come to its end the rest; a run that only let somebody into a
group for a while, or ended that, is passed over.

What is sent is made of the journal of the run alone, of what was committed. Each
site changes in one transaction, under a lock, and is read back before the commit:
it has to be what it was before the run. A site that has changed since is left as
it is, with what is not as the run left it (exit 5). Seats, the last administrator
and max_loss hold as for any plan; the policy is not changed, and the lines of it
are named that would do it again at the next apply. A policy that has errors is
good for reaching its sites alone, and that all of this is unchecked is said.

A login that the run dropped is made again with its SID and a new password. What
needs an approval by the policy is not taken back so: change the policy instead.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.finished("undo", o.fleetOptions, func(e *ending) error { return a.undo(c.Context(), o, strings.Join(args, ""), e) })
		},
	}
	o.policyOptions.addFlags(c, "text", "json")
	c.Flags().StringSliceVar(&o.sites, "site", nil, "only this site (may be repeated)")
	c.Flags().StringSliceVar(&o.except, "except", nil, "every site but this one (may be repeated)")
	c.Flags().IntVar(&o.parallel, "parallel", defaultParallel, "how many sites to work on at once")
	c.Flags().IntVar(&o.expectLoss, "expect-loss", -1, "accept that exactly this many people lose something in all sites of the run")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.full, "full", false, "show every statement of the plan")
	c.Flags().StringVar(&o.passwords, "passwords-out", defaultPasswordsFile, "the file that new passwords are added to")
	c.Flags().StringVar(&o.journal, "journal", "", "the folder in which runs are written down (default "+defaultJournal+" beside the policy)")
	return c
}

func (a *app) undo(ctx context.Context, o applyOptions, name string, e *ending) (failed error) {
	var results []sites.Result
	a.tells = sites.StageApplying
	dir := journalFolder(o.journal, o.file)
	run, later, err := a.toUndo(dir, name)
	if err != nil {
		return err
	}
	p, unchecked, err := a.reaching(o.policyOptions)
	if err != nil {
		return err
	}
	about, beside := undoSites(p.Policy, run, o)
	if len(about) == 0 {
		return errors.Join(beside, usageError("run %s changed nothing in a site of the policy that this could take back", run.Begun.Run))
	}
	o.sites, o.except = about, nil
	f, done, err := a.fleet(ctx, p.Policy, o.fleetOptions)
	defer done()
	if err == nil {
		err = a.keepsPasswords(o.passwords, journalFolder(o.journal, o.file), f.Policy)
	}
	if err != nil {
		return err
	}
	writes := a.newRecorder(dir, journal.Begun{Command: "undo", Undoes: run.Begun.Run, Policy: p.Bound.Policy, Catalog: p.Bound.Catalog, Options: o.written()})
	if err := a.settle(ctx, f, writes); err != nil {
		return err
	}
	defer func() { writes.end(results, failed) }()
	for i, open := range writes.open {
		if name == "" && open.At.After(run.At) {
			return usageError("run %s did not end, and the one before it is %s: say which is to be taken back, as grantree undo %s", open.Begun.Run, run.Begun.Run, run.Begun.Run)
		}
		if open.Begun.Run == run.Begun.Run {
			run.Settle(writes.settled[i], writes.begun.Run)
		}
	}
	plan := o.changeOptions.plan()
	plan.Today = a.now()
	if o.format == "text" {
		plan.Sketch = newSketcher(f.Policy.Catalog, o.format, o.full).sketch
	}
	end := a.begin(sites.StageReading, len(f.Sites))
	fp := f.PlanUndo(ctx, run, later, plan)
	end()
	unread := errors.Join(beside, sites.Failures(fp.Unread))
	e.planned(fp)
	writes.loginsOf(fp)
	if o.format == "text" {
		a.printf("%s\n\n", a.bold(finding.Printable(fmt.Sprintf("Takes back run %s: %s by %s on %s, %s", run.Begun.Run, run.Begun.Command, run.Begun.User, run.Begun.Host, moment(run.At)))))
		if err := a.printPlan(fp, o.full); err != nil {
			return err
		}
	}
	a.findings(fp.Findings)
	if again := fp.Again(); !unchecked && len(again) > 0 {
		a.warnf("the policy still says what this takes back, and the next apply does it again: see %s", list(again, 12))
	}
	if refusal := fp.Refusal(); refusal != nil {
		return errors.Join(refusal, unread)
	}
	if !fp.Sends() {
		return errors.Join(a.unsent(fp, o.format), unread)
	}
	if why := fp.Approvals(fp.Policy.Approval.Needs); len(why) > 0 {
		return errors.Join(&exitError{code: exitRule, message: fmt.Sprintf("what takes run %s back needs an approval: %s; nobody can give one to an undo: change the policy, and seal a plan of it with grantree plan --out FILE; nothing was sent", run.Begun.Run, strings.Join(why, "; "))}, unread)
	}
	if err := a.confirm(ctx, fp, o.yes); err != nil {
		return err
	}
	if err := writes.begin(fp.Digest()); err != nil {
		return err
	}
	f.Run = sites.Run{ID: writes.begun.Run, Plan: writes.begun.Plan, Journal: writes}
	results, err = a.send(ctx, f, fp, o)
	if results == nil {
		return errors.Join(err, unread)
	}
	e.applied(fp, results)
	writes.tell()
	if o.format == "json" {
		err = errors.Join(err, a.printJSON(resultsJSON(fp, results, f.Run.ID)))
	}
	return errors.Join(err, beside)
}

// unsent says of each site why nothing is sent to it.
func (a *app) unsent(fp *sites.FleetPlan, format string) error {
	var results []sites.Result
	var errs []error
	for _, r := range fp.Rows() {
		one := sites.Result{Site: r.Site.Name, Outcome: sites.NoChange, Err: r.Err}
		if r.Err != nil {
			one.Outcome = r.Outcome
		}
		if results = append(results, one); r.Plan != nil { // the others are told of as not read
			errs = append(errs, r.Err)
		}
	}
	if format == "json" {
		errs = append(errs, a.printJSON(resultsJSON(fp, results, "")))
	}
	return errors.Join(errs...)
}

// reaching is the policy, or, where it has errors, what of it is needed to reach its sites,
// which is said: then nothing is checked that the rules ask of a policy.
func (a *app) reaching(o policyOptions) (p *boundPolicy, unchecked bool, err error) {
	p, err = a.bound(o)
	var input *finding.InputError
	if err == nil || !errors.As(err, &input) {
		return p, false, err
	}
	src, err2 := a.policySource(o, false)
	if err2 != nil {
		return nil, false, err
	}
	read, _ := policy.Parse(src, a.readFile)
	bare := read.Reaching()
	if bare == nil {
		return nil, false, err
	}
	a.findings(input.Findings)
	a.warnf("the policy has errors: seats, the last administrator, how many people lose something, and which lines would do it again, are not checked")
	return &boundPolicy{Policy: bare, whole: bare}, true, nil
}

// toUndo is the run of a name, or the newest that changed something, and the runs that
// began after it.
func (a *app) toUndo(dir, name string) (journal.Run, []journal.Run, error) {
	all, err := a.runs(dir)
	if err != nil {
		return journal.Run{}, nil, journalError(err)
	}
	var run journal.Run
	if name != "" {
		if run, err = journal.Find(all, name); err != nil {
			return run, nil, usageError("%v", err)
		}
	} else {
		for _, r := range slices.Backward(all) {
			if r.Changed() && !r.OnlyLends() {
				run = r
				break
			}
		}
		for run.Begun.Undoes != "" && (run.Ended == nil || run.Ended.Outcome != "done") { // it goes on
			if run, err = journal.Find(all, run.Begun.Undoes); err != nil {
				return run, nil, usageError("%v", err)
			}
		}
	}
	if run.Begun.Run == "" {
		return run, nil, usageError("no run that is written down in %s changed something", dir)
	}
	var names []string
	for _, r := range all {
		names = append(names, filepath.Base(r.File))
	}
	if err := a.ownJournals(dir, names); err != nil {
		return run, nil, journalError(err)
	}
	return run, slices.DeleteFunc(all, func(r journal.Run) bool { return !r.At.After(run.At) || r.Begun.Run == run.Begun.Run }), nil
}

// undoSites are the sites in which a run is taken back: those of it, and one of each
// server whose logins alone it changed. The error is about those that the policy does
// not have.
func undoSites(p *policy.Policy, run journal.Run, o applyOptions) (names []string, beside error) {
	chosen := func(name string) bool {
		return (len(o.sites) == 0 || slices.Contains(o.sites, name)) && !slices.Contains(o.except, name)
	}
	servers := map[string]bool{}
	for _, s := range run.Sites {
		if f := s.Fate(); !chosen(s.Site) || f == journal.FateRolledBack || f == journal.FateCutOff {
			continue
		}
		site, ok := p.Site(s.Site)
		switch {
		case !ok || site.Retired:
			beside = errors.Join(beside, fmt.Errorf("site %q: the policy has no such site in use, and it stays as it is", s.Site))
			continue
		case site.Server != s.Server || site.Database != s.Database:
			beside = errors.Join(beside, fmt.Errorf("site %q is another database by now than the run changed (%s on server %q), and stays as it is", s.Site, s.Database, s.Server))
			continue
		}
		names, servers[site.Server] = append(names, s.Site), true
	}
	for _, l := range run.Logins {
		for _, site := range p.SitesInUse() {
			if site.Server == l.Server && !servers[l.Server] && l.Outcome == journal.Done && len(o.sites) == 0 && chosen(site.Name) {
				names, servers[l.Server] = append(names, site.Name), true
			}
		}
	}
	return names, beside
}
