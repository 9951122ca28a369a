package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// ServerPlan is the changes of one server's logins, beside those that are made.
type ServerPlan struct {
	Server  string
	Changes []grants.LoginChange
}

// ServerResult is what became of a server's logins.
type ServerResult struct {
	Server string
	Done   []grants.LoginChange
	Err    error
}

// serverPlans works out what becomes of the logins of each server of the run:
// people who may enter none of its sites cannot log in.
func (fp *FleetPlan) serverPlans() {
	wanted, sites := fp.wantedLogins(), map[string][]SitePlan{}
	for _, s := range fp.Sites {
		sites[s.Site.Server] = append(sites[s.Site.Server], s)
	}
	for _, server := range fp.Policy.Servers {
		on := sites[server.Name]
		if len(on) == 0 {
			continue
		}
		i := slices.IndexFunc(on, func(s SitePlan) bool { return s.known().head.LoginsVisible })
		if i < 0 {
			continue // nobody can say what becomes of logins that are not seen
		}
		s := on[i].held()
		changes, found := grants.DiffLogins(s, wanted(server.Name), fp.leftLogins(on), fp.loginRules(server.Name))
		if len(changes) > 0 && !s.Runner.CanLogin {
			fp.mayNotChange(server.Name, s, changes)
			changes = nil
		}
		fp.run = append(fp.run, found...)
		if len(changes) > 0 {
			fp.Servers = append(fp.Servers, ServerPlan{Server: server.Name, Changes: changes})
		}
	}
}

// mayNotChange says what is left to do for somebody who may.
func (fp *FleetPlan) mayNotChange(server string, s *grants.Snapshot, changes []grants.LoginChange) {
	fp.barredLogins = append(fp.barredLogins, ServerPlan{Server: server, Changes: changes})
	for _, c := range changes {
		fp.run.Warnf(finding.LoginNotChanged, c.Cause.Pos, "", "server %q: login %q may not change login %q, which takes ALTER ANY LOGIN", server, s.Runner.Login, c.Login).
			Statements = []string{mssql.RenderLogin(c)}
	}
}

// on returns the sites of the run that are on a server.
func (fp *FleetPlan) on(server string) []SitePlan {
	var out []SitePlan
	for _, s := range fp.Sites {
		if s.Site.Server == server {
			out = append(out, s)
		}
	}
	return out
}

// wantedLogins says of a server who of the policy's people has a site on it, active
// or not. The sites of most are all, or those of somebody else: on which servers they
// are is worked out once.
func (fp *FleetPlan) wantedLogins() func(server string) []grants.WantedLogin {
	type list struct {
		first *policy.Site
		size  int
	}
	known := map[list]map[string]bool{} // servers, by a list of sites that many have
	on := make([]map[string]bool, len(fp.Policy.Users))
	for i, u := range fp.Policy.Users {
		sites := fp.Policy.SitesOf(u)
		if len(sites) == 0 {
			continue
		}
		key := list{&sites[0], len(sites)}
		if known[key] == nil {
			servers := map[string]bool{}
			for _, s := range sites {
				if !s.Contained {
					servers[s.Server] = true
				}
			}
			known[key] = servers
		}
		on[i] = known[key]
	}
	return func(server string) []grants.WantedLogin {
		out := make([]grants.WantedLogin, 0, len(fp.Policy.Users))
		for i, u := range fp.Policy.Users {
			if waits := slices.Contains(fp.options.waiting, u.Name); on[i][server] || waits {
				out = append(out, grants.WantedLogin{Name: u.Login, Was: u.LoginBefore(), Active: !u.Inactive, Waits: waits, Cause: grants.Cause{Pos: u.Pos, User: u.Name}})
			}
		}
		return out
	}
}

// leftLogins are the logins of users whom the plans put out of the sites of a
// server.
func (fp *FleetPlan) leftLogins(on []SitePlan) []grants.Login {
	var out []grants.Login
	for _, s := range on {
		for _, o := range s.known().out {
			if o.known && !o.login.Type.IsGroup() && !slices.ContainsFunc(out, func(x grants.Login) bool { return x.SID == o.login.SID }) {
				out = append(out, o.login)
			}
		}
	}
	return out
}

