package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"grantree/finding"
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
		again := func(do func() error) error { return f.retried(ctx, site, do) }
		out[i].Err = f.lend(ctx, server, again, func(conn *sql.Conn) (err error) {
			out[i].ServerAccounts, err = mssql.Accounts(ctx, conn)
			return err
		})
	})
	return out
}

// SilentServers says which servers did not answer.
func SilentServers(readings []ServerReading) error {
	var failed []error
	for _, r := range readings {
		failed = append(failed, r.Err)
	}
	return errors.Join(failed...)
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
	reached := false
	if err := f.reach(ctx, server, db); err != nil {
		return fmt.Errorf("server %q: %w", server, mssql.Describe(a, err))
	}
	err = tries(func() error {
		return mssql.WithConn(ctx, db, func(conn *sql.Conn) error { reached = true; return do(conn) })
	})
	switch {
	case err == nil:
		return nil
	case reached && !mssql.FromServer(err): // it was a file, or a right, and the server is there
		return fmt.Errorf("server %q: %w", server, err)
	}
	return fmt.Errorf("server %q: %w", server, mssql.Describe(a, err))
}

// AccountChange is what an administrator asks for one account without any
// change of the policy.
type AccountChange struct {
	Server string
	Login  string
	What   string // it is about, for a sentence, where that is not the login
	// Statements are what is sent, a password aside, to be shown first.
	Statements []string
	// do sends it. came says what came of it where that is not what was asked
	// for and no failure either.
	do func(ctx context.Context, conn *sql.Conn) (came string, err error)
}

// AccountResult is what became of an AccountChange that did not fail.
type AccountResult struct {
	AccountChange
	Came string // what came of it where it was not done: "" is done
}

// UnlockPlan says what unlocks a person's logins, on each server where they are
// locked. Errors say where they cannot be, or where nobody knows.
func UnlockPlan(people []Person) (out []AccountChange, err error) {
	var failed []error
	for _, p := range people {
		switch a := p.Account; {
		case p.contained():
			failed = append(failed, fmt.Errorf("server %q: %s has no login there: in a contained site wrong passwords lock nobody out that grantree could see", p.Server, p.User.Name))
		case a == nil:
			failed = append(failed, p.noLogin())
		case a.Type != grants.SQLUser:
			failed = append(failed, fmt.Errorf("server %q: login %q has no password on the server: unlock it where the account is kept", p.Server, a.Name))
		case p.Refusal() != "":
			failed = append(failed, p.refused())
		case a.Password == nil:
			failed = append(failed, fmt.Errorf("server %q: whether login %q is locked cannot be seen: %s", p.Server, a.Name, p.toChange))
		case !a.Password.Locked && a.Password.Bad == 0:
		case a.Password.MustChange:
			failed = append(failed, fmt.Errorf("server %q: login %q has to choose a password first, and the server unlocks none such without a new one (error 15128): grantree user reset-password %s", p.Server, a.Name, finding.Argument(p.User.Name)))
		default:
			out = append(out, AccountChange{Server: p.Server, Login: a.Name, Statements: mssql.UnlockStatements(*a),
				do: func(ctx context.Context, conn *sql.Conn) (string, error) {
					return "", p.permitted(mssql.Unlock(ctx, conn, *a))
				}})
		}
	}
	return out, errors.Join(failed...)
}

// PasswordKeeper takes new passwords, which go nowhere else. Keep is handed one
// before it is set, and where it fails nothing is sent; NotSet hears of one that
// was kept and then was not set, or of which nobody knows.
type PasswordKeeper struct {
	Keep   func(server, login, password string) error
	NotSet func(server, login string, unknown bool, why error) error
	// Chosen is the password that an administrator chose; one is made for each
	// account where it is empty. It is kept nowhere.
	Chosen string
}

