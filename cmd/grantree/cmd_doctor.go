package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/spf13/cobra"
)

type doctorOptions struct {
	fleetOptions
	task, script, login string
}

func newDoctor(a *app) *cobra.Command {
	var o doctorOptions
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check that grantree's own login may do what it is to do, and no more",
		Long: `Ask each site and its server, before anything is sent, whether the login that
runs grantree has what it needs there: to look (plan, explain, who, report), to
verify, or to apply the very plan that there is now. What is missing comes with
the statement that gives it and nothing else; what the login may beyond its need
is a note. So are the connection's encryption and the server's clock.

--script prints, instead, the T-SQL that makes the exact role for a task: a server
role, and a database role in each site, with --login as their member. It is for
SQL Server 2016 to 2025, can be run again and takes nothing away. That of verify
names the users of each site, which is read for it.

Exit codes: 0 ready; 1 a site could not be asked; 3 something is lacking.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.doctor(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.task, "for", string(grants.Apply), "what the login is for: look, verify, apply")
	c.Flags().StringVar(&o.script, "script", "", "print the script that makes the role for a task: look, verify, apply")
	c.Flags().StringVar(&o.login, "login", "", "with --script: the login that gets the role (default grantree_TASK)")
	return c
}

// taskOf reads a task.
func taskOf(flag, text string) (grants.Task, error) {
	if !slices.Contains(grants.Tasks(), grants.Task(text)) {
		return "", usageError("%s %q: want look, verify, apply", flag, text)
	}
	return grants.Task(text), nil
}

func (a *app) doctor(ctx context.Context, o doctorOptions) error {
	task, err := taskOf("--for", o.task)
	switch {
	case err != nil:
		return err
	case o.script != "" && o.format != "text":
		return usageError("--script is a script: leave --format out")
	case o.script == "" && o.login != "":
		return usageError("--login goes with --script")
	}
	if strings.ContainsFunc(o.login, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return usageError("--login %q: it holds what cannot be printed", o.login)
	}
	if o.script != "" {
		if task, err = taskOf("--script", o.script); err != nil {
			return err
		}
	}
	a.whole = wholeFleet
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	if o.script != "" {
		return a.runnerScript(ctx, f, task, o.login)
	}
	checkups, err := f.Doctor(ctx, task, a.now, func() (*sites.FleetPlan, error) {
		return a.planned(ctx, f, sites.PlanOptions{ExpectLoss: -1})
	})
	weak := sites.WeakEncryption(f.Policy, f.Sites)
	a.findings(weak)
	if o.format == "json" {
		err = errors.Join(err, a.printJSON(checkupsJSON(task, checkups, weak)))
	} else {
		a.printCheckups(task, checkups)
	}
	return errors.Join(err, checkupError(checkups))
}

// wholeFleet is more sites than there are: what a plan takes is worked out from all
// of it.
const wholeFleet = 1 << 30

// checkupError is what checkups come to.
func checkupError(list []sites.Checkup) error {
	var out []error
	for _, c := range list {
		if c.Err != nil {
			out = append(out, c.Err)
		} else if !c.Ready() {
			out = append(out, &exitError{code: exitDifferences})
		}
	}
	return errors.Join(out...)
}

// runnerScript prints the scripts of all servers, each of which begins with a line that
// names it.
func (a *app) runnerScript(ctx context.Context, f *sites.Fleet, task grants.Task, login string) error {
	if login == "" {
		login = "grantree_" + string(task)
	}
	servers, err := f.RunnerServers(ctx, task, login)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, s := range servers {
		text, err := mssql.RunnerScript(task, login, s)
		if err != nil {
			return err
		}
		out.WriteString(text)
	}
	a.printf("%s", safe(out.String()))
	return nil
}

// printCheckups prints a line a site, and what there is to do.
func (a *app) printCheckups(task grants.Task, list []sites.Checkup) {
	rows := [][]string{{"SITE", "LOGIN", "SERVER", "FOR " + string(task)}}
	for _, c := range list {
		version := strings.TrimSpace(c.Standing.Version + " " + c.Standing.Edition)
		rows = append(rows, []string{c.Site, c.Standing.Login, version, checkupWord(c)})
	}
	a.folded(rows)
	for _, c := range list {
		a.printCheckup(c)
	}
}

// checkupWord is what a checkup comes to.
func checkupWord(c sites.Checkup) string {
	switch {
	case c.Err != nil:
		return "not asked"
	case len(c.Unfit) > 0:
		return "cannot be"
	case len(c.Lacks) > 0:
		return fmt.Sprintf("lacks %d", len(c.Lacks))
	case !c.Ready():
		return "not known"
	}
	return "ready"
}

// shownLacks is how many are shown of a site; a plan may be about every view.
const shownLacks = 20

func (a *app) printCheckup(c sites.Checkup) {
	where := fmt.Sprintf("site %q: ", c.Site)
	for _, why := range c.Unfit {
		a.sentence(a.red("cannot be")+": ", where+why)
	}
	for _, l := range c.Lacks[:min(len(c.Lacks), shownLacks)] {
		a.sentence(a.red("lacks")+": ", fmt.Sprintf("%s%s on %s, which %s takes: %s", where, l.Name, l.On.Words(), l.For, strings.Join(l.Statements, " ")))
	}
	if n := len(c.Lacks) - shownLacks; n > 0 {
		a.printf("%s%d more; --format json lists all\n", where, n)
	}
	for _, what := range c.Unasked {
		a.sentence(a.yellow("not known")+": ", where+what)
	}
	for _, n := range c.Beyond {
		a.sentence("note: ", fmt.Sprintf("%sthe login has %s on %s, which this does not take", where, n.Permission, n.On.Words()))
	}
	if c.ClockDiffers() {
		a.sentence(a.yellow("note")+": ", fmt.Sprintf("%sthe server's clock differs from this machine's by %s: dates, as of until, may mean another day", where, c.Clock.Abs().Round(time.Second)))
	}
}

// The JSON contract of doctor.
type (
	jsonDoctor struct {
		Task     string        `json:"task"`
		Ready    bool          `json:"ready"`
		Sites    []jsonCheckup `json:"sites"`
		Findings []jsonFinding `json:"findings"`
	}
	jsonCheckup struct {
		Site    string      `json:"site"`
		Server  string      `json:"server"`
		Login   string      `json:"login,omitempty"`
		Version string      `json:"version,omitempty"`
		Edition string      `json:"edition,omitempty"`
		Ready   bool        `json:"ready"`
		Lacks   []jsonLack  `json:"lacks"`
		Beyond  []jsonPower `json:"beyond"`
		Unfit   []string    `json:"unfit"`
		Unknown []string    `json:"unknown"`
		Ahead   int         `json:"clock_ahead_seconds"`
		Error   string      `json:"error,omitempty"`
	}
	jsonPower struct {
		Permission string `json:"permission"`
		On         string `json:"on"`
	}
	jsonLack struct {
		Permission string   `json:"permission"`
		On         string   `json:"on"`
		For        string   `json:"for"`
		Statements []string `json:"statements"`
	}
)

func checkupsJSON(task grants.Task, list []sites.Checkup, weak finding.List) jsonDoctor {
	out := jsonDoctor{Task: string(task), Ready: checkupError(list) == nil, Sites: []jsonCheckup{}, Findings: jsonFindings(weak)}
	for _, c := range list {
		s := c.Standing
		one := jsonCheckup{Site: c.Site, Server: c.Server, Login: s.Login, Version: s.Version, Edition: s.Edition, Ready: c.Ready(), Lacks: []jsonLack{}, Beyond: []jsonPower{},
			Unfit: append([]string{}, c.Unfit...), Unknown: append([]string{}, c.Unasked...), Ahead: int(c.Clock / time.Second)}
		for _, l := range c.Lacks {
			one.Lacks = append(one.Lacks, jsonLack{l.Name, l.On.Words(), l.For, l.Statements})
		}
		for _, n := range c.Beyond {
			one.Beyond = append(one.Beyond, jsonPower{n.Permission, n.On.Words()})
		}
		if c.Err != nil {
			one.Error = c.Err.Error()
		}
		out.Sites = append(out.Sites, one)
	}
	return out
}
