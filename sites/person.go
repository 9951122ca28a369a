package sites

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"grantree/grants"
	"grantree/policy"
	"grantree/sql/mssql"
)

// Person is what a server, and the sites on it, say of somebody of the policy.
type Person struct {
	User   *policy.User
	Server string
	// Account is nil where the server has no login of theirs, or shows none.
	Account      *grants.Account
	SeesLogins   bool // there is no other
	SeesSessions bool // the account's sessions are all that it has
	// Sites are those of the server that the policy gives them, or that they can
	// enter; none where they were not asked for.
	Sites []Standing
	// Err is why the server says nothing.
	Err error

	sessions        []grants.Session // of the server
	toSee, toChange string           // statements that let the runner do so
	mayChange       bool
	group           bool   // of Windows, by which somebody without a login may come in
	shut            string // why the login cannot reach the server
	refusal         string // why grantree does not change it
	login           grants.Login
	same            func(a, b string) bool
}

// Standing is whether somebody can enter a site, by what it holds.
type Standing struct {
	Site   string
	Wanted bool // the policy gives them the site
	In     grants.Answer
	Why    string // they cannot, or nobody knows
	Orphan bool   // a user of their name is there, and belongs to no login or to another
	own    holder // the user there by whom they enter without a login
	// contained is a site where the policy wants them to have that; stranger is a
	// user of their name with a password, where it wants them to have a login.
	contained, stranger bool
}

// Live is the person's status there by what the server and its sites say.
func (p Person) Live() grants.Status {
	switch {
	case p.Err != nil:
		return grants.StatusUnknown
	case p.contained() && p.enters(grants.Yes):
		return grants.StatusActive
	case p.contained() && p.enters(grants.NotVerified):
		return grants.StatusUnknown
	case p.contained():
		return grants.StatusNoSite
	case slices.ContainsFunc(p.Sites, func(s Standing) bool { return s.stranger }): // whoever it is, nothing keeps them out
		return grants.StatusOrphaned
	case p.Account == nil && p.enters(grants.Yes): // by an account of Entra's own
		return grants.StatusActive
	case p.Account == nil && (!p.SeesLogins || p.group && p.User.Auth == policy.AuthWindows):
		return grants.StatusUnknown
	case p.Account == nil:
		return grants.StatusMissing
	case p.Account.Disabled:
		return grants.StatusDisabled
	case p.shut != "":
		return grants.StatusBarred
	case p.orphaned():
		return grants.StatusOrphaned
	case len(p.Sites) > 0 && !p.enters(grants.Yes) && !p.enters(grants.NotVerified):
		return grants.StatusNoSite
	}
	switch s := p.Account.Status(); {
	case s == grants.StatusActive && p.Account.Type == grants.SQLUser && p.Account.Password == nil:
		return grants.StatusUnknown
	case s == grants.StatusActive && len(p.Sites) > 0 && !p.enters(grants.Yes):
		return grants.StatusUnknown
	default:
		return s
	}
}

// contained reports whether the person needs no login there, by the policy.
func (p Person) contained() bool {
	wanted := slices.DeleteFunc(slices.Clone(p.Sites), func(s Standing) bool { return !s.Wanted })
	return len(wanted) > 0 && !slices.ContainsFunc(wanted, func(s Standing) bool { return !s.contained })
}

// OpenSessions are those that the person has open on the server, as far as the
// runner sees any: by their login, and as users of contained sites.
func (p Person) OpenSessions() []grants.Session {
	var out []grants.Session
	if p.Account != nil {
		out = append(out, p.Account.Sessions...)
	}
	for _, s := range p.sessions {
		if slices.ContainsFunc(p.Sites, func(st Standing) bool { return st.own.SID != "" && st.own.SID == s.SID }) {
			out = append(out, s)
		}
	}
	return out
}

// orphaned reports whether a site that the policy gives them has a user of
// theirs by which nobody of theirs comes in.
func (p Person) orphaned() bool {
	return !p.User.Inactive && slices.ContainsFunc(p.Sites, func(s Standing) bool { return s.Orphan && s.Wanted && s.In != grants.Yes })
}

// Closed are the sites that the policy gives the person and that do not let them
// in, of one whom the server does.
func (p Person) Closed() []Standing {
	var out []Standing
	switch live := p.Live(); {
	case p.User.Inactive || p.Err != nil || live == grants.StatusBarred || live == grants.StatusDisabled:
		return nil
	}
	for _, s := range p.Sites {
		if s.Wanted && s.In == grants.No && (p.Account != nil || s.Orphan || s.contained) {
			out = append(out, s)
		}
	}
	return out
}

