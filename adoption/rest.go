package adoption

import (
	"fmt"
	"slices"

	"grantree/grants"
)

// freeGroup objects to the name of the group for people who are in no role.
func (im *importer) freeGroup() error {
	if im.Group == "" {
		return nil
	}
	if why := wrongRole(im.Group); why != "" {
		return fmt.Errorf("the group %q cannot be made: %s", im.Group, why)
	}
	for _, s := range im.Snapshots {
		if slices.ContainsFunc(s.Principals, func(p grants.Principal) bool { return s.Collation.Equal(p.Name, im.Group) }) {
			return fmt.Errorf("site %q has a principal %q already: name another group", s.Site, im.Group)
		}
	}
	return nil
}

// rest adds the group for people who hold something and are in no group of the
// draft, in the sites where there are any.
func (im *importer) rest(d *draft) {
	im.extra = nil
	if im.Group == "" {
		return
	}
	g := &group{name: im.Group, granted: im.space.none(), denied: im.space.none(), free: im.space.none()}
	for _, x := range im.sites {
		if slices.ContainsFunc(x.list, im.isRest) {
			g.sites = append(g.sites, x)
		}
	}
	if len(g.sites) > 0 {
		im.extra, d.groups = g, append(d.groups, g)
	}
}

// isRest reports whether somebody is for that group: a plan would drop who carries
// grantree's mark and is in none.
func (im *importer) isRest(h *holder) bool {
	return !h.isRole() && h.unfit == "" && (h.hasRows() || h.Managed) && !h.Type.IsGroup() && len(im.rolesOf(h)) == 0
}

// puts reports whether a change is one that puts people into that group.
func (im *importer) puts(c grants.Change) bool {
	return im.extra != nil && (c.Kind == grants.AddMember && c.Role == im.extra.name || c.Kind == grants.CreateRole && c.Principals[0] == im.extra.name)
}
