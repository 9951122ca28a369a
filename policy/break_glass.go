package policy

import (
	"fmt"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
)

// BreakGlass is the [break_glass] table: the groups that somebody may be let into for a
// while. What a site holds is taken at its word only within it, and for a membership that
// is there: whoever may ALTER a user can write the property, and nobody is let in by it.
type BreakGlass struct {
	Groups []string // as written
	Max    time.Duration
	Pos    finding.Pos
}

// An opening takes 4 hours at most unless the policy says otherwise, and never more
// than a week.
const (
	defaultMaxOpening = 4 * time.Hour
	longestOpening    = 7 * 24 * time.Hour
)

// clockSlack is how far in the future an opening may have begun: the server's clock may
// have been set.
const clockSlack = 5 * time.Minute

// breakGlass reads [break_glass].
func (p *parser) breakGlass(in *fileBreakGlass, w place) {
	out := BreakGlass{Groups: in.Groups, Max: defaultMaxOpening, Pos: w.at()}
	if len(in.Groups) == 0 {
		p.missing(w, "groups", "[break_glass]", `add groups = ["Admin"], or remove the table`)
	}
	if in.Max != nil {
		d, err := time.ParseDuration(*in.Max)
		if err != nil || d < time.Second || d > longestOpening {
			p.findings.Errorf(finding.BadValue, w.at("max"), `write a time such as "4h" or "90m"`, "max must be a time of at most 168h, not %q", *in.Max)
		} else {
			out.Max = d
		}
	}
	p.p.BreakGlass, p.glassAt = out, w
}

// checkBreakGlass objects to groups that may be opened and that the policy lacks.
func (p *parser) checkBreakGlass() {
	p.listedGroups(p.p.BreakGlass.Groups, "[break_glass] is about", "groups", p.glassAt)
}

// Opens returns the group that may be opened by a name, or why there is none.
func (p *Policy) Opens(name string) (*Group, error) {
	g := p.Group(name)
	switch {
	case g == nil:
		return nil, fmt.Errorf("the policy has no group %q", name)
	case !slices.ContainsFunc(p.BreakGlass.Groups, func(n string) bool { return p.Group(n) == g }):
		return nil, fmt.Errorf("the group %q is not prepared for break-glass: [break_glass] groups of the policy does not name it", g.Name)
	}
	return g, nil
}

// Openings judges who is in a group for a while in a site, where w is what is wanted
// there without that. Those that hold are returned, and a note says each; those that
// are over, and those that the policy does not give, are warnings, and a plan takes
// them back.
//
// An opening holds where its person is one of the policy's who has a user there by it,
// its group is one of [break_glass] that the site has, they are in its role, and it ends
// no later than the policy's longest time after it began and after now. Who opened it and
// why is what the property says: whoever may ALTER the user can write it.
func (p *Policy) Openings(s *grants.Snapshot, w *grants.Wanted) (held, over []grants.Opening, found finding.List) {
	for _, row := range s.Openings {
		i := slices.IndexFunc(s.Principals, func(x grants.Principal) bool { return x.ID == row.User })
		if i < 0 {
			continue
		}
		name := s.Principals[i].Name
		o, err := grants.ParseOpening(name, row.Text)
		if err == nil {
			err = p.unfounded(s, w, o)
		}
		switch {
		case err != nil:
			found.Warnf(finding.BreakGlassIgnored, finding.Pos{}, "apply takes it back; who wrote it could ALTER the user", "site %q: the break-glass property of user %q counts for nothing: %v", s.Site, name, err)
		case o.Over(s.Now):
			over = append(over, o)
			found.Warnf(finding.BreakGlassOverdue, finding.Pos{}, "apply takes it back, and so does "+p.Command("break-glass --end "+finding.Argument(name)+" "+finding.Argument(o.Group)+" --site "+finding.Argument(s.Site)),
				"site %q: user %q was let into %s until %s, which is over; by what it says of itself: %s", s.Site, name, o.Group, o.Ends(s.Now), o.Reason)
		default:
			held = append(held, o)
			found.Notef(finding.BreakGlassOpen, p.BreakGlass.Pos, "", "site %q: user %q is in %s until %s by break-glass; by what it says of itself, opened by %s: %s", s.Site, name, o.Group, o.Ends(s.Now), o.By, o.Reason)
			continue
		}
		found[len(found)-1].About = name
	}
	return held, over, found
}

// unfounded says why the policy does not give an opening, or nil.
func (p *Policy) unfounded(s *grants.Snapshot, w *grants.Wanted, o grants.Opening) error {
	g, err := p.Opens(o.Group)
	same := s.Collation.Equal
	switch {
	case err != nil:
		return err
	case !same(g.Role, o.Role):
		return fmt.Errorf("the role of the group %q is %q, not %q", g.Name, g.Role, o.Role)
	case !slices.ContainsFunc(w.Users, func(u grants.WantedUser) bool { return same(u.Name, o.User) }):
		return fmt.Errorf("the policy gives %q no user in this site", o.User)
	case !slices.ContainsFunc(w.Roles, func(r grants.WantedRole) bool { return same(r.Name, o.Role) }):
		return fmt.Errorf("the policy wants no role %q in this site", o.Role)
	case !s.Holds(o):
		return fmt.Errorf("%q is not in the role %q, and nobody is let in by what a site says", o.User, o.Role)
	case s.Now.IsZero():
		return fmt.Errorf("the server's clock was not read")
	case o.Opened.After(s.Now.Add(clockSlack)):
		return fmt.Errorf("it begins at %s, which is still to come", o.Opened.Format("2006-01-02 15:04 UTC"))
	case o.Until.Sub(o.Opened) > p.BreakGlass.Max:
		return fmt.Errorf("it is longer than [break_glass] max = %q allows", p.BreakGlass.MaxText())
	case o.Until.After(s.Now.Add(p.BreakGlass.Max)):
		return fmt.Errorf("it ends at %s, and [break_glass] max = %q allows no such time from now", o.Until.Format("2006-01-02 15:04 UTC"), p.BreakGlass.MaxText())
	}
	return nil
}

// MaxText is the longest time as a policy writes it.
func (b BreakGlass) MaxText() string {
	if b.Max%time.Hour == 0 {
		return fmt.Sprintf("%dh", b.Max/time.Hour)
	}
	if b.Max%time.Minute == 0 {
		return fmt.Sprintf("%dm", b.Max/time.Minute)
	}
	return b.Max.String()
}

// WithOpenings adds to what is wanted of a site who is in a group for a while there, and
// whose time there is over. It is w itself where nobody is, or where that was added
// before.
func (p *Policy) WithOpenings(s *grants.Snapshot, w *grants.Wanted) *grants.Wanted {
	if len(s.Openings) == 0 || w.Openings != nil || w.Over != nil {
		return w
	}
	held, over, _ := p.Openings(s, w)
	out := *w
	out.Over = over
	for _, o := range held {
		out.Excuse(o)
	}
	return &out
}
