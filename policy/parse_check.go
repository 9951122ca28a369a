package policy

import (
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// checkNames objects to two parts of the policy with one name. Names of groups
// and users that differ in case alone collide or not by each site's collation;
// that is checked by Wanted.
func (p *parser) checkNames() {
	groups, users, sites, databases := map[string]finding.Pos{}, map[string]finding.Pos{}, map[string]finding.Pos{}, map[string]Site{}
	for _, g := range p.p.Groups {
		p.unique(groups, g.Name, g.Name, finding.DuplicateGroup, "group", p.groupAt[g].at("name"), g.Pos)
	}
	for _, u := range p.p.Users {
		p.unique(users, u.Name, u.Name, finding.DuplicateUser, "user", p.userAt[u].at("name"), u.Pos)
	}
	fold := grants.Collation{}.Key
	for _, s := range p.p.Sites {
		p.unique(sites, fold(s.Name), s.Name, finding.DuplicateSite, "site", s.Pos, s.Pos)
		key := fold(s.Server) + "\x00" + fold(s.Database)
		if before, ok := databases[key]; ok && s.Database != "" && !sameName(before.Name, s.Name) {
			p.findings.Errorf(finding.DuplicateSite, s.Pos, "remove one of them", "sites %q (%s) and %q are the same database", before.Name, before.Pos, s.Name)
		}
		databases[key] = s
	}
	p.checkRoles()
	p.checkBaseline()
	p.checkWas()
}

// checkWas objects to a name before that is somebody's now: it is renamed one
// at a time. A name that differs in capitals alone is another one where a site
// tells them apart, and the same where it does not.
func (p *parser) checkWas() {
	for _, g := range p.p.Groups {
		other, now := find(p.p.Groups, g.Was, func(g *Group) string { return g.Role })
		switch {
		case g.Was == "":
		case now && other == g && g.Was == g.Role:
			p.findings.Errorf(finding.RenameTaken, p.groupAt[g].at("was"), "remove it", "group %q has the role %q as before", g.Name, g.Was)
		case now && other != g:
			p.findings.Errorf(finding.RenameTaken, p.groupAt[g].at("was"), "rename one at a time: the second once the first is done in every site",
				"%q, the role that group %q had, is that of group %q (%s)", g.Was, g.Name, other.Name, other.Pos)
		default:
			p.validPrincipal(g.Was, "role", p.groupAt[g].at("was"))
		}
	}
	for _, u := range p.p.Users {
		other := p.p.User(u.Was)
		switch {
		case u.Was == "":
		case other == u && u.Was == u.Name:
			p.findings.Errorf(finding.RenameTaken, p.userAt[u].at("was"), "remove it", "user %q has that name as before", u.Name)
		case other != nil && other != u:
			p.findings.Errorf(finding.RenameTaken, p.userAt[u].at("was"), "rename one at a time: the second once the first is done in every site",
				"%q, the name that user %q had, is that of another (%s)", u.Was, u.Name, other.Pos)
		default:
			p.validPrincipal(u.Was, "user", p.userAt[u].at("was"))
		}
		if u.WasLogin != "" {
			p.validName(u.WasLogin, "login", p.userAt[u].at("was_login"))
		}
	}
}

// unique objects to a name whose key was used before.
func (p *parser) unique(seen map[string]finding.Pos, key, name, code, what string, at, pos finding.Pos) {
	key = strings.TrimRight(key, " ")
	if before, ok := seen[key]; ok {
		p.findings.Errorf(code, at, "rename or remove one of them", "%s %q stands at %s already", what, name, before)
		return
	}
	seen[key] = pos
}

// checkRoles objects to two groups with the same role in one site.
func (p *parser) checkRoles() {
	by := map[string][]*Group{}
	for _, g := range p.p.Groups {
		for _, before := range by[g.Role] {
			if before.Name != g.Name && sharePlaces(before.Sites, g.Sites) {
				p.findings.Errorf(finding.DuplicateRole, p.groupAt[g].at("role"), "give one of them another role, or each sites of its own",
					"groups %q (%s) and %q have the same role %q", before.Name, before.Pos, g.Name, g.Role)
				break
			}
		}
		by[g.Role] = append(by[g.Role], g)
	}
}

// sharePlaces reports whether two lists of sites as they are written, where none
// and "*" are every one, have one in common.
func sharePlaces(a, b []string) bool {
	every := func(list []string) bool { return len(list) == 0 || slices.Contains(list, "*") }
	return every(a) || every(b) || slices.ContainsFunc(a, func(x string) bool {
		return slices.ContainsFunc(b, func(y string) bool { return sameName(x, y) })
	})
}

// checkBaseline objects to a second group that every user would be in.
func (p *parser) checkBaseline() {
	var before []*Group
	for _, g := range p.p.Groups {
		if !g.Baseline {
			continue
		}
		if i := slices.IndexFunc(before, func(b *Group) bool { return sharePlaces(b.Sites, g.Sites) }); i >= 0 {
			p.findings.Errorf(finding.DuplicateBaseline, p.groupAt[g].at("baseline"),
				"keep one; a group of the same name takes the place of the vendor's",
				"groups %q (%s) and %q are both the group that every user is in", before[i].Name, before[i].Pos, g.Name)
		}
		before = append(before, g)
	}
}

func (p *parser) siteNames() []string {
	var out []string
	for _, s := range p.p.Sites {
		out = append(out, s.Name)
	}
	return out
}

func (p *parser) serverNames() []string {
	var out []string
	for _, s := range p.p.Servers {
		out = append(out, s.Name)
	}
	return out
}

func (p *parser) userNames() []string {
	var out []string
	for _, u := range p.p.Users {
		out = append(out, u.Name)
	}
	return out
}

// checkReferences objects to what settings, waivers and tests name and the
// policy lacks, and to two users of one login.
func (p *parser) checkReferences() {
	p.checkSettings()
	p.checkHome()
	for _, w := range p.p.Waivers {
		if w.Group != "" && p.p.Group(w.Group) == nil && !IsVendor(w.Pos) {
			p.findings.Errorf(finding.UnknownGroup, w.Pos, p.didYouMean(w.Group, p.groupNames(), p.listGroups()), "the waiver of %q is for the group %q, which does not exist", w.View, w.Group)
		}
		if w.User != "" && p.p.User(w.User) == nil {
			p.findings.Errorf(finding.UnknownUser, w.Pos, p.didYouMean(w.User, p.userNames(), ""), "the waiver of %q is for the user %q, who does not exist", w.View, w.User)
		}
	}
	for _, t := range p.p.Tests {
		if p.p.User(t.User) == nil {
			p.findings.Errorf(finding.UnknownUser, t.Pos, p.didYouMean(t.User, p.userNames(), ""), "a test is about the user %q, who does not exist", t.User)
		}
		for _, name := range t.Sites {
			if _, ok := p.p.Site(name); !ok && name != "*" {
				p.findings.Errorf(finding.UnknownSite, t.Pos, p.didYouMean(name, p.siteNames(), "add a [[site]]"), "a test names the site %q, which does not exist", name)
			}
		}
	}
	p.checkLogins()
	p.checkOutsiders()
	p.checkNevers()
	p.checkConfidential()
	p.checkLedger()
	p.checkBreakGlass()
	p.checkReviews()
}

// checkSettings objects to what [policy] names and the policy lacks.
func (p *parser) checkSettings() {
	s := p.p.Settings
	if s.Administrators != "" && p.p.Group(s.Administrators) == nil {
		p.findings.Errorf(finding.UnknownGroup, p.settingsAt.at("administrators"), p.didYouMean(s.Administrators, p.groupNames(), p.listGroups()), "administrators names the group %q, which does not exist", s.Administrators)
	}
	var roles []string
	for _, g := range p.p.Groups {
		roles = append(roles, g.Role)
	}
	for i, name := range s.Adopt {
		if _, ok := find(roles, name, func(r string) string { return r }); !ok && name != "*" && name != "" {
			p.findings.Errorf(finding.UnknownRole, p.settingsAt.at("adopt", i), p.didYouMean(name, roles, `write the role of a group, or "*"`), "adopt names %q, which is the role of no group", name)
		}
	}
}

// checkLogins objects to two people with one login in one site: a login has at
// most one user in a database (error 15063).
func (p *parser) checkLogins() {
	by := map[string][]*User{}
	for _, u := range p.p.Users {
		key := grants.Collation{}.Key(u.Login)
		for _, before := range by[key] {
			if before.Name != u.Name && p.shareSite(before, u) && before.Login == u.Login {
				p.findings.Errorf(finding.DuplicateLogin, p.userAt[u].at("login"), "give each person a login",
					"users %q (%s) and %q have the same login %q", before.Name, before.Pos, u.Name, u.Login)
			}
		}
		by[key] = append(by[key], u)
	}
}

// shareSite reports whether there is a site that both may enter.
func (p *parser) shareSite(a, b *User) bool {
	for _, s := range p.p.UserSites(a) {
		if p.p.enters(b, s.Name) {
			return true
		}
	}
	return false
}
