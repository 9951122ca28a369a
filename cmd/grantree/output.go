package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"grantree/finding"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// The rules of output: results go to stdout, progress and messages to stderr.
// Colour is used on a terminal only and never says what the words do not.
// NO_COLOR, set to anything, turns it off.

// paint colours text where colour is wanted.
func (a *app) paint(c text.Color, s string) string {
	if !a.terminal || a.env("NO_COLOR") != "" {
		return s
	}
	return c.EscapeSeq() + s + text.Reset.EscapeSeq()
}

func (a *app) bold(s string) string   { return a.paint(text.Bold, s) }
func (a *app) green(s string) string  { return a.paint(text.FgGreen, s) }
func (a *app) red(s string) string    { return a.paint(text.FgRed, s) }
func (a *app) yellow(s string) string { return a.paint(text.FgYellow, s) }
func (a *app) faint(s string) string  { return a.paint(text.Faint, s) }

// printf writes to stdout.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.stdout, format, args...) }

// warnf writes one message to stderr.
func (a *app) warnf(format string, args ...any) {
	fmt.Fprintf(a.stderr, "grantree: "+format+"\n", args...)
}

// printJSON prints a value as the contracts of the design have it.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// newTable returns a table without lines, indented by two spaces.
func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "  ", ""
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	if len(header) > 0 {
		t.AppendHeader(header)
	}
	return t
}

// right aligns the columns with these numbers, counted from 1.
func right(t table.Writer, columns ...int) {
	var c []table.ColumnConfig
	for _, n := range columns {
		c = append(c, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(c)
}

// shownAlike is how many warnings of one code are shown; the rest is counted.
const shownAlike = 3

// findings prints findings to stderr, one a line, errors last so that they
// are what the eye meets. Errors are shown to the last one.
func (a *app) findings(l finding.List) {
	alike := map[string]int{}
	for _, f := range l {
		if f.Severity == finding.Error {
			continue
		}
		if alike[f.Code]++; alike[f.Code] <= shownAlike {
			fmt.Fprintf(a.stderr, "%s: %s\n", a.yellow(string(f.Severity)), f)
		}
	}
	for _, code := range sorted(alike) {
		if n := alike[code] - shownAlike; n > 0 {
			fmt.Fprintf(a.stderr, "%s: %d more like these (%s); --format json lists all\n", a.yellow("warning"), n, code)
		}
	}
	for _, f := range l.Of(finding.Error) {
		fmt.Fprintf(a.stderr, "%s: %s\n", a.red("error"), f)
	}
}

// jsonFinding is a finding in the JSON contract.
type jsonFinding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Where    string `json:"where"`
	Fix      string `json:"fix,omitempty"`
}

func jsonFindings(l finding.List) []jsonFinding {
	out := []jsonFinding{}
	for _, f := range l {
		out = append(out, jsonFinding{Code: f.Code, Severity: string(f.Severity), Message: f.Message, Where: f.Where.String(), Fix: f.Fix})
	}
	return out
}

// indent puts spaces before every line.
func indent(s, prefix string) string {
	return prefix + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+prefix)
}
