package grants

import (
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/finding"
)

// Guard is what rule 5 needs to know beside the site: values of the policy and
// of the command line.
type Guard struct {
	// MaxLoss is the share of a site's users, 0 to 1, that a plan may take
	// something from.
	MaxLoss float64
	// Administrators is the role whose members administer the site, and
	// AdministratorsAt the line that says so.
	Administrators   string
	AdministratorsAt finding.Pos
	// At is where the policy states its limits.
	At finding.Pos
	// ExpectLoss is how many people the administrator expects to lose
	// something. Negative and zero name no number.
	ExpectLoss int
	// Losers is how many different people lose something over all sites of the
	// run.
	Losers int
}

// Lockout is rule 5, nobody is locked out by accident: a plan must not take
// anything from more than the guard's share of the site's users, unless
// ExpectLoss is exactly the number of those who lose in the whole run; must not
// leave a site that had an administrator without one; and must not take
// anything from who runs it.
//
// Who administers a site for a while, by an opening that the policy gives and nothing
// else, is none of its administrators, before or after. A property that the policy does
// not give, or whose time is over, changes nothing: anybody may have written it.
func Lockout(s *Snapshot, w *Wanted, plan *Plan, g Guard) finding.List {
	if plan.Empty() {
		return nil
	}
	end, refused := s.With(plan.Changes)
	return append(Loss(s.Site, s.Users(), len(plan.People.Lose), g), NewSurvey(s).Stranding(w, plan, end, refused, g)...)
}

// Stranding is Lockout without Loss: what a plan of one site shows, whatever
// becomes of the others. end and refused are what With says of its changes.
func (x *Survey) Stranding(w *Wanted, plan *Plan, end *Snapshot, refused error, g Guard) finding.List {
	if plan.Empty() {
		return nil
	}
	return forSite(x.s.Site, x.lockout(w, plan, end, refused, g))
}

func (x *Survey) lockout(w *Wanted, plan *Plan, end *Snapshot, refused error, g Guard) finding.List {
	s := x.s
	var out finding.List
	if refused != nil {
		out.Errorf(finding.PlanRefused, finding.Pos{}, "take the snapshot again", "the server would refuse the plan: %v", refused)
		return out
	}
	end = end.loggedIn(plan)
	begin, lent := x, w.alone(slices.Concat(w.Openings, w.Closing))
	if stays := s.without(lent); stays != s {
		begin = NewSurvey(stays)
	}
	had := begin.administrators(w, g.Administrators)
	if len(had) > 0 && len(administrators(end.without(lent), w, g.Administrators)) == 0 {
		out.Errorf(finding.LastAdministrator, g.AdministratorsAt, fmt.Sprintf("keep somebody who can log in in %s", g.Administrators),
			"no administrator would be left who can enter: %s may not do any more what %q gives, nor everything on every view", some(had, 3), g.Administrators)
	}
	runnerNarrowed(&out, s, plan)
	return out
}

// Users returns how many accounts a site has, of which rule 5 takes a share. Who runs
// grantree is none of them: no plan takes anything from that one, and the share of the
// others is the same whoever runs it.
func (s *Snapshot) Users() int {
	n, runs := 0, s.runs()
	for _, p := range s.Principals {
		if isAccount(p) && !runs(p) {
			n++
		}
	}
	return n
}

// Loss is the part of rule 5 that asks how many people lose something: so many of
// a site's users.
func Loss(site string, users, lose int, g Guard) finding.List {
	if float64(lose) <= g.MaxLoss*float64(users) || g.ExpectLoss > 0 && g.Losers == g.ExpectLoss {
		return nil
	}
	var out finding.List
	out.Errorf(finding.LossTooLarge, g.At, fmt.Sprintf("look at who loses; if it is meant, say --expect-loss %d, the number in all sites of this run", g.Losers),
		"the plan takes something from %d of %d users, and max_loss allows %.0f%%", lose, users, g.MaxLoss*100)
	return forSite(site, out)
}

// administrators lists the people who administer a site: who have a user there
// and a login that can enter, and who, after all DENYs, those of the server and
// on columns too, may do what the administrators' role gives and are in it, or
// may do everything on every view of the catalog. Neither who runs grantree nor
// who rules the server counts: the site would not miss them.
func administrators(s *Snapshot, w *Wanted, role string) []string {
	return NewSurvey(s).administrators(w, role)
}

