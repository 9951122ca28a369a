package policy

import (
	"slices"

	"grantree/catalog"
)

// Site returns the site of this name. An exact match goes before one that
// differs in case.
func (p *Policy) Site(name string) (Site, bool) {
	return find(p.Sites, name, func(s Site) string { return s.Name })
}

// Server returns the server of this name.
func (p *Policy) Server(name string) (Server, bool) {
	return find(p.Servers, name, func(s Server) string { return s.Name })
}

// Group returns the group of this name, or nil. An exact match goes before
// one that differs in case.
func (p *Policy) Group(name string) *Group {
	g, _ := find(p.Groups, name, func(g *Group) string { return g.Name })
	return g
}

// User returns the user of this name, or nil. An exact match goes before one
// that differs in case.
func (p *Policy) User(name string) *User {
	u, _ := find(p.Users, name, func(u *User) string { return u.Name })
	return u
}

// find returns the item with a name: the one that is spelt so, else the first
// that differs in case alone.
func find[T any](items []T, name string, of func(T) string) (T, bool) {
	if i := slices.IndexFunc(items, func(t T) bool { return of(t) == name }); i >= 0 {
		return items[i], true
	}
	if i := slices.IndexFunc(items, func(t T) bool { return sameName(of(t), name) }); i >= 0 {
		return items[i], true
	}
	var none T
	return none, false
}

// UserSites returns the sites that a user may enter, in the policy's order. An
// inactive user enters none.
func (p *Policy) UserSites(u *User) []Site {
	if u.Inactive {
		return nil
	}
	return p.namedSites(u.Sites)
}

// namedSites returns the sites that a list names, "*" being every one.
func (p *Policy) namedSites(names []string) []Site {
	if slices.Contains(names, "*") {
		return slices.Clone(p.Sites)
	}
	named := map[string]bool{}
	for _, n := range names {
		if s, ok := p.Site(n); ok {
			named[s.Name] = true
		}
	}
	var out []Site
	for _, s := range p.Sites {
		if named[s.Name] {
			out = append(out, s)
		}
	}
	return out
}

// enters reports whether a user may enter a site.
func (p *Policy) enters(u *User, site string) bool {
	if u.Inactive {
		return false
	}
	if slices.Contains(u.Sites, "*") || slices.Contains(u.Sites, site) {
		return true
	}
	return slices.ContainsFunc(u.Sites, func(n string) bool {
		if !sameName(n, site) {
			return false
		}
		s, ok := p.Site(n)
		return ok && s.Name == site
	})
}

// resolveWithin finds what a name means where t is being spoken of: a name
// that is ambiguous in the whole tree may be clear within t.
func (p *Policy) resolveWithin(name string, t catalog.Target) (catalog.Target, *catalog.LookupError) {
	found, failed := p.Catalog.Resolve(name)
	if failed == nil || !failed.Ambiguous() {
		return found, failed
	}
	covered := map[string]bool{}
	for _, n := range p.Catalog.Under(t.Roots(), t.Except) {
		covered[n.Path.Key()] = true
	}
	var inside []catalog.Candidate
	for _, c := range failed.Candidates {
		if covered[c.Path.Key()] {
			inside = append(inside, c)
		}
	}
	if len(inside) != 1 {
		return found, failed
	}
	return p.Catalog.Resolve(inside[0].Path.String())
}
