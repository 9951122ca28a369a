package policy

import (
	"slices"
	"strings"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// outsider reads a [[outsider]].
func (p *parser) outsider(in fileOutsider, w place) {
	if in.Name == "" {
		p.missing(w, "name", "an [[outsider]]", `add name = "…", a login, Windows group, user or role`)
		return
	}
	o := Outsider{Name: in.Name, Sites: in.Sites, May: catalog.All, People: 1, Reason: in.Reason, Until: in.Until, Pos: w.at()}
	p.validName(o.Name, "outsider", w.at("name"))
	if in.May != nil { // an empty list accepts nothing
		o.May = p.permissions(in.May, "may", w)
	}
	if in.People != nil {
		o.People, o.Stated = int(*in.People), true
		if *in.People < 0 || *in.People > 1<<30 {
			p.findings.Errorf(finding.BadPeople, w.at("people"), "write how many people there are behind it", "%d is not a number of people", *in.People)
			o.People, o.Stated = 1, false
		}
	}
	if in.Reason == "" {
		p.missing(w, "reason", "the outsider "+quote(in.Name), "say why its access is right")
	}
	p.p.Outsiders = append(p.p.Outsiders, o)
	p.outsiderAt = append(p.outsiderAt, w)
}

// module reads a [[module]].
func (p *parser) module(in fileModule, w place) {
	m := Module{Name: in.Name, Reason: in.Reason, Pos: w.at()}
	switch schema, name, ok := strings.Cut(in.Name, "."); {
	case in.Name == "":
		p.missing(w, "name", "a [[module]]", `add name = "…", a procedure or function with its schema`)
		return
	case !ok || schema == "" || name == "":
		p.findings.Errorf(finding.NameInvalid, w.at("name"), "write it with its schema: dbo."+in.Name, "the module %q has no schema", in.Name)
		return
	}
	if in.Reason == "" {
		p.missing(w, "reason", "the module "+quote(in.Name), "say why what it reaches is right")
	}
	p.p.Modules = append(p.p.Modules, m)
}

// also reads what a user may be beyond the policy, in all of their sites or by an
// at.
func (p *parser) also(words []string, reason, who string, w place) Also {
	out := Also{Words: words, Reason: reason}
	for i, name := range words {
		out.At = append(out.At, w.at("also", i))
		p.notEmpty(name, "what a user may also be", w.at("also", i))
	}
	switch {
	case len(words) > 0 && reason == "":
		p.missing(w, "also_reason", who+", who may be more than the policy gives,", "say why that is right")
	case len(words) == 0 && reason != "":
		p.missing(w, "also", who+", who has an also_reason,", `add also = ["…"], what they may be, or remove also_reason`)
	}
	return out
}

// AlsoIn returns what a user may be in a site beyond the policy: everywhere, and
// there alone.
func (p *Policy) AlsoIn(u *User, site string) Also {
	at := p.elsewhere(u, site)
	if at == nil || len(at.Also.Words) == 0 {
		return u.Also
	}
	out := Also{Words: slices.Concat(u.Also.Words, at.Also.Words), At: slices.Concat(u.Also.At, at.Also.At), Reason: at.Also.Reason}
	if u.Also.Reason != "" {
		out.Reason = u.Also.Reason + "; " + out.Reason
	}
	return out
}

// checkOutsiders objects to outsiders that are people of the policy, that stand
// twice for one site, or that name sites which do not exist.
func (p *parser) checkOutsiders() {
	for i, o := range p.p.Outsiders {
		w := p.outsiderAt[i]
		p.sitesExist(o.Sites, "outsider "+quote(o.Name), w)
		there := func(s Site) bool { return p.p.names(p.p.User(o.Name), s.Name) }
		if u := p.p.User(o.Name); u != nil && (len(p.p.Sites) == 0 || slices.ContainsFunc(p.p.outsiderSites(o.Sites), there)) {
			p.findings.Errorf(finding.OutsiderIsUser, w.at("name"), `add also = ["…"] and also_reason = "…" to the [[user]] instead`,
				"outsider %q is the user of %s: nobody is both", o.Name, u.Pos)
		}
		if slices.ContainsFunc(p.p.Groups, func(g *Group) bool { return sameName(g.Role, o.Name) && sharePlaces(g.Sites, o.Sites) }) {
			p.findings.Errorf(finding.OutsiderIsUser, w.at("name"), "accept the members by their own names", "outsider %q is the role of a group of this policy", o.Name)
		}
		for _, before := range p.p.Outsiders[:i] {
			if sameName(before.Name, o.Name) && p.p.shareSites(before.Sites, o.Sites) {
				p.findings.Errorf(finding.DuplicateOutsider, w.at("name"), "remove one of them, or name their sites", "outsider %q stands at %s already", o.Name, before.Pos)
			}
		}
	}
}

// shareSites reports whether two lists of sites, where none is every one, have
// one in common.
func (p *Policy) shareSites(a, b []string) bool {
	in := p.outsiderSites(a)
	return slices.ContainsFunc(p.outsiderSites(b), func(s Site) bool { return slices.ContainsFunc(in, func(x Site) bool { return x.Name == s.Name }) })
}

// outsiderSites returns the sites that an outsider's list means.
func (p *Policy) outsiderSites(names []string) []Site {
	if len(names) == 0 {
		return p.Sites
	}
	return p.namedSites(names)
}

// OutsidersIn returns the outsiders that the policy accepts in a site at now.
func (p *Policy) OutsidersIn(site string, now time.Time) []Outsider {
	var out []Outsider
	for _, o := range p.Outsiders {
		if !o.Until.Over(now) && slices.ContainsFunc(p.outsiderSites(o.Sites), func(s Site) bool { return s.Name == site }) {
			out = append(out, o)
		}
	}
	return out
}

// Accepts returns what the policy accepts in a site at now, beside what it
// wants there.
func (p *Policy) Accepts(site string, now time.Time) grants.Acceptance {
	a := grants.Acceptance{Also: map[string][]string{}, AlsoWhy: map[string]grants.Cause{}}
	for _, o := range p.OutsidersIn(site, now) {
		a.Outsiders = append(a.Outsiders, grants.Outsider{Name: o.Name, May: o.May, Reason: o.Reason, Pos: o.Pos})
	}
	for _, m := range p.Modules {
		a.Modules = append(a.Modules, grants.AcceptedModule(m))
	}
	for _, c := range p.Confidential {
		a.Confidential = append(a.Confidential, grants.ConfidentialView{Name: string(p.Catalog.SiteName(c.View)), Pos: c.Pos})
	}
	for _, u := range p.Users {
		if also := p.AlsoIn(u, site); len(also.Words) > 0 && p.enters(u, site) {
			a.Also[u.Name] = also.Words
			a.AlsoWhy[u.Name] = grants.Cause{Pos: also.At[0], Note: also.Reason}
		}
	}
	names := make(map[string]bool, len(p.Users))
	for _, u := range p.Users {
		names[foldName(u.Name)] = true
	}
	a.Named = func(name string) bool { return names[foldName(name)] }
	return a
}

// EndedOutsiders warns of outsiders whose time is over: what they have is a
// mismatch from then on.
func (p *Policy) EndedOutsiders(now time.Time) finding.List {
	var out finding.List
	for _, o := range p.Outsiders {
		if o.Until.Over(now) {
			out.Warnf(finding.OutsiderEnded, o.Pos, "take its access away, or write a later until", "outsider %q was accepted until %s", o.Name, o.Until)
		}
	}
	return out
}
