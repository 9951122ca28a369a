package policy

import (
	"grantree/catalog"
	"grantree/finding"
)

// Confidential is a [[confidential]]: a view that nobody reaches but the members
// of these groups.
type Confidential struct {
	View   catalog.ViewName // as written
	Groups []string         // as written; none is nobody
	Reason string
	Pos    finding.Pos
}

// confidential reads a [[confidential]].
func (p *parser) confidential(in fileConfidential, w place) {
	c := Confidential{View: catalog.ViewName(in.View), Groups: in.Groups, Reason: in.Reason, Pos: w.at()}
	if in.View == "" {
		p.missing(w, "view", "a [[confidential]]", `add view = "…"`)
		return
	}
	if in.Groups == nil {
		p.missing(w, "groups", "the confidential view "+quote(in.View), `add groups = ["…"], whose members may reach it, or groups = [] for nobody`)
	}
	if !p.viewName(c.View, w.at("view")) {
		return
	}
	key := p.p.Catalog.SiteName(c.View).Key()
	if before, twice := p.p.ConfidentialView(c.View); twice {
		p.findings.Errorf(finding.DuplicateConfidential, w.at("view"), "keep one, with all the groups", "the view %q is confidential at %s already", in.View, before.Pos)
		return
	}
	if p.p.confidential == nil {
		p.p.confidential = map[string]int{}
	}
	p.p.confidential[key] = len(p.p.Confidential)
	p.p.Confidential = append(p.p.Confidential, c)
	p.confidentialAt = append(p.confidentialAt, w)
}

// checkConfidential objects to groups that may reach a confidential view and that
// the policy lacks.
func (p *parser) checkConfidential() {
	for i, c := range p.p.Confidential {
		p.listedGroups(c.Groups, "the confidential view "+quote(string(c.View))+" is for", "groups", p.confidentialAt[i])
	}
}

// ConfidentialView returns what the policy says of a view that it calls
// confidential, by any name that the catalog has for it.
func (p *Policy) ConfidentialView(view catalog.ViewName) (Confidential, bool) {
	i, ok := p.confidential[p.Catalog.SiteName(view).Key()]
	if !ok {
		return Confidential{}, false
	}
	return p.Confidential[i], true
}
