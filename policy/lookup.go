package policy

import (
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// Site returns the site of this name. An exact match goes before one that
// differs in case.
func (p *Policy) Site(name string) (Site, bool) {
	i := p.siteAt(name)
	if i < 0 {
		return Site{}, false
	}
	return p.Sites[i], true
}

// siteAt returns the place of the site of a name, or -1.
func (p *Policy) siteAt(name string) int { return position(p.Sites, p.siteNames, name, siteName) }

// Server returns the server of this name.
func (p *Policy) Server(name string) (Server, bool) {
	return find(p.Servers, name, func(s Server) string { return s.Name })
}

// Group returns the group of this name, or nil. An exact match goes before
// one that differs in case.
func (p *Policy) Group(name string) *Group {
	return named(p.Groups, p.groupNames, name, groupName)
}

// User returns the user of this name, or nil. An exact match goes before one
// that differs in case.
func (p *Policy) User(name string) *User {
	return named(p.Users, p.userNames, name, userName)
}

func groupName(g *Group) string { return g.Name }
func userName(u *User) string   { return u.Name }
func siteName(s Site) string    { return s.Name }

// names finds things by name without looking at each: where one is that is
// spelt so, and where the first is that differs in case alone.
type names struct {
	spelt, folded map[string]int
	size          int // how many items there were
}

// newNames notes the name of every item.
func newNames[T any](items []T, of func(T) string) names {
	n := names{make(map[string]int, len(items)), make(map[string]int, len(items)), len(items)}
	for i := len(items) - 1; i >= 0; i-- {
		name := of(items[i])
		n.spelt[name], n.folded[foldName(name)] = i, i
	}
	return n
}

// named returns the item with a name, as position finds it, or the zero item.
func named[T any](items []T, n names, name string, of func(T) string) T {
	if i := position(items, n, name, of); i >= 0 {
		return items[i]
	}
	var none T
	return none
}

// position returns the place of the item with a name, or -1: of the one that is
// spelt so, else of the first that differs in case alone. It uses n where that was
// made from these items.
func position[T any](items []T, n names, name string, of func(T) string) int {
	i, ok := n.spelt[name]
	if !ok {
		i, ok = n.folded[foldName(name)]
	}
	switch {
	case ok && i < len(items) && sameName(of(items[i]), name):
		return i
	case !ok && n.spelt != nil && n.size == len(items):
		return -1
	}
	if i := slices.IndexFunc(items, func(t T) bool { return of(t) == name }); i >= 0 {
		return i
	}
	return slices.IndexFunc(items, func(t T) bool { return sameName(of(t), name) })
}

// find returns the item with a name, without knowing where it is.
func find[T any](items []T, name string, of func(T) string) (T, bool) {
	if i := position(items, names{}, name, of); i >= 0 {
		return items[i], true
	}
	var none T
	return none, false
}

// UserSites returns the sites that a user may enter, in the policy's order. An
// inactive user enters none, and nobody a retired site. The list is not to be
// changed: it may be another's too.
func (p *Policy) UserSites(u *User) []Site {
	if u.Inactive {
		return nil
	}
	return p.SitesOf(u)
}

// SitesOf returns the sites that a user's lines name, active or not. The list is
// not to be changed.
func (p *Policy) SitesOf(u *User) []Site {
	if len(u.At) == 0 {
		return p.namedSites(u.Sites)
	}
	names := slices.Clone(u.Sites)
	for _, a := range u.At {
		names = append(names, a.Sites...)
	}
	return p.namedSites(names)
}

// elsewhere returns what stands for a user in a site in place of their own
// groups, or nil.
func (p *Policy) elsewhere(u *User, site string) *Elsewhere {
	for i := range u.At {
		if p.listed(u.At[i].Sites, site) {
			return &u.At[i]
		}
	}
	return nil
}

// GroupsIn returns the groups that a user is in in a site, without the
// baseline's, as written: those of their lines that the site has. The list is not
// to be changed.
func (p *Policy) GroupsIn(u *User, site string) []string {
	named := u.Groups
	if a := p.elsewhere(u, site); a != nil {
		named = a.Groups
	}
	elsewhere := func(name string) bool {
		g := p.Group(name)
		return g != nil && !p.isIn(g, site)
	}
	if !slices.ContainsFunc(named, elsewhere) {
		return named
	}
	return slices.DeleteFunc(slices.Clone(named), elsewhere)
}

// BaselineIn returns the group that every user of a site is in, or nil.
func (p *Policy) BaselineIn(site string) *Group {
	for _, g := range p.Groups {
		if g.Baseline && p.isIn(g, site) {
			return g
		}
	}
	return nil
}

// isIn reports whether a site has a group.
func (p *Policy) isIn(g *Group, site string) bool {
	return len(g.Sites) == 0 || p.listed(g.Sites, site)
}

// namedSites returns the sites that a list names, "*" being every one. Retired
// ones are left out.
func (p *Policy) namedSites(names []string) []Site {
	if slices.Contains(names, "*") {
		return p.sitesInUse()
	}
	var at []int
	for _, n := range names {
		if i := p.siteAt(n); i >= 0 && !p.Sites[i].Retired {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	var out []Site
	for _, i := range slices.Compact(at) {
		out = append(out, p.Sites[i])
	}
	return out
}

// enters reports whether a user may enter a site, and leaves whether one who is
// inactive may not any more.
func (p *Policy) enters(u *User, site string) bool { return !u.Inactive && p.names(u, site) }
func (p *Policy) leaves(u *User, site string) bool { return u.Inactive && p.names(u, site) }

// names reports whether a site is one of a user's.
func (p *Policy) names(u *User, site string) bool {
	return p.listed(u.Sites, site) || p.elsewhere(u, site) != nil
}

// listed reports whether a list means a site.
func (p *Policy) listed(names []string, site string) bool {
	if slices.Contains(names, "*") || slices.Contains(names, site) {
		return true
	}
	return slices.ContainsFunc(names, func(n string) bool {
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

// LoginBefore is the name that a user's login had, or "": the user's own, where
// they have one name.
func (u *User) LoginBefore() string {
	if u.WasLogin == "" && u.Was != "" && u.Login == u.Name {
		return u.Was
	}
	return u.WasLogin
}

// Principal is the type of a login of this kind.
func (a Auth) Principal() grants.PrincipalType {
	switch a {
	case AuthWindows:
		return grants.WindowsUser
	case AuthEntra:
		return grants.ExternalUser
	}
	return grants.SQLUser
}
