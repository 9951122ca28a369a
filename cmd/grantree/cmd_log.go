package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/journal"
	"grantree/sql/mssql"

	"github.com/spf13/cobra"
)

type logOptions struct {
	policyOptions
	journal string
	full    bool
}

func newLog(a *app) *cobra.Command {
	var o logOptions
	c := &cobra.Command{
		Use:   "log [RUN]",
		Short: "Show what runs wrote down, or one run whole",
		Long: `Show what runs wrote down, the newest first, or one run whole, site by site. RUN is
its id, or how that begins or ends.

A journal that is not as a run wrote it is named, with the line and the reason, and
the exit code is 1. No server is asked.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.log(o, strings.Join(args, "")) },
	}
	o.policyOptions.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.journal, "journal", "", "the folder in which runs are written down (default "+defaultJournal+" beside the policy)")
	c.Flags().BoolVar(&o.full, "full", false, "with RUN: show every statement, and what takes it back")
	c.AddCommand(newLogVerify(a))
	return c
}

func (a *app) log(o logOptions, name string) error {
	dir := journalFolder(o.journal, o.file)
	all, bad := a.runs(dir)
	all = slices.DeleteFunc(all, func(r journal.Run) bool { return r.Begun.Run == "" })
	slices.Reverse(all)
	if name != "" {
		r, err := journal.Find(all, name)
		if err != nil {
			return errors.Join(bad, usageError("%v", err))
		}
		all = []journal.Run{r}
	}
	if o.format == "json" {
		return errors.Join(a.printJSON(logJSON(all, name != "")), bad)
	}
	switch {
	case name != "":
		a.printRun(all[0], o.full)
	case len(all) == 0:
		a.printf("No run is written down in %s.\n", finding.Printable(dir))
	default:
		a.printRuns(all)
	}
	return bad
}

// printRuns lists runs.
func (a *app) printRuns(all []journal.Run) {
	rows := [][]string{{"RUN", "WHEN", "BY", "WHAT", "SITES", "SENT"}}
	for _, r := range all {
		rows = append(rows, []string{r.Begun.Run, r.At.Local().Format("2006-01-02 15:04"), r.Begun.User + "@" + r.Begun.Host, r.Begun.Command, runSites(r), fmt.Sprint(runStatements(r))})
	}
	a.folded(rows, 6)
}

// runSites says what became of a run's sites, and whether it ended.
func runSites(r journal.Run) string {
	count := map[journal.Fate]int{}
	for _, s := range r.Sites {
		count[s.Fate()]++
	}
	var out []string
	for _, f := range []journal.Fate{journal.FateCommitted, journal.FateRolledBack, journal.FateCutOff, journal.FateInDoubt, journal.FateUnknown, journal.FateMoved} {
		if count[f] > 0 {
			out = append(out, fmt.Sprintf("%d %s", count[f], f))
		}
	}
	if len(out) == 0 {
		out = append(out, "none")
	}
	if r.Ended == nil {
		out = append(out, notEnded(r))
	}
	return strings.Join(out, ", ")
}

// notEnded says of a run without an end what is known of it.
func notEnded(r journal.Run) string {
	if r.Closed != "" {
		return "not ended, settled by " + r.Closed
	}
	return "not ended"
}

func runStatements(r journal.Run) int {
	n := 0
	for _, s := range r.Sites {
		n += s.Statements()
	}
	return n
}

// printRun prints one run whole.
func (a *app) printRun(r journal.Run, full bool) {
	b := r.Begun
	what := b.Command
	if b.Undoes != "" {
		what += " of run " + b.Undoes
	}
	end := notEnded(r)
	if r.Ended != nil {
		end = r.Ended.Outcome
	}
	a.printf("%s  %s\n", a.bold("Run "+finding.Printable(b.Run)), finding.Printable(what+", "+end))
	a.sentence("  ", fmt.Sprintf("by %s on %s, from %s to %s, with grantree %s", b.User, b.Host, moment(r.At), moment(r.End), b.Program))
	for _, x := range [][2]string{{"plan", b.Plan}, {"policy", b.Policy}, {"catalog", b.Catalog}} {
		if x[1] != "" {
			a.sentence("  ", fmt.Sprintf("%-8s %s", x[0], x[1]))
		}
	}
	for _, l := range r.Logins {
		a.sentence("  ", fmt.Sprintf("server %s: %s %s: %s", l.Server, l.Kind, l.Login, loginOutcome(l)))
	}
	for _, x := range r.Audits {
		a.sentence("  ", fmt.Sprintf("server %s: audit of log-ins: %s", x.Server, strings.ReplaceAll(string(x.Outcome), "_", " ")))
	}
	for _, s := range r.Sites {
		a.printf("\n%s  %s, %s\n", a.bold("Site "+finding.Printable(s.Site)), s.Fate(), count(s.Statements(), "statement"))
		for _, p := range s.Parts {
			a.printPart(p, full)
		}
	}
}

// loginOutcome is what became of an act on a login.
func loginOutcome(l journal.LoginRun) string {
	switch {
	case l.Outcome == "":
		return "asked for, and what came of it is not written"
	case l.Why != "":
		return strings.ReplaceAll(string(l.Outcome), "_", " ") + ": " + l.Why
	}
	return strings.ReplaceAll(string(l.Outcome), "_", " ")
}

// printPart prints one transaction of a site.
func (a *app) printPart(p journal.Part, full bool) {
	line := fmt.Sprintf("%s  %s", moment(p.At), p.Fate)
	if p.By != "" {
		line += ", as run " + p.By + " saw"
	}
	if p.Why != "" {
		line += ": " + p.Why
	}
	a.sentence("  ", line)
	if !full {
		return
	}
	statements, reverse := statementsOfPart(p)
	for _, s := range statements {
		a.printf("    %s\n", finding.Printable(s))
	}
	a.printf("  %s\n", a.faint("taken back by"))
	for _, s := range reverse {
		a.printf("    %s\n", finding.Printable(s))
	}
}

// statementsOfPart are those of a transaction, and those that take it back, made of its
// changes: a journal has no statement of its own.
func statementsOfPart(p journal.Part) (statements, reverse []string) {
	changes := p.Grants()
	for _, c := range changes {
		statements = append(statements, mssql.Statements(c)...)
	}
	return statements, mssql.Reversed(changes)
}
