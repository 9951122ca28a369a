package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"grantree/finding"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/jedib0t/go-pretty/v6/text"
)

// The rules of output: results go to stdout, progress and messages to stderr.
// Colour is used on a terminal only and never says what the words do not.
// NO_COLOR, set to anything, turns it off. A name may hold any character, and
// some are orders to a terminal: text that is not ours is written out by
// finding.Printable wherever it is printed, on a terminal, in a file or pipe.
// A finding or message is broken into lines on a terminal, or where COLUMNS is
// set; in a file or pipe it is one line.

// safe is text that may be printed as it is: our own, or made printable.
type safe string

// printable makes the arguments of a print safe: texts, errors and what has a
// name are written out, safe passes, numbers are themselves.
func printable(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case safe:
			out[i] = string(arg)
		case error:
			out[i] = finding.Printable(arg.Error())
		case fmt.Stringer:
			out[i] = finding.Printable(arg.String())
		default:
			if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
				out[i] = finding.Printable(v.String())
				continue
			}
			out[i] = arg
		}
	}
	return out
}

// paint colours text where colour is wanted.
func (a *app) paint(c text.Color, s string) safe {
	s = finding.Printable(s)
	if !a.terminal || a.env("NO_COLOR") != "" {
		return safe(s)
	}
	return safe(c.EscapeSeq() + s + text.Reset.EscapeSeq())
}

func (a *app) bold(s string) safe   { return a.paint(text.Bold, s) }
func (a *app) green(s string) safe  { return a.paint(text.FgGreen, s) }
func (a *app) red(s string) safe    { return a.paint(text.FgRed, s) }
func (a *app) yellow(s string) safe { return a.paint(text.FgYellow, s) }
func (a *app) faint(s string) safe  { return a.paint(text.Faint, s) }

// printf writes to stdout.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.stdout, format, printable(args)...) }

// errorf writes to stderr.
func (a *app) errorf(format string, args ...any) { fmt.Fprintf(a.stderr, format, printable(args)...) }

// warnf writes one message to stderr.
func (a *app) warnf(format string, args ...any) {
	a.say("grantree", safe(fmt.Sprintf(format, printable(args)...)))
}

// say writes a finding or message with its label to stderr.
func (a *app) say(label safe, message any) {
	a.errorf("%s\n", hang(label+": ", fmt.Sprint(printable([]any{message})...), a.errWidth))
}

// sentence writes a label and what there is to say to stdout.
func (a *app) sentence(label safe, message string) {
	a.printf("%s\n", hang(label, finding.Printable(message), a.outWidth))
}

// lines returns what an error says, a line for each of the errors that it
// joins. Sites that could not be read, or failed, for one reason are one line.
func lines(err error) []string {
	var out []string
	alike := map[string][]*sites.UnreadError{}
	var order []string
	said, failing := map[string]int{}, map[string][]string{} // what sites failed by, and where it stands
	var walk func(error)
	walk = func(err error) {
		var input *finding.InputError
		var failed *sites.FailedError
		switch e := err.(type) {
		case *sites.UnreadError:
			why := reason(e.Err)
			if alike[why] == nil {
				order = append(order, why)
			}
			if !slices.ContainsFunc(alike[why], func(x *sites.UnreadError) bool { return x.Site == e.Site }) {
				alike[why] = append(alike[why], e)
			}
		case *sites.FailedError:
			for _, s := range e.Sites {
				if unread, ok := s.Err.(*sites.UnreadError); ok {
					walk(unread)
					continue
				}
				line := (&sites.FailedError{Sites: []sites.SiteError{s}}).Error()
				why := strings.TrimPrefix(line, fmt.Sprintf("site %q: ", s.Site))
				if i, again := said[why]; again {
					failing[why] = append(failing[why], strconv.Quote(s.Site))
					out[i] = "sites " + strings.Join(failing[why], ", ") + ": " + why
					continue
				}
				said[why], failing[why] = len(out), []string{strconv.Quote(s.Site)}
				out = append(out, line)
			}
		case interface{ Unwrap() []error }:
			for _, one := range e.Unwrap() {
				walk(one)
			}
		default:
			if errors.As(err, &input) || errors.As(err, &failed) {
				out = append(out, strings.Split(err.Error(), "\n")...)
			} else {
				out = append(out, err.Error())
			}
		}
	}
	walk(err)
	var unread []string
	for _, why := range order {
		unread = append(unread, unreadLine(alike[why], why))
	}
	return append(unread, out...)
}

// aDatabase is what tells two sites of one server apart: the end of an address, or
// the database that a sentence speaks of.
var aDatabase = regexp.MustCompile(`( the| of| in)? database "(?:[^"\\]|\\.)*"`)

