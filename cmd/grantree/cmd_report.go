package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"grantree/grants"
	"grantree/report"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type reportOptions struct {
	explainOptions
	out    string
	since  string
	review string
}

func newReport(a *app) *cobra.Command {
	var o reportOptions
	c := &cobra.Command{
		Use:   "report",
		Short: "Write who may do what, for an auditor: a page, a workbook, a table or JSON",
		Long: `Read the sites and write who may do what there: everybody on every view of the
application, by which group, with who is not in the policy, what could not be
verified, what the rules find and how many seats are used.

--format html is one file that needs no network: search ("change pay rates"),
filters, the whole navigation tree, print. csv and xlsx have a row for each
person, site and view. json is for programs, and for --since: a report that was
kept as JSON is what a later one is compared with, person by person.

--review makes the pack of an access review: a workbook for each [[review]] of the
policy, in which a reviewer keeps or revokes what their people have; grantree review
apply takes it back.

--offline asks no server: it reports what the policy gives in sites made from the
catalog. With --sandbox the policy is applied to an embedded server first.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.out != "" && !c.Flags().Changed("format") {
				if ext := filepath.Ext(o.out); len(ext) > 1 && ext != ".text" {
					_ = c.Flags().Set("format", ext[1:])
				}
			}
			return a.report(c.Context(), o)
		},
	}
	o.fleetOptions.addFlags(c, "text", "html", "csv", "xlsx", "json")
	c.Flags().BoolVar(&o.offline, "offline", false, "report what the policy alone gives, in sites made from the catalog")
	c.Flags().StringVar(&o.out, "out", "", "the file to write; it must not exist, and only you may read it")
	c.Flags().StringVar(&o.review, "review", "", "make the pack of an access review in this folder, which must not exist: a workbook for each [[review]]")
	c.Flags().StringVar(&o.since, "since", "", "an earlier report, as JSON, to compare with")
	return c
}

func (a *app) report(ctx context.Context, o reportOptions) error {
	switch {
	case o.format == "xlsx" && o.out == "":
		return usageError("a workbook is for a file: name it with --out FILE")
	case o.offline && o.sandbox:
		return usageError("--offline asks no server, and --sandbox an embedded one: leave one of them out")
	}
	if err := o.reviewable(); err != nil {
		return err
	}
	earlier, err := a.earlierReport(o.since)
	if err != nil {
		return err
	}
	src, done, unread := a.reportSource(ctx, o)
	defer done()
	if src == nil {
		return unread
	}
	r := report.New(*src)
	if earlier != nil {
		r.Since = report.Compare(earlier, r)
	}
	if o.review == "" {
		return errors.Join(a.writeReport(r, o), unread)
	}
	if len(src.Policy.Reviewers) == 0 {
		return errors.Join(usageError("the policy says of nobody who reviews whom: add a [[review]] with reviewer = \"…\""), unread)
	}
	return errors.Join(a.makePack(src.Policy, r, o), unread)
}

// reviewable refuses what a review cannot be made with: a row is kept or revoked in
// all its sites.
func (o reportOptions) reviewable() error {
	switch {
	case o.review == "":
		return nil
	case len(o.sites)+len(o.except) > 0:
		return usageError("a review is about every site, because a decision holds in all of a row's: leave out --site and --except, and give a [[review]] its sites")
	case o.out != "" || o.format != "text" && o.format != "json":
		return usageError("--review writes a folder of its own, with the report in it: leave out --out, and --format but for json")
	}
	return nil
}

// earlierReport reads the report of --since; nil where there is none.
func (a *app) earlierReport(file string) (*report.Report, error) {
	if file == "" {
		return nil, nil
	}
	data, err := a.readFile(file)
	if err != nil {
		return nil, usageError("--since: %v", err)
	}
	r, err := report.Read(data)
	if err != nil {
		return nil, usageError("--since %s: %v; write one with grantree report --format json --out FILE", file, err)
	}
	return r, nil
}

// reportSource reads what a report is made from. The error may speak of sites that
// could not be read beside others that were.
func (a *app) reportSource(ctx context.Context, o reportOptions) (*report.Source, func(), error) {
	if o.offline {
		src, err := a.offlineSource(o)
		return src, func() {}, err
	}
	f, done, err := a.appliedFleet(ctx, o.fleetOptions, false)
	if err != nil {
		return nil, done, err
	}
	readings, unread := a.read(ctx, f)
	if readings == nil {
		return nil, done, unread
	}
	fp := f.Plan(ctx, readings, sites.PlanOptions{ExpectLoss: -1, Today: a.now(), FromCatalog: f.FromCatalog}, true)
	src := &report.Source{Made: a.now(), Basis: report.Servers, Policy: f.Policy, Findings: fp.Findings, Seats: reportSeats(fp.Seats)}
	if o.sandbox {
		src.Basis = report.Sandbox
	}
	for _, r := range readings {
		site := report.SiteSource{Name: r.Site.Name}
		if r.Snapshot == nil {
			site.Why = unreadWhy(r)
		} else {
			wanted, _ := f.Policy.Wanted(r.Snapshot)
			site.Snapshot, site.Inquiry = r.Snapshot, grants.Inquire(r.Snapshot, wanted, f.Policy.Accepts(r.Snapshot.Site, a.now()))
		}
		src.Sites = append(src.Sites, site)
	}
	return src, done, unread
}

// unreadWhy is why a site was not read, for a reader who is handed the report: without
// where its server is and who asked.
func unreadWhy(sites.Reading) string {
	return "the run that made this report could not read it; its log says why"
}

// offlineSource is what the policy alone gives.
func (a *app) offlineSource(o reportOptions) (*report.Source, error) {
	p, err := a.policy(o.policyOptions, false)
	if err != nil {
		return nil, err
	}
	live, err := a.appliedOffline(p, o.fleetOptions, nil)
	if err != nil {
		return nil, err
	}
	a.notAsked(live)
	_, found := a.offlineFindings(p)
	count, more := sites.PolicySeats(p)
	src := &report.Source{Made: a.now(), Basis: report.Policy, Policy: p, Findings: append(found, more...),
		Seats: reportSeats(sites.Seats{Count: count, Counted: true})}
	for _, s := range live {
		src.Sites = append(src.Sites, report.SiteSource{Name: s.name, Inquiry: s.Inquiry, Snapshot: s.snapshot})
	}
	return src, nil
}

// reportSeats are the seats in a report.
func reportSeats(s sites.Seats) *report.Seats {
	out := &report.Seats{Limit: s.Limit, Unread: s.Unread, People: []report.SeatLine{}}
	if s.Counted {
		used := s.Now
		if s.Now == 0 {
			used = s.Used
		}
		out.Used = &used
	}
	for _, l := range s.Lines {
		if n := max(l.Seats, l.SeatsNow); n > 0 {
			out.People = append(out.People, report.SeatLine{Name: l.Name, Seats: n, Why: l.Why, Sites: append([]string{}, placesOf(l)...)})
		}
	}
	return out
}

// writeReport writes a report in the form that was asked for.
func (a *app) writeReport(r *report.Report, o reportOptions) error {
	if o.format == "text" && o.out == "" {
		a.printReport(r)
		return nil
	}
	var b bytes.Buffer
	var err error
	switch o.format {
	case "html":
		err = r.WriteHTML(&b)
	case "csv":
		err = r.WriteCSV(&b)
	case "xlsx":
		err = r.WriteXLSX(&b)
	default:
		to := *a
		to.stdout = &b
		if o.format == "text" {
			to.printReport(r)
		} else {
			err = to.printJSON(r)
		}
	}
	if err != nil {
		return err
	}
	if o.out == "" {
		a.answered = a.answered || o.format == "json"
		_, err := a.stdout.Write(b.Bytes())
		return err
	}
	if err := a.writeNew(o.out, b.Bytes()); err != nil {
		return err
	}
	a.warnf("a report of %s written to %s", count(len(r.People), "person"), o.out)
	return nil
}

// writeNew writes a file that must not exist, for the eyes of its owner.
func (a *app) writeNew(file string, data []byte) error {
	err := a.create(file, data, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s exists already and was left alone: name another with --out", file)
	}
	return err
}