// loginRules are the rules for the logins of a server.
func (fp *FleetPlan) loginRules(server string) grants.LoginRules {
	p := fp.Policy
	return grants.LoginRules{Undropped: fp.withheld(server, grants.Mode.Drops), Untaken: fp.withheld(server, grants.Mode.Takes), Made: mssql.MadeLogin, Adopt: p.Settings.AdoptLogins, Statement: mssql.Statement,
		Drop: p.Settings.Leavers == policy.DropLogins, Keep: p.Settings.Leavers == policy.KeepLogins,
		Holds:  func(sid string) string { return fp.holds(server, sid) },
		Stands: func(w grants.WantedLogin, sid string) string { return fp.stands(server, w.Cause.User, sid) }}
}

// stands says which site of a server is not made what it shall be by this plan,
// and lets somebody in as soon as their login does, or is to.
func (fp *FleetPlan) stands(server, user, sid string) string {
	for _, s := range fp.Sites {
		if s.Site.Server == server && s.Stays() && fp.concerns(s, user, sid) {
			return fmt.Sprintf("site %q is left as it is", s.Site.Name)
		}
	}
	for _, r := range fp.Unread {
		if r.Site.Server == server && fp.wants(r.Site, user) {
			return fmt.Sprintf("site %q could not be read", r.Site.Name)
		}
	}
	return ""
}

// concerns reports whether a login matters to a site: it has a user of its SID,
// or is to have one for a person of the policy.
func (fp *FleetPlan) concerns(s SitePlan, user, sid string) bool {
	return hasUser(s, sid) || fp.wants(s.Site, user)
}

// wants reports whether the policy wants a person in a site.
func (fp *FleetPlan) wants(site policy.Site, user string) bool {
	i := slices.IndexFunc(fp.Policy.Users, func(u *policy.User) bool { return u.Name == user })
	return i >= 0 && slices.ContainsFunc(fp.Policy.UserSites(fp.Policy.Users[i]), func(s policy.Site) bool { return s.Name == site.Name })
}

// withheld says which site of a server keeps its logins as they are by how far the
// policy reaches into it, where reaches says that it does not reach so far, or "".
func (fp *FleetPlan) withheld(server string, reaches func(grants.Mode) bool) string {
	for _, site := range fp.Policy.SitesInUse() {
		if mode, _ := fp.Policy.Mode(site); site.Server == server && !reaches(mode) && !site.Contained {
			return fmt.Sprintf("site %q has mode = %q", site.Name, mode)
		}
	}
	return ""
}

// holds says which site of a server keeps a login when the plan is done, or was not
// looked at.
func (fp *FleetPlan) holds(server, sid string) string {
	for _, site := range fp.Policy.SitesInUse() {
		if site.Server != server {
			continue
		}
		i := slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Name == site.Name })
		switch {
		case i < 0:
			return fmt.Sprintf("site %q was not looked at", site.Name)
		case fp.Sites[i].Stays() && hasUser(fp.Sites[i], sid):
			return fmt.Sprintf("site %q, where it has a user, is left as it is", site.Name)
		case staysIn(fp.Sites[i], sid):
			return fmt.Sprintf("it has a user in site %q", site.Name)
		}
	}
	return ""
}

// site finds the plan of a site.
func (fp *FleetPlan) site(name string) *SitePlan {
	i := slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Name == name })
	if i < 0 {
		return nil
	}
	return &fp.Sites[i]
}

// hasUser reports whether a login has a user in a site now.
func hasUser(s SitePlan, sid string) bool {
	return s.hasSID(sid)
}

// loginChanges are the changes of a server's logins.
func (fp *FleetPlan) loginChanges(server string) []grants.LoginChange {
	i := slices.IndexFunc(fp.Servers, func(s ServerPlan) bool { return s.Server == server })
	if i < 0 {
		return nil
	}
	return fp.Servers[i].Changes
}