// enters reports whether there is a site of which the answer is this one.
func (p Person) enters(in grants.Answer) bool {
	return slices.ContainsFunc(p.Sites, func(s Standing) bool { return s.In == in })
}

// Status is the person's status there, in one word. It is the policy's of
// somebody whom the policy keeps out, once the server does.
func (p Person) Status() grants.Status {
	live := p.Live()
	switch {
	case live.Out() && p.User.Past:
		return grants.StatusPast
	case live.Out() && p.User.Inactive:
		return grants.StatusInactive
	}
	return live
}

// ByPolicy is what the policy says of the person.
func (p Person) ByPolicy() grants.Status {
	switch {
	case p.User.Past:
		return grants.StatusPast
	case p.User.Inactive:
		return grants.StatusInactive
	}
	return grants.StatusActive
}

// silence says why a server told nothing: it was not there, or did not let
// grantree in.
func silence(err error) string {
	const loginFailed = 18456
	switch {
	case mssql.Number(err) == loginFailed:
		return "refused the login that runs grantree"
	case mssql.Number(err) != 0 && !mssql.Away(err):
		return "did not let grantree read it"
	}
	return "did not answer"
}

// strays reports whether somebody enters sites, and none that their lines name.
func (p Person) strays() bool {
	return p.enters(grants.Yes) && !slices.ContainsFunc(p.Sites, func(s Standing) bool { return s.In == grants.Yes && s.Wanted })
}

// Notes say what neither the status nor Closed does: why something is not known, and
// where somebody is in whom the policy keeps out.
func (p Person) Notes() []string {
	if p.Err != nil {
		return []string{"the server " + silence(p.Err)}
	}
	var out []string
	live := p.Live()
	switch {
	case p.User.Inactive && !live.Out() && live != grants.StatusUnknown && p.strays():
		out = append(out, fmt.Sprintf("%s in the policy, and enters a site that it does not give them, which \"grantree apply\" leaves: \"grantree verify\" says through what", p.ByPolicy()))
	case p.User.Inactive && !live.Out() && live != grants.StatusUnknown:
		out = append(out, fmt.Sprintf("%s in the policy, which \"grantree apply\" has not brought about", p.ByPolicy()))
	case live == grants.StatusMissing && !p.User.Inactive && p.User.NewLogin:
		out = append(out, "\"grantree apply\" makes the login")
	case live == grants.StatusMissing && !p.User.Inactive:
		out = append(out, "the policy does not have it made: new_login")
	case p.Account == nil && live == grants.StatusUnknown && p.SeesLogins:
		out = append(out, "a group of Windows may let them in")
	case live == grants.StatusUnknown && (p.Account == nil || p.Account.Type == grants.SQLUser && p.Account.Password == nil):
		out = append(out, "grantree's login may not see it: "+p.toSee)
	case live == grants.StatusBarred:
		out = append(out, p.shut)
	}
	for _, s := range p.Sites {
		if s.stranger && (p.User.Inactive || !s.Wanted) {
			out = append(out, fmt.Sprintf("site %q: a user %q has a password of its own, and may be anybody's", s.Site, p.User.Name))
		}
	}
	if live == grants.StatusMissing || live == grants.StatusBarred || live == grants.StatusDisabled || p.Account == nil {
		return out
	}
	for _, s := range p.Sites {
		switch {
		case s.In == grants.NotVerified:
			out = append(out, fmt.Sprintf("site %q: not known: %s", s.Site, s.Why))
		case s.In == grants.Yes && !s.Wanted:
			out = append(out, fmt.Sprintf("can enter site %q, which the policy does not give them", s.Site))
		}
	}
	return out
}

// noLogin is why there is nothing to change.
func (p Person) noLogin() error {
	if p.Err != nil {
		return nil // which is said once, of the server
	}
	if !p.SeesLogins {
		return fmt.Errorf("server %q: whether there is a login %q is not known, since grantree's may not see it: %s", p.Server, p.User.Login, p.toChange)
	}
	return fmt.Errorf("server %q: there is no login %q", p.Server, p.User.Login)
}

// Refusal says why grantree does not change the person's login, or "": it is not
// one that it made or may change, or it is not theirs: one site of the server in
// which the person is somebody else is enough, whatever the others say.
func (p Person) Refusal() string {
	if p.refusal != "" {
		return p.refusal
	}
	for _, s := range p.Sites {
		if s.Orphan && !s.stranger {
			return fmt.Sprintf("is not that of user %q in site %q, who has another SID", p.User.Name, s.Site)
		}
	}
	return ""
}

