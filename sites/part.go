package sites

import (
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf16"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// Part is what a run does that does not do all that the policy asks for: one of its
// fields. Rules hold for it as for a plan, and no login changes by it.
type Part struct {
	Heal bool     // give back what went with views that were re-created
	Open *Opening // let somebody into a group for a while
	End  *Opening // take that back; For, By and Reason do not matter

	mu     sync.Mutex
	opened map[string]grants.Opening // by site, as its clock was first read
}

// Opening is somebody who is let into a group of the policy for a while.
type Opening struct {
	User   *policy.User
	Group  *policy.Group
	For    time.Duration
	Reason string
}

// parted is the part of one site's plan.
type parted struct {
	only      *grants.Only
	wanted    *grants.Wanted
	recreated []grants.Recreated // of a Heal, with what is given back
	findings  finding.List
}

// of works out the part of a site, where w is what the policy wants there.
func (x *Part) of(s *grants.Snapshot, w *grants.Wanted, mode grants.Mode) parted {
	switch {
	case x.Heal:
		return healing(s, w, mode)
	case x.Open != nil:
		return x.opening(s, w, mode)
	}
	return x.ending(s, w)
}

// healing gives back what went with views. A site whose mode is add gets no DENY, and so
// nothing of a view that lost one: the GRANTs alone may give somebody what it refused.
func healing(s *grants.Snapshot, w *grants.Wanted, mode grants.Mode) parted {
	out := parted{wanted: w}
	survey := grants.NewSurvey(s)
	for _, silent := range survey.Silent(w, mode) {
		out.findings.Warnf(finding.MarkSilent, finding.Pos{}, "see grantree plan --site "+finding.Argument(s.Site), "site %q: %s", s.Site, silent)
	}
	for _, r := range survey.Recreated(w) {
		denied := slices.ContainsFunc(r.Lost, func(l grants.LostRow) bool { return l.State == grants.Denied })
		switch {
		case len(r.Lost) == 0:
		case denied && mode == grants.Add:
			out.findings.Warnf(finding.Withheld, finding.Pos{}, `heal it with mode = "narrow" or "all"`, "site %q: nothing is given back on %s, which lost a DENY, for mode add sends none", s.Site, r.View)
		default:
			out.recreated = append(out.recreated, r)
		}
	}
	out.only = grants.Restoring(out.recreated)
	return out
}

// given is what of the lost rows the changes give back: some may be withheld.
func given(lost []grants.Recreated, changes []grants.Change) []grants.Recreated {
	kinds := map[grants.State]grants.Kind{grants.Granted: grants.GrantOn, grants.Denied: grants.DenyOn}
	var out []grants.Recreated
	for _, r := range lost {
		r.Lost = slices.DeleteFunc(slices.Clone(r.Lost), func(l grants.LostRow) bool {
			return !slices.ContainsFunc(changes, func(c grants.Change) bool {
				return c.Kind == kinds[l.State] && !c.Temporary && c.Schema == r.Schema && c.View == r.View && c.Permissions.Has(l.Permission) && slices.Contains(c.Principals, l.Principal)
			})
		})
		if len(r.Lost) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// opening lets somebody in, or says why not.
func (x *Part) opening(s *grants.Snapshot, w *grants.Wanted, mode grants.Mode) parted {
	u, g := x.Open.User, x.Open.Group
	out := parted{wanted: w, only: &grants.Only{}}
	refuse := func(fix, format string, args ...any) parted {
		out.findings.Errorf(finding.BreakGlassRefused, u.Pos, fix, "site %q: %s", s.Site, fmt.Sprintf(format, args...))
		return out
	}
	same := s.Collation.Equal
	user := slices.IndexFunc(s.Principals, func(p grants.Principal) bool { return same(p.Name, u.Name) && p.Type.IsUser() })
	switch {
	case mode == grants.Add:
		return refuse(`set mode = "narrow" or "all" first`, "its mode is add, by which no run would take it back")
	case !slices.ContainsFunc(w.Users, func(x grants.WantedUser) bool { return same(x.Name, u.Name) }):
		return refuse("let them into the site by the policy first: that takes a seat", "the policy gives %q no user here", u.Name)
	case user < 0:
		return refuse("grantree apply --site "+finding.Argument(s.Site), "%q has no user here yet", u.Name)
	case slices.ContainsFunc(w.Openings, func(o grants.Opening) bool { return same(o.User, u.Name) }):
		return refuse("end that first: grantree break-glass --end "+finding.Argument(u.Name)+" GROUP", "%q is in a group for a while already", u.Name)
	case s.OpeningOf(u.Name) != "":
		return refuse("grantree apply --site "+finding.Argument(s.Site), "%q has a break-glass property already, which counts for nothing", u.Name)
	case !slices.ContainsFunc(s.Principals, func(p grants.Principal) bool { return same(p.Name, g.Role) && p.Managed }):
		return refuse("grantree apply --site "+finding.Argument(s.Site), "the role %q is not here yet", g.Role)
	case slices.ContainsFunc(w.Members, func(m grants.WantedMember) bool { return same(m.Role, g.Role) && same(m.User, u.Name) }):
		return refuse("", "%q is in %s by the policy", u.Name, g.Name)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	o, known := x.opened[s.Site]
	if !known {
		began := s.Now.UTC().Truncate(time.Second)
		o = grants.Opening{User: u.Name, Group: g.Name, Role: g.Role, Opened: began, Until: began.Add(x.Open.For), By: s.Runner.Login, Reason: x.Open.Reason}
		if x.opened == nil {
			x.opened = map[string]grants.Opening{}
		}
		x.opened[s.Site] = o
	}
	if n := len(utf16.Encode([]rune(o.Text()))); n > grants.MaxOpeningText {
		return refuse("give a shorter --reason", "the property would have %d characters, and holds %d", n, grants.MaxOpeningText)
	}
	if o.Over(s.Now) {
		return refuse("run it again", "the time of %q was over before they were let in", u.Name)
	}
	with := *w
	with.Open(o)
	out.wanted = &with
	out.only.Members, out.only.Openings = []grants.WantedMember{{Role: g.Role, User: u.Name}}, []string{u.Name}
	return out
}

// ending takes back what lets somebody into a group for a while.
func (x *Part) ending(s *grants.Snapshot, w *grants.Wanted) parted {
	u, g := x.End.User, x.End.Group
	out := parted{wanted: w, only: &grants.Only{}}
	o, err := grants.ParseOpening(u.Name, s.OpeningOf(u.Name))
	if err != nil || !s.Collation.Equal(o.Role, g.Role) {
		return out
	}
	without := *w
	without.Close(o)
	out.wanted = &without
	out.only.Members, out.only.Openings = []grants.WantedMember{{Role: g.Role, User: u.Name}}, []string{u.Name}
	return out
}

// over reports whether what a run was to open is over by now.
func (x *Part) over(s *grants.Snapshot) bool {
	if x == nil || x.Open == nil {
		return false
	}
	o, ok := x.Opened(s.Site)
	return ok && o.Over(s.Now)
}

// Opened is the opening of a site.
func (x *Part) Opened(site string) (grants.Opening, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	o, ok := x.opened[site]
	return o, ok
}

// Restored are the views of a site that a run gives back to what it had.
func (s SitePlan) Restored() []grants.Recreated { return s.known().recreated }
