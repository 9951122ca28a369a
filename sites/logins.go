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

// makeLogins makes the plan's new logins, each on its server, in one round trip for
// hundreds of them, outside of any site's transaction: several sites may need the
// same one. They are made before the sites, for a login that has no user anywhere
// opens nothing; but one that users alone wait for, who are in their sites, is made
// after those (results), if all went through that it lets somebody into. A login of
// one name gets one SID on all servers. One that no site will use is not made. It
// returns those that this run made, and those that were not made, each with the
// reason.
func (f *Fleet) makeLogins(ctx context.Context, fp *FleetPlan, results []Result, ev Events) (made []NewLogin, lacking []loginError) {
	var servers []string
	on := map[string][]NewLogin{}
	sids, folds := map[string]string{}, fp.folds()
	for _, l := range fp.Logins {
		if !fp.Uses(l) || fp.WaitsForSites(l) != (results != nil) {
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
		if on[l.Server] == nil {
			servers = append(servers, l.Server)
		}
		on[l.Server] = append(on[l.Server], l)
	}
	for _, server := range servers {
		for some := range slices.Chunk(on[server], mssql.LoginsAtOnce) {
			done, failed := f.makeLoginsOn(ctx, fp, server, some, ev)
			made, lacking = append(made, done...), append(lacking, failed...)
		}
	}
	return made, lacking
}

// makeLoginsOn makes logins of one server in one round trip. Their passwords are
// kept first: whatever happens then, nobody has a login whose password is nowhere.
func (f *Fleet) makeLoginsOn(ctx context.Context, fp *FleetPlan, server string, logins []NewLogin, ev Events) (made []NewLogin, lacking []loginError) {
	fails := func(l NewLogin, err error) {
		if err != nil {
			lacking = append(lacking, loginError{l, err})
		}
	}
	site, ok := f.siteOn(server)
	if !ok {
		for _, l := range logins {
			fails(l, fmt.Errorf("login %q: no site of this run is on server %q", l.Login, server))
		}
		return nil, lacking
	}
	var kept []NewLogin
	var todo []mssql.Login
	refused := fp.mayOpen(ctx, logins)
	for _, l := range logins {
		one := mssql.Login{Name: l.Login, SID: l.SID, Type: l.Type}
		err := refused(l)
		if err == nil {
			one.Password, err = keepPassword(l, ev)
		}
		if fails(l, err); err == nil {
			kept, todo = append(kept, l), append(todo, one)
		}
	}
	if len(todo) == 0 {
		return nil, lacking
	}
	acts := making(kept)
	if err := f.loginsAsked(server, acts); err != nil {
		for _, l := range kept {
			fails(l, f.loginNotMade(site, l, err, false, ev))
		}
		return nil, lacking
	}
	answers, failed := mssql.NewLogins(ctx, f.pools[site.Name], todo, PasswordRules(f.Policy))
	settled, unsettled := f.settleLogins(ctx, site, todo, answers)
	became := make([]loginAnswered, len(kept))
	for i, l := range kept {
		said, unknown := answers[i], false
		if said == nil {
			said = &mssql.LoginAnswer{Err: fmt.Errorf("login %q: %w", l.Login, failed)}
		}
		if said.Err != nil && l.HasPassword() {
			said.Made, unknown = settled[l.Login] == l.SID, unsettled
		}
		l.SID = cmp.Or(l.SID, said.SID)
		became[i] = loginAnswered{made: said.Made, unknown: unknown, err: said.Err}
		if acts[i].SID = l.SID; said.Made {
			made = append(made, l)
			continue
		}
		fails(l, f.loginNotMade(site, l, said.Err, unknown, ev))
	}
	f.loginsSaid(server, told(acts, func(i int) (error, bool) { return became[i].why(), became[i].unknown }))
	return made, lacking
}

// loginAnswered is what became of a login that was asked for.
type loginAnswered struct {
	made, unknown bool
	err           error
}

// why is why it was not made, or nil.
func (a loginAnswered) why() error {
	if a.made {
		return nil
	}
	return cmp.Or(a.err, errLoginThere)
}

// errLoginThere is why a login was not made that is there.
var errLoginThere = errors.New("there is one of that name already")

// mayOpen says of logins why they must not be made: one by which somebody enters
// whom a site holds already takes the licence's lock, as any other way of letting
// somebody in does.
func (fp *FleetPlan) mayOpen(ctx context.Context, logins []NewLogin) func(NewLogin) error {
	if fp.licence == nil || !slices.ContainsFunc(logins, fp.opens) {
		return func(NewLogin) error { return nil }
	}
	lost := fp.licence.check(ctx)
	return func(l NewLogin) error {
		if lost != nil && fp.opens(l) {
			return lost
		}
		return nil
	}
}

// keepPassword makes up a login's password and has it kept; an account of
// Windows or Entra has one already.
func keepPassword(l NewLogin, ev Events) (string, error) {
	if !l.HasPassword() {
		return "", nil
	}
	password, err := mssql.GeneratePassword(l.Login)
	if err != nil || ev.Login == nil {
		return password, err
	}
	if err := ev.Login(l.Server, l.Login, password); err != nil {
		return "", fmt.Errorf("the password of login %q on server %q could not be kept, so it was not made: %w", l.Login, l.Server, err)
	}
	return password, nil
}

// loginNotMade says why a login was not made, also beside its password; nothing
// where one of that name was there. unknown says that nobody could tell what became
// of it.
func (f *Fleet) loginNotMade(site policy.Site, l NewLogin, err error, unknown bool, ev Events) error {
	switch {
	case !l.HasPassword():
		return f.describe(site, err)
	case err == nil:
		return f.notMade(ev, l, false, errors.New("there is one of that name already, with a password of its own"))
	}
	err = f.describe(site, err)
	if unknown {
		err = fmt.Errorf("login %q may have been made on server %q, and its password is kept; plan again to see: %w", l.Login, l.Server, err)
	}
	return errors.Join(err, f.notMade(ev, l, unknown, err))
}

// WaitsForSites reports whether a login lets somebody into sites that hold them
// already, and no site needs it to make their user.
func (fp *FleetPlan) WaitsForSites(l NewLogin) bool {
	return fp.opens(l) && !slices.ContainsFunc(fp.Sites, func(s SitePlan) bool {
		f := s.known()
		return s.Site.Server == l.Server && slices.ContainsFunc(f.needs, func(n grants.NeededLogin) bool { return f.head.ServerCollation.Equal(n.Name, l.Login) })
	})
}

// opens reports whether somebody enters by a login as soon as it is made: a site
// of its server, in this run or not, has a user who waits for it.
func (fp *FleetPlan) opens(l NewLogin) bool {
	type site interface {
		held() *grants.Snapshot
		hasSID(string) bool
	}
	waits := func(s site) bool {
		if l.HasPassword() {
			return l.SID != "" && s.hasSID(l.SID)
		}
		in := s.held()
		return slices.ContainsFunc(in.Principals, func(p grants.Principal) bool {
			return p.SID == l.SID && l.SID != "" || p.Type == l.Type && in.ServerCollation.Equal(p.Name, l.Login)
		})
	}
	return slices.ContainsFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Server == l.Server && waits(s) }) ||
		slices.ContainsFunc(fp.others, func(r Reading) bool { return r.Site.Server == l.Server && r.Read() && waits(r) })
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

