package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/audit"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// ServerReading is what one server says of its logins, or why it says nothing.
type ServerReading struct {
	Server string
	*mssql.ServerAccounts
	Err error
}

// Accounts reads the logins of every server of the run, in the policy's order,
// through the first of its sites that answers.
func (f *Fleet) Accounts(ctx context.Context) []ServerReading {
	var out []ServerReading
	for _, server := range f.servers() {
		out = append(out, ServerReading{Server: server})
	}
	f.eachServer(ctx, func(ctx context.Context, i int, server string) {
		site, _ := f.siteOn(server)
		again := func(do func() error) error { return f.retry(ctx, site, do) }
		out[i].Err = f.lend(ctx, server, again, func(conn *sql.Conn) (err error) {
			out[i].ServerAccounts, err = mssql.Accounts(ctx, conn)
			return err
		})
	})
	return out
}

// servers are the names of the servers that the run's sites are on.
func (f *Fleet) servers() []string {
	var out []string
	for _, s := range f.Policy.Servers {
		if slices.ContainsFunc(f.Sites, func(x policy.Site) bool { return x.Server == s.Name }) {
			out = append(out, s.Name)
		}
	}
	return out
}

// eachServer does something for each server of the run, in parallel.
func (f *Fleet) eachServer(ctx context.Context, do func(ctx context.Context, i int, server string)) {
	var first []policy.Site
	for _, server := range f.servers() {
		s, _ := f.siteOn(server)
		first = append(first, s)
	}
	f.eachOf(ctx, first, func(ctx context.Context, i int, s policy.Site) { do(ctx, i, s.Server) })
}

// onServer lends a connection to master, once.
func (f *Fleet) onServer(ctx context.Context, server string, do func(*sql.Conn) error) error {
	return f.lend(ctx, server, func(do func() error) error { return do() }, do)
}

// lend lends a connection to master, which does not need any site to be open, as
// often as tries asks for one.
func (f *Fleet) lend(ctx context.Context, server string, tries func(func() error) error, do func(*sql.Conn) error) error {
	site, ok := f.siteOn(server)
	if !ok {
		return fmt.Errorf("server %q: no site of this run is on it", server)
	}
	a := f.addressOf(site)
	a.Database = "master"
	db, err := mssql.Open(a)
	if err != nil {
		return fmt.Errorf("server %q: %w", server, err)
	}
	defer db.Close()
	if err := tries(func() error { return mssql.WithConn(ctx, db, do) }); err != nil {
		return fmt.Errorf("server %q: %w", server, mssql.Describe(a, err))
	}
	return nil
}

// Person is what a server says of somebody of the policy.
type Person struct {
	User   *policy.User
	Server string
	// Account is nil where the server has no login of theirs.
	Account      *grants.Account
	SeesSessions bool // the account's sessions are all that it has
	// Closed are the sites that do not let them in, where Entrances asked.
	Closed []Closed
	same   func(a, b string) bool
}

// Status is the person's status there, in one word: what the policy says comes
// first.
func (p Person) Status() grants.Status {
	switch {
	case p.User.Past:
		return grants.StatusPast
	case p.User.Inactive:
		return grants.StatusInactive
	case p.Account == nil:
		return grants.StatusMissing
	}
	status := p.Account.Status()
	if status != grants.StatusDisabled && slices.ContainsFunc(p.Closed, func(c Closed) bool { return c.Orphan }) {
		return grants.StatusOrphaned
	}
	return status
}

// PersonOn finds somebody of the policy among the logins of a server, by the
// name of their login or the one that it had, as the server compares names.
func (f *Fleet) PersonOn(u *policy.User, r ServerReading) Person {
	p := Person{User: u, Server: r.Server, same: grants.Collation{}.Equal}
	if r.ServerAccounts == nil {
		return p
	}
	p.SeesSessions, p.same = r.SeesSessions, r.Collation.Equal
	same := p.same
	for _, name := range []string{u.Login, u.LoginBefore()} {
		i := slices.IndexFunc(r.Accounts, func(a grants.Account) bool { return name != "" && same(a.Name, name) })
		if i >= 0 {
			p.Account = &r.Accounts[i]
			return p
		}
	}
	return p
}

