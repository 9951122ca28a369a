package policy

import (
	"maps"
	"slices"

	"grantree/catalog"
)

// Names lists every name of the policy that a site or its server compares with
// its own: roles, users, logins, who is exempt or an outsider, the catalog's
// schema, and views wherever they are named. Sorted, each spelling once.
func (p *Policy) Names() []string {
	names := map[string]bool{p.Catalog.Schema: true, p.Ledger.Schema: true, p.Ledger.Table: true}
	view := func(name catalog.ViewName) { names[string(p.Catalog.SiteName(name))] = true }
	for _, v := range p.Catalog.Views() {
		view(v)
	}
	for _, o := range p.Catalog.Outside {
		view(o.Name)
	}
	for _, g := range p.Groups {
		names[g.Role], names[g.Was] = true, true
		p.namesOf(g.Allow, view)
		p.namesOf(g.Deny, view)
	}
	for _, u := range p.Users {
		for _, name := range []string{u.Name, u.Login, u.Was, u.WasLogin} {
			names[name] = true
		}
		p.namesOf(u.lines(), view)
	}
	for _, s := range p.Sites {
		for _, v := range s.Ignore {
			view(catalog.ViewName(v))
		}
	}
	for _, o := range p.Outsiders {
		names[o.Name] = true
	}
	for _, name := range slices.Concat(p.License.Exempt, p.Settings.Adopt, p.Settings.AdoptLogins) {
		names[name] = true
	}
	delete(names, "")
	return slices.Sorted(maps.Keys(names))
}

// namesOf calls view for every view that lines name.
func (p *Policy) namesOf(lines []Entry, view func(catalog.ViewName)) {
	for _, e := range lines {
		view(e.View)
		for _, name := range e.Except {
			if p.looksLikeView(name) {
				view(catalog.ViewName(name))
			}
		}
	}
}