// password is the chosen one, or one made for an account. The error says why the
// chosen one is none: who tries tries it first.
func (k PasswordKeeper) password(account string) (string, error) {
	if k.Chosen == "" {
		return mssql.GeneratePassword(account)
	}
	if like := mssql.Guessed(account, k.Chosen); like != "" {
		return "", fmt.Errorf("the password for %q is %s: choose another", account, like)
	}
	return k.Chosen, nil
}

// keep keeps a password that was made.
func (k PasswordKeeper) keep(server, account, password string) error {
	if k.Chosen != "" {
		return nil
	}
	return k.Keep(server, account, password)
}

// ResetPlan says what gives a person a new password on each server, by the
// policy's rules, or one that has to be changed whatever those say. Errors say
// where there can be none.
func (f *Fleet) ResetPlan(people []Person, mustChange bool, k PasswordKeeper) (out []AccountChange, err error) {
	rules := PasswordRules(f.Policy)
	if mustChange {
		rules = mssql.PasswordRules{MustChange: true, Policy: true, Expiration: true}
	}
	var failed []error
	for _, p := range people {
		own, err := f.resetOwn(p, mustChange, k)
		out, failed = append(out, own...), append(failed, err)
		if p.contained() {
			continue
		}
		switch a := p.Account; {
		case a == nil:
			failed = append(failed, p.noLogin())
		case a.Type != grants.SQLUser:
			failed = append(failed, fmt.Errorf("server %q: login %q has no password on the server: change it where the account is kept", p.Server, a.Name))
		case p.Refusal() != "":
			failed = append(failed, p.refused())
		default:
			password, err := k.password(a.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, AccountChange{Server: p.Server, Login: a.Name, Statements: []string{mssql.ResetStatement(a.Name, rules)},
				do: func(ctx context.Context, conn *sql.Conn) (string, error) {
					return "", p.permitted(setPassword(ctx, conn, p.Server, a.Name, password, rules, k))
				}})
		}
	}
	return out, errors.Join(failed...)
}

// setPassword keeps a password and sets it.
func setPassword(ctx context.Context, conn *sql.Conn, server, login, password string, rules mssql.PasswordRules, k PasswordKeeper) error {
	if err := k.keep(server, login, password); err != nil {
		return fmt.Errorf("login %q: its new password could not be kept, so it was not set: %w", login, err)
	}
	return wasSet(mssql.SetPassword(ctx, conn, login, password, rules), server, login, k)
}

// wasSet takes back a password that was kept and could not be set.
func wasSet(err error, server, login string, k PasswordKeeper) error {
	if err == nil {
		return nil
	}
	unknown := mssql.Number(err) == 0 // no answer: it may have been set
	if unknown {
		err = fmt.Errorf("login %q: whether its new password was set is not known: %w", login, err)
	}
	if k.Chosen != "" {
		return err
	}
	if wrote := k.NotSet(server, login, unknown, err); wrote != nil {
		err = errors.Join(err, fmt.Errorf("login %q: that could not be written beside its password: %w", login, wrote))
	}
	return err
}

// Change carries out what was asked for accounts, and returns what came of what
// did not fail. One that fails does not keep the others from being done.
func (f *Fleet) Change(ctx context.Context, changes []AccountChange) (done []AccountResult, err error) {
	var failed []error
	for _, server := range f.servers() {
		of := slices.DeleteFunc(slices.Clone(changes), func(c AccountChange) bool { return c.Server != server })
		for len(of) > 0 { // on a new connection after each that failed, which may have left one unfit
			sent := 0
			err := f.onServer(ctx, server, func(conn *sql.Conn) error {
				for _, c := range of {
					sent++
					came, err := c.do(ctx, conn)
					if err != nil {
						return err
					}
					done = append(done, AccountResult{c, came})
				}
				return nil
			})
			failed = append(failed, err)
			if of = of[max(sent, 1):]; sent == 0 { // nobody was let in
				break
			}
		}
	}
	return done, errors.Join(failed...)
}