// Owner is the person of the policy whose session one is, or nil.
func (f *Fleet) Owner(r ServerReading, s grants.Session) *policy.User {
	for _, u := range f.Policy.Users {
		if p := f.PersonOn(u, r); p.Account != nil && p.Account.SID == s.SID && s.SID != "" {
			return u
		}
	}
	return nil
}

// InDatabase reports whether a database of a server is a site of the run.
func (f *Fleet) InDatabase(server, database string) bool {
	return slices.ContainsFunc(f.Sites, func(s policy.Site) bool {
		return s.Server == server && grants.Collation{}.Equal(s.Database, database)
	})
}

// AccountChange is what an administrator asks for one account without any
// change of the policy.
type AccountChange struct {
	Server string
	Login  string
	// Statements are what is sent, a password aside, to be shown first.
	Statements []string
	do         func(ctx context.Context, conn *sql.Conn) error
}

// UnlockPlan says what unlocks a person's logins, on each server where they are
// locked. Errors say where they cannot be.
func UnlockPlan(people []Person) (out []AccountChange, err error) {
	var failed []error
	for _, p := range people {
		switch a := p.Account; {
		case a == nil:
		case a.Password == nil:
			failed = append(failed, fmt.Errorf("server %q: login %q has no password that this login can see the state of", p.Server, a.Name))
		case a.Password.Locked || a.Password.Bad > 0:
			out = append(out, AccountChange{Server: p.Server, Login: a.Name, Statements: mssql.UnlockStatements(*a),
				do: func(ctx context.Context, conn *sql.Conn) error { return mssql.Unlock(ctx, conn, *a) }})
		}
	}
	return out, errors.Join(failed...)
}

// ResetPlan says what gives a person a new password on each server, by the
// policy's rules, or one that has to be changed whatever those say. keep
// is handed the password before it is set on any: where it fails nothing is
// sent.
func (f *Fleet) ResetPlan(people []Person, mustChange bool, keep func(server, login, password string) error) (out []AccountChange, err error) {
	rules := PasswordRules(f.Policy)
	if mustChange {
		rules = mssql.PasswordRules{MustChange: true, Policy: true, Expiration: true}
	}
	var failed []error
	for _, p := range people {
		switch a := p.Account; {
		case a == nil:
		case a.Type != grants.SQLUser:
			failed = append(failed, fmt.Errorf("server %q: login %q has no password on the server: change it where the account is kept", p.Server, a.Name))
		default:
			password, err := mssql.GeneratePassword(a.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, AccountChange{Server: p.Server, Login: a.Name, Statements: []string{mssql.ResetStatement(a.Name, rules)},
				do: func(ctx context.Context, conn *sql.Conn) error {
					if err := keep(p.Server, a.Name, password); err != nil {
						return fmt.Errorf("login %q: its new password could not be kept, so it was not set: %w", a.Name, err)
					}
					return mssql.SetPassword(ctx, conn, a.Name, password, rules)
				}})
		}
	}
	return out, errors.Join(failed...)
}

// IdleSessions are the sessions that have done nothing for so long, less those
// with an open transaction unless force says otherwise, and never the runner's
// own.
func IdleSessions(r ServerReading, idle time.Duration, force bool, of func(grants.Session) bool) (out, held []grants.Session) {
	for _, s := range r.Sessions {
		switch {
		case s.ID == r.Own || !of(s) || s.Running || s.Idle(r.Now) < idle:
		case s.OpenTransactions > 0 && !force:
			held = append(held, s)
		default:
			out = append(out, s)
		}
	}
	return out, held
}

// EndPlan says what ends sessions of a server.
func EndPlan(server string, sessions []grants.Session) []AccountChange {
	var out []AccountChange
	for _, s := range sessions {
		out = append(out, AccountChange{Server: server, Login: s.Login, Statements: []string{mssql.EndStatement(s.ID)},
			do: func(ctx context.Context, conn *sql.Conn) error {
				_, err := mssql.EndSession(ctx, conn, s)
				return err
			}})
	}
	return out
}

