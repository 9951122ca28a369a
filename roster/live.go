package roster

import (
	"slices"
	"strings"

	"grantree/grants"
	"grantree/policy"
)

// What a server says of a login.
const (
	LoginEnabled  = "enabled"
	LoginDisabled = "disabled"
	LoginMissing  = "missing"
	LoginNeedless = "none needed" // all their sites there are contained
	Unknown       = "unknown"     // it cannot be seen, or was not asked
)

// Observe puts what sites and servers hold in the place of what the policy
// gives: the groups that a person is in in each site, and their login on each
// server. What was not read is unknown, never as the policy has it. Status and
// LastLogin are for whoever can ask for them.
func Observe(people []Person, p *policy.Policy, snapshots []*grants.Snapshot) {
	for i := range people {
		people[i].SiteGroups, people[i].Live = []SiteGroup{}, &Live{}
	}
	logins := make([]map[string]string, len(people)) // by server
	for i := range logins {
		logins[i] = map[string]string{}
	}
	for _, site := range p.SitesInUse() {
		at := slices.IndexFunc(snapshots, func(s *grants.Snapshot) bool { return s.Site == site.Name })
		if at < 0 {
			for i, u := range p.Users {
				if slices.ContainsFunc(p.UserSites(u), func(s policy.Site) bool { return s.Name == site.Name }) {
					people[i].SiteGroups = append(people[i].SiteGroups, SiteGroup{site.Name, nil})
				}
			}
			continue
		}
		o := observe(snapshots[at], p)
		for i, u := range p.Users {
			state, groups, in := o.of(u, site.Contained)
			if logins[i][site.Server] = state; needless(p, u, site.Server) {
				logins[i][site.Server] = LoginNeedless
			}
			if in {
				people[i].SiteGroups = append(people[i].SiteGroups, SiteGroup{site.Name, groups})
			}
		}
	}
	for i, u := range p.Users {
		people[i].Live.Login = states(logins[i], serversOf(p, u))
	}
}

// needless reports whether all sites of a person on a server are contained.
func needless(p *policy.Policy, u *policy.User, server string) bool {
	on := slices.DeleteFunc(p.SitesOf(u), func(s policy.Site) bool { return s.Server != server })
	return len(on) > 0 && !slices.ContainsFunc(on, func(s policy.Site) bool { return !s.Contained })
}

// SetStatus puts what the servers say of a person's status, by server.
func (x *Person) SetStatus(p *policy.Policy, u *policy.User, by map[string]string) {
	servers := serversOf(p, u)
	for s := range by {
		if !slices.Contains(servers, s) { // that they are on all the same
			servers = append(servers, s)
		}
	}
	slices.Sort(servers[len(serversOf(p, u)):])
	x.Live.Status = states(by, servers)
}

// serversOf lists the servers of the sites that the policy names for a person,
// active or not.
func serversOf(p *policy.Policy, u *policy.User) []string {
	who := *u
	who.Inactive = false
	var out []string
	for _, s := range p.UserSites(&who) {
		if !slices.Contains(out, s.Server) {
			out = append(out, s.Server)
		}
	}
	return out
}

// states says in a word what is the same on all servers, else it of each.
func states(by map[string]string, servers []string) string {
	var each, words []string
	for _, s := range servers {
		state := by[s]
		if state == "" {
			state = Unknown
		}
		each = append(each, s+": "+state)
		if !slices.Contains(words, state) {
			words = append(words, state)
		}
	}
	switch len(words) {
	case 0:
		return Unknown
	case 1:
		return words[0]
	}
	return strings.Join(each, ", ")
}

// observation is a snapshot that is asked for many people.
type observation struct {
	*grants.Snapshot
	logins map[string]grants.Login // by key of the server's collation
	bySID  map[string]grants.Principal
	byName map[string]grants.Principal // users without a login
	groups map[int][]string            // of a user, by id
}

func observe(s *grants.Snapshot, p *policy.Policy) observation {
	o := observation{s, map[string]grants.Login{}, map[string]grants.Principal{}, map[string]grants.Principal{}, map[int][]string{}}
	for _, l := range s.Logins {
		if !l.IsRole() {
			o.logins[s.ServerCollation.Key(l.Name)] = l
		}
	}
	named := map[string]string{} // a role's group
	for _, g := range p.Groups {
		named[s.Collation.Key(g.Role)] = g.Name
	}
	roles := map[int]string{}
	for _, r := range s.Principals {
		switch {
		case r.Type == grants.DatabaseRole && named[s.Collation.Key(r.Name)] != "":
			roles[r.ID] = named[s.Collation.Key(r.Name)]
		case r.Type == grants.DatabaseRole:
			roles[r.ID] = r.Name
		default:
			if r.SID != "" {
				o.bySID[r.SID] = r
			}
			o.byName[s.Collation.Key(r.Name)] = r
		}
	}
	for _, m := range s.Members {
		if name, ok := roles[m.Role]; ok {
			o.groups[m.Member] = append(o.groups[m.Member], name)
		}
	}
	for id := range o.groups {
		slices.Sort(o.groups[id])
	}
	return o
}

// of says what there is of a person: their login, and their groups where they
// have a user. A user is theirs by the login's SID; where the login cannot be
// seen, or the user has a password of the site's own, by name.
func (o observation) of(u *policy.User, contained bool) (state string, groups []string, in bool) {
	l, ok := o.logins[o.ServerCollation.Key(u.Login)]
	user, in := o.byName[o.Collation.Key(u.Name)]
	own := contained || in && user.AuthType == grants.AuthDatabase
	switch {
	case ok && l.Disabled:
		state = LoginDisabled
	case ok:
		state = LoginEnabled
	case o.LoginsVisible:
		state = LoginMissing
	default:
		state = Unknown
	}
	if ok && !own {
		user, in = o.bySID[l.SID]
	}
	if !in {
		return state, nil, false
	}
	return state, append([]string{}, o.groups[user.ID]...), true
}
