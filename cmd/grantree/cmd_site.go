package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newSite(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "site",
		Short: "Look at the sites of the policy, and at who is connected",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newSiteList(a), newSiteSessions(a))
	return c
}

// jsonSiteLine is a site as the policy has it.
type jsonSiteLine struct {
	Name     string      `json:"name"`
	Server   string      `json:"server"`
	Database string      `json:"database"`
	Retired  bool        `json:"retired"`
	Reason   string      `json:"reason,omitempty"`
	People   int         `json:"people"`
	Home     bool        `json:"home"`
	Mode     grants.Mode `json:"mode,omitempty"` // but all
	Where    string      `json:"where"`
}

func newSiteList(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "List the sites of the policy",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.siteList(o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) siteList(o policyOptions) error {
	p, err := a.policy(o, false)
	if err != nil {
		return err
	}
	home, _ := p.Home()
	lines := []jsonSiteLine{}
	rows := [][]string{{"SITE", "SERVER", "DATABASE", "PEOPLE", ""}}
	for _, s := range p.Sites {
		line := jsonSiteLine{Name: s.Name, Server: s.Server, Database: s.Database, Retired: s.Retired, Reason: s.Reason, Home: s.Name == home.Name, Mode: partOf(p, s), Where: s.Pos.String()}
		for _, u := range p.Users {
			if slices.ContainsFunc(p.UserSites(u), func(x policy.Site) bool { return x.Name == s.Name }) {
				line.People++
			}
		}
		lines = append(lines, line)
		note := ""
		switch {
		case s.Retired:
			note = "retired: " + s.Reason
		case line.Home && p.License.Limited:
			note = "the licence's home"
		}
		if line.Mode != "" && !s.Retired {
			note = strings.TrimPrefix(note+", mode "+string(line.Mode), ", ")
		}
		rows = append(rows, []string{s.Name, s.Server, s.Database, fmt.Sprint(line.People), note})
	}
	if o.format == "json" {
		return a.printJSON(jsonSites{lines})
	}
	a.folded(rows, 3)
	return nil
}

type sessionOptions struct {
	accountOptions
	idle  time.Duration
	user  string
	end   bool
	force bool
}

func newSiteSessions(a *app) *cobra.Command {
	var o sessionOptions
	c := &cobra.Command{
		Use:   "sessions",
		Short: "List who is connected to the sites, and end idle sessions",
		Long: `List the sessions that are in the sites' databases, or are a person's of the
policy, wherever on these servers: since when, and for how long they have done
nothing. --end ends those that --idle or --user names, after showing them; one that
runs a statement or has an open transaction, whose work would be rolled back, only
with --force. Those of the server's administrators and of grantree itself it never
ends. SQL Server itself ends no idle session.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.siteSessions(c.Context(), o) },
	}
	o.accountOptions.addFlags(c)
	c.Flags().DurationVar(&o.idle, "idle", 0, "only sessions that have done nothing for so long, as 30m or 8h")
	c.Flags().StringVar(&o.user, "user", "", "only this person's, or those of this login")
	c.Flags().BoolVar(&o.end, "end", false, "end them")
	c.Flags().BoolVar(&o.force, "force", false, "with --end: also those that run a statement or have an open transaction")
	return c
}

// jsonSession is a session that is open.
type jsonSession struct {
	Server           string `json:"server"`
	ID               int    `json:"id"`
	Login            string `json:"login"`
	User             string `json:"user,omitempty"`
	Database         string `json:"database"`
	Host             string `json:"host,omitempty"`
	Program          string `json:"program,omitempty"`
	Begun            string `json:"begun"`
	Running          bool   `json:"running"`
	IdleSeconds      int    `json:"idle_seconds"`
	OpenTransactions int    `json:"open_transactions"`
}

// The JSON contracts of "site list" and "site sessions".
type (
	jsonSites struct {
		Sites []jsonSiteLine `json:"sites"`
	}
	jsonSessions struct {
		Sessions []jsonSession `json:"sessions"`
		Hidden   int           `json:"not_idle"`
	}
)

// jsonLeft is a session that was to be ended, and why it is not.
type jsonLeft struct {
	Server string `json:"server"`
	ID     int    `json:"id"`
	Login  string `json:"login"`
	Why    string `json:"why"`
}

func (a *app) siteSessions(ctx context.Context, o sessionOptions) error {
	if o.end && o.idle <= 0 && o.user == "" {
		return usageError("--end: say which sessions, as --idle 8h or --user NAME")
	}
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	var only *policy.User
	var unnamed error // nobody of the policy: then it is a login's name
	if o.user != "" {
		only, unnamed = findUser(f.Policy, o.user)
	}
	var failed []error
	var changes []sites.AccountChange
	list, left, hidden, theirs := []jsonSession{}, []jsonLeft{}, 0, unnamed == nil
	for _, r := range f.Accounts(ctx) {
		if failed = append(failed, r.Err); r.Err != nil {
			continue
		}
		if !r.SeesSessions {
			failed = append(failed, fmt.Errorf("server %q: grantree's login sees no session but its own: %s", r.Server, r.ToSeeSessions()))
			continue
		}
		var ended []sites.OpenSession
		for _, s := range f.Sessions(r) {
			switch {
			case o.user != "" && only != nil && s.User != only, o.user != "" && only == nil && !r.Collation.Equal(s.Login, o.user):
				continue
			case s.For < o.idle || s.Running && o.idle > 0:
				hidden++
				theirs = true
				continue
			}
			theirs = true
			list = append(list, sessionJSON(r, s))
			switch why := s.Kept(o.force); {
			case !o.end:
			case why != "":
				left = append(left, jsonLeft{r.Server, s.ID, s.Login, why})
				failed = append(failed, fmt.Errorf("server %q: session %d of %q is left: %s", r.Server, s.ID, s.Login, why))
			case !r.MayEnd:
				failed = append(failed, fmt.Errorf("server %q: session %d of %q is left: grantree's login may end no session: %s", r.Server, s.ID, s.Login, r.ToEnd()))
				left = append(left, jsonLeft{r.Server, s.ID, s.Login, "grantree's login may end no session"})
			default:
				ended = append(ended, s)
			}
		}
		changes = append(changes, sites.EndPlan(r.Server, ended, o.force)...)
	}
	if !theirs && errors.Join(failed...) == nil {
		return unnamed
	}
	if o.format == "text" {
		a.printSessions(list, hidden, o.idle)
	}
	switch {
	case o.end && (len(changes) > 0 || o.format == "json"):
		failed = append(failed, a.carryOut(ctx, f, changes, left, o.accountOptions))
	case o.format == "json":
		failed = append(failed, a.printJSON(jsonSessions{list, hidden}))
	}
	return errors.Join(failed...)
}

func sessionJSON(r sites.ServerReading, s sites.OpenSession) jsonSession {
	out := jsonSession{Server: r.Server, ID: s.ID, Login: s.Login, Database: s.Database, Host: s.Host, Program: s.Program, Begun: moment(s.Begun),
		Running: s.Running, IdleSeconds: int(s.For / time.Second), OpenTransactions: s.OpenTransactions}
	if s.User != nil {
		out.User = s.User.Name
	}
	return out
}

func (a *app) printSessions(list []jsonSession, hidden int, idle time.Duration) {
	rows := [][]string{{"SERVER", "ID", "LOGIN", "DATABASE", "SINCE", "IDLE", "FROM"}}
	for _, s := range list {
		idle := span(time.Duration(s.IdleSeconds) * time.Second)
		if s.Running {
			idle = "running"
		}
		if s.OpenTransactions > 0 {
			idle += ", in a transaction"
		}
		rows = append(rows, []string{s.Server, fmt.Sprint(s.ID), s.Login, s.Database, s.Begun, idle, strings.Trim(s.Host+" "+s.Program, " ")})
	}
	if len(list) > 0 {
		a.folded(rows, 2)
		a.printf("\n")
	}
	a.printf("%s\n", count(len(list), "session"))
	if hidden > 0 {
		a.printf("%s not shown: not idle for %s.\n", count(hidden, "more session"), span(idle))
	}
}

// span is a time in the two greatest of its units: 3d 4h, 2h 5m, 40s.
func span(d time.Duration) string {
	units := []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	var out []string
	for _, u := range units {
		if n := d / u.of; n > 0 {
			out = append(out, fmt.Sprintf("%d%s", n, u.name))
			d -= n * u.of
		} else if len(out) > 0 {
			break
		}
		if len(out) == 2 {
			break
		}
	}
	if len(out) == 0 {
		return "0s"
	}
	return strings.Join(out, " ")
}
