package policy

import (
	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// OfflineCollation is the usual one of the application's servers, which is assumed
// of those that are not asked.
const OfflineCollation = "SQL_Latin1_General_CP1_CI_AS"

// Offline returns a site made from the catalog alone: every view that the
// catalog knows, owned by dbo, and no user or role but those every database
// has. It stands in for a snapshot where no server is asked.
func (p *Policy) Offline(site Site) *grants.Snapshot {
	c := grants.ParseCollation(OfflineCollation)
	s := &grants.Snapshot{Site: site.Name, Server: site.Server, Database: site.Database, Collation: c, ServerCollation: c, Contained: site.Contained,
		Runner:        grants.Runner{Login: "sa", User: "dbo", UserID: grants.DboID, SysAdmin: true, CanControl: true, CanLogin: true},
		Principals:    grants.BuiltIn(),
		Schemas:       []grants.Schema{{ID: 1, Name: "dbo", Owner: grants.DboID}},
		LoginsVisible: true,
	}
	schema := 1
	if !c.Equal(p.Catalog.Schema, "dbo") {
		schema = grants.FirstUserID
		s.Schemas = append(s.Schemas, grants.Schema{ID: schema, Name: p.Catalog.Schema, Owner: grants.DboID})
	}
	const firstObject = 1000
	for i, v := range p.Catalog.Views() {
		s.Views = append(s.Views, grants.SiteView{ID: firstObject + i, Schema: schema, Name: string(v), Owner: grants.DboID})
	}
	return s
}

// AnyOther, behind the catalog's prefix, is a view that nobody knows: it stands for
// those that a line for every view gives beyond what catalog and policy name.
const AnyOther = "(any other)"

// OfflineWith is Offline of a site that has some more views besides, by their names
// in it.
func (p *Policy) OfflineWith(site Site, views []string) *grants.Snapshot {
	s := p.Offline(site)
	schema, id := 1, 0
	known := make(map[string]bool, len(s.Views))
	for _, v := range s.Views {
		known[s.Collation.Key(v.Name)], schema, id = true, v.Schema, max(id, v.ID)
	}
	for _, name := range views {
		if key := s.Collation.Key(name); p.Catalog.Prefix != "" && catalog.ViewName(name).HasPrefix(p.Catalog.Prefix) && !known[key] {
			id++
			known[key] = true
			s.Views = append(s.Views, grants.SiteView{ID: id, Schema: schema, Name: name, Owner: grants.DboID})
		}
	}
	return s
}

// OfflineChecks returns sites as the catalog describes them, with what the
// policy wants there. They have the same views, and what they want in common is
// kept once.
func (p *Policy) OfflineChecks(sites []Site) ([]SiteCheck, finding.List) {
	var out []SiteCheck
	var found finding.List
	for i, site := range sites {
		s := &grants.Snapshot{}
		if i == 0 {
			s = p.Offline(site)
		} else {
			*s = *out[0].Snapshot
			s.Site, s.Server, s.Database, s.Contained = site.Name, site.Server, site.Database, site.Contained
		}
		w, here := p.Wanted(s)
		if i > 0 {
			w.Share(out[i-1].Wanted)
		}
		found = append(found, here...)
		out = append(out, SiteCheck{Snapshot: s, Wanted: w})
	}
	return out, found
}