// reason is why a site could not be read, without what is its own: the database's
// name, and the statement that mends it.
func reason(err error) string {
	text := err.Error()
	if mend := mendOf(err); mend != "" {
		text = strings.Replace(text, ": "+mend, "", 1)
	}
	return aDatabase.ReplaceAllStringFunc(text, func(found string) string {
		switch before := aDatabase.FindStringSubmatch(found)[1]; before {
		case "":
			return ""
		case " the":
			return " the database"
		default:
			return before + " the database"
		}
	})
}

// mendOf is the statement that mends why a site could not be read, or "".
func mendOf(err error) string {
	var refused *mssql.ServerError
	if errors.As(err, &refused) {
		return refused.Mend
	}
	return ""
}

// unreadLine says of sites why they could not be read, and how to go on without
// them.
func unreadLine(list []*sites.UnreadError, why string) string {
	if len(list) == 1 {
		return list[0].Error()
	}
	var names, without, mends []string
	for _, e := range list {
		if mend := mendOf(e.Err); mend != "" {
			mends = append(mends, mend)
		}
		names = append(names, strconv.Quote(e.Site))
		without = append(without, "--except "+finding.Argument(e.Site))
	}
	text := fmt.Sprintf("sites %s: %s", strings.Join(names, ", "), why)
	if len(mends) > 0 {
		text += ": " + strings.Join(mends, "; ")
	}
	if errors.Is(list[0].Err, context.Canceled) {
		return text
	}
	return text + "; leave them out with " + strings.Join(without, " ")
}

// printJSON prints a value as the contracts of the design have it.
func (a *app) printJSON(v any) error {
	a.answered = true
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(a.stdout, finding.PlainJSON(b.String()))
	return err
}

// shownAlike is how many warnings of one code are shown; the rest is counted.
const shownAlike = 3

// findings prints findings to stderr, one a line, errors last so that they
// are what the eye meets. Errors are shown to the last one. Notes, which ask for
// nothing, are left to JSON and to remarks, but for who is in a group for a while.
func (a *app) findings(l finding.List) {
	a.alike(l.Of(finding.Warning))
	for _, f := range acrossSites(l.Of(finding.Error)) {
		a.say(a.red("error"), f)
	}
	a.alike(slices.DeleteFunc(l.Of(finding.Note), func(f finding.Finding) bool { return f.Code != finding.BreakGlassOpen }))
}

// remarks prints the notes of a list.
func (a *app) remarks(l finding.List) { a.alike(l.Of(finding.Note)) }

// ofSite is how a finding about one site begins.
var ofSite = regexp.MustCompile(`^site ("(?:[^"\\]|\\.)*"): `)

// shownSites is how many sites a finding of several names.
const shownSites = 5

// acrossSites returns the findings with those that are the same of several sites as
// one, which names the sites.
func acrossSites(l finding.List) finding.List {
	var out finding.List
	sites, at := map[string][]string{}, map[string]int{}
	for _, f := range l {
		site := ofSite.FindStringSubmatch(f.Message)
		if site == nil {
			out = append(out, f)
			continue
		}
		f.Message = strings.TrimPrefix(f.Message, site[0])
		use := f.Use
		f.Use = ""
		key := fmt.Sprintf("%#v", f)
		if first, again := at[key]; !again {
			at[key] = len(out)
			f.Use = use
			out = append(out, f)
		} else if out[first].Use != use {
			out[first].Use = finding.InEach
		}
		sites[key] = append(sites[key], site[1])
	}
	for key, i := range at {
		word := "site "
		if len(sites[key]) > 1 {
			word = "sites "
		}
		out[i].Message = word + list(sites[key], shownSites) + ": " + out[i].Message
	}
	return out
}

// alike prints findings, the first few of each code.
func (a *app) alike(l finding.List) {
	alike := map[string]int{}
	l = acrossSites(l)
	for _, f := range l {
		if alike[f.Code]++; alike[f.Code] <= shownAlike {
			a.say(a.yellow(string(f.Severity)), f)
		}
	}
	for _, code := range sorted(alike) {
		if n := alike[code] - shownAlike; n > 0 {
			a.say(a.yellow(string(l[0].Severity)), fmt.Sprintf("%d more like these (%s); --format json lists all", n, code))
		}
	}
}

// jsonFinding is a finding in the JSON contract.
type jsonFinding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Where    string `json:"where"`
	Fix      string `json:"fix,omitempty"`
	// Statements are all that mend it; Fix may show the first few.
	Statements []string `json:"statements,omitempty"`
}

// jsonFound is findings and nothing else: of a check, or of an input file that is
// wrong.
type jsonFound struct {
	Findings []jsonFinding `json:"findings"`
}

func jsonFindings(l finding.List) []jsonFinding {
	out := []jsonFinding{}
	for _, f := range l {
		out = append(out, jsonFinding{Code: f.Code, Severity: string(f.Severity), Message: f.Message, Where: f.Where.String(), Fix: f.Advice(), Statements: f.Alone()})
	}
	return out
}
