package policy

import (
	"slices"

	"grantree/finding"
)

// SitesInUse returns the sites that are not retired, in the policy's order:
// those that are read, changed and counted.
func (p *Policy) SitesInUse() []Site {
	return slices.DeleteFunc(slices.Clone(p.Sites), func(s Site) bool { return s.Retired })
}

// sitesInUse is the same list for whoever does not change it.
func (p *Policy) sitesInUse() []Site {
	if p.siteNames.spelt != nil && p.siteNames.size == len(p.Sites) {
		return p.inUse
	}
	return p.SitesInUse()
}

// Home returns the site in whose database the licence's lock is taken: the one
// that [license] names, else the first of the main file that is not retired,
// else the first of all. ok is false where there is none.
func (p *Policy) Home() (site Site, ok bool) {
	if p.License.Home != "" {
		site, ok = p.Site(p.License.Home)
		return site, ok && !site.Retired
	}
	in := p.SitesInUse()
	i := slices.IndexFunc(in, func(s Site) bool { return s.Pos.File == p.File })
	if i < 0 && len(in) > 0 {
		i = 0
	}
	if i < 0 {
		return Site{}, false
	}
	return in[i], true
}

// checkHome objects to a home of the licence that is no site, or a retired one.
func (p *parser) checkHome() {
	home := p.p.License.Home
	if home == "" {
		return
	}
	site, ok := p.p.Site(home)
	switch {
	case !ok:
		p.findings.Errorf(finding.UnknownSite, p.licenseAt.at("home"), didYouMean(home, p.siteNames(), "add a [[site]]"),
			"the licence's home is the site %q, which does not exist", home)
	case site.Retired:
		p.findings.Errorf(finding.HomeRetired, p.licenseAt.at("home"), "name a site that is in use, the same one in every policy of this licence",
			"the licence's home is the site %q, which is retired", site.Name)
	}
}
