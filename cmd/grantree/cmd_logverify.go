package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/journal"
	"grantree/ledger"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type logVerifyOptions struct {
	fleetOptions
	known   []string
	journal string
}

func newLogVerify(a *app) *cobra.Command {
	var o logVerifyOptions
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the ledger of each site is as it was written",
		Long: `Read the ledger of each site, the table that [ledger] of the policy names, and
prove that its rows are as they were written: each has the hash of the one before
in it. The first row that is wrong is told: edited, missing, put in, or written
again.

Rows that were cut off the end, and a ledger that was written anew as a whole, show
by the hashes that were kept elsewhere: in the journals of this machine's runs
(--journal), and each --known SITE=ROW:HASH, as "grantree apply --format json"
printed it. Who could do that is told, and so is who
may write the table and should not.

Exit codes: 0 every ledger is whole; 1 a site could not be read; 3 one is not.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.logVerify(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.journal, "journal", "", "the folder in which runs are written down (default "+defaultJournal+" beside the policy)")
	c.Flags().StringArrayVar(&o.known, "known", nil, "a row that was there, as SITE=ROW:HASH (may be repeated)")
	return c
}

func (a *app) logVerify(ctx context.Context, o logVerifyOptions) error {
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	known, err := a.remembered(f, o)
	if err != nil {
		return err
	}
	bad := a.journaled(f, o, known)
	checks, err := f.CheckLedgers(ctx, func(site string) []ledger.Last { return known[site] }, a.now())
	if none := (*sites.NoLedgerError)(nil); errors.As(err, &none) {
		return usageError("%v", none)
	}
	if o.format == "json" {
		err = a.printJSON(ledgersJSON(checks))
	} else {
		a.printLedgers(checks)
	}
	return errors.Join(err, bad, sites.LedgersError(checks))
}

// remembered are rows of the sites' ledgers that are known from elsewhere.
func (a *app) remembered(f *sites.Fleet, o logVerifyOptions) (map[string][]ledger.Last, error) {
	out := map[string][]ledger.Last{}
	for _, text := range o.known {
		at := strings.LastIndex(text, "=")
		if at < 0 {
			return nil, usageError("--known %q: want SITE=ROW:HASH", text)
		}
		site, there := f.Policy.Site(text[:at])
		row, err := ledger.ParseLast(text[at+1:])
		switch {
		case !there:
			return nil, usageError("--known %q: the policy has no site %q", text, text[:at])
		case err != nil:
			return nil, usageError("--known %q: %v", text, err)
		}
		out[site.Name] = append(out[site.Name], row)
	}
	return out, nil
}

// journaled adds the rows that runs of this machine have written down, of transactions
// that were committed. The error names journals that are not as they were written.
func (a *app) journaled(f *sites.Fleet, o logVerifyOptions, known map[string][]ledger.Last) error {
	if o.sandbox { // of which no journal speaks
		return nil
	}
	all, bad := a.runs(journalFolder(o.journal, o.file))
	for _, r := range all {
		for _, s := range r.Sites {
			site, there := f.Policy.Site(s.Site)
			for _, p := range s.Parts {
				if row, err := ledger.ParseLast(p.Ledger); there && err == nil && p.Fate == journal.FateCommitted {
					known[site.Name] = append(known[site.Name], row)
				}
			}
		}
	}
	return bad
}

// printLedgers prints a line a site, and what there is to say of it.
func (a *app) printLedgers(list []sites.LedgerCheck) {
	rows := [][]string{{"SITE", "ROWS", "FIRST", "LAST", "LEDGER"}}
	for _, c := range list {
		rows = append(rows, []string{c.Site, fmt.Sprint(c.Verdict.Rows), inMinutes(c.First), inMinutes(c.End), ledgerWord(c)})
	}
	a.folded(rows)
	for _, c := range list {
		if c.Err == nil {
			a.printLedger(c)
		}
	}
}

// inMinutes is a time as a table has it.
func inMinutes(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format("2006-01-02 15:04")
}

// ledgerWord is what a check comes to.
func ledgerWord(c sites.LedgerCheck) string {
	switch {
	case c.Err != nil:
		return "not read"
	case !c.Verdict.Whole():
		return "broken: " + string(c.Verdict.Broken.Kind)
	case !c.There:
		return "none yet"
	}
	return "whole"
}

// printLedger says what is wrong with a ledger, and what its proof does not show.
func (a *app) printLedger(c sites.LedgerCheck) {
	v, where := c.Verdict, fmt.Sprintf("site %q: ", c.Site)
	if b := v.Broken; b != nil {
		a.sentence(a.red("broken")+": ", where+b.Error()+whoWrote(b))
	}
	for _, f := range c.Open {
		a.sentence(a.yellow("open")+": ", strings.TrimSpace(f.Message+" "+ledgerFix(f)))
	}
	for _, f := range c.Power {
		a.sentence("note: ", f.Message)
	}
	if len(v.Back) > 0 {
		a.sentence("note: ", fmt.Sprintf("%sthe clock of the server was behind that of the row before at %s", where, listOfRows(v.Back)))
	}
	if other := slices.DeleteFunc(slices.Clone(v.Databases), func(d string) bool { return d == c.Database }); len(other) > 0 {
		a.sentence("note: ", fmt.Sprintf("%sthe database is %q, and rows name %s: it was renamed or restored, or its ledger brought from elsewhere", where, c.Database, quotedList(other)))
	}
	if c.Engine != "" {
		a.sentence("note: ", where+"the server proves its own ledger by: "+c.Engine)
	}
	if v.Whole() {
		a.sentence("note: ", where+seenBy(c))
	}
}

// seenBy says how far the end of a ledger is known from elsewhere.
func seenBy(c sites.LedgerCheck) string {
	v := c.Verdict
	switch {
	case v.Remembered == 0:
		return "no row of it is known from elsewhere: rows that were cut off the end, or a ledger that was written anew as a whole, cannot be seen"
	case v.Through < v.Last.Sequence:
		return fmt.Sprintf("row %d is known from elsewhere: what was cut off or added after that cannot be seen", v.Through)
	}
	return fmt.Sprintf("its last row, %d, is known from elsewhere", v.Through)
}

// quotedList names databases for a sentence.
func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return list(quoted, 4)
}

// whoWrote is what a row that is wrong says of itself.
func whoWrote(b *ledger.Break) string {
	if b.Login == "" && b.At == "" {
		return ""
	}
	which := "it says"
	if b.Kind == ledger.Missing {
		which = "the row after says"
	}
	return fmt.Sprintf(" (%s %q, by %q from %q)", which, b.At, b.Login, b.Host)
}

// ledgerFix is what to do about somebody who may write a ledger.
func ledgerFix(f finding.Finding) string {
	if len(f.Statements) > 0 {
		return strings.TrimSpace(f.Use + " " + strings.Join(f.Statements, " "))
	}
	return "(" + f.Fix + ")"
}

// listOfRows names rows for a sentence.
func listOfRows(rows []int64) string {
	names := make([]string, len(rows))
	for i, n := range rows {
		names[i] = fmt.Sprint("row ", n)
	}
	return list(names, 4)
}

// The JSON contract of "log verify".
type (
	jsonLedgers struct {
		Sites []jsonLedger `json:"sites"`
	}
	jsonLedger struct {
		Site       string         `json:"site"`
		Table      string         `json:"table"`
		There      bool           `json:"there"`
		Whole      *bool          `json:"whole"` // null where it was not read
		Rows       int64          `json:"rows"`
		Last       *jsonLedgerRow `json:"last,omitempty"`
		First      string         `json:"first_at,omitempty"`
		End        string         `json:"last_at,omitempty"`
		Broken     *jsonBreak     `json:"broken,omitempty"`
		Remembered int            `json:"remembered"`
		Through    int64          `json:"remembered_through"`
		ClockBack  []int64        `json:"clock_back,omitempty"`
		Databases  []string       `json:"databases,omitempty"`
		Open       []jsonFinding  `json:"open"`
		Power      []jsonFinding  `json:"power"`
		Engine     string         `json:"engine,omitempty"`
		Error      string         `json:"error,omitempty"`
	}
	jsonLedgerRow struct {
		Sequence int64  `json:"sequence"`
		Hash     string `json:"hash"`
	}
	jsonBreak struct {
		Kind     ledger.Kind `json:"kind"`
		Sequence int64       `json:"sequence"`
		At       string      `json:"at,omitempty"`
		Login    string      `json:"login,omitempty"`
		Host     string      `json:"host,omitempty"`
		Message  string      `json:"message"`
	}
)

// ledgersJSON is the same for programs.
func ledgersJSON(list []sites.LedgerCheck) jsonLedgers {
	out := jsonLedgers{[]jsonLedger{}}
	for _, c := range list {
		v := c.Verdict
		one := jsonLedger{Site: c.Site, Table: c.Table, There: c.There, Rows: v.Rows, First: ledgerTime(c.First), End: ledgerTime(c.End), Remembered: v.Remembered, Through: v.Through,
			ClockBack: v.Back, Databases: v.Databases, Open: jsonFindings(c.Open), Power: jsonFindings(c.Power), Engine: c.Engine}
		if v.Rows > 0 {
			one.Last = &jsonLedgerRow{v.Last.Sequence, v.Last.Hash}
		}
		if b := v.Broken; b != nil {
			one.Broken = &jsonBreak{b.Kind, b.Sequence, b.At, b.Login, b.Host, b.Error()}
		}
		if c.Err != nil {
			one.Error = c.Err.Error()
		} else {
			whole := c.Whole()
			one.Whole = &whole
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}

// ledgerTime is a time as JSON has it.
func ledgerTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339Nano)
}