// anyOf is a site of the run on a server, as read; nil where there is none.
func (fp *FleetPlan) anyOf(server string) *grants.Snapshot {
	for _, s := range fp.on(server) {
		if s.known().head.LoginsVisible {
			return s.held()
		}
	}
	return nil
}

// loginsWait is how long the lock of a server's logins is waited for.
const loginsWait = time.Minute

// changeLogins changes the logins of a plan's servers: before the sites those
// of people who are kept out, after them the others. Somebody is let in, and a
// login renamed, where every site of the server is done that the login matters
// to, and nothing is dropped where any site of it is not.
func (f *Fleet) changeLogins(ctx context.Context, fp *FleetPlan, results []Result, before bool) []ServerResult {
	var out []ServerResult
	for _, plan := range fp.Servers {
		r := ServerResult{Server: plan.Server}
		var todo []grants.LoginChange
		for _, c := range plan.Changes {
			if c.Kind.Narrows() != before {
				continue
			}
			if undone := fp.undone(plan.Server, c, results); !before && undone != "" {
				r.Err = errors.Join(r.Err, fmt.Errorf("server %q: %s was not sent, because site %q is not done", plan.Server, mssql.RenderLogin(c), undone))
				continue
			}
			todo = append(todo, c)
		}
		if len(todo) > 0 {
			var err error
			r.Done, err = f.changeServer(ctx, fp, plan.Server, todo)
			r.Err = errors.Join(r.Err, err)
		}
		if len(r.Done) > 0 || r.Err != nil {
			out = append(out, r)
		}
	}
	return out
}

// undone names a site that is not done and keeps a login as it is: any of its
// server for one that is dropped, else one that the login matters to.
func (fp *FleetPlan) undone(server string, c grants.LoginChange, results []Result) string {
	for _, r := range results {
		site, ok := fp.Policy.Site(r.Site)
		if !ok || site.Server != server || r.Outcome.Done() {
			continue
		}
		i := slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Name == r.Site })
		if fp.options.undo || c.Kind == grants.DropLogin || fp.wants(site, c.Cause.User) || i >= 0 && hasUser(fp.Sites[i], c.SID) {
			return r.Site
		}
	}
	return ""
}

// changeServer changes logins of one server, under its lock, and returns those
// that are done. One that fails does not keep the others from being changed.
func (f *Fleet) changeServer(ctx context.Context, fp *FleetPlan, server string, changes []grants.LoginChange) (done []grants.LoginChange, err error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("server %q: stopped before its logins were changed: %w", server, ctx.Err())
	}
	if err := f.outside(); err != nil {
		return nil, fmt.Errorf("server %q: its logins were not changed: %w", server, err)
	}
	err = f.onServer(ctx, server, func(conn *sql.Conn) error { // which ends with the lock
		if err := mssql.LockLogins(ctx, conn, loginsWait); err != nil {
			return err
		}
		var failed []error
		for chunk := range slices.Chunk(changes, mssql.ChangesAtOnce) {
			if fp.licence != nil && slices.ContainsFunc(chunk, func(c grants.LoginChange) bool { return c.Kind == grants.EnableLogin }) {
				if err := fp.licence.check(ctx); err != nil {
					failed = append(failed, err)
					chunk = slices.DeleteFunc(slices.Clone(chunk), func(c grants.LoginChange) bool { return c.Kind == grants.EnableLogin })
				}
			}
			acts := changing(chunk, fp.anyOf(server))
			if err := f.loginsAsked(server, acts); err != nil {
				failed = append(failed, err)
				continue
			}
			answers := mssql.ChangeLogins(ctx, conn, chunk)
			f.loginsSaid(server, told(acts, func(i int) (error, bool) { return answers[i], unanswered(answers[i]) }))
			for i, err := range answers {
				if err != nil {
					failed = append(failed, err)
					continue
				}
				done = append(done, chunk[i])
			}
		}
		return errors.Join(failed...)
	})
	return done, err
}