// permitted is an error of a change of the person's login, with the permission
// that the runner may lack.
func (p Person) permitted(err error) error {
	if err != nil && !p.mayChange && mssql.Lacking(err) {
		return &mssql.ServerError{Number: mssql.Number(err), Sentence: fmt.Sprintf("grantree's login may not change login %q: %s", p.Account.Name, p.toChange), Err: err}
	}
	return err
}

// refused is a Refusal as an error, with what lets grantree do it where that is
// for the policy to say.
func (p Person) refused() error {
	return fmt.Errorf("server %q: login %q %s: grantree does not change it", p.Server, p.Account.Name, p.Refusal())
}

// reader finds people among what one server said.
type reader struct {
	f       *Fleet
	r       ServerReading
	doors   *doors
	byName  map[string]int          // accounts, by key
	logins  map[string]grants.Login // by SID
	refuses func(grants.Login) string
	guards  func(grants.Login) string
}

func (f *Fleet) reader(r ServerReading) *reader {
	x := &reader{f: f, r: r}
	if r.ServerAccounts == nil {
		return x
	}
	x.doors, x.byName, x.logins = newDoors(r.Logins), map[string]int{}, map[string]grants.Login{}
	for i, a := range r.Accounts {
		x.byName[r.Collation.Key(a.Name)] = i
	}
	for _, l := range r.Logins.Logins {
		if !l.IsRole() && l.SID != "" {
			x.logins[l.SID] = l
		}
	}
	x.guards = grants.Guarded(r.Logins)
	x.refuses = grants.Untouched(r.Logins, grants.LoginRules{Made: mssql.MadeLogin, Adopt: f.Policy.Settings.AdoptLogins})
	return x
}

// person finds somebody of the policy by the name of their login or the one that
// it had, as the server compares names.
func (x *reader) person(u *policy.User) Person {
	p := Person{User: u, Server: x.r.Server, same: grants.Collation{}.Equal, Err: x.r.Err}
	if x.r.ServerAccounts == nil {
		return p
	}
	p.SeesLogins, p.SeesSessions, p.same, p.toSee, p.group = x.r.SeesLogins, x.r.SeesSessions, x.r.Collation.Equal, x.r.ToSeeLogins(), x.doors.anyGroup
	p.sessions = x.r.Sessions
	p.toChange, p.mayChange = x.r.ToChange(), x.r.MayChange
	for _, name := range []string{u.Login, u.LoginBefore()} {
		i, ok := x.byName[x.r.Collation.Key(name)]
		if !ok || name == "" {
			continue
		}
		p.Account = &x.r.Accounts[i]
		l, ok := x.logins[p.Account.SID]
		if !ok {
			l = grants.Login{Name: p.Account.Name, SID: p.Account.SID, Type: p.Account.Type, Disabled: p.Account.Disabled}
		}
		p.login = l
		if !p.Account.Disabled {
			p.shut = x.doors.shut(l)
		}
		if p.refusal = x.refuses(l); p.refusal == "" {
			p.refusal = x.guards(l)
		}
		return p
	}
	return p
}

// PersonOn finds somebody of the policy among the logins of a server.
func (f *Fleet) PersonOn(u *policy.User, r ServerReading) Person { return f.reader(r).person(u) }

// Persons asks every server of the run, and who can enter those of its sites
// that some people are given, or all, about them: a round trip a server and a
// site. There is a Person for each server where somebody has a site or enters
// one. The readings say which servers did not answer, the error which sites.
func (f *Fleet) Persons(ctx context.Context, users []*policy.User, all bool) ([]Person, []ServerReading, error) {
	readings := f.Accounts(ctx)
	given := map[*policy.User]map[string]bool{}
	asked := map[string]bool{}
	for _, u := range users {
		given[u] = map[string]bool{}
		for _, s := range f.Policy.SitesOf(u) {
			given[u][s.Name], asked[s.Name] = true, true
		}
	}
	readers, of := map[string]*reader{}, map[[2]string]*Person{}
	for _, r := range readings {
		readers[r.Server] = f.reader(r)
		for _, u := range users {
			p := readers[r.Server].person(u)
			of[[2]string{u.Name, r.Server}] = &p
		}
	}
	var todo []policy.Site
	for _, s := range f.Sites {
		if x := readers[s.Server]; x.r.Err == nil && (all || asked[s.Name]) {
			todo = append(todo, s)
		}
	}
	var lock sync.Mutex
	unread := make([]error, len(todo))
	f.eachOf(ctx, todo, func(ctx context.Context, i int, s policy.Site) {
		c, err := f.entrantsOf(ctx, s)
		lock.Lock()
		defer lock.Unlock()
		unread[i] = err
		for _, u := range users {
			p := of[[2]string{u.Name, s.Server}]
			st := Standing{In: grants.NotVerified, Why: "it could not be read"}
			if err == nil {
				st = c.standing(p, s.Contained)
			}
			st.Site, st.Wanted, st.contained = s.Name, given[u][s.Name], s.Contained
			if st.Wanted || err == nil && (st.In != grants.No || st.stranger) {
				p.Sites = append(p.Sites, st)
			}
		}
	})
	var out []Person
	for _, u := range users {
		for _, r := range readings {
			p := of[[2]string{u.Name, r.Server}]
			slices.SortFunc(p.Sites, func(a, b Standing) int { return strings.Compare(a.Site, b.Site) })
			here := slices.ContainsFunc(f.Sites, func(s policy.Site) bool { return s.Server == r.Server && given[u][s.Name] })
			if here || len(p.Sites) > 0 {
				out = append(out, *p)
			}
		}
	}
	return out, readings, errors.Join(unread...)
}

