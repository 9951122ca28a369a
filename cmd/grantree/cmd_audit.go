package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/hardening"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type auditOptions struct {
	fleetOptions
	full      bool
	passwords bool
	most      int
}

func newAudit(a *app) *cobra.Command {
	var o auditOptions
	c := &cobra.Command{
		Use:   "audit",
		Short: "Show what a hardening guide or the policy objects to in servers and sites",
		Long: `Read every site and server and show what the hardening guides object to (the CIS
benchmark, DISA's STIG and Microsoft's vulnerability assessment, as far as they
are about databases, logins and roles), and everything by which somebody gets
round the policy. Each finding has an id, the row that says so and the statement
that mends it: --full shows them, docs/audit.md explains the ids. Nothing is
changed. What could not be read is said, and never taken for clean.

What the policy accepts (an [[outsider]], the also of a person, a [[module]]) is
no finding. Passwords are asked for with --passwords alone: every question costs
the server a hash.

Exits with 3 where there is an error among the findings, else with 0; with 1
where a site could not be read, or passwords not be asked for. With --sandbox the
policy is applied first.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.audit(c.Context(), o) },
	}
	o.fleetOptions.addFlags(c, "text", "json", "sarif")
	c.Flags().BoolVar(&o.full, "full", false, "show every finding with its row and its statement, not a line for each id")
	c.Flags().BoolVar(&o.passwords, "passwords", false, "ask also for passwords that anybody can guess")
	c.Flags().IntVar(&o.most, "most", 200, "with --passwords: for how many logins on each server")
	return c
}

func (a *app) audit(ctx context.Context, o auditOptions) error {
	f, done, err := a.appliedFleet(ctx, o.fleetOptions, o.format != "text")
	defer done()
	if err != nil {
		return err
	}
	options := sites.AuditOptions{Today: a.now()}
	if o.passwords {
		options.Passwords = o.most
	}
	found := f.Audit(ctx, options)
	switch o.format {
	case "json":
		err = a.printJSON(auditJSON(found))
	case "sarif":
		err = a.printJSON(auditSARIF(found, a.version))
	default:
		a.printAudit(found, o.full)
	}
	return errors.Join(found.Err(), err, auditError(found))
}

// auditError sets the exit code where there are errors among what was found.
func auditError(found *sites.Audited) error {
	if n := bySeverity(found.Findings)[finding.Error]; n > 0 {
		return &exitError{code: exitDifferences, message: count(n, "error") + " among the findings"}
	}
	return nil
}

func bySeverity(list []hardening.Finding) map[finding.Severity]int {
	n := map[finding.Severity]int{}
	for _, f := range list {
		n[f.Severity]++
	}
	return n
}

// kindFound is the findings of one id and severity.
type kindFound struct {
	rule     hardening.Rule
	severity finding.Severity
	list     []hardening.Finding
}

// kindsFound folds findings, which are sorted, by their ids.
func kindsFound(list []hardening.Finding) []kindFound {
	var out []kindFound
	for _, f := range list {
		if n := len(out); n == 0 || out[n-1].rule.Code != f.Code || out[n-1].severity != f.Severity {
			rule, ok := hardening.RuleOf(f.Code)
			if !ok {
				rule = hardening.Rule{Code: f.Code}
			}
			out = append(out, kindFound{rule: rule, severity: f.Severity})
		}
		out[len(out)-1].list = append(out[len(out)-1].list, f)
	}
	return out
}

// where names the sites and servers of some findings, each once.
func (k kindFound) where() []string {
	var out []string
	for _, f := range k.list {
		if at := auditPlace(f); !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// auditPlace is the site that a finding is about, or its server.
func auditPlace(f hardening.Finding) string {
	if f.Site != "" {
		return f.Site
	}
	return "server " + f.Server
}

// severityWord is a severity in its colour.
func (a *app) severityWord(s finding.Severity) safe {
	switch s {
	case finding.Error:
		return a.red(string(s))
	case finding.Warning:
		return a.yellow(string(s))
	}
	return safe(s)
}

// printAudit prints a line for each id, or all of it.
func (a *app) printAudit(found *sites.Audited, full bool) {
	a.printf("\n")
	kinds := kindsFound(found.Findings)
	if full {
		for _, k := range kinds {
			a.printKind(k)
		}
	} else if len(kinds) > 0 {
		for _, k := range kinds {
			a.printKindShort(k)
		}
		a.printf("\n")
	}
	a.printUnread(found.Unread)
	n := bySeverity(found.Findings)
	read := 0
	for _, s := range found.Sites {
		if s.Err == nil {
			read++
		}
	}
	places := fmt.Sprintf("%s and %s", count(read, "site"), count(len(found.Servers), "server"))
	switch {
	case len(kinds)+len(found.Unread) == 0:
		a.printf("Nothing was found in %s, all of which was read.\n", places)
		return
	case len(found.Unread) > 0:
		places += "; not all was read"
	}
	a.sentence("", fmt.Sprintf("%s, %s, %s in %s.", count(n[finding.Error], "error"), count(n[finding.Warning], "warning"), count(n[finding.Note], "note"), places))
	if !full && len(kinds) > 0 {
		a.printf("--full shows each, its row and its statement.\n")
	}
}

// sourced are the first of the rules of the guides, in brackets.
func sourced(r hardening.Rule, first int) string {
	if len(r.Sources) == 0 {
		return ""
	}
	return " (" + strings.Join(r.Sources[:min(first, len(r.Sources))], ", ") + ")"
}

// printKindShort prints how often an id was found and where, and below it what
// it means.
func (a *app) printKindShort(k kindFound) {
	word := a.severityWord(k.severity)
	a.printf("%s\n", hang(word+" "+a.bold(k.rule.Code)+": ", fmt.Sprintf("%d in %s", len(k.list), finding.Printable(list(k.where(), 3))), a.outWidth))
	a.sentence("    ", k.rule.Means+sourced(k.rule, 1))
}

// printKind prints all findings of one id. What is the same in several sites is
// one.
func (a *app) printKind(k kindFound) {
	a.printf("%s\n", hang(a.severityWord(k.severity)+" "+a.bold(k.rule.Code)+": ", finding.Printable(k.rule.Means+sourced(k.rule, len(k.rule.Sources))), a.outWidth))
	for _, f := range alikeFound(k.list) {
		a.sentence("  ", f.where+": "+f.Message)
		if len(f.Reaches) > 0 {
			a.sentence("    ", "reaches: "+list(f.Reaches, 8))
		}
		a.sentence("    ", "row: "+f.Evidence)
		if s := f.Pasted(); len(s) > 0 {
			a.sentence("    ", "mend: "+strings.Join(s, " "))
		}
		if f.Caveat != "" {
			a.sentence("    ", "but: "+f.Caveat)
		}
		if f.Fix != "" {
			what := "mend: "
			if len(f.Statements) > 0 {
				what = "or: "
			}
			a.sentence("    ", what+f.Fix)
		}
	}
	a.printf("\n")
}

// foundAt is a finding and all places where it is the same.
type foundAt struct {
	hardening.Finding
	where string
}

// alikeFound folds what is the same but for the site.
func alikeFound(l []hardening.Finding) []foundAt {
	at, places := map[string]int{}, [][]string{}
	var out []foundAt
	for _, f := range l {
		key := strings.Join(append([]string{f.Message, f.Evidence, f.Caveat, f.Fix, fmt.Sprint(f.Site == "")}, f.Statements...), "\x00")
		i, again := at[key]
		if !again || f.Site == "" {
			at[key] = len(out)
			out = append(out, foundAt{Finding: f})
			places = append(places, []string{auditPlace(f)})
			continue
		}
		places[i] = append(places[i], f.Site)
		if out[i].Use != "" {
			out[i].Use = finding.InEach
		}
	}
	for i := range out {
		out[i].where = list(places[i], 8)
	}
	return out
}

// printUnread says of what nothing is said.
func (a *app) printUnread(l []hardening.Unread) {
	if len(l) == 0 {
		return
	}
	a.printf("Not read, so nothing is said of it:\n")
	for _, u := range l {
		at := "server " + u.Server
		if u.Site != "" {
			at = u.Site
		}
		text := fmt.Sprintf("%s: %s: %s", at, u.What, u.Why)
		if len(u.Statements) > 0 {
			text += ": " + strings.Join(u.Statements, " ")
		}
		a.sentence("  ", text)
	}
	a.printf("\n")
}
