package advice

import (
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
