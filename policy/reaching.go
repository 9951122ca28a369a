package policy

import "slices"

// Reaching is what of a policy that has errors is needed to reach its sites and to know
// their views: its servers, its sites and its catalog, and what it asks approvals for. It
// wants nothing and knows nobody, limits no seats and no losses. It is nil where that much
// was not read.
func (p *Policy) Reaching() *Policy {
	if p == nil || p.Catalog == nil || len(p.Servers) == 0 || len(p.Sites) == 0 {
		return nil
	}
	out := &Policy{File: p.File, Catalog: p.Catalog, Servers: p.Servers, Sites: p.Sites, Approval: p.Approval, Settings: Settings{MaxLoss: 1, Leavers: KeepLogins}}
	out.groupNames, out.userNames = newNames(out.Groups, groupName), newNames(out.Users, userName)
	out.siteNames, out.inUse = newNames(out.Sites, siteName), slices.Clip(out.SitesInUse())
	return out
}
