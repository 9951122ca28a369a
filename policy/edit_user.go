package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/tomldoc"
)

// AddUser adds a person to the file where the policy's last [[user]] stands.
func (e *Editor) AddUser(u User) error {
	if IsSA(cmp.Or(u.Login, u.Name)) {
		return fmt.Errorf("the login %q is the server's own administrator, which can have no user: give the person a login of their own", cmp.Or(u.Login, u.Name))
	}
	pg := e.lastPage(func(in *filePolicy) int { return len(in.Users) })
	if u.NewLogin && u.Auth == "" && strings.Contains(u.Login+u.Name, `\`) {
		u.Auth = AuthWindows // new_login of an account of Windows wants it said
	}
	return e.add(place{pg, []any{"user"}}, userKeys(&u))
}

// CopyUser adds a person who has what another has: groups, sites, other groups
// in other sites, overrides, and, unless newLogin says, whether their login is
// made, where both have one with a password. Everything else is u's own.
func (e *Editor) CopyUser(from string, u User, newLogin *bool) error {
	old, _, err := e.user(from)
	if err != nil {
		return err
	}
	if newLogin == nil {
		password := (u.Auth == "" || u.Auth == AuthSQL) && !strings.Contains(u.Login+u.Name, `\`)
		newLogin = new(old.NewLogin && old.Auth == AuthSQL && password)
	}
	u.NewLogin = *newLogin
	u.Groups, u.Sites, u.At, u.Allow, u.Deny = old.Groups, old.Sites, slices.Clone(old.At), old.Allow, old.Deny
	for i := range u.At {
		u.At[i].Also = Also{} // accepted of the other one alone, as it is everywhere
	}
	return e.AddUser(u)
}

// RemoveUser takes a person out of the policy, with the waivers and tests that
// are about them.
func (e *Editor) RemoveUser(name string) error {
	u, w, err := e.user(name)
	if err != nil {
		return err
	}
	if err := e.remove(w); err != nil {
		return err
	}
	return e.aboutUser(u, e.remove)
}

// aboutUser calls do with each waiver and test that is about a user.
func (e *Editor) aboutUser(u *User, do func(place) error) error {
	for _, pg := range e.pages {
		for i, in := range pg.in.Waivers {
			if in.User != "" && e.parse.p.User(in.User) == u {
				if err := do(place{pg, []any{"waiver", i}}); err != nil {
					return err
				}
			}
		}
		for i, in := range pg.in.Tests {
			if e.parse.p.User(in.User) == u {
				if err := do(place{pg, []any{"test", i}}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// UserChange is what SetUser sets: what is nil stays as it is, and a text, end
// or list that is empty is taken away. Of At, what stands already stays as it
// is, with its lines, and what is not among the new ones goes. Who is made active
// has no InactiveReason any more.
type UserChange struct {
	FullName, Email, Reason, Login, Auth, Was *string
	InactiveReason                            *string
	Until                                     *tomldoc.Moment
	NewLogin, Inactive                        *bool
	Groups, Sites                             *[]string
	At                                        *[]Elsewhere
}

// SetUser changes fields of a person.
func (e *Editor) SetUser(name string, c UserChange) error {
	u, w, err := e.user(name)
	if err != nil {
		return err
	}
	auth := ""
	if in := e.userIn(w); in.Auth != nil {
		auth = *in.Auth
	}
	texts := []textChange{{"full_name", c.FullName, u.FullName}, {"email", c.Email, u.Email}, {"reason", c.Reason, u.Reason},
		{"login", c.Login, u.Login}, {"auth", c.Auth, auth}, {"was", c.Was, u.Was}}
	if err := e.setTexts(u, w, texts); err != nil {
		return err
	}
	if c.Until != nil && *c.Until != u.Until {
		var value any
		if !c.Until.IsZero() {
			value = *c.Until
		}
		if err := e.set(w, value, "until"); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		key string
		to  *bool
		is  bool
	}{{"new_login", c.NewLogin, u.NewLogin}, {"inactive", c.Inactive, u.Inactive}} {
		if f.to == nil || *f.to == f.is {
			continue
		}
		var value any
		if *f.to {
			value = true
		}
		if err := e.set(w, value, f.key); err != nil {
			return err
		}
	}
	why := c.InactiveReason
	if c.Inactive != nil && !*c.Inactive {
		why = new(string)
	}
	if err := e.setTexts(u, w, []textChange{{"inactive_reason", why, u.InactiveReason}}); err != nil {
		return err
	}
	for _, f := range []struct {
		key string
		to  *[]string
		is  []string
	}{{"groups", c.Groups, u.Groups}, {"sites", c.Sites, u.Sites}} {
		if f.to == nil || slices.Equal(*f.to, f.is) {
			continue
		}
		var value any
		if len(*f.to) > 0 {
			value = *f.to
		}
		if err := e.set(w, value, f.key); err != nil {
			return err
		}
	}
	if c.At != nil {
		return e.setAt(u, w, *c.At)
	}
	return nil
}

// textChange is a key of a user that holds a text, what it shall be, and what it is.
type textChange struct {
	key string
	to  *string
	is  string
}

// setTexts sets keys of a user that hold texts.
func (e *Editor) setTexts(u *User, w place, texts []textChange) error {
	for _, f := range texts {
		if f.to == nil || *f.to == f.is && *f.to != "" { // an empty one may be written out
			continue
		}
		var value any
		if *f.to != "" && !(f.key == "login" && *f.to == u.Name) {
			value = *f.to
		}
		if err := e.set(w, value, f.key); err != nil {
			return err
		}
	}
	return nil
}

// setAt makes a user's at be the given ones.
func (e *Editor) setAt(u *User, w place, to []Elsewhere) error {
	is := func(a Elsewhere) func(Elsewhere) bool {
		return func(b Elsewhere) bool { return slices.Equal(a.Sites, b.Sites) && slices.Equal(a.Groups, b.Groups) }
	}
	for i, a := range u.At {
		if !slices.ContainsFunc(to, is(a)) {
			if err := e.remove(w.in("at", i)); err != nil {
				return err
			}
		}
	}
	for _, a := range to {
		if slices.ContainsFunc(u.At, is(a)) {
			continue
		}
		if err := e.add(w.in("at"), atKeys(a)); err != nil {
			return err
		}
	}
	return nil
}

// RenameUser gives a person another name, and notes the one before as was, so
// that the account is renamed in place. Waivers, tests and [license] exempt
// follow. A login of the same name is renamed with the user, unless keepLogin; an
// account of Windows keeps its name, which is for Windows to give.
func (e *Editor) RenameUser(name, to string, keepLogin bool) error {
	u, w, err := e.user(name)
	if err != nil {
		return err
	}
	if u.Was != "" {
		return e.stillWas("user", u.Name, u.Was)
	}
	if err := e.set(w, to, "name"); err != nil {
		return err
	}
	if err := e.set(w, u.Name, "was"); err != nil {
		return err
	}
	if windows := strings.Contains(u.Login, `\`); e.userIn(w).Login == nil && (keepLogin || windows && !strings.Contains(to, `\`)) {
		if err := e.set(w, u.Login, "login"); err != nil {
			return err
		}
	}
	if err := e.aboutUser(u, func(about place) error { return e.set(about, to, "user") }); err != nil {
		return err
	}
	return e.replace(e.parse.licenseAt.in("exempt"), e.parse.p.License.Exempt, to, func(s string) bool { return e.parse.p.User(s) == u })
}

// stillWas refuses to rename what is being renamed already: which of the names
// the sites have, the policy cannot say.
func (e *Editor) stillWas(what, name, was string) error {
	return fmt.Errorf("%s %q is being renamed already: it has was = %q; apply that in every site, take was away, and rename it then", what, name, was)
}

// userIn is a user as the file has them.
func (e *Editor) userIn(w place) *fileUser { return &w.page.in.Users[w.path[1].(int)] }
