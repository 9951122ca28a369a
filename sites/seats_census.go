package sites

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/grants"
	"grantree/licensing"
	"grantree/policy"
)

// census gathers the accounts of sites for a count of seats.
type census struct {
	p        *policy.Policy
	options  PlanOptions
	accounts []licensing.Account // of the site that is added
	rolls    rolls               // of those that were
	servers  []grants.Collation
	seen     map[string]bool // sites
	powers   []licensing.Uncounted
	renamed  map[string]bool // keys of names that people of the site that is added had, and are to get others for
	// callings are the policy's people as sites compare names, made once for those
	// that do so alike; calling is how the site does that is added.
	callings map[string]*calling
	*calling
	// contained is such a site where people are to have passwords of its own.
	contained bool
}

// people is the policy's people, each once.
func people(p *policy.Policy) []licensing.Account {
	out := make([]licensing.Account, 0, len(p.Users))
	for _, u := range p.Users {
		var was []string
		for _, name := range []string{u.Was, u.LoginBefore()} {
			if name != "" {
				was = append(was, name)
			}
		}
		out = append(out, licensing.Account{Name: u.Name, Login: u.Login, Was: was, Active: !u.Inactive, Origin: "policy",
			Leaving: len(p.UserSites(u)) == 0, Pos: u.Pos})
	}
	return out
}

// site adds what a site holds, now and once the plan is applied.
func (c *census) site(site policy.Site, now, after *grants.Snapshot) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[site.Name], c.contained = true, site.Contained
	c.servers = append(c.servers, now.ServerCollation)
	d := newDoors(now)
	c.powers = append(c.powers, d.strangers(site.Name, site.Server)...)
	accepted := c.p.OutsidersIn(site.Name, c.options.Today)
	if l, ok := d.owner(); ok {
		c.accounts = append(c.accounts, d.accept(licensing.Account{Name: l.Name, Login: l.Name, SID: l.SID, Site: site.Name, Active: true, Now: true, Origin: "site"},
			accepted, nil))
	}
	c.calling, c.renamed = c.callingIn(now), map[string]bool{}
	for _, u := range c.former {
		there := func(p grants.Principal) bool { return now.Collation.Equal(p.Name, u.Name) }
		here := func(s policy.Site) bool { return s.Name == site.Name }
		if slices.ContainsFunc(c.p.UserSites(u), here) && !slices.ContainsFunc(now.Principals, there) {
			c.renamed[now.Collation.Key(u.Was)] = true
		}
	}
	at := map[string]int{}
	c.accounts = slices.Grow(c.accounts, len(d.holders()))
	for _, h := range d.holders() {
		if after != now {
			at[now.Collation.Key(h.Name)] = len(c.accounts)
		}
		c.accounts = append(c.accounts, d.accept(c.account(site.Name, now, h), accepted, h.roles))
	}
	if after != now {
		c.afterwards(site.Name, after, at, accepted)
	}
	c.accounts = c.rolls.add(site.Name, c.accounts)
}

// afterwards adds what the site holds once the plan is applied to the accounts
// that it holds now, which are at these places.
func (c *census) afterwards(site string, after *grants.Snapshot, at map[string]int, accepted []policy.Outsider) {
	for _, i := range at {
		c.accounts[i].Active = false
	}
	d := newDoors(after)
	for _, h := range d.holders() {
		i, ok := at[after.Collation.Key(h.Name)]
		if !ok {
			i = len(c.accounts)
			c.accounts = append(c.accounts, d.accept(c.account(site, after, h), accepted, h.roles))
			c.accounts[i].Now = false
		}
		c.accounts[i].Active = h.can
		c.accounts[i].Why = cmp.Or(h.why, c.accounts[i].Why)
	}
}

// calling is the policy's people as a site compares names.
type calling struct {
	named  map[string]*policy.User // by key of their name
	logins map[string]*policy.User // whose a login is, by key of its name, as the server compares names
	former []*policy.User          // who had another name
}

// callingIn is how a site does it.
func (c *census) callingIn(s *grants.Snapshot) *calling {
	way := fmt.Sprintf("%q %v %q %v", s.Collation.Name, s.Collation.Rule, s.ServerCollation.Name, s.ServerCollation.Rule)
	own := s.Collation.Same != nil || s.ServerCollation.Same != nil // as the server said of these names
	if known := c.callings[way]; known != nil && !own {
		return known
	}
	x := &calling{named: make(map[string]*policy.User, len(c.p.Users)), logins: make(map[string]*policy.User, len(c.p.Users))}
	for _, u := range c.p.Users {
		x.named[s.Collation.Key(u.Name)], x.logins[s.ServerCollation.Key(u.Login)] = u, u
		if u.Was != "" {
			x.former = append(x.former, u)
		}
	}
	for _, u := range c.p.Users { // who had a name, where nobody has it now
		if u.Was != "" && x.named[s.Collation.Key(u.Was)] == nil {
			x.named[s.Collation.Key(u.Was)] = u
		}
		if u.LoginBefore() != "" && x.logins[s.ServerCollation.Key(u.LoginBefore())] == nil {
			x.logins[s.ServerCollation.Key(u.LoginBefore())] = u
		}
	}
	if c.callings == nil {
		c.callings = map[string]*calling{}
	}
	if !own {
		c.callings[way] = x
	}
	return x
}

// account is a holder in the words of package licensing.
func (c *census) account(site string, s *grants.Snapshot, h holder) licensing.Account {
	return licensing.Account{Name: h.Name, Login: h.login, SID: h.SID, Site: site, Active: h.can, Now: h.can, Why: h.why, Origin: "site",
		Leaving: h.Managed && !c.ownPassword(h), Namesake: c.namesake(s, h), Renamed: len(c.renamed) > 0 && c.renamed[s.Collation.Key(h.Name)] && !c.ownPassword(h), Group: h.Type.IsGroup(), Runner: h.runner}
}

