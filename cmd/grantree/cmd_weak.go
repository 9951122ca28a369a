package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func newUserPasswords(a *app) *cobra.Command {
	var o fleetOptions
	var most int
	c := &cobra.Command{
		Use:   "weak-passwords",
		Short: "Ask the servers for passwords that anybody can guess",
		Long: `Ask the servers whether the password of a login is blank, its own name, or one
that is well known, such as those that programs are delivered with. Passwords
are not shown. Nor are users of contained sites asked for, who have a password
there: no view shows its hash. How many there are is said. Every question costs
the server a hash, so at most --most logins are asked for on each, people of the
policy first.

Exits with 3 where there is one.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.weakPasswords(c.Context(), o, most) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().IntVar(&most, "most", 200, "how many logins to ask for on each server")
	return c
}

// jsonWeakPasswords is the JSON contract of "user weak-passwords".
type jsonWeakPasswords struct {
	Weak    []jsonWeak  `json:"weak"`
	Servers []jsonAsked `json:"servers"`
}

// jsonWeak is a login whose password anybody can guess.
type jsonWeak struct {
	Server   string `json:"server"`
	Login    string `json:"login"`
	Password string `json:"password_is"` // what it is like
	User     string `json:"user,omitempty"`
	// Why says why "user reset-password" is not for it; Fix is for a DBA then, or
	// Statements.
	Why        string   `json:"why,omitempty"`
	Fix        string   `json:"fix,omitempty"`
	Statements []string `json:"statements,omitempty"`
}

// jsonAsked is how many logins of a server were asked for.
type jsonAsked struct {
	Server string `json:"server"`
	Asked  int    `json:"asked"`
	Of     int    `json:"of"`
	Error  string `json:"error,omitempty"`
	// NotAsked are sites whose users have passwords that nobody can ask for.
	NotAsked []jsonNotAsked `json:"not_asked,omitempty"`
}

// jsonNotAsked is how many users of a site have a password of its own.
type jsonNotAsked struct {
	Site  string `json:"site"`
	Users *int   `json:"users"` // null: not known
}

func (a *app) weakPasswords(ctx context.Context, o fleetOptions, most int) error {
	f, done, err := a.open(ctx, o)
	defer done()
	if err != nil {
		return err
	}
	weak, asked := []jsonWeak{}, []jsonAsked{}
	var failed []error
	for _, r := range f.WeakPasswords(ctx, most) {
		line := jsonAsked{Server: r.Server, Asked: r.Asked, Of: r.Of}
		if r.Err != nil {
			line.Error = r.Err.Error()
			failed = append(failed, r.Err)
		}
		for _, s := range r.Sites {
			switch {
			case s.Err != nil:
				line.NotAsked = append(line.NotAsked, jsonNotAsked{Site: s.Site})
				failed = append(failed, s.Err)
			case s.Users > 0:
				line.NotAsked = append(line.NotAsked, jsonNotAsked{s.Site, &s.Users})
			}
		}
		asked = append(asked, line)
		for _, w := range r.Weak {
			line := jsonWeak{Server: r.Server, Login: w.Login, Password: w.Like, Why: w.Why, Fix: w.Another, Statements: w.Disable}
			if w.User != nil {
				line.User = w.User.Name
			}
			weak = append(weak, line)
		}
	}
	if len(weak) > 0 {
		failed = append(failed, &exitError{code: exitDifferences, message: count(len(weak), "password") + " that anybody can guess"})
	}
	if o.format == "json" {
		return errors.Join(append(failed, a.printJSON(jsonWeakPasswords{weak, asked}))...)
	}
	rows := [][]string{{"LOGIN", "SERVER", "PASSWORD IS"}}
	for _, w := range weak {
		rows = append(rows, []string{w.Login, w.Server, w.Password})
	}
	if len(weak) > 0 {
		a.folded(rows)
		a.printf("\n")
	}
	for _, w := range weak {
		switch {
		case w.Why == "":
			a.sentence("  ", fmt.Sprintf("%s gets another by: grantree user reset-password %s", w.Login, w.User))
		case len(w.Statements) > 0:
			a.sentence("  ", fmt.Sprintf("%s on server %s %s. A DBA sends: %s or, where nothing needs it: %s", w.Login, w.Server, w.Why, w.Fix, w.Statements[0]))
		default:
			a.sentence("  ", fmt.Sprintf("%s on server %s %s. A DBA sends: %s", w.Login, w.Server, w.Why, w.Fix))
		}
	}
	if len(weak) > 0 {
		a.printf("\n")
	}
	for _, s := range asked {
		a.printf("  Server %s: %s asked for.\n", s.Server, fmt.Sprintf("%d of %s", s.Asked, count(s.Of, "login")))
		users, own, unread := 0, []string(nil), []string(nil)
		for _, n := range s.NotAsked {
			if n.Users == nil {
				unread = append(unread, n.Site)
				continue
			}
			users += *n.Users
			own = append(own, fmt.Sprintf("%s (%d)", n.Site, *n.Users))
		}
		if users > 0 {
			a.sentence("  ", fmt.Sprintf("Not asked for: %s with a password of a site's own, whose hash no view shows: %s", count(users, "user"), list(own, 8)))
		}
		if len(unread) > 0 {
			a.sentence("  ", fmt.Sprintf("Whether there are such users is not known of sites that could not be read: %s", list(unread, 8)))
		}
	}
	return errors.Join(failed...)
}
