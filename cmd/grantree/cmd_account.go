package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/policy"
	"grantree/sites"

	"github.com/spf13/cobra"
)

// accountOptions are the flags of verbs that change an account on the servers
// without any change of the policy.
type accountOptions struct {
	fleetOptions
	yes       bool
	passwords string
}

func (o *accountOptions) addFlags(c *cobra.Command) {
	o.fleetOptions.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
}

func newUserUnlock(a *app) *cobra.Command {
	var o accountOptions
	c := &cobra.Command{
		Use:   "unlock NAME",
		Short: "Let somebody try again whom wrong passwords have locked out",
		Long: `Let somebody try again whom wrong passwords have locked out, on every server of
the policy. The password stays what it is. The statements are shown first.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.changeAccount(c.Context(), o, args[0], "is locked on none of these servers", func(_ *sites.Fleet, people []sites.Person) ([]sites.AccountChange, error) {
				return sites.UnlockPlan(people)
			})
		},
	}
	o.addFlags(c)
	return c
}

func newUserResetPassword(a *app) *cobra.Command {
	var o accountOptions
	var mustChange bool
	c := &cobra.Command{
		Use:   "reset-password NAME",
		Short: "Give somebody a new password, one for each server",
		Long: `Give somebody a new, generated password on every server of the policy where
their login has one. It is written to the file that --passwords-out names before
it is set, and to nothing else. [passwords] of the policy says whether it has to be
changed at the next login; --must-change asks for that whatever it says.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.resetPassword(c.Context(), o, args[0], mustChange)
		},
	}
	o.addFlags(c)
	c.Flags().StringVar(&o.passwords, "passwords-out", defaultPasswordsFile, "the file that new passwords are added to")
	c.Flags().BoolVar(&mustChange, "must-change", false, "it has to be changed at the next login")
	return c
}

func (a *app) resetPassword(ctx context.Context, o accountOptions, name string, mustChange bool) (err error) {
	var file *passwordFile
	defer func() {
		if file != nil {
			err = errors.Join(err, file.Close())
			a.warnf("%s written to %s", count(file.added, "new password"), o.passwords)
		}
	}()
	keep := func(server, login, password string) error {
		if file == nil {
			opened, err := a.secrets(o.passwords)
			if err != nil {
				return err
			}
			file = &passwordFile{syncedFile: opened}
		}
		return file.add(server, login, password)
	}
	return a.changeAccount(ctx, o, name, "has no login with a password on these servers", func(f *sites.Fleet, people []sites.Person) ([]sites.AccountChange, error) {
		return f.ResetPlan(people, mustChange, keep)
	})
}

// changeAccount shows what a change of somebody's account would send, asks, and
// sends it. nothing is said where there is nothing to send.
func (a *app) changeAccount(ctx context.Context, o accountOptions, name, nothing string, plan func(*sites.Fleet, []sites.Person) ([]sites.AccountChange, error)) error {
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	u, err := findUser(f.Policy, name)
	if err != nil {
		return err
	}
	people, unread := a.persons(ctx, f, u)
	changes, err := plan(f, people)
	switch {
	case len(changes) == 0 && errors.Join(err, unread) != nil:
		return errors.Join(err, unread)
	case len(changes) == 0:
		a.printf("%s %s.\n", u.Name, nothing)
		return nil
	}
	return errors.Join(err, unread, a.carryOut(ctx, f, changes, o))
}

// carryOut shows what is sent to servers, asks, and sends it.
func (a *app) carryOut(ctx context.Context, f *sites.Fleet, changes []sites.AccountChange, o accountOptions) error {
	if o.format == "text" {
		server := ""
		for _, c := range changes {
			if c.Server != server {
				server = c.Server
				a.printf("%s\n", a.bold("Server "+server))
			}
			for _, s := range c.Statements {
				a.printf("  %s\n", s)
			}
		}
	}
	if err := a.agree(ctx, "Send this?", o.yes); err != nil {
		return err
	}
	done, err := f.Change(ctx, changes)
	if o.format == "json" {
		err = errors.Join(err, a.printJSON(changesJSON(changes, done)))
	}
	for _, c := range done {
		a.errorf("%s  %s on server %s\n", a.green("done"), c.Login, c.Server)
	}
	return err
}

// agree asks, unless told not to; without a terminal there is nobody to ask.
func (a *app) agree(ctx context.Context, question string, yes bool) error {
	switch {
	case yes:
		return nil
	case !a.canAsk:
		return usageError("nobody is there to say yes: add --yes")
	}
	a.errorf("%s Type yes or y: ", question)
	answer, err := await(ctx, func() (string, error) { return bufio.NewReader(a.stdin).ReadString('\n') })
	if err == errStopped {
		a.errorf("\n")
		return err
	}
	if said := strings.TrimSpace(answer); said != "yes" && said != "y" {
		return &exitError{code: exitFailed, message: "nothing was changed"}
	}
	return nil
}

// jsonAccountChange is what was sent for one login.
type jsonAccountChange struct {
	Server     string   `json:"server"`
	Login      string   `json:"login"`
	Statements []string `json:"statements"`
	Done       bool     `json:"done"`
}

func changesJSON(changes, done []sites.AccountChange) any {
	out := []jsonAccountChange{}
	for _, c := range changes {
		ok := slices.ContainsFunc(done, func(d sites.AccountChange) bool {
			return d.Server == c.Server && d.Login == c.Login && slices.Equal(d.Statements, c.Statements)
		})
		out = append(out, jsonAccountChange{c.Server, c.Login, c.Statements, ok})
	}
	return struct {
		Changes []jsonAccountChange `json:"changes"`
	}{out}
}