// namesake reports whether an account has the name of somebody of the policy, or
// the one that they had, and is known to be another's: by the login that enters as
// it, which is not theirs, unless that is the one of a user of grantree's whose
// login was renamed.
func (c *census) namesake(s *grants.Snapshot, h holder) bool {
	u, named := c.named[s.Collation.Key(h.Name)]
	switch {
	case c.ownPassword(h):
		return named
	case !named || h.login == "":
		return false
	case s.ServerCollation.Equal(h.login, u.Login) || u.LoginBefore() != "" && s.ServerCollation.Equal(h.login, u.LoginBefore()):
		return false
	}
	if whose, known := c.logins[s.ServerCollation.Key(h.login)]; known && whose != u {
		return true
	}
	return !h.Managed || slices.ContainsFunc(s.Logins, func(l grants.Login) bool {
		return !l.IsRole() && (s.ServerCollation.Equal(l.Name, u.Login) || u.LoginBefore() != "" && s.ServerCollation.Equal(l.Name, u.LoginBefore()))
	})
}

// ownPassword reports whether an account has a password of its own in a site whose
// people are to have logins: the name makes it nobody's of the policy.
func (c *census) ownPassword(h holder) bool {
	return h.AuthType == grants.AuthDatabase && !c.contained
}

// accept notes which outsider an account is counted with: by its own name, its
// login's, or that of a role that it is in. A group whose people the policy does
// not state stays uncounted, accepted or not.
func (d *doors) accept(a licensing.Account, accepted []policy.Outsider, roles []int) licensing.Account {
	by := func(o policy.Outsider) bool {
		return d.s.Collation.Equal(o.Name, a.Name) || a.Login != "" && d.s.ServerCollation.Equal(o.Name, a.Login)
	}
	i := slices.IndexFunc(accepted, by)
	if i < 0 {
		i = slices.IndexFunc(accepted, func(o policy.Outsider) bool {
			return slices.ContainsFunc(roles, func(id int) bool { return d.roles[id] != "" && d.s.Collation.Equal(o.Name, d.roles[id]) })
		})
	}
	if i >= 0 && (accepted[i].Stated || !a.Group) { // how many a group is only the policy can say
		a.Outsider, a.People = accepted[i].Name, accepted[i].People
	}
	return a
}

// afterwards is the site's accounts once its plan is applied, as the engine
// would leave them. A site that stays as it is has no other.
func (sp SitePlan) afterwards(now *grants.Snapshot) *grants.Snapshot {
	switch {
	case sp.Stays() || sp.Empty():
		return now
	case sp.Snapshot == nil:
		return sp.kept.afterwards()
	}
	return afterwards(sp)
}

// afterwards is the same of a site that changes.
func afterwards(sp SitePlan) *grants.Snapshot {
	if sp.end != nil {
		return sp.end
	}
	changes := make([]grants.Change, 0, len(sp.Plan.Changes))
	for _, c := range sp.Plan.Changes {
		if c.View == "" { // memberships too: a role may let in, or keep out
			changes = append(changes, c)
		}
	}
	if len(changes) == 0 {
		return sp.Snapshot
	}
	bare := *sp.Snapshot
	bare.Schemas, bare.Views, bare.Objects, bare.Dependencies = nil, nil, nil, nil
	bare.Permissions = slices.DeleteFunc(slices.Clone(bare.Permissions), func(r grants.PermissionRow) bool { return r.Class != grants.ClassDatabase })
	after, err := bare.With(changes)
	if err != nil {
		return sp.Snapshot // a finding says that the server would refuse the plan
	}
	return after
}

// tally counts what was gathered. Two names are one where any server says so.
func (c *census) tally() licensing.Count {
	l := license(c.p)
	l.Unread = c.unread()
	count := licensing.Tally(slices.Concat(c.rolls.accounts(), people(c.p)), l, folds(c.servers)...)
	count.Uncounted = append(count.Uncounted, c.powers...)
	slices.SortFunc(count.Uncounted, func(a, b licensing.Uncounted) int {
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Why, b.Why))
	})
	count.Uncounted = slices.Compact(count.Uncounted)
	return count
}

// unread names the sites in use that were not added.
func (c *census) unread() []string {
	var out []string
	for _, s := range c.p.SitesInUse() {
		if !c.seen[s.Name] {
			out = append(out, s.Name)
		}
	}
	return out
}

// folds are how names compare on some servers, each way once: a server that was
// asked about names has a way of its own. Without any it is as servers usually do.
func folds(servers []grants.Collation) []func(string) string {
	seen := map[string]bool{}
	var out []func(string) string
	for _, c := range servers {
		if c.Same == nil && seen[c.Name] {
			continue
		}
		seen[c.Name] = seen[c.Name] || c.Same == nil
		out = append(out, c.Key)
	}
	if len(out) == 0 {
		out = append(out, grants.Collation{}.Key)
	}
	return out
}

// folds are how names compare on the servers of the policy, as far as they were
// read.
func (fp *FleetPlan) folds() []func(string) string { return folds(fp.servers()) }

// servers are the collations of those servers.
func (fp *FleetPlan) servers() []grants.Collation {
	var out []grants.Collation
	for _, s := range fp.Sites {
		out = append(out, s.known().head.ServerCollation)
	}
	for _, r := range fp.others {
		if r.Read() {
			out = append(out, r.held().ServerCollation)
		}
	}
	return out
}
