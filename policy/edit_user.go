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
	u.Groups, u.Sites, u.At, u.Allow, u.Deny = old.Groups, old.Sites, old.At, old.Allow, old.Deny
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

// AddLine adds a line to a user's own, or, where site is not "", to those that
// the user has in the [[user.at]] of that site. A line that is there already and
// differs in its end, its reason or in fewer permissions gets the new ones. What
// is said beside is a line that stays and has another end.
func (e *Editor) AddLine(user, site string, deny bool, line Entry) (beside string, err error) {
	u, w, err := e.user(user)
	if err != nil {
		return "", err
	}
	allows, denies := u.Allow, u.Deny
	if site != "" {
		if s, ok := e.parse.p.Site(site); ok {
			site = s.Name
		}
		i := slices.IndexFunc(u.At, func(a Elsewhere) bool { return e.parse.p.listed(a.Sites, site) })
		if i < 0 {
			return "", fmt.Errorf("user %q has no [[user.at]] for the site %q", u.Name, site)
		}
		w, allows, denies = w.in("at", i), u.At[i].Allow, u.At[i].Deny
	}
	return e.addLine(w, deny, allows, denies, line)
}

// AddGroupLine adds a line to a group's own, as AddLine does to a user's.
func (e *Editor) AddGroupLine(group string, deny bool, line Entry) (beside string, err error) {
	g, w, err := e.group(group, "edited")
	if err != nil {
		return "", err
	}
	own := func(lines []Entry) []Entry {
		return slices.DeleteFunc(slices.Clone(lines), func(l Entry) bool { return l.From != "" })
	}
	return e.addLine(w, deny, own(g.Allow), own(g.Deny), line)
}

// addLine adds a line to the table at w, which has these lines.
func (e *Editor) addLine(w place, deny bool, allows, denies []Entry, line Entry) (beside string, err error) {
	key, lines := "allow", allows
	if deny {
		key, lines = "deny", denies
	}
	for i, old := range lines {
		if !e.parse.p.sameTarget(old, line) || !slices.Equal(old.Except, line.Except) || old.Permissions.Intersect(line.Permissions).IsEmpty() {
			continue
		}
		if line.Permissions.Has(old.Permissions) {
			return beside, e.changeLine(w.in(key, i), old, line)
		}
		if old.Until != line.Until {
			beside = fmt.Sprintf("the line at %s stays beside it, with %s: %s", old.Pos, endOf(old), old.Permissions)
		}
	}
	return beside, e.add(w.in(key), entryKeys(line))
}

// changeLine gives a line another's permissions and end, and its reason, if any.
func (e *Editor) changeLine(w place, old, line Entry) error {
	if old.Permissions != line.Permissions {
		if err := e.set(w, line.Permissions.Words(), "permissions"); err != nil {
			return err
		}
	}
	if line.Reason != "" && line.Reason != old.Reason {
		if err := e.set(w, line.Reason, "reason"); err != nil {
			return err
		}
	}
	switch {
	case line.Until == old.Until:
		return nil
	case line.Until.IsZero():
		return e.set(w, nil, "until")
	}
	return e.set(w, line.Until, "until")
}

// endOf says when a line ends.
func endOf(e Entry) string {
	if e.Until.IsZero() {
		return "no end"
	}
	return "its end, " + e.Until.String()
}

// sameTarget reports whether two lines are about the same node, area, view or all
// views, however it is written.
func (p *Policy) sameTarget(x, y Entry) bool {
	if x.AllViews || y.AllViews {
		return x.AllViews && y.AllViews
	}
	if x.View != "" || y.View != "" {
		return x.View != "" && y.View != "" && p.Catalog.SiteName(x.View).Key() == p.Catalog.SiteName(y.View).Key()
	}
	one, failed := p.Catalog.Resolve(x.On)
	two, also := p.Catalog.Resolve(y.On)
	if failed != nil || also != nil {
		return sameName(x.On, y.On)
	}
	return one.Area == two.Area && slices.Equal(one.Nodes, two.Nodes)
}

// RemoveLines takes a user's own lines about a node, area or view away, wherever
// they hold, and returns how many there were.
func (e *Editor) RemoveLines(user, on string) (int, error) {
	_, w, err := e.user(user)
	if err != nil {
		return 0, err
	}
	in := e.userIn(w)
	n, err := e.removeLines(w, on, in.Allow, in.Deny)
	for i, a := range in.At {
		if err != nil {
			break
		}
		var there int
		there, err = e.removeLines(w.in("at", i), on, a.Allow, a.Deny)
		n += there
	}
	return n, err
}

// RemoveGroupLines takes a group's own lines about a node, area or view away, and
// returns how many there were. Those that it copies stay.
func (e *Editor) RemoveGroupLines(group, on string) (int, error) {
	_, w, err := e.group(group, "edited")
	if err != nil {
		return 0, err
	}
	in := e.groupIn(w)
	return e.removeLines(w, on, in.Allow, in.Deny)
}

// removeLines takes the lines of the table at w that are about something away.
func (e *Editor) removeLines(w place, on string, allow []fileAllow, deny []fileDeny) (n int, err error) {
	about := func(key string, i int, in fileAllow) {
		if err == nil && (sameName(in.On, on) || sameName(in.View, on)) {
			n++
			err = e.remove(w.in(key, i))
		}
	}
	for i, in := range allow {
		about("allow", i, in)
	}
	for i, in := range deny {
		about("deny", i, in.fileAllow)
	}
	return n, err
}
