package policy

import (
	"slices"
	"time"

	"grantree/catalog"
	"grantree/finding"
)

// waivers knows which child views may give more than their parents, to whom,
// and which of the waivers were needed.
type waivers struct {
	p       *Policy
	used    []bool
	expired []bool
	needed  []Waiver // those that are not there, where a rule asks for one
}

// need notes that a waiver is missing.
func (w *waivers) need(view catalog.ViewName, group, user string) {
	if !w.p.Catalog.AssumedChild(view) {
		w.needed = append(w.needed, Waiver{View: view, Group: group, User: user})
	}
}

// newWaivers looks at a policy's waivers on a day. A waiver holds up to the day
// before it expires.
func newWaivers(p *Policy, today time.Time) *waivers {
	w := &waivers{p: p, used: make([]bool, len(p.Waivers)), expired: make([]bool, len(p.Waivers))}
	for i, v := range p.Waivers {
		w.expired[i] = v.expired(today)
	}
	return w
}

// note takes over which waivers were needed in a site.
func (w *waivers) note(site *waivers) {
	for i, used := range site.used {
		w.used[i] = w.used[i] || used
	}
}

// expired reports whether a waiver has ended on the day of a moment.
func (v Waiver) expired(at time.Time) bool {
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	return !v.Expires.IsZero() && !day.Before(v.Expires)
}

// covers reports whether a waiver lets a view pass for a user in these groups,
// or, where user is "", for a group itself, and notes that it was needed. A
// waiver for a group holds for the groups that copy it and for its members; one
// for a user does not hold for their groups.
func (w *waivers) covers(view catalog.ViewName, groups []string, user string) bool {
	covered := false
	for i, v := range w.p.Waivers {
		if w.expired[i] || w.p.Catalog.SiteName(v.View).Key() != view.Key() || !w.concerns(v, groups, user) {
			continue
		}
		w.used[i], covered = true, true
	}
	return covered
}

// concerns reports whether a waiver is for one of the groups or the user.
func (w *waivers) concerns(v Waiver, groups []string, user string) bool {
	switch {
	case v.User != "":
		u := w.p.User(v.User)
		return u != nil && u.Name == user
	case v.Group != "":
		from := w.p.Group(v.Group)
		return slices.ContainsFunc(groups, func(name string) bool { return w.descends(w.p.Group(name), from) })
	}
	return true
}

// descends reports whether a group is another one or began as a copy of it.
func (w *waivers) descends(g, from *Group) bool {
	for range len(w.p.Groups) {
		if g == nil || from == nil || g == from {
			break
		}
		g = w.p.Group(g.Copies)
	}
	return g != nil && g == from
}

// findings reports the administrator's waivers that have expired and, where
// every site was looked at, those that nothing needed.
func (w *waivers) findings(complete bool) finding.List {
	var out finding.List
	for i, v := range w.p.Waivers {
		switch {
		case IsVendor(v.Pos):
		case w.expired[i]:
			out.Warnf(finding.WaiverExpired, v.Pos, "remove it, or give it a later date if its reason still holds",
				"the waiver of %s%s expired on %s", v.View, v.who(), v.Expires.Format(time.DateOnly))
		case complete && !w.used[i]:
			out.Warnf(finding.WaiverUnused, v.Pos, "remove it", "the waiver of %s%s is not needed", v.View, v.who())
		}
	}
	return out
}

// who says whom a waiver is for, with a leading space, or nothing for everyone.
func (v Waiver) who() string {
	switch {
	case v.User != "":
		return " for user " + quote(v.User)
	case v.Group != "":
		return " for group " + quote(v.Group)
	}
	return ""
}
