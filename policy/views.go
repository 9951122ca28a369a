package policy

import (
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// SiteNames is what a site was seen to have: the views of the application that
// the catalog does not know, and which of the principals that the policy accepts.
type SiteNames struct {
	Site      string
	Collation grants.Collation
	Views     []string
	accepted  map[string]sighting
}

// Beyond returns what CheckNames has to remember of a site.
func (p *Policy) Beyond(s *grants.Snapshot, w *grants.Wanted) SiteNames {
	out := SiteNames{Site: w.Site, Collation: w.Collation, accepted: p.sightings(s)}
	for _, v := range w.Views {
		if !p.Catalog.HasView(catalog.ViewName(v)) {
			out.Views = append(out.Views, v)
		}
	}
	return out
}

// has reports whether the site has a view.
func (s SiteNames) has(name catalog.ViewName) bool {
	return slices.ContainsFunc(s.Views, func(v string) bool { return s.Collation.Equal(v, string(name)) })
}

// maxSuggested is how many unknown names are compared with the known ones.
const maxSuggested = 500

// CheckNames judges the names that the policy writes and that only sites can
// know, against the sites that were read: of views that the catalog does not
// have, and of the principals that it accepts. all says that every site of the
// policy was read.
//
// A name of a view that no site has is an error where all were read, or where it is one
// slip from a known name; else nobody knows, and it is a warning. A name that
// some sites have and others neither have nor ignore is a warning for each of
// those. An ignored name is judged against its site alone, and only where that
// was read.
func (p *Policy) CheckNames(read []SiteNames, all bool) finding.List {
	c := viewCheck{p: p, read: read, all: all, names: map[string]writtenView{}}
	c.gather()
	var out finding.List
	for _, w := range c.order {
		out = append(out, c.judge(w)...)
	}
	for _, s := range read {
		out = append(out, c.ignored(s)...)
	}
	return append(out, p.checkAccepted(read)...).Sorted()
}

// writtenView is a name of a view that the catalog does not know, with the
// first line that writes it.
type writtenView struct {
	name catalog.ViewName
	pos  finding.Pos
	// sites are where a line reaches it: the sites of one user or, nil, all.
	// A name that no line reaches is only mentioned.
	reached bool
	sites   map[string]bool
}

// viewCheck is one run of CheckNames.
type viewCheck struct {
	p         *Policy
	read      []SiteNames
	all       bool
	names     map[string]writtenView
	order     []writtenView
	suggested int
	known     []string
}

// gather collects the names that lines, waivers, tests and the like write.
func (c *viewCheck) gather() {
	for _, g := range c.p.Groups {
		c.lines(slices.Concat(g.Allow, g.Deny), everywhere)
	}
	for _, u := range c.p.Users {
		if len(u.Allow)+len(u.Deny)+len(u.At) == 0 {
			continue
		}
		var all map[string]bool // once it is asked for
		in := func() map[string]bool {
			if all == nil {
				all = map[string]bool{}
				for _, s := range c.p.UserSites(u) {
					all[s.Name] = true
				}
			}
			return all
		}
		c.lines(slices.Concat(u.Allow, u.Deny), in)
		for _, a := range u.At {
			c.lines(slices.Concat(a.Allow, a.Deny), func() map[string]bool {
				there, users := map[string]bool{}, in()
				for _, s := range c.p.namedSites(a.Sites) {
					there[s.Name] = users[s.Name]
				}
				return there
			})
		}
	}
	for _, w := range c.p.Waivers {
		c.add(w.View, w.Pos, false, everywhere)
	}
	for _, v := range c.p.Confidential {
		c.add(v.View, v.Pos, false, everywhere)
	}
	for _, n := range c.p.Nevers {
		for _, on := range []string{n.On, n.WithOn} {
			if c.p.looksLikeView(on) {
				c.add(catalog.ViewName(on), n.Pos, false, everywhere)
			}
		}
	}
	for _, t := range c.p.Tests {
		if c.p.looksLikeView(t.On) {
			c.add(catalog.ViewName(t.On), t.Pos, false, everywhere)
		}
	}
	for _, w := range c.names {
		c.order = append(c.order, w)
	}
	slices.SortFunc(c.order, func(a, b writtenView) int {
		if by := a.pos.Compare(b.pos); by != 0 {
			return by
		}
		return strings.Compare(string(a.name), string(b.name))
	})
}

// everywhere is all sites.
func everywhere() map[string]bool { return nil }

// lines collects the names of a group's or user's lines; sites says where they
// hold, and is asked where the catalog does not know a name.
func (c *viewCheck) lines(lines []Entry, sites func() map[string]bool) {
	for _, e := range lines {
		c.add(e.View, e.Pos, true, sites)
		for _, name := range e.Except {
			if c.p.looksLikeView(name) {
				c.add(catalog.ViewName(name), e.Pos, false, everywhere)
			}
		}
	}
}

// add notes a name, unless the catalog knows it or the vendor wrote it.
func (c *viewCheck) add(name catalog.ViewName, at finding.Pos, reached bool, sites func() map[string]bool) {
	if name == "" || IsVendor(at) || c.p.Catalog.HasView(name) {
		return
	}
	name = c.p.Catalog.SiteName(name)
	w, again := c.names[name.Key()]
	switch {
	case !again:
		w = writtenView{name: name, pos: at, reached: reached, sites: sites()}
	case at.Compare(w.pos) < 0:
		w.pos = at
	}
	if again && reached {
		w.sites = join(w.sites, sites(), w.reached)
		w.reached = true
	}
	c.names[name.Key()] = w
}

// join adds the sites of one more line; nil is all of them. before says that
// there was a line already.
func join(a, b map[string]bool, before bool) map[string]bool {
	if before && a == nil || b == nil {
		return nil
	}
	out := map[string]bool{}
	for _, m := range []map[string]bool{a, b} {
		for name := range m {
			out[name] = true
		}
	}
	return out
}

// judge says what is wrong with one name.
func (c *viewCheck) judge(w writtenView) finding.List {
	var out finding.List
	var have, lack []string
	for _, s := range c.read {
		switch {
		case s.has(w.name):
			have = append(have, s.Site)
		case w.reached && (w.sites == nil || w.sites[s.Site]) && !c.ignores(s, w.name):
			lack = append(lack, s.Site)
		}
	}
	slip, near := c.near(w.name)
	switch {
	case len(have) > 0:
		for _, site := range lack {
			out.Warnf(finding.ViewMissing, w.pos, ignoreFix, "site %q has no view %s, which the policy reaches", site, w.name)
		}
	case c.all:
		out.Errorf(finding.UnknownView, w.pos, orFix(near, "correct it, or remove the line"), "view %q is in no site, and the catalog does not list it", w.name)
	case slip:
		out.Errorf(finding.UnknownView, w.pos, near, "view %q is not in the catalog, which has a name one slip away", w.name)
	default:
		out.Warnf(finding.ViewNotChecked, w.pos, orFix(near, `"grantree plan" looks for it in the sites`), "view %q is not in the catalog, and not every site was read", w.name)
	}
	return out
}

// orFix returns the first fix, or where that is empty the second.
func orFix(fix, otherwise string) string {
	if fix != "" {
		return fix
	}
	return otherwise
}

// near returns the fix that offers the nearest known name, and whether that is
// only one slip away.
func (c *viewCheck) near(name catalog.ViewName) (slip bool, fix string) {
	if c.suggested++; c.suggested > maxSuggested {
		return false, ""
	}
	if c.known == nil {
		c.known = c.p.viewNames()
		for _, s := range c.read {
			c.known = append(c.known, s.Views...)
		}
	}
	if near := finding.OneSlip(string(name), c.known); near != "" {
		return true, ask(near)
	}
	return false, didYouMean(string(name), c.known, "")
}

// ignores reports whether a site's ignore list, or the catalog's, has a view.
func (c *viewCheck) ignores(s SiteNames, name catalog.ViewName) bool {
	return slices.ContainsFunc(c.p.ignored(s.Site), func(v catalog.ViewName) bool { return s.Collation.Equal(string(v), string(name)) })
}

// ignored judges the names that one site ignores: each is a view that the site
// has beyond the catalog, or one that the catalog or a line has beyond the site.
func (c *viewCheck) ignored(s SiteNames) finding.List {
	var out finding.List
	site, _ := c.p.Site(s.Site)
	for _, v := range site.Ignore {
		name := c.p.Catalog.SiteName(catalog.ViewName(v))
		if _, written := c.names[name.Key()]; written || s.has(name) || c.p.Catalog.HasView(name) {
			continue
		}
		_, near := c.near(name)
		out.Errorf(finding.UnknownView, site.Pos, orFix(near, "remove it from the list"), "site %q ignores the view %q, which neither it nor the catalog has", site.Name, v)
	}
	return out
}
