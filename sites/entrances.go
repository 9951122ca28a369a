package sites

import (
	"context"
	"slices"

	"grantree/grants"
	"grantree/policy"
)

// Closed is a site that does not let in somebody whom the policy gives it to.
type Closed struct {
	Site string
	Why  string
	// Orphan: their user is there, and belongs to no login or to another.
	Orphan bool
}

// Entrances asks the sites of the run whether they let people in who could log
// in to the server: a login is one half, the user in the site that belongs to it
// the other. Errors say which sites did not answer.
func (f *Fleet) Entrances(ctx context.Context, people []Person) error {
	var of []policy.Site
	for _, s := range f.Sites {
		if slices.ContainsFunc(people, func(p Person) bool { return f.Policy.Gives(p.User, s) }) {
			of = append(of, s)
		}
	}
	readings := f.held(ctx, of, false)
	for i := range people {
		p := &people[i]
		for _, r := range readings {
			if r.Err == nil && r.Site.Server == p.Server && f.Policy.Gives(p.User, r.Site) {
				p.closed(r)
			}
		}
	}
	return Failures(readings)
}

// closed notes whether a site lets the person in.
func (p *Person) closed(r Reading) {
	h, ok := holderOf(p.User, r.Snapshot)
	c := Closed{Site: r.Site.Name, Why: h.why}
	switch known := p.Account != nil; {
	case !ok:
		c.Why = "no user"
	case known && h.login != "" && !p.same(h.login, p.Account.Name):
		c.Why, c.Orphan = "the user belongs to the login "+h.login, true
	case h.AuthType == 1 && h.login == "" && h.why != "": // nobody's, whatever else keeps them out
		c.Why, c.Orphan = "the user belongs to no login", true
	}
	if c.Why != "" {
		p.Closed = append(p.Closed, c)
	}
}

// holderOf finds somebody of the policy in a site, by the name of their user or
// the one that it had.
func holderOf(u *policy.User, s *grants.Snapshot) (holder, bool) {
	holders := newDoors(s).holders()
	for _, name := range []string{u.Name, u.Was} {
		for _, h := range holders {
			if name != "" && s.Collation.Equal(h.Name, name) {
				return h, true
			}
		}
	}
	return holder{}, false
}