// Change carries out what was asked for accounts, and returns what was done. One
// that fails does not keep the others from being done.
func (f *Fleet) Change(ctx context.Context, changes []AccountChange) (done []AccountChange, err error) {
	var failed []error
	for _, server := range f.servers() {
		of := slices.DeleteFunc(slices.Clone(changes), func(c AccountChange) bool { return c.Server != server })
		if len(of) == 0 {
			continue
		}
		err := f.onServer(ctx, server, func(conn *sql.Conn) error {
			var failed []error
			for _, c := range of {
				if err := c.do(ctx, conn); err != nil {
					failed = append(failed, err)
					continue
				}
				done = append(done, c)
			}
			return errors.Join(failed...)
		})
		failed = append(failed, err)
	}
	return done, errors.Join(failed...)
}

// ServerHistory is what a server's own records say of one login.
type ServerHistory struct {
	Server   string
	Login    string
	Readings []audit.Reading
	Same     func(a, b string) bool // how the server compares names
	Err      error
}

// History asks the servers of the run what they wrote down about somebody. What
// they say now of open sessions is among it.
func (f *Fleet) History(ctx context.Context, people []Person) []ServerHistory {
	out := make([]ServerHistory, len(people))
	for i, p := range people {
		out[i] = ServerHistory{Server: p.Server, Login: p.User.Login, Same: p.same}
		if p.Account != nil {
			out[i].Login = p.Account.Name
		}
		site, ok := f.siteOn(p.Server)
		if !ok {
			out[i].Err = fmt.Errorf("server %q: no site of this run is on it", p.Server)
			continue
		}
		a := f.addressOf(site)
		a.Database = "master"
		db, err := mssql.Open(a)
		if err != nil {
			out[i].Err = fmt.Errorf("server %q: %w", p.Server, err)
			continue
		}
		out[i].Readings = append(mssql.History(ctx, db, out[i].Login), sessionsOf(p))
		db.Close()
	}
	return out
}

// sessionsOf is who is connected now as a person, as far as that was seen.
func sessionsOf(p Person) audit.Reading {
	r := audit.Reading{Source: audit.Sessions, State: audit.Read, Why: "those that are open now, and no more"}
	if p.Account == nil {
		return r
	}
	for _, s := range p.Account.Sessions {
		r.Events = append(r.Events, audit.Event{At: s.Begun, Kind: audit.LoggedIn, Login: p.Account.Name, From: s.Host, Detail: s.Program, Source: audit.Sessions})
	}
	return r
}

// WeakReading is the people of the policy on one server whose passwords anybody
// can guess.
type WeakReading struct {
	Server string
	Weak   []mssql.Weak
	Asked  int // logins
	Of     int // that have a password
	Err    error
}

// WeakPasswords asks each server of the run about the passwords of its logins,
// those of the policy's people first, and of no more than most of them.
func (f *Fleet) WeakPasswords(ctx context.Context, most int) []WeakReading {
	readings := f.Accounts(ctx)
	out := make([]WeakReading, len(readings))
	f.eachServer(ctx, func(ctx context.Context, i int, server string) {
		r := readings[i]
		out[i] = WeakReading{Server: server, Err: r.Err}
		if r.Err != nil {
			return
		}
		var ours, others []string
		people := map[string]bool{}
		for _, u := range f.Policy.Users {
			if p := f.PersonOn(u, r); p.Account != nil {
				people[p.Account.Name] = true
			}
		}
		for _, a := range r.Accounts {
			switch {
			case a.Type != grants.SQLUser || strings.HasPrefix(a.Name, "##"):
			case people[a.Name]:
				ours = append(ours, a.Name)
			default:
				others = append(others, a.Name)
			}
		}
		logins := append(ours, others...)
		out[i].Of = len(logins)
		out[i].Err = f.onServer(ctx, server, func(conn *sql.Conn) (err error) {
			out[i].Weak, out[i].Asked, err = mssql.WeakPasswords(ctx, conn, logins, most)
			return err
		})
	})
	return out
}
