package sites

import (
	"fmt"
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/journal"
)

// undoLogins plans what takes a run's acts on logins back: those that it made are
// dropped, those that it dropped are made again, with their SIDs and new passwords.
func (fp *FleetPlan) undoLogins(run journal.Run, readings []Reading) {
	var servers []string
	for _, l := range run.Logins {
		on := slices.ContainsFunc(readings, func(r Reading) bool { return r.Site.Server == l.Server && r.Err == nil })
		if on && !slices.Contains(servers, l.Server) {
			servers = append(servers, l.Server)
		}
	}
	for _, server := range servers {
		plan := ServerPlan{Server: server}
		for _, l := range slices.Backward(run.Logins) {
			if l.Server == server && l.Outcome == journal.Done && !takenBack(l, readings) {
				fp.undoLogin(&plan, l)
			}
		}
		if len(plan.Changes) > 0 {
			fp.Servers = append(fp.Servers, plan)
		}
	}
}

// takenBack reports whether the servers say that an act is not done any more.
func takenBack(l journal.LoginRun, readings []Reading) bool {
	for _, r := range readings {
		if r.Site.Server == l.Server && r.Err == nil && r.Snapshot.LoginsVisible {
			return loginStands(r.Snapshot, l.LoginAct) == journal.Before
		}
	}
	return false
}

// undoLogin plans what takes one act back.
func (fp *FleetPlan) undoLogin(plan *ServerPlan, l journal.LoginRun) {
	c, changes := l.Change()
	switch {
	case !changes:
		plan.Changes = append(plan.Changes, grants.LoginChange{Kind: grants.DropLogin, Login: l.Login, SID: l.SID})
		return
	case l.Kind == grants.DropLogin:
		fp.Logins = append(fp.Logins, NewLogin{Server: plan.Server, Login: l.Login, SID: l.SID, Type: l.Type})
		fp.sayRemade(plan.Server, l)
		if l.Had != nil && l.Had.Disabled {
			plan.Changes = append(plan.Changes, grants.LoginChange{Kind: grants.DisableLogin, Login: l.Login, SID: l.SID})
		}
		return
	}
	remade := slices.ContainsFunc(fp.Logins, func(x NewLogin) bool { return x.Server == plan.Server && x.SID == l.SID })
	if back, ok := c.Reverse(); ok && !(remade && back.Kind == grants.EnableLogin) { // as which it is made
		plan.Changes = append(plan.Changes, back)
	}
}

// sayRemade says of a login that is made again what is new of it.
func (fp *FleetPlan) sayRemade(server string, l journal.LoginRun) {
	with, fix := " with its SID and a new password", "hand the new password over"
	if !(NewLogin{Type: l.Type}).HasPassword() {
		with, fix = "", ""
	}
	fp.run.Warnf(finding.LoginRemade, finding.Pos{}, fix, "server %q: login %q is made again%s%s", server, l.Login, with, lost(l.Had))
}

// lost is what a login that is made again does not get back.
func lost(had *journal.LoginHad) string {
	if had == nil || len(had.Roles)+len(had.Rows) == 0 {
		return ""
	}
	text := ""
	for _, r := range had.Roles {
		text += fmt.Sprintf("; it was in the server role %q, which is for you to give again", r)
	}
	for _, r := range had.Rows {
		text += fmt.Sprintf("; it had %s, which is for you to give again", r)
	}
	return text
}

// forLogins tells the changes that make users which of their logins are made first.
func (fp *FleetPlan) forLogins(server string, changes []grants.Change, s *grants.Snapshot) {
	for i, c := range changes {
		if c.Kind != grants.CreateUser {
			continue
		}
		if len(c.Causes) == 0 {
			changes[i].Causes = []grants.Cause{{}}
		}
		changes[i].NewLogin = slices.ContainsFunc(fp.Logins, func(l NewLogin) bool { return l.Server == server && s.ServerCollation.Equal(l.Login, c.Login) })
	}
}

// withSites takes out of the plan what changes logins of a server of which a site stays
// as it is: who enters there does so by them.
func (fp *FleetPlan) withSites() {
	for _, r := range fp.Rows() {
		if r.Err == nil {
			continue
		}
		fp.Servers = slices.DeleteFunc(fp.Servers, func(s ServerPlan) bool {
			if s.Server == r.Site.Server {
				fp.run.Warnf(finding.LoginKept, finding.Pos{}, "see to that site first, and run this again", "server %q: its logins stay as the run left them: site %q is not taken back", s.Server, r.Site.Name)
			}
			return s.Server == r.Site.Server
		})
		fp.Logins = slices.DeleteFunc(fp.Logins, func(l NewLogin) bool {
			return l.Server == r.Site.Server && !slices.ContainsFunc(fp.Sites, func(s SitePlan) bool { return !s.Stays() && s.wants(l) })
		})
	}
}

// keepHeld takes out of the plan what would drop a login that a site still holds, or that
// one may hold which could not be read, and says so.
func (fp *FleetPlan) keepHeld(others []Reading) {
	fp.others = others
	for i := range fp.Servers {
		server := &fp.Servers[i]
		server.Changes = slices.DeleteFunc(server.Changes, func(c grants.LoginChange) bool {
			if c.Kind != grants.DropLogin {
				return false
			}
			why := fp.heldElsewhere(server.Server, c.SID)
			if why != "" {
				fp.run.Warnf(finding.LoginKept, finding.Pos{}, "drop it yourself once nothing needs it", "server %q: login %q, which the run made, stays: %s", server.Server, c.Login, why)
			}
			return why != ""
		})
	}
	fp.Servers = slices.DeleteFunc(fp.Servers, func(s ServerPlan) bool { return len(s.Changes) == 0 })
}

// heldElsewhere says which site keeps a login when the plan is done, or was not looked
// at.
func (fp *FleetPlan) heldElsewhere(server, sid string) string {
	for _, s := range fp.Sites {
		if s.Site.Server == server && (s.Stays() && s.hasSID(sid) || !s.Stays() && s.end != nil && hasSID(s.end, sid)) {
			return fmt.Sprintf("it has a user in site %q", s.Site.Name)
		}
	}
	for _, list := range [][]Reading{fp.Unread, fp.others} {
		for _, r := range list {
			switch {
			case r.Site.Server != server:
			case !r.Read():
				return fmt.Sprintf("site %q could not be read or is left as it is", r.Site.Name)
			case r.hasSID(sid):
				return fmt.Sprintf("it has a user in site %q", r.Site.Name)
			}
		}
	}
	return ""
}
