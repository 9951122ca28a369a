package policy

import "grantree/finding"

// checkMembership is rule 4: every user is in at least one group ("each user
// must belong to at least one group", iMaint Users, Groups and Permissions
// Overview), every group that is named exists, every site that is named exists.
func (p *parser) checkMembership() {
	for _, u := range p.p.Users {
		w := p.userAt[u]
		if len(u.Groups) == 0 && !w.broken("groups") && (len(u.Sites) > 0 || len(u.At) == 0) {
			p.findings.Errorf(finding.UserWithoutGroup, w.at(), `add groups = ["…"]`, "user %q is in no group", u.Name)
		}
		p.groupsExist(u, u.Groups, w)
		if len(u.Sites) == 0 && len(u.At) == 0 && !w.broken("sites") {
			p.findings.Errorf(finding.NoSites, w.at(), `add sites = ["…"], or sites = ["*"] for every site`, "user %q may enter no site", u.Name)
		}
		p.sitesExist(u.Sites, "user "+quote(u.Name), w)
		p.checkElsewhere(u, w)
		p.checkPlaces(u, w)
	}
	for _, g := range p.p.Groups {
		p.sitesExist(g.Sites, "group "+quote(g.Name), p.groupAt[g])
	}
	for _, s := range p.p.Sites {
		if _, ok := p.p.Server(s.Server); s.Server != "" && !ok {
			p.findings.Errorf(finding.UnknownServer, s.Pos, p.didYouMean(s.Server, p.serverNames(), "add [server."+s.Server+"]"),
				"site %q is on the server %q, which does not exist", s.Name, s.Server)
		}
	}
}

// checkPlaces objects to a site of a user that none of their groups is in.
func (p *parser) checkPlaces(u *User, w place) {
	for _, s := range p.p.SitesOf(u) {
		named := u.Groups
		if at := p.p.elsewhere(u, s.Name); at != nil {
			named = at.Groups
		}
		if len(named) > 0 && len(p.p.GroupsIn(u, s.Name)) == 0 {
			p.findings.Errorf(finding.UserWithoutGroup, w.at("groups"), "add a group that is in that site, or leave the site out", "user %q is in no group in site %q: %s has other sites", u.Name, s.Name, quoted(named, 3))
		}
	}
}

// groupsExist objects to the groups of a user that the policy lacks.
func (p *parser) groupsExist(u *User, names []string, w place) {
	for i, name := range names {
		if p.p.Group(name) == nil {
			p.findings.Errorf(finding.UnknownGroup, w.at("groups", i), p.didYouMean(name, p.groupNames(), p.listGroups()),
				"user %q is in the group %q, which does not exist", u.Name, name)
		}
	}
}

// checkElsewhere objects to a [[user.at]] that names no site or no group, and
// to a site for which two of them stand.
func (p *parser) checkElsewhere(u *User, w place) {
	seen := map[string]finding.Pos{}
	for i, a := range u.At {
		at := w.in("at", i)
		if len(a.Sites) == 0 && !at.broken("sites") {
			p.findings.Errorf(finding.NoSites, at.at(), `add sites = ["…"], the sites where these groups take the place of the user's own`, "user %q: an at names no site", u.Name)
		}
		if len(a.Groups) == 0 && !at.broken("groups") {
			p.findings.Errorf(finding.UserWithoutGroup, at.at(), `add groups = ["…"]`, "user %q is in no group in %s", u.Name, quoted(a.Sites, 5))
		}
		p.sitesExist(a.Sites, "user "+quote(u.Name), at)
		p.groupsExist(u, a.Groups, at)
		for j, name := range a.Sites {
			s, _ := p.p.Site(name)
			switch before, twice := seen[s.Name]; {
			case name == "*":
				p.findings.Errorf(finding.SiteTwice, at.at("sites", j), "name the sites, and write the groups of all others in the [[user]] itself", "user %q: an at cannot be for every site", u.Name)
			case twice && s.Name != "":
				p.findings.Errorf(finding.SiteTwice, at.at("sites", j), "remove it from one of them", "user %q has the site %q in an at already (%s)", u.Name, s.Name, before)
			default:
				seen[s.Name] = at.at("sites", j)
			}
		}
	}
}

// sitesExist objects to the sites of a list that the policy lacks.
func (p *parser) sitesExist(names []string, who string, w place) {
	for i, name := range names {
		if _, ok := p.p.Site(name); !ok && name != "*" {
			p.findings.Errorf(finding.UnknownSite, w.at("sites", i), p.didYouMean(name, p.siteNames(), "add a [[site]]"),
				"%s names the site %q, which does not exist", who, name)
		}
	}
}
