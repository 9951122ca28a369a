package policy

import (
	"fmt"
	"slices"
)

// CopyGroup adds a group that begins as another of the policy, of the vendor's or
// a preset, to the file where the policy's last [[group]] stands. It refers to
// the other one by copies, and follows it from then on; with lines it gets the
// other's own text and stands alone. without is what it does without.
func (e *Editor) CopyGroup(from, to string, without []string, lines bool) error {
	g := e.parse.p.Group(from)
	if g == nil {
		g, _ = find(e.parse.replaced, from, groupName)
	}
	if g == nil {
		g = e.parse.preset(from)
	}
	if g == nil {
		near := orNear(from, append(e.parse.groupNames(), e.parse.presetNames()...))
		if near == "" {
			near = `; "grantree group list" has all that there are`
		}
		return fmt.Errorf("there is no group %q%s", from, near)
	}
	var k keys
	k.text("name", to)
	switch {
	case !lines:
		k.text("copies", g.Name)
		k.list("without", without)
	case len(without) > 0 && g.Copies == "":
		return fmt.Errorf("group %q would stand alone, and has no lines of another to do without: leave out --lines, so that it copies %q, or --without", to, g.Name)
	default:
		own := func(in []Entry) []Entry {
			return slices.DeleteFunc(slices.Clone(in), func(e Entry) bool { return e.From != "" })
		}
		k.text("copies", g.Copies)
		k.list("without", slices.Concat(g.Without, without))
		k.lines("allow", own(g.Allow))
		k.lines("deny", own(g.Deny))
	}
	pg := e.lastPage(func(in *filePolicy) int { return len(in.Groups) })
	return e.add(place{pg, []any{"group"}}, k)
}

// RenameGroup gives a group another name. Users, copies, waivers, [[never]],
// [[confidential]], [[review]] and [policy] follow. Its role, where that has the
// group's name, is renamed in place: was says so; a role with a name of its own
// stays. A group that took a vendor group's place does not give it back: [policy]
// without leaves that one out.
func (e *Editor) RenameGroup(name, to string) error {
	g, w, err := e.group(name, "renamed")
	if err != nil {
		return err
	}
	if g.Was != "" {
		return e.stillWas("group", g.Name, g.Was)
	}
	in := e.groupIn(w)
	if err := e.set(w, to, "name"); err != nil {
		return err
	}
	moved := in.Role == nil && g.Role == g.Name // else it has a name of its own, or the vendor's
	switch {
	case moved:
		err = e.set(w, g.Role, "was")
	case in.Role == nil:
		err = e.set(w, g.Role, "role")
	}
	if err == nil && in.Baseline == nil && g.Baseline {
		err = e.set(w, true, "baseline")
	}
	if err != nil {
		return err
	}
	if err := e.followGroup(g, to, moved); err != nil {
		return err
	}
	return e.leaveOut(g)
}

