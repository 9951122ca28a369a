package policy

import (
	"fmt"
	"slices"
)

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
			return "", fmt.Errorf("user %q has no [[user.at]] for the site %q: without --site the line holds in all of their sites", u.Name, site)
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