// unseen is the reverse of seen: a site without what this run has done to logins
// so far. Of one that it made everything but the bare right to connect stays, for
// that is somebody else's doing.
func (d loginsDone) unseen(server string, s *grants.Snapshot) *grants.Snapshot {
	for _, r := range d.changed {
		if r.Server != server {
			continue
		}
		var back []grants.LoginChange
		for _, c := range slices.Backward(r.Done) {
			if was, ok := c.Reverse(); ok {
				back = append(back, was)
			}
		}
		s = s.WithLogins(back)
	}
	return s.WithoutLogins(onServer(d.made, server))
}

// fresh reports whether a login that the plan of a site was to make, and that this
// run did not, is one that another run of grantree has made since the plan: of
// Windows or Entra, who have one account of a name, or with a SID of grantree's that
// was not there.
func (d loginsDone) fresh(server string, f *facts) func(grants.Login) bool {
	return func(l grants.Login) bool {
		for _, m := range d.made {
			if m.Server == server && f.head.ServerCollation.Equal(m.Login, l.Name) {
				return false
			}
		}
		_, old := slices.BinarySearch(f.ours, l.SID)
		return l.Type != grants.SQLUser || mssql.MadeLogin(l.SID) && !old
	}
}

// PasswordRules is what the policy has servers told of passwords.
func PasswordRules(p *policy.Policy) mssql.PasswordRules {
	return mssql.PasswordRules{MustChange: p.Passwords.MustChange, Policy: p.Passwords.Policy, Expiration: p.Passwords.Expiration}
}

// settleLogins looks which logins were made of which the server said nothing, or an
// error, which may be of what comes after the login: the SID is one that nobody else
// can have given. It returns SIDs by login, and
// whether it could not see.
func (f *Fleet) settleLogins(ctx context.Context, site policy.Site, logins []mssql.Login, answers []*mssql.LoginAnswer) (sids map[string]string, unsettled bool) {
	var names []string
	for i, l := range logins {
		if (answers[i] == nil || answers[i].Err != nil) && l.SID != "" {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWait)
	defer cancel()
	found, err := mssql.LoginSIDs(ctx, f.pools[site.Name], names)
	if err != nil {
		return nil, true
	}
	sids = map[string]string{}
	for i, name := range names {
		sids[name] = found[i]
	}
	return sids, false
}

// settleWait bounds the question what became of a statement, which is asked
// even where the run was told to stop.
const settleWait = 5 * time.Second

func (f *Fleet) notMade(ev Events, l NewLogin, unknown bool, why error) error {
	if ev.NotMade == nil {
		return nil
	}
	if err := ev.NotMade(l.Place(), l.Login, unknown, why); err != nil {
		return fmt.Errorf("%s was not made, but that could not be written beside its password: %w", l, err)
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