// entrantsOf reads who can enter a site.
func (f *Fleet) entrantsOf(ctx context.Context, s policy.Site) (entrants, error) {
	db, err := f.pool(s)
	if err != nil {
		return entrants{}, err
	}
	var held *grants.Snapshot
	err = f.retry(ctx, s, func() error {
		return mssql.WithConn(ctx, db, func(conn *sql.Conn) (err error) {
			held, err = mssql.Held(ctx, conn, s.Name, s.Server, false)
			return err
		})
	})
	if err != nil {
		return entrants{}, &UnreadError{Site: s.Name, Err: err}
	}
	return newEntrants(newDoors(held)), nil
}

// entrants is a site's accounts, to be asked for many people.
type entrants struct {
	*doors
	bySID, byName map[string]holder
}

func newEntrants(d *doors) entrants {
	c := entrants{d, map[string]holder{}, map[string]holder{}}
	for _, h := range d.holders() {
		if h.SID != "" {
			c.bySID[h.SID] = h
		}
		c.byName[d.s.Collation.Key(h.Name)] = h
	}
	return c
}

// standing says whether somebody of the policy can enter the site, by their
// login or, where it is contained by the policy, by a password of its own.
func (c entrants) standing(p *Person, contained bool) Standing {
	s := Standing{In: grants.No}
	h, named := c.byName[c.s.Collation.Key(p.User.Name)]
	if !named && p.User.Was != "" {
		h, named = c.byName[c.s.Collation.Key(p.User.Was)]
	}
	alien := named && h.AuthType == grants.AuthDatabase && !contained
	s.stranger = alien && c.noConnect(h) == ""
	const anybody = "the user there is no login's: it has a password of its own, and may be anybody's"
	switch {
	case alien && p.Account == nil:
		s.Orphan, s.Why = true, anybody
		return s
	case !alien && named && (h.AuthType == grants.AuthDatabase || h.login == "" && (h.AuthType == grants.AuthExternal || h.AuthType == grants.AuthWindows && c.s.Contained)):
		s.own = h
		return s.by(c.noConnect(h))
	case p.Account == nil && named && !p.SeesLogins:
		s.In, s.Why = grants.NotVerified, "the login cannot be seen"
		return s
	case p.Account == nil && named:
		s.Orphan, s.Why = h.AuthType == grants.AuthLogin && h.login == "" && h.why != "", h.why
		if s.Orphan {
			s.Why = "the user belongs to no login"
		}
		return s
	case p.Account == nil:
		s.Why = "no user"
		return s
	}
	theirs, has := c.bySID[p.login.SID]
	s.Orphan = named && h.SID != p.login.SID && h.AuthType != grants.AuthNone
	switch {
	case c.unbound(p.login, c.token(p.login)) || c.s.OwnerSID != "" && c.s.OwnerSID == p.login.SID: // no DENY binds them
		s.In = grants.Yes
	case has:
		return s.by(c.noConnect(theirs))
	case c.powerOf(p.login) != "":
		s.In = grants.Yes
	case alien:
		s.Why = anybody
	case named && h.AuthType == grants.AuthNone:
		s.Why = h.why
	case named && h.login != "":
		s.Why = "the user belongs to the login " + h.login
	case named:
		s.Why = "the user belongs to no login"
	case c.connect[grants.GuestID] == grants.Granted:
		s.In = grants.Yes
	default:
		s.Why = "no user"
	}
	return s
}

// by is a standing that hangs on nothing but what keeps somebody out, or "".
func (s Standing) by(why string) Standing {
	if s.In, s.Why = grants.Yes, why; why != "" {
		s.In = grants.No
	}
	return s
}
