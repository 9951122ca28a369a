package sites

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"grantree/policy"
	"grantree/sql/mssql"
)

// makeLogins makes the plan's new logins, each on its server. They are made
// before the sites, outside their transactions: a login that has no user
// anywhere opens nothing, and several sites may need the same one. A login of
// one name gets one SID on all servers. One that no site will use is not made.
// It returns those that were not made, each with the reason.
func (f *Fleet) makeLogins(ctx context.Context, fp *FleetPlan, ev Events) []loginError {
	var out []loginError
	sids, folds := map[string]string{}, fp.folds()
	for _, l := range fp.Logins {
		if !fp.Uses(l) {
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
		if err := f.makeLogin(ctx, l, ev); err != nil {
			out = append(out, loginError{l, err})
		}
	}
	return out
}

// makeLogin makes one login, whose password is kept first: whatever happens
// then, nobody has a login whose password is nowhere.
func (f *Fleet) makeLogin(ctx context.Context, l NewLogin, ev Events) error {
	site, ok := f.siteOn(l.Server)
	if !ok {
		return fmt.Errorf("login %q: no site of this run is on server %q", l.Login, l.Server)
	}
	if !l.HasPassword() {
		_, err := mssql.NewExternalLogin(ctx, f.pools[site.Name], l.Login, l.Type)
		return f.describe(site, err)
	}
	password, err := mssql.GeneratePassword(l.Login)
	if err != nil {
		return err
	}
	if ev.Login != nil {
		if err := ev.Login(l.Server, l.Login, password); err != nil {
			return fmt.Errorf("the password of login %q on server %q could not be kept, so it was not made: %w", l.Login, l.Server, err)
		}
	}
	made, err := mssql.NewLogin(ctx, f.pools[site.Name], mssql.Login{Name: l.Login, Password: password, SID: l.SID, Rules: PasswordRules(f.Policy)})
	unknown := false
	if err != nil {
		made, unknown = f.settleLogin(ctx, site, l)
	}
	switch {
	case made:
		return nil
	case err == nil:
		return f.notMade(ev, l, false, errors.New("there is one of that name already, with a password of its own"))
	}
	err = f.describe(site, err)
	if unknown {
		err = fmt.Errorf("login %q may have been made on server %q, and its password is kept; plan again to see: %w", l.Login, l.Server, err)
	}
	return errors.Join(err, f.notMade(ev, l, unknown, err))
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