// followGroup writes a group's new name wherever the policy speaks of the group;
// moved says that the role has got the name too.
func (e *Editor) followGroup(g *Group, to string, moved bool) error {
	is := func(name string) bool { return name != "" && e.parse.p.Group(name) == g }
	for _, pg := range e.pages {
		for i, in := range pg.in.Users {
			w := place{pg, []any{"user", i}}
			if err := e.replace(w.in("groups"), in.Groups, to, is); err != nil {
				return err
			}
			for j, a := range in.At {
				if err := e.replace(w.in("at", j, "groups"), a.Groups, to, is); err != nil {
					return err
				}
			}
		}
		for i, in := range pg.in.Waivers {
			if is(in.Group) {
				if err := e.set(place{pg, []any{"waiver", i}}, to, "group"); err != nil {
					return err
				}
			}
		}
		for i, in := range pg.in.Nevers {
			if err := e.replace(place{pg, []any{"never", i, "except"}}, in.Except, to, is); err != nil {
				return err
			}
		}
		for i, in := range pg.in.Confidential {
			if err := e.replace(place{pg, []any{"confidential", i, "groups"}}, in.Groups, to, is); err != nil {
				return err
			}
		}
		for i, in := range pg.in.Reviews {
			if err := e.replace(place{pg, []any{"review", i, "groups"}}, in.Groups, to, is); err != nil {
				return err
			}
		}
	}
	for h, w := range e.parse.groupAt {
		if !IsVendor(h.Pos) && is(h.Copies) && e.parse.copied(h) == g {
			if err := e.set(w, to, "copies"); err != nil {
				return err
			}
		}
	}
	s := e.parse.p.Settings
	if e.parse.p.Administrators() == g && s.Administrators != to {
		if err := e.set(e.settings(), to, "administrators"); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	return e.replace(e.settings().in("adopt"), s.Adopt, to, func(role string) bool { return role != "*" && sameName(role, g.Role) })
}

// leaveOut adds the vendor's group whose name g has to [policy] without, unless
// there is none.
func (e *Editor) leaveOut(g *Group) error {
	if old, ok := find(e.parse.replaced, g.Name, groupName); ok {
		g = old
	} else if !IsVendor(g.Pos) {
		return nil
	}
	return e.set(e.settings(), append(slices.Clone(e.parse.p.Settings.Without), g.Name), "without")
}

// RemoveGroup takes a group out of the policy, with the waivers that are for it
// alone, and out of the lists of [[never]] and [[confidential]]; a group of the vendor's, or in the place of one, is left out by [policy]
// without. A group that somebody is in, that another copies or whose members
// administer the sites is not removed.
func (e *Editor) RemoveGroup(name string) error {
	g := e.parse.p.Group(name)
	if g == nil || !IsVendor(g.Pos) {
		var err error
		if g, _, err = e.group(name, "removed"); err != nil {
			return err
		}
	}
	if err := e.inUse(g); err != nil {
		return err
	}
	if !IsVendor(g.Pos) {
		if err := e.remove(e.parse.groupAt[g]); err != nil {
			return err
		}
	}
	for _, pg := range e.pages {
		for i, in := range pg.in.Waivers {
			if in.Group != "" && e.parse.p.Group(in.Group) == g {
				if err := e.remove(place{pg, []any{"waiver", i}}); err != nil {
					return err
				}
			}
		}
	}
	if err := e.unlist(g); err != nil {
		return err
	}
	adopt := e.parse.p.Settings.Adopt
	if err := e.leaveOut(g); err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(adopt), func(role string) bool { return role != "*" && sameName(role, g.Role) })
	if len(left) == len(adopt) {
		return nil
	}
	var value any
	if len(left) > 0 {
		value = left
	}
	return e.set(e.settings(), value, "adopt")
}

// unlist takes a group out of the lists of [[never]] and [[confidential]].
func (e *Editor) unlist(g *Group) error {
	without := func(names []string, w place) error {
		left := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return e.parse.p.Group(n) == g })
		if len(left) == len(names) {
			return nil
		}
		return e.set(w, left)
	}
	for _, pg := range e.pages {
		for i, in := range pg.in.Nevers {
			if err := without(in.Except, place{pg, []any{"never", i, "except"}}); err != nil {
				return err
			}
		}
		for i, in := range pg.in.Confidential {
			if err := without(in.Groups, place{pg, []any{"confidential", i, "groups"}}); err != nil {
				return err
			}
		}
		for i, in := range pg.in.Reviews {
			if err := without(in.Groups, place{pg, []any{"review", i, "groups"}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// inUse refuses where a group is still needed, and says by whom.
func (e *Editor) inUse(g *Group) error {
	var users []string
	for _, u := range e.parse.p.Users {
		names := slices.Clone(u.Groups)
		for _, a := range u.At {
			names = append(names, a.Groups...)
		}
		if slices.ContainsFunc(names, func(n string) bool { return e.parse.p.Group(n) == g }) {
			users = append(users, u.Name)
		}
	}
	var copies []string
	for _, h := range e.parse.p.Groups {
		if h != g && !IsVendor(g.Pos) && h.Copies != "" && e.parse.copied(h) == g {
			copies = append(copies, h.Name)
		}
	}
	const most = 8
	switch {
	case g.Baseline && len(e.parse.p.Users) > 0:
		return fmt.Errorf("every user is in group %q: give another one baseline = true first", g.Name)
	case len(users) > 0:
		return fmt.Errorf("%s still in group %q: %s; put them into another one first", counted(len(users), "user is", "users are"), g.Name, quoted(users, most))
	case len(copies) > 0:
		return fmt.Errorf("%s group %q: %s; copy it with its lines first", counted(len(copies), "group copies", "groups copy"), g.Name, quoted(copies, most))
	case e.parse.p.Administrators() == g:
		return fmt.Errorf("group %q administers the sites: name another one as [policy] administrators first", g.Name)
	}
	return nil
}

// counted counts who does something.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// groupIn is a group as the file has it.
func (e *Editor) groupIn(w place) *fileGroup { return &w.page.in.Groups[w.path[1].(int)] }
