package main

import (
	"fmt"
	"reflect"
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// subject is of whom explain is asked: somebody, or a group.
type subject struct {
	name  string
	group *policy.Group // nil: somebody
}

// subjectOf finds whom a name means: somebody of the policy, a site or its server,
// and else, or where that is said, a group of the policy, by its name or its role's.
func subjectOf(live []liveSite, p *policy.Policy, name string, group bool) (subject, error) {
	if group {
		g, err := findGroup(p, name)
		return subject{name, g}, err
	}
	person := slices.ContainsFunc(p.Users, func(u *policy.User) bool {
		return slices.ContainsFunc(live, func(s liveSite) bool { return s.collation.Equal(u.Name, name) })
	})
	for _, s := range live {
		person = person || s.Known(name) && !s.HasRole(name)
	}
	if !person {
		if g := groupOrRole(live, p, name); g != nil {
			return subject{name, g}, nil
		}
	}
	return subject{name: name}, knownUser(live, p, name)
}

// groupOrRole finds a group by its name, or by its role's.
func groupOrRole(live []liveSite, p *policy.Policy, name string) *policy.Group {
	if g := p.Group(name); g != nil {
		return g
	}
	i := slices.IndexFunc(p.Groups, func(g *policy.Group) bool {
		return slices.ContainsFunc(live, func(s liveSite) bool { return s.collation.Equal(g.Role, name) })
	})
	if i < 0 {
		return nil
	}
	return p.Groups[i]
}

// known reports whether a site knows of the subject, wanted whether the policy wants
// it there.
func (of subject) known(s liveSite) bool {
	return of.wanted(s) || of.group == nil && s.Known(of.name) || of.group != nil && s.HasRole(of.group.Role)
}

func (of subject) wanted(s liveSite) bool {
	if of.group == nil {
		return s.Wants(of.name)
	}
	return s.WantsRole(of.group.Role)
}

// ask asks a site.
func (of subject) ask(s liveSite, view string, p catalog.Permissions) grants.Decision {
	if of.group == nil {
		return s.Explain(of.name, view, p)
	}
	return s.ExplainGroup(of.group.Name, of.group.Role, view, p)
}

// whoseAnswer names the subject of an answer.
func whoseAnswer(d grants.Decision) string {
	switch {
	case d.Group == "":
		return withLogin(d.User, d.Login)
	case d.Group != d.User:
		return fmt.Sprintf("the group %s (role %s)", d.Group, d.User)
	}
	return "the group " + d.Group
}

// together is an answer and the sites in which it is the same, for the same
// reasons.
type together struct {
	grants.Decision
	sites []string
}

// sitesTogether joins the answers that differ in their site alone.
func sitesTogether(list []grants.Decision) []together {
	var out []together
	for _, d := range list {
		bare := d
		bare.Site = ""
		i := slices.IndexFunc(out, func(t together) bool { return reflect.DeepEqual(t.Decision, bare) })
		if i < 0 {
			i = len(out)
			out = append(out, together{Decision: bare})
		}
		out[i].sites = append(out[i].sites, d.Site)
	}
	return out
}

// tableTogether is all answers of a site, and the sites in which they are the same.
type tableTogether struct {
	list  []grants.Decision
	sites []string
}

// tablesTogether joins the sites whose answers are all the same. Those of one stand
// together.
func tablesTogether(list []grants.Decision) []tableTogether {
	var out []tableTogether
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Site == list[0].Site {
			n++
		}
		site, here := list[0].Site, slices.Clone(list[:n])
		for i := range here {
			here[i].Site = ""
		}
		i := slices.IndexFunc(out, func(t tableTogether) bool { return reflect.DeepEqual(t.list, here) })
		if i < 0 {
			i = len(out)
			out = append(out, tableTogether{list: here})
		}
		out[i].sites = append(out[i].sites, site)
		list = list[n:]
	}
	return out
}

// knownUser refuses a name that, as the sites compare names, is nobody's: of the
// policy, of a site, or of its server's logins.
func knownUser(live []liveSite, p *policy.Policy, name string) error {
	var known []string
	for _, u := range p.Users {
		known = append(known, u.Name)
		if slices.ContainsFunc(live, func(s liveSite) bool { return s.collation.Equal(u.Name, name) }) {
			return nil
		}
	}
	for _, s := range live {
		if s.Known(name) {
			return nil
		}
		known = append(known, s.Names()...)
	}
	for _, g := range p.Groups {
		known = append(known, g.Name)
	}
	text := fmt.Sprintf("neither the policy nor any site has a user %q, nor a server such a login", name)
	if slices.ContainsFunc(live, func(s liveSite) bool { return !s.LoginsRead() }) {
		text = fmt.Sprintf("neither the policy nor any site has a user %q, and not every server's logins could be read", name)
	}
	if near := finding.Nearest(name, known); near != "" {
		return usageError("%s; did you mean %q?", text, near)
	}
	return usageError("%s", text)
}
