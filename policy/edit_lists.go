package policy

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// ListEdit is what becomes of a person's groups or sites: they are Set, where that
// is not nil, and then some come and some go.
type ListEdit struct {
	Set         *[]string
	Add, Remove []string
}

func (l ListEdit) empty() bool { return l.Set == nil && len(l.Add)+len(l.Remove) == 0 }

// edited is a list after an edit. The error names what is to go and is not there.
func (l ListEdit) edited(have []string) (out []string, missing string) {
	out = slices.Clone(have)
	if l.Set != nil {
		out = slices.Clone(*l.Set)
	}
	has := func(name string) bool {
		return slices.ContainsFunc(out, func(n string) bool { return sameName(n, name) })
	}
	for _, name := range l.Remove {
		if !has(name) {
			return nil, name
		}
	}
	out = Without(out, l.Remove)
	for _, name := range l.Add {
		if !has(name) {
			out = append(out, name)
		}
	}
	return out, ""
}

// EditGroups changes the groups of a person, all of them or, where at names a site,
// those that they are in there. What is to go and is not there is an error that
// says where it is.
func (e *Editor) EditGroups(name, at string, l ListEdit) error {
	if at == "" && l.empty() {
		return nil
	}
	u, w, err := e.user(name)
	if err != nil {
		return err
	}
	if at == "" {
		to, missing := l.edited(u.Groups)
		if missing != "" {
			return e.notInGroup(u, u.Groups, "", missing)
		}
		return e.SetUser(name, UserChange{Groups: &to})
	}
	site, err := e.siteNamed(at)
	if err != nil {
		return err
	}
	i := e.elsewhere(u, site)
	have := u.Groups // those that they have there today, if they may enter it
	if i >= 0 {
		have = u.At[i].Groups
	} else if !e.parse.p.listed(u.Sites, site) {
		have = nil
	}
	to, missing := l.edited(have)
	switch {
	case missing != "":
		return e.notInGroup(u, have, site, missing)
	case l.empty():
		return fmt.Errorf("say which groups user %q has in %q: --group, --add-group or --remove-group", u.Name, site)
	case len(to) == 0:
		return fmt.Errorf("user %q would be in no group in %q: to take the site away, %s", u.Name, site, Command("user set", u.Name, "--remove-at", site))
	case i < 0:
		return e.add(w.in("at"), atKeys(Elsewhere{Sites: []string{site}, Groups: to}))
	case len(u.At[i].Sites) == 1:
		return e.set(w.in("at", i), to, "groups")
	}
	if err := e.leaveAt(u, w, i, site); err != nil {
		return err
	}
	here := u.At[i] // what else it says holds in this site as before
	here.Sites, here.Groups = []string{site}, to
	return e.add(w.in("at"), atKeys(here))
}

// EditSites changes the sites of a person, but for those of [[user.at]].
func (e *Editor) EditSites(name string, l ListEdit) error {
	if l.empty() {
		return nil
	}
	u, _, err := e.user(name)
	if err != nil {
		return err
	}
	every := slices.Contains(u.Sites, "*") && l.Set == nil
	if every {
		l.Add = nil // which they have
	}
	to, missing := l.edited(u.Sites)
	if missing == "" {
		return e.SetUser(name, UserChange{Sites: &to})
	}
	site, err := e.siteNamed(missing)
	switch i := e.elsewhere(u, site); {
	case err != nil:
		return err
	case i >= 0:
		return fmt.Errorf("the site %q of user %q stands in [[user.at]] (%s), with groups of its own: %s", site, u.Name, u.At[i].Pos, Command("user set", u.Name, "--remove-at", site))
	case every:
		fix := []string{u.Name}
		for _, s := range Without(e.parse.siteNames(), l.Remove) {
			if i := e.elsewhere(u, s); i < 0 {
				fix = append(fix, "--site", s)
			}
		}
		return fmt.Errorf("user %q may enter every site (sites = [\"*\"]), so that none can be taken away: say which they keep: %s", u.Name, Command("user set", fix...))
	}
	return fmt.Errorf("user %q may not enter %q as it is; they may enter %s", u.Name, site, orNone(u.Sites))
}

// LeaveAt takes a person out of a site of [[user.at]]. In the site they are then
// what they are elsewhere, if the policy lets them in.
func (e *Editor) LeaveAt(name, site string) error {
	u, w, err := e.user(name)
	if err != nil {
		return err
	}
	if site, err = e.siteNamed(site); err != nil {
		return err
	}
	i := e.elsewhere(u, site)
	if i < 0 {
		return fmt.Errorf("user %q has no [[user.at]] for the site %q", u.Name, site)
	}
	return e.leaveAt(u, w, i, site)
}

// leaveAt takes a site out of the i-th at of a person.
func (e *Editor) leaveAt(u *User, w place, i int, site string) error {
	a := u.At[i]
	if len(a.Sites) > 1 {
		return e.set(w.in("at", i), Without(a.Sites, []string{site}), "sites")
	}
	if len(a.Allow)+len(a.Deny) > 0 {
		return fmt.Errorf("user %q has lines of their own in %q, which would go with it: take them away first, at %s", u.Name, site, a.Pos)
	}
	if len(a.Also.Words) > 0 {
		return fmt.Errorf("user %q may also be %s in %q, which would go with it: take that away first, at %s", u.Name, quoted(a.Also.Words, 5), site, a.Pos)
	}
	return e.remove(w.in("at", i))
}

// elsewhere is which at of a person is about a site, or -1.
func (e *Editor) elsewhere(u *User, site string) int {
	return slices.IndexFunc(u.At, func(a Elsewhere) bool { return site != "" && e.parse.p.listed(a.Sites, site) })
}

// siteNamed is a site of the policy as it is called.
func (e *Editor) siteNamed(name string) (string, error) {
	s, ok := e.parse.p.Site(name)
	if !ok {
		return "", fmt.Errorf("there is no site %q%s", name, orNear(name, e.parse.siteNames()))
	}
	return s.Name, nil
}

// notInGroup says that somebody is not in a group that they were to be taken out
// of, and where they are in it.
func (e *Editor) notInGroup(u *User, have []string, site, group string) error {
	g := e.parse.p.Group(group)
	if g == nil {
		return fmt.Errorf("there is no group %q%s", group, orNear(group, e.parse.groupNames()))
	}
	in := ""
	if site != "" {
		in = fmt.Sprintf(" in %q", site)
	}
	if g.Baseline {
		return fmt.Errorf("every user is in group %q", g.Name)
	}
	for _, a := range u.At {
		if site == "" && slices.ContainsFunc(a.Groups, func(n string) bool { return e.parse.p.Group(n) == g }) {
			return fmt.Errorf("user %q is in group %q in %s alone (%s): %s", u.Name, g.Name, quoted(a.Sites, 5), a.Pos, Command("user set", u.Name, "--at", a.Sites[0], "--remove-group", g.Name))
		}
	}
	return fmt.Errorf("user %q is not in group %q%s; they are in %s", u.Name, g.Name, in, orNone(have))
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return quoted(names, 8)
}

// Command is a command line of grantree to paste into a shell.
func Command(verb string, args ...string) string {
	out := "grantree " + verb
	for _, a := range args {
		out += " " + shellWord(a)
	}
	return out
}

// shellWord is a name as one word of a shell's.
func shellWord(name string) string {
	if name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("-_.@/", r) && (r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z')
	}) {
		return name
	}
	return "'" + strings.ReplaceAll(finding.Printable(name), "'", `'\''`) + "'"
}