// persons is what the servers of a run say of somebody. The error says which
// said nothing.
func (a *app) persons(ctx context.Context, f *sites.Fleet, users ...*policy.User) ([]sites.Person, error) {
	var out []sites.Person
	var failed []error
	for _, r := range f.Accounts(ctx) {
		failed = append(failed, r.Err)
		for _, u := range users {
			if r.Err == nil && slices.ContainsFunc(f.Policy.SitesOf(u), func(s policy.Site) bool { return s.Server == r.Server }) {
				out = append(out, f.PersonOn(u, r))
			}
		}
	}
	return out, errors.Join(failed...)
}

// jsonAccount is what a server says of somebody's login.
type jsonAccount struct {
	Name        string `json:"name"`
	Server      string `json:"server"`
	Login       string `json:"login"`
	Status      string `json:"status"`
	PasswordSet string `json:"password_set,omitempty"`
	BadCount    *int   `json:"bad_passwords,omitempty"`
	Sessions    *int   `json:"sessions"` // null: not seen
	LastActive  string `json:"last_active,omitempty"`
	// Closed are the sites that do not let them in.
	Closed []jsonClosed `json:"not_let_in_by,omitempty"`
}

// jsonClosed is a site that does not let somebody in.
type jsonClosed struct {
	Site string `json:"site"`
	Why  string `json:"why"`
}

// accountJSON translates a person on a server.
func accountJSON(p sites.Person) jsonAccount {
	out := jsonAccount{Name: p.User.Name, Server: p.Server, Login: p.User.Login, Status: string(p.Status())}
	for _, c := range p.Closed {
		out.Closed = append(out.Closed, jsonClosed{c.Site, c.Why})
	}
	if p.SeesSessions {
		n := 0
		out.Sessions = &n
	}
	if p.Account == nil {
		return out
	}
	out.Login = p.Account.Name
	if s := p.Account.Password; s != nil {
		out.PasswordSet, out.BadCount = moment(s.Set), &s.Bad
	}
	if p.SeesSessions {
		n := len(p.Account.Sessions)
		out.Sessions = &n
	}
	var last time.Time
	for _, s := range p.Account.Sessions {
		if s.LastActive.After(last) {
			last = s.LastActive
		}
	}
	out.LastActive = moment(last)
	return out
}

// moment prints a time of a server, without a zone, to the minute.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

func newUserStatus(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "status [NAME ...]",
		Short: "Ask the servers whether people can log in, and what keeps them out",
		Long: `Ask the servers whether people can log in: active, pending (has to choose a
password first), locked (by wrong passwords), expired, disabled, no login, or what
the policy says: inactive, past. orphaned is somebody whose user in a site belongs
to no login or to another; the sites that do not let people in are listed. With the day the password was set, wrong
passwords in a row, and the sessions that are open now. Without names, everybody.`,
		RunE: func(c *cobra.Command, args []string) error { return a.userStatus(c.Context(), o, args) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) userStatus(ctx context.Context, o fleetOptions, names []string) error {
	f, done, err := a.open(ctx, o)
	defer done()
	if err != nil {
		return err
	}
	users := f.Policy.Users
	if len(names) > 0 {
		users = nil
		for _, name := range names {
			u, err := findUser(f.Policy, name)
			if err != nil {
				return err
			}
			users = append(users, u)
		}
	}
	people, unread := a.persons(ctx, f, users...)
	unread = errors.Join(unread, f.Entrances(ctx, people))
	if o.format == "json" {
		out := []jsonAccount{}
		for _, p := range people {
			out = append(out, accountJSON(p))
		}
		return errors.Join(unread, a.printJSON(struct {
			Accounts []jsonAccount `json:"accounts"`
		}{out}))
	}
	rows := [][]string{{"NAME", "SERVER", "STATUS", "PASSWORD SET", "WRONG", "SESSIONS"}}
	blind := false
	for _, p := range people {
		j := accountJSON(p)
		row := []string{p.User.Name, p.Server, j.Status, j.PasswordSet, "", "unknown"}
		if j.BadCount != nil {
			row[4] = fmt.Sprint(*j.BadCount)
		}
		if j.Sessions != nil {
			row[5] = fmt.Sprint(*j.Sessions)
		}
		blind = blind || j.Sessions == nil
		rows = append(rows, row)
	}
	if len(people) > 0 {
		a.folded(rows, 4, 5)
	}
	a.printClosed(people)
	if blind {
		a.printf("\n  Who is connected is unknown where grantree's login lacks VIEW SERVER STATE.\n")
	}
	return unread
}

// printClosed lists the sites that do not let in people who have a login.
func (a *app) printClosed(people []sites.Person) {
	rows := [][]string{{"NAME", "NOT LET IN BY", "WHY"}}
	for _, p := range people {
		for _, c := range p.Closed {
			rows = append(rows, []string{p.User.Name, c.Site, c.Why})
		}
	}
	if len(rows) > 1 {
		a.printf("\n")
		a.folded(rows)
		a.printf("\n  \"grantree plan\" says what mends it.\n")
	}
}

func newUserHistory(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "history NAME",
		Short: "Show what the servers wrote down about somebody's account",
		Long: `Show what the servers wrote down about somebody's account: log-ins and refusals
in the error log, changes in the default trace, both in a server audit where there
is one that is turned on, and the sessions that are open now. What a server does not
keep, or does not let be read, is said; nothing is guessed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.userHistory(c.Context(), o, args[0]) },
	}
	o.addFlags(c, "text", "json")
	return c
}
