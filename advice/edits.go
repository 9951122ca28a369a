package advice

import (
	"fmt"
	"slices"

	"grantree/policy"
)

// removeLine takes a person's own lines about something away.
func (t *trial) removeLine(user, on string) candidate {
	return candidate{fmt.Sprintf("take the lines of %s about %s away", user, on), []string{policy.Command("user allow", user, on, "--remove")},
		[]func(*policy.Editor) error{func(e *policy.Editor) error {
			_, err := e.RemoveLines(user, on)
			return err
		}}}
}

// narrow takes a person's own DENYs about something away and writes them again
// without what is asked.
func (t *trial) narrow(u *policy.User, on string) []candidate {
	var out []candidate
	for _, o := range u.Overrides() {
		rest := o.Line
		rest.Permissions = rest.Permissions.Minus(t.q.Permission)
		if !o.Deny || o.Line.Target() != on || o.Sites != nil || rest.Permissions.IsEmpty() || len(rest.Except) > 0 || rest.AllViews || !rest.Until.IsZero() {
			continue
		}
		args := append([]string{u.Name, on}, rest.Permissions.Words()...)
		if rest.Reason != "" {
			args = append(args, "--reason", rest.Reason)
		}
		out = append(out, t.removeLine(u.Name, on).then(candidate{"deny the rest again", []string{policy.Command("user deny", args...)},
			[]func(*policy.Editor) error{func(e *policy.Editor) error {
				_, err := e.AddLine(u.Name, "", true, policy.Entry{On: rest.On, View: rest.View, Permissions: rest.Permissions, Reason: rest.Reason})
				return err
			}}}))
	}
	return out
}

// leave takes a person out of a group, everywhere or, where the answer shall change
// in some of their sites alone, there.
func (t *trial) leave(user, group string) candidate {
	return t.membership(user, group, "take %s out of %s", "--remove-group", policy.ListEdit{Remove: []string{group}})
}

// join puts a person into a group.
func (t *trial) join(user, group string) candidate {
	return t.membership(user, group, "put %s into %s", "--add-group", policy.ListEdit{Add: []string{group}})
}

func (t *trial) membership(user, group, what, flag string, l policy.ListEdit) candidate {
	out := candidate{what: fmt.Sprintf(what, user, group)}
	if t.everywhere() {
		out.commands = []string{policy.Command("user set", user, flag, group)}
		out.steps = append(out.steps, func(e *policy.Editor) error { return e.EditGroups(user, "", l) })
		return out
	}
	for _, site := range t.q.Sites {
		out.commands = append(out.commands, policy.Command("user set", user, "--at", site, flag, group))
		out.steps = append(out.steps, func(e *policy.Editor) error { return e.EditGroups(user, site, l) })
	}
	return out
}

// everywhere reports whether the answer shall change in all sites of the person.
func (t *trial) everywhere() bool {
	u := t.before.User(t.q.User)
	return !slices.ContainsFunc(t.before.UserSites(u), func(s policy.Site) bool { return !slices.Contains(t.q.Sites, s.Name) })
}

// line adds a line of their own to a person: to all of their sites, or in the
// [[user.at]] of each site where the answer shall change, which is made where there
// is none, of the groups that they are in.
func (t *trial) line(u *policy.User, deny bool) []candidate {
	verb, what := "user allow", "a line of their own for "+u.Name
	if deny {
		verb, what = "user deny", "a DENY of their own for "+u.Name
	}
	word := t.q.Permission.Words()[0]
	add := func(site string) func(*policy.Editor) error {
		return func(e *policy.Editor) error {
			_, err := e.AddLine(u.Name, site, deny, e.Policy().LineOn(t.q.View, policy.Entry{Permissions: t.q.Permission}))
			return err
		}
	}
	if t.everywhere() {
		return []candidate{{what, []string{policy.Command(verb, u.Name, t.q.View, word)}, []func(*policy.Editor) error{add("")}}}
	}
	var out candidate
	for _, site := range t.q.Sites {
		c := candidate{what + " in " + site, []string{policy.Command(verb, u.Name, t.q.View, word, "--site", site)}, []func(*policy.Editor) error{add(site)}}
		if !slices.ContainsFunc(u.At, func(a policy.Elsewhere) bool { return slices.Contains(a.Sites, site) }) {
			c = t.apart(u, site).then(c)
		}
		if out.what == "" {
			out = c
		} else {
			out = out.then(c)
		}
	}
	return []candidate{out}
}

// apart gives a person a [[user.at]] for one of their sites, with the groups that
// they have there.
func (t *trial) apart(u *policy.User, site string) candidate {
	groups := slices.Clone(u.Groups)
	args := []string{u.Name, "--at", site}
	for _, g := range groups {
		args = append(args, "--group", g)
	}
	return candidate{"set " + site + " apart", []string{policy.Command("user set", args...)},
		[]func(*policy.Editor) error{func(e *policy.Editor) error { return e.EditGroups(u.Name, site, policy.ListEdit{Set: &groups}) }}}
}
