package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"grantree/grants"
	"grantree/policy"
	"grantree/roster"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type userExportOptions struct {
	fleetOptions
	out  string
	live bool
}

func newUserExport(a *app) *cobra.Command {
	var o userExportOptions
	c := &cobra.Command{
		Use:   "export",
		Short: "List the people of the policy for a spreadsheet or a program",
		Long: `List the people of the policy, a row each, for a spreadsheet or a program. "user
import" takes the list back, and it changes nothing until somebody changes it. A
cell that a spreadsheet program would run as a formula begins with an apostrophe.

No server is asked, unless --live says so: then the list has what the sites and
servers hold (groups in each site, logins, their status as "user status" says it,
the last log-in where the server keeps it), and what could not be read or is not
kept is "unknown".`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.out != "" && !c.Flags().Changed("format") {
				switch filepath.Ext(o.out) {
				case ".xlsx":
					o.format = "xlsx"
				case ".json":
					o.format = "json"
				}
			}
			return a.userExport(c.Context(), o)
		},
	}
	o.addFlags(c, "csv", "xlsx", "json")
	c.Flags().StringVar(&o.out, "out", "", "the file to write; it must not exist, and only you may read it")
	c.Flags().BoolVar(&o.live, "live", false, "ask the servers")
	return c
}

func (a *app) userExport(ctx context.Context, o userExportOptions) error {
	switch {
	case o.format == "xlsx" && o.out == "":
		return usageError("a workbook is for a file: name it with --out FILE")
	case !o.live && (o.sandbox || len(o.sites)+len(o.except) > 0):
		return usageError("--site, --except and --sandbox are about servers: add --live")
	}
	p, err := a.policy(o.policyOptions, false)
	if err != nil {
		return err
	}
	people := roster.People(p)
	var unread error
	if o.live {
		if unread, err = a.observe(ctx, p, people, o); err != nil {
			return err
		}
	}
	text, err := a.exported(people, o)
	if err != nil {
		return err
	}
	if o.out == "" {
		_, err := a.stdout.Write(text)
		return errors.Join(err, unread)
	}
	err = a.create(o.out, text, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s exists already and was left alone: name another with --out", o.out)
	}
	if err != nil {
		return err
	}
	a.warnf("%s written to %s", count(len(people), "person"), o.out)
	return unread
}

// observe asks the servers about people. unread speaks of sites that could not
// be read.
func (a *app) observe(ctx context.Context, p *policy.Policy, people []roster.Person, o userExportOptions) (unread, err error) {
	f, done, err := a.fleet(ctx, p, o.fleetOptions)
	defer done()
	if err != nil {
		return nil, err
	}
	readings, unread := a.read(ctx, f)
	if readings == nil {
		return nil, unread
	}
	var snapshots []*grants.Snapshot
	for _, r := range readings {
		if r.Snapshot != nil {
			snapshots = append(snapshots, r.Snapshot)
		}
	}
	roster.Observe(people, p, snapshots)
	persons, servers, silent := f.Persons(ctx, p.Users, true)
	if unread == nil { // else it is said already
		unread = errors.Join(sites.SilentServers(servers), silent)
	}
	by := map[string]map[string]string{}
	for _, x := range persons {
		if by[x.User.Name] == nil {
			by[x.User.Name] = map[string]string{}
		}
		by[x.User.Name][x.Server] = string(x.Status())
	}
	last := f.LastLogins(ctx)
	for i, u := range p.Users {
		people[i].SetStatus(p, u, by[u.Name])
		people[i].Live.LastLogin = moment(sites.LastLogin(u, last))
	}
	return unread, nil
}

// jsonPeopleList is the JSON contract of "user export".
type jsonPeopleList struct {
	People []roster.Person `json:"people"`
}

// exported is the list as a file holds it.
func (a *app) exported(people []roster.Person, o userExportOptions) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch o.format {
	case "csv":
		err = roster.WriteCSV(&b, people, o.live)
	case "xlsx":
		err = roster.WriteXLSX(&b, people, o.live)
	default:
		to := *a
		to.stdout = &b
		err = to.printJSON(jsonPeopleList{people})
	}
	return b.Bytes(), err
}
