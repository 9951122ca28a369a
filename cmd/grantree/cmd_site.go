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
	Name     string `json:"name"`
	Server   string `json:"server"`
	Database string `json:"database"`
	Retired  bool   `json:"retired"`
	Reason   string `json:"reason,omitempty"`
	People   int    `json:"people"`
	Home     bool   `json:"home"`
	Where    string `json:"where"`
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
		line := jsonSiteLine{Name: s.Name, Server: s.Server, Database: s.Database, Retired: s.Retired, Reason: s.Reason, Home: s.Name == home.Name, Where: s.Pos.String()}
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
		rows = append(rows, []string{s.Name, s.Server, s.Database, fmt.Sprint(line.People), note})
	}
	if o.format == "json" {
		return a.printJSON(struct {
			Sites []jsonSiteLine `json:"sites"`
		}{lines})
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
policy: since when, and for how long they have done nothing. --end ends those that
--idle names, after showing them; one with an open transaction, whose work would be
rolled back, only with --force. SQL Server itself ends no idle session.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.siteSessions(c.Context(), o) },
	}
	o.accountOptions.addFlags(c)
	c.Flags().DurationVar(&o.idle, "idle", 0, "only sessions that have done nothing for so long, as 30m or 8h")
	c.Flags().StringVar(&o.user, "user", "", "only this person's")
	c.Flags().BoolVar(&o.end, "end", false, "end them")
	c.Flags().BoolVar(&o.force, "force", false, "with --end: also those with an open transaction")
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
	IdleSeconds      int    `json:"idle_seconds"`
	OpenTransactions int    `json:"open_transactions"`
}

func (a *app) siteSessions(ctx context.Context, o sessionOptions) error {
	if o.end && o.idle <= 0 {
		return usageError("--end ends sessions that are idle: say for how long, as --idle 8h")
	}
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	var only *policy.User
	if o.user != "" {
		if only, err = findUser(f.Policy, o.user); err != nil {
			return err
		}
	}
	var failed []error
	var changes []sites.AccountChange
	list := []jsonSession{}
	for _, r := range f.Accounts(ctx) {
		if failed = append(failed, r.Err); r.Err != nil {
			continue
		}
		if !r.SeesSessions {
			failed = append(failed, fmt.Errorf("server %q: grantree's login sees no session but its own: GRANT VIEW SERVER STATE TO it in master", r.Server))
			continue
		}
		of := func(s grants.Session) bool {
			u := f.Owner(r, s)
			return only == nil && (u != nil || f.InDatabase(r.Server, s.Database)) || only != nil && u == only
		}
		idle, held := sites.IdleSessions(r, o.idle, o.force || !o.end, of)
		for _, s := range idle {
			list = append(list, sessionJSON(f, r, s))
		}
		for _, s := range held {
			a.warnf("server %q: session %d of %q has an open transaction and is left: its work would be rolled back; --force ends it", r.Server, s.ID, s.Login)
		}
		if o.end && len(idle) > 0 && !r.MayEnd {
			failed = append(failed, fmt.Errorf("server %q: grantree's login may end no session: GRANT ALTER ANY CONNECTION TO it in master", r.Server))
		} else if o.end {
			changes = append(changes, sites.EndPlan(r.Server, idle)...)
		}
	}
	if o.format == "json" && !o.end {
		return errors.Join(append(failed, a.printJSON(struct {
			Sessions []jsonSession `json:"sessions"`
		}{list}))...)
	}
	if o.format == "text" {
		a.printSessions(list)
	}
	if len(changes) > 0 {
		failed = append(failed, a.carryOut(ctx, f, changes, o.accountOptions))
	}
	return errors.Join(failed...)
}

func sessionJSON(f *sites.Fleet, r sites.ServerReading, s grants.Session) jsonSession {
	out := jsonSession{Server: r.Server, ID: s.ID, Login: s.Login, Database: s.Database, Host: s.Host, Program: s.Program, Begun: moment(s.Begun),
		IdleSeconds: int(s.Idle(r.Now) / time.Second), OpenTransactions: s.OpenTransactions}
	if u := f.Owner(r, s); u != nil {
		out.User = u.Name
	}
	return out
}

func (a *app) printSessions(list []jsonSession) {
	rows := [][]string{{"SERVER", "ID", "LOGIN", "DATABASE", "SINCE", "IDLE", "FROM"}}
	for _, s := range list {
		idle := (time.Duration(s.IdleSeconds) * time.Second).Round(time.Minute).String()
		if s.OpenTransactions > 0 {
			idle += ", in a transaction"
		}
		rows = append(rows, []string{s.Server, fmt.Sprint(s.ID), s.Login, s.Database, s.Begun, strings.TrimSuffix(idle, "0s"), strings.Trim(s.Host+" "+s.Program, " ")})
	}
	a.folded(rows, 1)
	a.printf("\n%s\n", count(len(list), "session"))
}
