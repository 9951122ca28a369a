package sites

import (
	"slices"

	"grantree/finding"
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
			if s.Site.Name == in[u.Name] || slices.ContainsFunc(s.Findings, func(x finding.Finding) bool { return x.Code == finding.RenameTaken && x.About == u.Name }) || !slices.Contains(s.known().renamed, u.Name) {
				continue
			}
			fp.Sites[i].Findings.Errorf(finding.RenameTaken, u.Pos, f.Fix, "site %q: %q is not renamed to %q here either, for site %q refuses it", s.Site.Name, u.Was, u.Name, in[u.Name]).About = u.Name
		}
	}
}
