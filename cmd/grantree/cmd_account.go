package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/finding"
	"grantree/grants"
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
the policy. The password stays what it is. The statements are shown first.
Logins that grantree neither made nor may change, and those of the server's
administrators, it leaves alone.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.changeAccount(c.Context(), o, args[0], func(_ *sites.Fleet, people []sites.Person) ([]sites.AccountChange, error) {
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
	var from chosenPassword
	c := &cobra.Command{
		Use:   "reset-password NAME",
		Short: "Give somebody a new password, one for each server",
		Long: `Give somebody a new, generated password on every server of the policy where
their login has one. It is written to the file that --passwords-out names before
it is set, and to nothing else. One that you choose is read with
--password-file, or asked for with --ask, and written nowhere. [passwords] of
the policy says whether it has to be changed at the next login; --must-change
asks for that whatever it says. Logins that grantree neither made nor may
change, and those of the server's administrators, it leaves alone.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if from.file != "" && (from.ask || c.Flags().Changed("passwords-out")) || from.ask && c.Flags().Changed("passwords-out") {
				return usageError("--ask, --password-file and --passwords-out are three ways: choose one")
			}
			return a.resetPassword(c.Context(), o, args[0], mustChange, from)
		},
	}
	o.addFlags(c)
	c.Flags().StringVar(&o.passwords, "passwords-out", defaultPasswordsFile, "the file that new passwords are added to")
	c.Flags().BoolVar(&mustChange, "must-change", false, "it has to be changed at the next login")
	c.Flags().StringVar(&from.file, "password-file", "", "set the password that this file holds, which only you may read")
	c.Flags().BoolVar(&from.ask, "ask", false, "ask for the password, twice, and show nothing of it")
	return c
}

func (a *app) resetPassword(ctx context.Context, o accountOptions, name string, mustChange bool, from chosenPassword) (err error) {
	password, err := a.chosen(ctx, from)
	if err != nil {
		return err
	}
	if password != "" {
		o.passwords = "" // nothing is written
	}
	var file *passwordFile
	defer func() {
		switch {
		case file == nil:
			return
		case file.added > 0:
			a.warnf("%s written to %s", count(file.added, "new password"), o.passwords)
		default:
			a.warnf("no new password was set, which %s says beside each", o.passwords)
		}
		err = errors.Join(err, file.Close())
	}()
	keeper := sites.PasswordKeeper{Chosen: password, Keep: func(server, login, password string) error {
		if file == nil {
			opened, err := a.secrets(o.passwords)
			if err != nil {
				return err
			}
			file = &passwordFile{syncedFile: opened}
		}
		return file.add(server, login, password)
	}}
	keeper.NotSet = func(server, login string, unknown bool, why error) error {
		return file.notSet(server, login, unknown, why)
	}
	return a.changeAccount(ctx, o, name, func(f *sites.Fleet, people []sites.Person) ([]sites.AccountChange, error) {
		return f.ResetPlan(people, mustChange, keeper)
	})
}

// changeAccount shows what a change of somebody's account would send, asks, and
// sends it. Where there is nothing to send it says how the person stands.
func (a *app) changeAccount(ctx context.Context, o accountOptions, name string, plan func(*sites.Fleet, []sites.Person) ([]sites.AccountChange, error)) error {
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	u := f.Policy.User(name)
	if u == nil {
		return notOurs(f.Policy, name)
	}
	if o.passwords != "" {
		if err := a.keepsPasswords(o.passwords, journalFolder("", o.file), f.Policy); err != nil {
			return err
		}
	}
	if u.Inactive {
		a.warnf("%q is %s in the policy, which keeps their login disabled: nobody gets in by this", u.Name, u.Standing())
	}
	people, readings, unlooked := f.Persons(ctx, []*policy.User{u}, false)
	unread := sites.SilentServers(readings)
	if unlooked != nil { // whose user it is there is one sign of several that the login is theirs
		for _, line := range lines(unlooked) {
			a.warnf("%s", line)
		}
	}
	changes, err := plan(f, people)
	switch {
	case len(changes) == 0 && len(people) == 0 && unread == nil:
		return &exitError{code: exitFailed, message: fmt.Sprintf("%s has no site on the servers of this run, so no login is theirs", u.Name)}
	case len(changes) == 0 && err == nil && unread == nil && o.format == "text":
		a.printf("%s is locked on none of these servers.\n", u.Name)
		for _, p := range people {
			if s := p.Status(); s != grants.StatusActive {
				a.printf("  Server %s: %s.\n", p.Server, s)
			}
		}
		return nil
	case len(changes) == 0 && o.format == "text":
		return errors.Join(err, unread)
	}
	return errors.Join(err, unread, a.carryOut(ctx, f, changes, nil, o))
}

// notOurs says that the policy does not have somebody whose account is to be
// changed. A name like it is of somebody else, and is not offered as a slip.
func notOurs(p *policy.Policy, name string) error {
	var names []string
	for _, u := range p.Users {
		names = append(names, u.Name)
	}
	text := fmt.Sprintf("%q is not in the policy, whose people's accounts alone grantree changes", name)
	if near := finding.Nearest(name, names); near != "" {
		text += fmt.Sprintf("; it has %q, who may be another person", near)
	}
	return usageError("%s", text)
}

// carryOut shows what is sent to servers, asks, and sends it.
func (a *app) carryOut(ctx context.Context, f *sites.Fleet, changes []sites.AccountChange, left []jsonLeft, o accountOptions) error {
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
	if len(changes) > 0 {
		if err := a.agree(ctx, "Send this?", o.yes); err != nil {
			return err
		}
	}
	done, err := f.Change(ctx, changes)
	if o.format == "json" {
		err = errors.Join(err, a.printJSON(changesJSON(changes, done, left)))
	}
	for _, c := range done {
		label, what := a.green("done"), cmp.Or(c.What, c.Login)
		if c.Came != "" {
			label, what = a.yellow("note"), what+" "+c.Came
		}
		a.errorf("%s  %s on server %s\n", label, what, c.Server)
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
	a.errorf("%s ", hang("", question+" Type yes or y:", a.errWidth))
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
	Came       string   `json:"came,omitempty"`
}

// jsonAccountChanges is what was sent, and the sessions that were left.
type jsonAccountChanges struct {
	Changes []jsonAccountChange `json:"changes"`
	Left    []jsonLeft          `json:"left,omitempty"`
}

func changesJSON(changes []sites.AccountChange, done []sites.AccountResult, left []jsonLeft) jsonAccountChanges {
	out := []jsonAccountChange{}
	for _, c := range changes {
		line := jsonAccountChange{Server: c.Server, Login: c.Login, Statements: c.Statements}
		i := slices.IndexFunc(done, func(d sites.AccountResult) bool {
			return d.Server == c.Server && d.Login == c.Login && slices.Equal(d.Statements, c.Statements)
		})
		if i >= 0 {
			line.Done, line.Came = done[i].Came == "", done[i].Came
		}
		out = append(out, line)
	}
	return jsonAccountChanges{out, left}
}

// jsonAccounts is who has which logins.
type jsonAccounts struct {
	Accounts []jsonAccount `json:"accounts"`
}

// jsonAccount is what a server says of somebody's login.
type jsonAccount struct {
	Name        string   `json:"name"`
	Server      string   `json:"server"`
	Login       string   `json:"login"`
	Status      string   `json:"status"`
	Policy      string   `json:"policy"`
	Notes       []string `json:"notes,omitempty"`
	PasswordSet string   `json:"password_set,omitempty"`
	BadCount    *int     `json:"bad_passwords,omitempty"`
	Sessions    *int     `json:"sessions"` // null: not seen
	LastActive  string   `json:"last_active,omitempty"`
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
	out := jsonAccount{Name: p.User.Name, Server: p.Server, Login: p.User.Login, Status: string(p.Status()), Policy: string(p.ByPolicy()), Notes: p.Notes()}
	for _, c := range p.Closed() {
		out.Closed = append(out.Closed, jsonClosed{c.Site, c.Why})
	}
	open := p.OpenSessions()
	if n := len(open); p.SeesSessions && (p.SeesLogins || p.Account != nil || n > 0) {
		out.Sessions = &n
	}
	var last time.Time
	for _, s := range open {
		if s.LastActive.After(last) {
			last = s.LastActive
		}
	}
	out.LastActive = moment(last)
	if p.Account == nil {
		return out
	}
	out.Login = p.Account.Name
	if s := p.Account.Password; s != nil {
		out.PasswordSet, out.BadCount = moment(s.Set), &s.Bad
	}
	return out
}

// moment prints a time of a server, without a zone, to the minute.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// statusOptions are the flags of "user status".
type statusOptions struct {
	fleetOptions
	only string
}

// onlyWords are whom "user status" can show alone, in the order in which it lists
// them.
var onlyWords = []string{"kept-out", "unknown", "active"}

// standsAs is which of onlyWords somebody is on a server.
func standsAs(p sites.Person) string {
	switch s := p.Status(); {
	case s == grants.StatusUnknown:
		return "unknown"
	case s == grants.StatusActive && len(p.Closed()) == 0:
		return "active"
	}
	return "kept-out"
}

// inOrder sorts people by how they stand, those whom the policy lets in first, and
// leaves out all but the ones asked for.
func inOrder(people []sites.Person, only string) []sites.Person {
	out := slices.DeleteFunc(slices.Clone(people), func(p sites.Person) bool { return only != "" && standsAs(p) != only })
	place := func(p sites.Person) int {
		at := 2 * slices.Index(onlyWords, standsAs(p))
		if p.User.Inactive {
			at++
		}
		return at
	}
	slices.SortStableFunc(out, func(x, y sites.Person) int { return cmp.Compare(place(x), place(y)) })
	return out
}

func newUserStatus(a *app) *cobra.Command {
	var o statusOptions
	c := &cobra.Command{
		Use:   "status [NAME ...]",
		Short: "Ask the servers whether people can log in, and what keeps them out",
		Long: `Ask the servers and sites whether people can get in: active, pending (has to
choose a password first), locked (by wrong passwords), expired, no site (the
login enters none), orphaned (the user in a site belongs to no login or to
another), barred (may not connect), disabled, no login; inactive or past where
the policy says so and they are out; unknown. Beside it what is not as the
policy says, the day the password was set, wrong passwords in a row, and the
sessions that are open now. Without names, everybody: who is kept out first,
those before others whom the policy lets in.`,
		RunE: func(c *cobra.Command, args []string) error { return a.userStatus(c.Context(), o, args) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.only, "only", "", "show these alone: "+strings.Join(onlyWords, ", "))
	_ = c.RegisterFlagCompletionFunc("only", cobra.FixedCompletions(onlyWords, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) userStatus(ctx context.Context, o statusOptions, names []string) error {
	if o.only != "" && !slices.Contains(onlyWords, o.only) {
		return usageError("--only %q: want %s", o.only, strings.Join(onlyWords, ", "))
	}
	f, done, err := a.open(ctx, o.fleetOptions)
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
	people, readings, unread := f.Persons(ctx, users, true)
	unread = errors.Join(sites.SilentServers(readings), unread)
	if unread == nil {
		unread = unseen(people)
	}
	all := len(people)
	people = inOrder(people, o.only)
	if o.format == "json" {
		out := []jsonAccount{}
		for _, p := range people {
			out = append(out, accountJSON(p))
		}
		return errors.Join(unread, a.printJSON(jsonAccounts{out}))
	}
	if len(people) == 0 && all > 0 {
		a.printf("Nobody is %s here.\n", strings.ReplaceAll(o.only, "-", " "))
	} else {
		a.printStatus(people)
	}
	for _, r := range readings {
		if r.Err == nil && !r.SeesSessions {
			a.sentence("  ", fmt.Sprintf("Server %s: who is connected is unknown, since grantree's login may not see it: %s", r.Server, r.ToSeeSessions()))
		}
	}
	return unread
}

// unseen says that the status of some is not known, where nothing else says so. Who
// may come in by a group of Windows is not known to anybody.
func unseen(people []sites.Person) error {
	n := 0
	for _, p := range people {
		if p.Status() == grants.StatusUnknown && (p.Account != nil || !p.SeesLogins) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return &exitError{code: exitFailed, message: fmt.Sprintf("the status of %s is not known", count(n, "account"))}
}

// printStatus prints a line a person and server, and what there is to say of
// several of them once.
func (a *app) printStatus(people []sites.Person) {
	if len(people) == 0 {
		a.printf("Nobody of the policy has a site on these servers.\n")
		return
	}
	rows := [][]string{{"NAME", "SERVER", "STATUS", "PASSWORD SET", "WRONG", "SESSIONS"}}
	var notes []string
	of := map[string][]string{}
	for _, p := range people {
		j := accountJSON(p)
		row := []string{p.User.Name, p.Server, j.Status, j.PasswordSet, "", "unknown"}
		if j.BadCount != nil {
			row[4] = fmt.Sprint(*j.BadCount)
		}
		if j.Sessions != nil {
			row[5] = fmt.Sprint(*j.Sessions)
		}
		rows = append(rows, row)
		for _, n := range j.Notes {
			n = "server " + p.Server + ": " + n
			if of[n] == nil {
				notes = append(notes, n)
			}
			of[n] = append(of[n], p.User.Name)
		}
	}
	a.folded(rows, 5, 6)
	a.printClosed(people)
	if len(notes) > 0 {
		a.printf("\n")
	}
	for _, n := range notes {
		a.sentence("  ", list(of[n], 5)+", "+n)
	}
}

// printClosed lists the sites that do not let in people whom the server does.
func (a *app) printClosed(people []sites.Person) {
	rows := [][]string{{"NAME", "NOT LET IN BY", "WHY"}}
	for _, p := range people {
		for _, c := range p.Closed() {
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
in the error log, changes in the default trace, both in a server audit where
there is one that is turned on, and the sessions that are open now. What a
server does not keep, or does not let be read, is said; nothing is guessed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.userHistory(c.Context(), o, args[0]) },
	}
	o.addFlags(c, "text", "json")
	return c
}
