package policy

import (
	"slices"

	"grantree/finding"
)

// Reviewer is a [[review]]: who says, when access is reviewed, of whom what they keep.
type Reviewer struct {
	Name   string
	Groups []string // whose members, as written; nil is everybody
	Sites  []string // as written; none or "*" is every site
	Pos    finding.Pos
}

// review reads a [[review]].
func (p *parser) review(in fileReview, w place) {
	if in.Reviewer == "" {
		p.missing(w, "reviewer", "a [[review]]", "say who reviews")
		return
	}
	p.p.Reviewers = append(p.p.Reviewers, Reviewer{Name: in.Reviewer, Groups: in.Groups, Sites: in.Sites, Pos: w.at()})
	p.reviewAt = append(p.reviewAt, w)
}

// checkReviews objects to groups and sites that a [[review]] names and the policy lacks.
func (p *parser) checkReviews() {
	for i, r := range p.p.Reviewers {
		p.listedGroups(r.Groups, "the [[review]] of "+quote(r.Name)+" names", "groups", p.reviewAt[i])
		p.sitesExist(r.Sites, "the [[review]] of "+quote(r.Name), p.reviewAt[i])
	}
}

// Concerns reports whether a [[review]] is about somebody who is in these groups, in a
// site.
func (p *Policy) Concerns(r Reviewer, groups []string, site string) bool {
	s, ok := p.Site(site)
	if !ok || len(r.Sites) > 0 && !p.listed(r.Sites, s.Name) {
		return false
	}
	return r.Groups == nil || slices.ContainsFunc(groups, func(g string) bool { return p.among(g, r.Groups) })
}
