package policy

import "grantree/finding"

// checkMembership is rule 4: every user is in at least one group ("each user
// must belong to at least one group", iMaint Users, Groups and Permissions
// Overview), every group that is named exists, every site that is named exists.
func (p *parser) checkMembership() {
	for _, u := range p.p.Users {
		w := p.userAt[u]
		if len(u.Groups) == 0 && !w.broken("groups") {
			p.findings.Errorf(finding.UserWithoutGroup, w.at(), `add groups = ["…"]`, "user %q is in no group", u.Name)
		}
		for i, name := range u.Groups {
			if p.p.Group(name) == nil {
				p.findings.Errorf(finding.UnknownGroup, w.at("groups", i), p.didYouMean(name, p.groupNames(), p.listGroups()),
					"user %q is in the group %q, which does not exist", u.Name, name)
			}
		}
		if len(u.Sites) == 0 && !w.broken("sites") {
			p.findings.Errorf(finding.NoSites, w.at(), `add sites = ["…"], or sites = ["*"] for every site`, "user %q may enter no site", u.Name)
		}
		p.sitesExist(u.Sites, "user "+quote(u.Name), w)
	}
	for _, s := range p.p.Sites {
		if _, ok := p.p.Server(s.Server); s.Server != "" && !ok {
			p.findings.Errorf(finding.UnknownServer, s.Pos, p.didYouMean(s.Server, p.serverNames(), "add [server."+s.Server+"]"),
				"site %q is on the server %q, which does not exist", s.Name, s.Server)
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
