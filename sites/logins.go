package sites

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// makeLogins makes the plan's new logins, each on its server, outside of any
// site's transaction: several sites may need the same one. They are made before
// the sites, for a login that has no user anywhere opens nothing; but one that
// users alone wait for, who are in their sites, is made after those (results),
// if all went through that it lets somebody into. A login of one name gets one SID
// on all servers. One that no site will use is not made. It returns those that
// this run made, and those that were not made, each with the reason.
func (f *Fleet) makeLogins(ctx context.Context, fp *FleetPlan, results []Result, ev Events) (made []NewLogin, lacking []loginError) {
	sids, folds := map[string]string{}, fp.folds()
	for _, l := range fp.Logins {
		if !fp.Uses(l) || fp.waitsForSites(l) != (results != nil) {
			continue
		}
		if undone := fp.undone(l.Server, grants.LoginChange{SID: l.SID, Cause: l.Cause}, results); undone != "" {
			lacking = append(lacking, loginError{l, fmt.Errorf("server %q: login %q was not made, because site %q is not done", l.Server, l.Login, undone)})
			continue
		}
		for _, fold := range folds {
			l.SID = cmp.Or(l.SID, sids[fold(l.Login)])
		}
		if l.SID == "" && l.HasPassword() {
			l.SID = mssql.NewSID()
		}
		for _, fold := range folds {
			sids[fold(l.Login)] = cmp.Or(sids[fold(l.Login)], l.SID)
		}
		done, err := f.makeLogin(ctx, fp, &l, ev)
		if err != nil {
			lacking = append(lacking, loginError{l, err})
		}
		if done {
			made = append(made, l)
		}
	}
	return made, lacking
}

// makeLogin makes one login, whose password is kept first: whatever happens
// then, nobody has a login whose password is nowhere. A login by which somebody
// enters whom a site holds already takes the licence's lock, as any other way of
// letting somebody in does. It reports whether this run made the login, and notes
// the SID of one that the server chose.
func (f *Fleet) makeLogin(ctx context.Context, fp *FleetPlan, l *NewLogin, ev Events) (made bool, err error) {
	site, ok := f.siteOn(l.Server)
	if !ok {
		return false, fmt.Errorf("login %q: no site of this run is on server %q", l.Login, l.Server)
	}
	if fp.licence != nil && fp.opens(*l) {
		if err := fp.licence.check(ctx); err != nil {
			return false, err
		}
	}
	if !l.HasPassword() {
		made, err := mssql.NewExternalLogin(ctx, f.pools[site.Name], l.Login, l.Type)
		if made && err == nil {
			l.SID, err = mssql.LoginSID(ctx, f.pools[site.Name], l.Login)
		}
		return made, f.describe(site, err)
	}
	password, err := mssql.GeneratePassword(l.Login)
	if err != nil {
		return false, err
	}
	if ev.Login != nil {
		if err := ev.Login(l.Server, l.Login, password); err != nil {
			return false, fmt.Errorf("the password of login %q on server %q could not be kept, so it was not made: %w", l.Login, l.Server, err)
		}
	}
	made, err = mssql.NewLogin(ctx, f.pools[site.Name], mssql.Login{Name: l.Login, Password: password, SID: l.SID, Rules: PasswordRules(f.Policy)})
	unknown := false
	if err != nil {
		made, unknown = f.settleLogin(ctx, site, *l)
	}
	switch {
	case made:
		return true, nil
	case err == nil:
		return false, f.notMade(ev, *l, false, errors.New("there is one of that name already, with a password of its own"))
	}
	err = f.describe(site, err)
	if unknown {
		err = fmt.Errorf("login %q may have been made on server %q, and its password is kept; plan again to see: %w", l.Login, l.Server, err)
	}
	return false, errors.Join(err, f.notMade(ev, *l, unknown, err))
}

// waitsForSites reports whether a login lets somebody into sites that hold them
// already, and no site needs it to make their user.
func (fp *FleetPlan) waitsForSites(l NewLogin) bool {
	return fp.opens(l) && !slices.ContainsFunc(fp.Sites, func(s SitePlan) bool {
		return s.Site.Server == l.Server && slices.ContainsFunc(s.Plan.Changes, func(c grants.Change) bool {
			return c.Kind == grants.CreateUser && s.Snapshot.ServerCollation.Equal(c.Login, l.Login)
		})
	})
}

// opens reports whether somebody enters by a login as soon as it is made: a site
// of its server, in this run or not, has a user who waits for it.
func (fp *FleetPlan) opens(l NewLogin) bool {
	waits := func(server string, s *grants.Snapshot) bool {
		return server == l.Server && s != nil && slices.ContainsFunc(s.Principals, func(p grants.Principal) bool {
			return p.SID == l.SID && l.SID != "" || !l.HasPassword() && p.Type == l.Type && s.ServerCollation.Equal(p.Name, l.Login)
		})
	}
	return slices.ContainsFunc(fp.Sites, func(s SitePlan) bool { return waits(s.Site.Server, s.Snapshot) }) ||
		slices.ContainsFunc(fp.others, func(r Reading) bool { return waits(r.Site.Server, r.Snapshot) })
}

// loginsMade are the logins of a server that a plan makes, as far as their SID
// is known.
func (fp *FleetPlan) loginsMade(server string) []grants.NewLogin { return onServer(fp.Logins, server) }

func onServer(logins []NewLogin, server string) []grants.NewLogin {
	var out []grants.NewLogin
	for _, l := range logins {
		if l.Server == server {
			out = append(out, grants.NewLogin{Login: l.Login, SID: l.SID, Type: l.Type, Cause: l.Cause})
		}
	}
	return out
}

// loginsDone is what a run has done to logins so far.
type loginsDone struct {
	made    []NewLogin
	changed []ServerResult
}

// seen is a site as it is once that is done: no move of it by anybody else.
func (d loginsDone) seen(server string, s *grants.Snapshot) *grants.Snapshot {
	s = s.WithNewLogins(onServer(d.made, server))
	for _, r := range d.changed {
		if r.Server == server {
			s = s.WithLogins(r.Done)
		}
	}
	return s
}

// PasswordRules is what the policy has servers told of passwords.
func PasswordRules(p *policy.Policy) mssql.PasswordRules {
	return mssql.PasswordRules{MustChange: p.Passwords.MustChange, Policy: p.Passwords.Policy, Expiration: p.Passwords.Expiration}
}

// settleLogin looks whether a login was made whose statement was not answered:
// the SID is one that nobody else can have given it.
func (f *Fleet) settleLogin(ctx context.Context, site policy.Site, l NewLogin) (made, unknown bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWait)
	defer cancel()
	sid, err := mssql.LoginSID(ctx, f.pools[site.Name], l.Login)
	return err == nil && sid == l.SID, err != nil
}

// settleWait bounds the question what became of a statement, which is asked
// even where the run was told to stop.
const settleWait = 5 * time.Second

func (f *Fleet) notMade(ev Events, l NewLogin, unknown bool, why error) error {
	if ev.NotMade == nil {
		return nil
	}
	if err := ev.NotMade(l.Server, l.Login, unknown, why); err != nil {
		return fmt.Errorf("login %q on server %q was not made, but that could not be written beside its password: %w", l.Login, l.Server, err)
	}
	return nil
}

// siteOn returns a site of this run on a server.
func (f *Fleet) siteOn(server string) (policy.Site, bool) {
	i := slices.IndexFunc(f.Sites, func(s policy.Site) bool { return s.Server == server })
	if i < 0 {
		return policy.Site{}, false
	}
	return f.Sites[i], true
}
