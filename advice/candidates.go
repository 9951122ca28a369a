package advice

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// candidate is an edit that is tried: what makes it, and how it is said.
type candidate struct {
	what     string
	commands []string
	steps    []func(*policy.Editor) error
}

// then is one edit after another.
func (c candidate) then(d candidate) candidate {
	return candidate{c.what + ", and " + d.what, slices.Concat(c.commands, d.commands), slices.Concat(c.steps, d.steps)}
}

// candidates are the edits that may change the answer, the plainest first. Of a name
// that a command line would take for a flag there is none.
func (t *trial) candidates() []candidate {
	if slices.ContainsFunc(append([]string{t.q.User, t.q.Group}, t.q.Sites...), func(name string) bool { return strings.HasPrefix(name, "-") }) {
		return nil
	}
	if t.q.Group != "" {
		return t.ofGroup()
	}
	u := t.before.User(t.q.User)
	if u == nil || u.Inactive || len(t.q.Sites) == 0 {
		return nil
	}
	t.q.User = u.Name
	lines, in := t.facts(u)
	if t.q.Allowed {
		return t.giving(u, lines, in)
	}
	return t.taking(u, lines, in)
}

// facts are the targets of the person's own lines that reach the view, and the groups
// that give or deny it to them.
type facts struct {
	allow, deny []string
}

// facts gathers what of the policy the answer rests on, in the sites that are asked
// about.
func (t *trial) facts(u *policy.User) (lines, groups facts) {
	targets := map[finding.Pos]string{}
	for _, o := range u.Overrides() {
		targets[o.Line.Pos] = o.Line.Target()
	}
	note := func(list *[]string, name string) {
		if name != "" && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for _, site := range t.q.Sites {
		w := t.site(site)
		of := map[string]string{}
		for _, r := range w.Roles {
			of[w.Collation.Key(r.Name)] = r.Group
		}
		for i := range w.Entries {
			e := &w.Entries[i]
			if e.Permission != t.q.Permission || !w.Collation.Equal(e.View, t.q.View) {
				continue
			}
			group := of[w.Collation.Key(e.Grantee)]
			mine := group != "" && slices.ContainsFunc(w.Members, func(m grants.WantedMember) bool {
				return w.Collation.Equal(m.User, u.Name) && w.Collation.Equal(m.Role, e.Grantee)
			})
			for _, c := range e.Causes {
				list, own := &groups.allow, &lines.allow
				if c.State == grants.Denied {
					list, own = &groups.deny, &lines.deny
				}
				switch {
				case w.Collation.Equal(e.Grantee, u.Name):
					note(own, targets[c.Pos])
				case mine:
					note(list, group)
				}
			}
		}
	}
	return lines, groups
}

// giving are the edits that may let a person do what they may not: their own DENY
// goes, a line of their own comes, a group that denies it goes, one that gives it
// comes.
func (t *trial) giving(u *policy.User, own, in facts) []candidate {
	var out, without []candidate
	for _, on := range own.deny {
		without = append(without, t.removeLine(u.Name, on))
		without = append(without, t.narrow(u, on)...)
	}
	for _, g := range in.deny {
		without = append(without, t.leave(u.Name, g))
	}
	add := t.line(u, false)
	out = append(out, without...)
	if len(without) == 0 {
		out = append(out, add...)
	}
	if len(without) > 1 {
		all := without[0]
		for _, c := range without[1:] {
			all = all.then(c)
		}
		out, without = append(out, all), append(without, all)
	}
	for _, c := range without {
		for _, d := range add {
			out = append(out, c.then(d))
		}
	}
	for _, g := range t.givers(u) {
		out = append(out, t.join(u.Name, g))
	}
	return out
}

// taking are the edits that may keep a person from what they may do: their own line
// goes, a DENY of their own comes, the groups go that give it.
func (t *trial) taking(u *policy.User, own, in facts) []candidate {
	var out []candidate
	for _, on := range own.allow {
		out = append(out, t.removeLine(u.Name, on))
	}
	out = append(out, t.line(u, true)...)
	var all candidate
	for i, g := range in.allow {
		if h := t.before.Group(g); h == nil || h.Baseline {
			continue
		}
		c := t.leave(u.Name, g)
		out = append(out, c)
		if i == 0 {
			all = c
		} else if all.what != "" {
			all = all.then(c)
			out = append(out, all)
		}
	}
	return out
}

// givers are the groups that the person is not in and that give what is asked for.
func (t *trial) givers(u *policy.User) []string {
	var out []string
	w := t.site(t.q.Sites[0])
	for _, g := range t.before.Groups {
		if !g.Baseline && policy.GroupMay(w, g)[t.q.View].Has(t.q.Permission) && !slices.Contains(t.before.GroupsIn(u, t.q.Sites[0]), g.Name) {
			out = append(out, g.Name)
		}
	}
	return out
}

// ofGroup are the edits of a group of the policy's own: its own line goes, or one
// comes.
func (t *trial) ofGroup() []candidate {
	g := t.before.Group(t.q.Group)
	if g == nil {
		return nil
	}
	t.q.Group = g.Name
	remove := candidate{"take the lines of group " + g.Name + " about " + t.q.View + " away", []string{policy.Command("group allow", g.Name, t.q.View, "--remove")},
		[]func(*policy.Editor) error{func(e *policy.Editor) error {
			_, err := e.RemoveGroupLines(g.Name, t.q.View)
			return err
		}}}
	verb, line := "group allow", policy.Entry{Permissions: t.q.Permission}
	if !t.q.Allowed {
		verb = "group deny"
	}
	add := candidate{verb + " " + g.Name, []string{policy.Command(verb, g.Name, t.q.View, t.q.Permission.Words()[0])},
		[]func(*policy.Editor) error{func(e *policy.Editor) error {
			_, err := e.AddGroupLine(g.Name, !t.q.Allowed, e.Policy().LineOn(t.q.View, line))
			return err
		}}}
	return []candidate{remove, add, remove.then(add)}
}

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
