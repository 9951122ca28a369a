package sites

import (
	"slices"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// halfRenamed refuses a rename in every site of a person when one refuses it, as
// where a server has a login of the new name that is somebody else's: a person has
// one name.
func (fp *FleetPlan) halfRenamed() {
	refused := map[string]finding.Finding{}
	in := map[string]string{}
	for _, s := range fp.Sites {
		for _, f := range s.Findings {
			if f.Code == finding.RenameTaken && f.About != "" && in[f.About] == "" {
				refused[f.About], in[f.About] = f, s.Site.Name
			}
		}
	}
	for _, u := range fp.Policy.Users {
		f, ok := refused[u.Name]
		if !ok {
			continue
		}
		for i, s := range fp.Sites {
			if s.Site.Name == in[u.Name] || slices.ContainsFunc(s.Findings, func(x finding.Finding) bool { return x.Code == finding.RenameTaken && x.About == u.Name }) || !renames(s, u) {
				continue
			}
			fp.Sites[i].Findings.Errorf(finding.RenameTaken, u.Pos, f.Fix, "site %q: %q is not renamed to %q here either, for site %q refuses it", s.Site.Name, u.Was, u.Name, in[u.Name]).About = u.Name
		}
	}
}

// renames reports whether somebody gets another name by a site's plan: their user,
// or their login on its server.
func renames(s SitePlan, u *policy.User) bool {
	user := slices.ContainsFunc(s.Plan.Changes, func(c grants.Change) bool { return c.Kind == grants.RenameUser && c.Principals[0] == u.Name })
	named := func(name string) bool {
		return name != "" && slices.ContainsFunc(s.Snapshot.Logins, func(l grants.Login) bool { return !l.IsRole() && s.Snapshot.ServerCollation.Equal(l.Name, name) })
	}
	here := slices.ContainsFunc(s.Wanted.Users, func(w grants.WantedUser) bool { return w.Name == u.Name })
	return user || here && named(u.LoginBefore()) && !named(u.Login)
}