func (x *Survey) administrators(w *Wanted, role string) []string {
	c, runs := &admins{Access: x.access()}, x.s.runs()
	for _, name := range w.Views {
		if v, ok := c.m.view(name); ok {
			c.views = append(c.views, v)
		}
	}
	c.look(role)
	var out []string
	for p, principal := range c.m.principals {
		if isAccount(principal) && !principal.Type.IsGroup() && !runs(principal) && c.administers(p) {
			out = append(out, principal.Name)
		}
	}
	return out
}

// admins looks for the administrators of a site as it is.
type admins struct {
	*Access
	views []int                 // of the catalog
	role  int32                 // the administrators', -1 for none that gives anything
	gives []catalog.Permissions // by place in views
}

// look finds what the administrators' role gives by itself.
func (c *admins) look(role string) {
	c.role = -1
	p, ok := c.m.principal(role)
	if !ok || c.m.principals[p].Type != DatabaseRole {
		return
	}
	alone := token{db: slices.DeleteFunc(c.m.tokens(int32(p)), func(t int32) bool { return t == c.m.public })}
	for _, v := range c.views {
		gives := c.onAllColumns(alone, v)
		c.gives = append(c.gives, gives)
		if !gives.IsEmpty() {
			c.role = int32(p)
		}
	}
}

func (c *admins) administers(p int) bool {
	e := c.enter(c.userAccount(p))
	if !c.gotIn(p, e) || e.as == DboID || c.can(e.token, securable{onServer, 0}, "CONTROL SERVER") {
		return false
	}
	in := c.role >= 0 && slices.Contains(e.token.db, c.role)
	everything := len(c.views) > 0
	for i, v := range c.views {
		if !in && !everything {
			break
		}
		may := c.onAllColumns(e.token, v)
		in, everything = in && may.Has(c.gives[i]), everything && may == catalog.All
	}
	return in || everything
}

// gotIn reports whether a person enters the site. Where the runner may not see
// every login, one that is not shown is taken to be there.
func (c *admins) gotIn(p int, e entry) bool {
	switch principal := c.m.principals[p]; {
	case e.in == No || !c.can(e.token, securable{onDatabase, 0}, "CONNECT"):
		return false
	case principal.AuthType == AuthDatabase:
		return c.s.Contained && !c.s.ContainedOff
	}
	return e.in == Yes || !c.s.LoginsVisible
}

// onAllColumns is what a token holds on a view and on each of its columns.
func (c *admins) onAllColumns(t token, v int) catalog.Permissions {
	holds := c.holdsOn(t, v)
	for _, row := range c.column[v] {
		holds &= c.onColumn(t.db, v, row.column) | ^columnPermissions
	}
	return holds
}

// runs says of a user whether they are the one who runs grantree.
func (s *Snapshot) runs() func(p Principal) bool {
	runners := map[string]bool{} // by SID
	for _, l := range s.Logins {
		if s.ServerCollation.Equal(l.Name, s.Runner.Login) {
			runners[l.SID] = true
		}
	}
	return func(p Principal) bool {
		return p.ID == s.Runner.UserID && p.ID >= FirstUserID || p.SID != "" && runners[p.SID]
	}
}

// runnerNarrowed refuses to take anything from the user that the runner is
// here, however the user has it. A runner without a user of its own that is not
// dbo enters through a Windows group, and any may be the one.
func runnerNarrowed(out *finding.List, s *Snapshot, plan *Plan) {
	name := s.Runner.User
	ix := newIndex(s)
	p, own := ix.principal(name)
	if name == "" || own && isBuiltIn(ix.principals[p].ID) {
		return
	}
	for _, loser := range plan.People.Lose {
		l, known := ix.principal(loser)
		if known && (own && l == p || !own && ix.principals[l].Type.IsGroup()) {
			out.Errorf(finding.RunnerNarrowed, finding.Pos{}, "run grantree as somebody whom the policy leaves alone",
				"the plan takes something from %q, who runs it", loser)
			return
		}
	}
	for _, c := range plan.Changes { // and makes them anew: until then they are nobody
		if c.Kind == DropUser && own && s.Collation.Equal(c.Principals[0], name) {
			out.Errorf(finding.RunnerNarrowed, finding.Pos{}, "run grantree as somebody whom the policy leaves alone",
				"the plan drops the user %q, who runs it", name)
		}
	}
}
