package policy

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"slices"

	"grantree/catalog"
	"grantree/grants"
)

// SiteChange is what becomes of the people of one site from one policy to another.
type SiteChange struct {
	Site   string
	Gone   bool // the later policy has no such site in use
	New    bool // the earlier one has none
	People grants.People
	Views  []string // that the effects are about
}

// Between says who gains and loses what from one policy to another, by the policies
// alone, in sites that have every view that either knows. Both are taken as they
// are: see At. Sites in which the same becomes of everybody share their lists; they
// stand in the order of the later policy, those that are gone last. more are views
// that the sites have besides.
func Between(before, after *Policy, more ...string) []SiteChange {
	b := pair{before: before, after: after, views: append(knownTo(before, after), more...), known: map[[2][sha256.Size]byte]SiteChange{}}
	var out []SiteChange
	for _, s := range after.SitesInUse() {
		old, there := before.inUseNamed(s.Name)
		out = append(out, b.site(s, old, there, true))
	}
	for _, s := range before.SitesInUse() {
		if _, there := after.inUseNamed(s.Name); !there {
			out = append(out, b.site(s, s, true, false))
		}
	}
	return out
}

// pair is two policies, and what was worked out of sites alike.
type pair struct {
	before, after *Policy
	views         []string
	known         map[[2][sha256.Size]byte]SiteChange
}

// site says what becomes of a site, which was old before.
func (b *pair) site(s, old Site, was, is bool) SiteChange {
	var key [2][sha256.Size]byte
	var from, to *grants.Snapshot
	if was {
		from = b.before.OfflineWith(old, b.views)
		key[0] = b.before.kindOf(from)
	}
	if is {
		to = b.after.OfflineWith(s, b.views)
		key[1] = b.after.kindOf(to)
	}
	found, again := b.known[key]
	if !again {
		var one, two *grants.Wanted
		if was {
			one, _ = b.before.Wanted(from)
		}
		if is {
			two, _ = b.after.Wanted(to)
		}
		found.People, found.Views = grants.Between(one, two)
		b.known[key] = found
	}
	found.Site, found.New, found.Gone = s.Name, !was, !is
	return found
}

// inUseNamed returns the site of a name, unless it is retired.
func (p *Policy) inUseNamed(name string) (Site, bool) {
	s, ok := p.Site(name)
	return s, ok && !s.Retired
}

// knownTo are the views that catalogs have or lines name, and one for all others.
func knownTo(policies ...*Policy) []string {
	names := map[string]bool{}
	for _, p := range policies {
		for _, v := range p.Catalog.Views() {
			names[string(v)] = true
		}
		if p.Catalog.Prefix != "" {
			names[p.Catalog.Prefix+AnyOther] = true
		}
		note := func(v catalog.ViewName) {
			if v != "" {
				names[string(p.Catalog.SiteName(v))] = true
			}
		}
		for _, g := range p.Groups {
			p.namesOf(g.Allow, note)
			p.namesOf(g.Deny, note)
		}
		for _, u := range p.Users {
			p.namesOf(u.lines(), note)
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// GroupChange is what becomes of a group from one policy to another.
type GroupChange struct {
	Name, Was string // Was: of one that has another name now
	New, Gone bool
	// What the group gives and denies now and did not, or did and does not any
	// more, by view.
	Gain, Lose, Denies, Spares map[string]catalog.Permissions
	Joined, Left               []string // people, in whatever site
}

// Empty reports whether nothing becomes of the group.
func (c GroupChange) Empty() bool {
	return !c.New && !c.Gone && c.Was == "" && len(c.Gain)+len(c.Lose)+len(c.Denies)+len(c.Spares)+len(c.Joined)+len(c.Left) == 0
}

// GroupsBetween says which groups change from one policy to another: in what they
// give, and in who is in them. They are sorted by name. A baseline's people, who are
// all, are not listed.
func GroupsBetween(before, after *Policy) []GroupChange {
	views := knownTo(before, after)
	one, two := before.Everywhere().rolesOn(views), after.Everywhere().rolesOn(views)
	var out []GroupChange
	taken := map[*Group]bool{}
	for _, g := range after.Groups {
		c := GroupChange{Name: g.Name}
		old := before.Group(g.Name)
		if old == nil && g.Was != "" && after.Group(g.Was) == nil {
			if old = before.Group(g.Was); old != nil {
				c.Was = old.Name
			}
		}
		taken[old], c.New = true, old == nil
		c.rows(one.of(old), two.of(g))
		if !g.Baseline || old != nil && !old.Baseline {
			c.members(before, old, after, g)
		}
		out = append(out, c)
	}
	for _, g := range before.Groups {
		if !taken[g] {
			c := GroupChange{Name: g.Name, Gone: true}
			c.rows(one.of(g), granted{})
			c.members(before, g, after, nil)
			out = append(out, c)
		}
	}
	out = slices.DeleteFunc(out, GroupChange.Empty)
	slices.SortFunc(out, func(x, y GroupChange) int { return cmp.Compare(x.Name, y.Name) })
	return out
}

// granted is what a role is given and denied, by view.
type granted struct {
	may, not map[string]catalog.Permissions
}

// roles is what each role of a site is granted, by the key of its name.
type roles struct {
	w    *grants.Wanted
	rows map[string]granted
}

// rolesOn works out the roles of a site that has these views.
func (p *Policy) rolesOn(views []string) roles {
	w, _ := p.Wanted(p.OfflineWith(Site{Name: "any site"}, views))
	out := roles{w, map[string]granted{}}
	for i := range w.Entries {
		e := &w.Entries[i]
		key := w.Collation.Key(e.Grantee)
		if out.rows[key].may == nil {
			out.rows[key] = granted{map[string]catalog.Permissions{}, map[string]catalog.Permissions{}}
		}
		if e.State == grants.Denied {
			out.rows[key].not[e.View] |= e.Permission
		} else {
			out.rows[key].may[e.View] |= e.Permission
		}
	}
	return out
}

func (r roles) of(g *Group) granted {
	if g == nil {
		return granted{}
	}
	return r.rows[r.w.Collation.Key(g.Role)]
}

// rows notes what differs in what a group gives and denies.
func (c *GroupChange) rows(old, now granted) {
	c.Gain, c.Lose = beyond(now.may, old.may), beyond(old.may, now.may)
	c.Denies, c.Spares = beyond(now.not, old.not), beyond(old.not, now.not)
}

// beyond is what a set has that another has not.
func beyond(has, than map[string]catalog.Permissions) map[string]catalog.Permissions {
	out := map[string]catalog.Permissions{}
	for view, p := range has {
		if more := p.Minus(than[view]); !more.IsEmpty() {
			out[view] = more
		}
	}
	return out
}

// members notes who comes and who goes. Somebody of another name (Was) is who they
// were.
func (c *GroupChange) members(before *Policy, old *Group, after *Policy, now *Group) {
	had := map[string]string{}
	if old != nil {
		for _, m := range before.Members(old) {
			if !m.User.Inactive {
				had[foldName(m.User.Name)] = m.User.Name
			}
		}
	}
	if now != nil {
		for _, m := range after.Members(now) {
			if m.User.Inactive {
				continue
			}
			key := foldName(m.User.Name)
			if _, known := had[key]; !known && m.User.Was != "" && after.User(m.User.Was) == nil {
				key = foldName(m.User.Was)
			}
			if _, known := had[key]; !known {
				c.Joined = append(c.Joined, m.User.Name)
			}
			delete(had, key)
		}
	}
	c.Left = append(c.Left, slices.Sorted(maps.Values(had))...)
	slices.Sort(c.Joined)
}
